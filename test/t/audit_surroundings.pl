# Whatever else is set up around it, the trail goes on: what the owner of a database sets there for every session, event
# triggers that refuse DDL, publications of all tables. Its partitions are made and dropped all the same.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Trail;

my $node = trail_node('surroundings', cleared => ['reader'], sql => <<'SQL');
CREATE ROLE owner LOGIN;
CREATE ROLE nobody;
ALTER DATABASE postgres OWNER TO owner
SQL
my $days = 100;
my $timeouts = $node->safe_psql('postgres', "SELECT count(*) FROM pg_settings WHERE name = 'transaction_timeout'");

# A new worker, and an event for which it has to make a partition, of a day long ago.
sub goes_on
{
	my ($name) = @_;
	$node->safe_psql('template1', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'ddm audit worker'");
	$days++;
	local $ENV{PGOPTIONS} = $timeouts ? '-c transaction_timeout=0' : ''; # of this session, which is not what is asked
	my ($code, $out, $err) = $node->psql('postgres', <<"SQL");
SET ROLE NONE; SET default_transaction_read_only = off; SET session_replication_role = replica;
INSERT INTO ddm.audit_pending (event_time, kind, user_name, role_name) VALUES (now() - $days * interval '1 day', 'policy', 'of the test', \$\$$name\$\$);
SET ddm.audit_timeout = '${days}s'; -- a change of policy, for which audit_flush() waits
SELECT ddm.audit_flush('20 s');
SQL
	is($err // '', '', "$name: the worker gets there");
	is($node->safe_psql('postgres', "SET ROLE NONE; SELECT count(*) FROM ddm.audit_log WHERE role_name = \$\$$name\$\$"), '1', "$name: the event is in its table");
	return;
}

# The database's owner is no superuser.
my @settings = ('role = nobody', 'default_transaction_read_only = on', "DateStyle = 'SQL, DMY'", 'exit_on_error = on', "search_path = ''");
push @settings, 'transaction_timeout = 1' if $timeouts;
foreach my $setting (@settings)
{
	$node->safe_psql('template1', "SET SESSION AUTHORIZATION owner; ALTER DATABASE postgres SET $setting");
	goes_on($setting);
	$node->safe_psql('template1', 'ALTER DATABASE postgres RESET ALL');
}

# No DDL but by who takes the trigger away.
$node->safe_psql('postgres', <<'SQL');
CREATE FUNCTION no_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no DDL here: %', tg_tag; END $$;
CREATE EVENT TRIGGER no_drop ON sql_drop EXECUTE FUNCTION no_ddl();
CREATE EVENT TRIGGER no_ddl ON ddl_command_start EXECUTE FUNCTION no_ddl();
SQL
goes_on('event trigger');
set_setting($node, 'ddm.audit_retention' => 90);
is($node->poll_query_until('postgres', "SELECT count(*) = 0 FROM ddm.audit_log WHERE event_time < now() - interval '95 days'"), 1, 'what is past its time is dropped');
$node->psql('postgres', 'CREATE TABLE refused (i int)', stderr => \my $refused);
like($refused, qr/no DDL here: CREATE TABLE/, 'and nobody else makes a table');
$node->safe_psql('postgres', 'DROP EVENT TRIGGER no_ddl; DROP EVENT TRIGGER no_drop');

# All tables are the extension's as well.
set_setting($node, 'ddm.audit_retention' => 3000);
$node->safe_psql('postgres', 'SET client_min_messages = error; CREATE PUBLICATION everything FOR ALL TABLES');
goes_on('publication');
$node->safe_psql('postgres', 'GRANT UNMASK ON people TO owner; REVOKE UNMASK ON people FROM owner; DELETE FROM ddm.unmask_grant');
chain_holds($node, 'after all of that');
is($node->safe_psql('postgres', "SELECT object, after FROM ddm.policy_history WHERE action = 'publication'"), 'publication everything|FOR ALL TABLES', 'what leaves by it is on record');

$node->stop;
done_testing();
