# Changes of policy that no statement in this database makes: in the configuration, from other databases of the cluster,
# in connection options, in transactions that are prepared. And those that a rollback does not undo.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('changes');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'ddm'
max_prepared_transactions = 5
compute_query_id = on
CONF
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('shop', <<'SQL');
CREATE EXTENSION ddm;
CREATE TABLE people (id int PRIMARY KEY, email text);
INSERT INTO people VALUES (1, 'p1@example.com');
SECURITY LABEL FOR ddm ON COLUMN people.email IS 'MASKED WITH FUNCTION email()';
CREATE ROLE compliance;
CREATE ROLE clerk;
GRANT SELECT ON people TO compliance;
GRANT UNMASK ON people TO compliance;
SELECT ddm.audit_flush();
SQL
my $seen = $node->safe_psql('shop', 'SELECT max(event_id) FROM ddm.audit_log');

# What is new in the trail, once there is.
sub news
{
	my ($expected, $name) = @_;
	my $query = "SELECT format('%s|%s|%s|%s|%s|%s|%s', kind, action, object, before, after, reason, coalesce(actor, 'nobody'))
		FROM ddm.policy_history WHERE event_id > $seen ORDER BY event_time, event_id";
	$node->poll_query_until('shop', "SELECT count(*) >= " . scalar(@$expected) . " FROM ddm.policy_history WHERE event_id > $seen")
	  or diag($node->safe_psql('shop', $query));
	$node->safe_psql('shop', 'SELECT ddm.audit_flush()');
	is($node->safe_psql('shop', $query), join("\n", @$expected), $name);
	$seen = $node->safe_psql('shop', 'SELECT max(event_id) FROM ddm.audit_log');
}

sub line_of
{
	my ($text) = @_;
	my ($before) = split /\Q$text\E/, slurp_file($node->data_dir . '/postgresql.conf');
	return 1 + ($before =~ tr/\n//);
}
my $me = $node->safe_psql('postgres', 'SELECT current_user');

$node->append_conf('postgresql.conf', "ddm.exempt_owner = off\n");
my $line = line_of('ddm.exempt_owner = off');
$node->reload;
news(["policy|setting|setting ddm.exempt_owner of the running server||off|postgresql.conf line $line|nobody"],
	'a line in postgresql.conf, when it is read');
$node->append_conf('postgresql.conf', "ddm.exempt_owner = on\nddm.audit_retention = '90 days'\n");
$node->restart;
news(["policy|setting|setting ddm.audit_retention of the running server||90 days|postgresql.conf line " . line_of('ddm.audit_retention') . "|nobody",
		"policy|setting|setting ddm.exempt_owner of the running server|off|on|postgresql.conf line " . line_of('ddm.exempt_owner = on') . "|nobody"],
	'lines of postgresql.conf that a restart read');
$node->safe_psql('postgres', "ALTER SYSTEM SET ddm.environment = 'prod'");
news(["policy|setting|setting ddm.environment of the server||prod||$me"], 'ALTER SYSTEM in another database: who wrote it');
$node->reload;
news(['policy|setting|setting ddm.environment of the running server||prod|postgresql.auto.conf line 3|nobody'],
	'ALTER SYSTEM: when it is read');
$node->safe_psql('postgres', 'ALTER SYSTEM RESET ALL');
$node->reload;
news(["policy|setting|setting ddm.environment of the server|prod|||$me",
		'policy|setting|setting ddm.environment of the running server|prod||no longer configured|nobody'],
	'ALTER SYSTEM RESET ALL');

# The roles are the cluster's.
$node->safe_psql('postgres', <<'SQL');
GRANT compliance TO clerk;
BEGIN;
REVOKE compliance FROM clerk;
ROLLBACK;
BEGIN;
SAVEPOINT s;
REVOKE compliance FROM clerk;
ROLLBACK TO s;
COMMIT;
ALTER ROLE compliance LOGIN;
ALTER ROLE compliance SET ddm.audit_detail = summary;
ALTER DATABASE shop SET ddm.mode = observe;
ALTER DATABASE shop RESET ALL;
DROP ROLE clerk;
SQL
news([
		"grant|membership|role compliance||member clerk||$me",
		"policy|role|role compliance|NOLOGIN|LOGIN||$me",
		"policy|setting|setting ddm.audit_detail of role compliance||summary||$me",
		"policy|setting|setting ddm.mode of database shop||observe||$me",
		"policy|setting|setting ddm.mode of database shop|observe|||$me",
		"revoke|membership|role compliance|member clerk||role dropped|$me",
		"policy|role|role clerk|NOLOGIN||role dropped|$me"],
	'what another database does to roles and settings, but for what it rolled back');

# Options of the connection; the end of the session.
{
	local $ENV{PGOPTIONS} = '-c ddm.mode=off';
	$node->safe_psql('shop', 'SELECT email FROM people');
}
news(["policy|setting|setting ddm.mode of this session||off|connection options|$me"], 'connection options');

# A rollback undoes what was set, not what was read meanwhile.
$node->safe_psql('shop', <<'SQL');
BEGIN;
SECURITY LABEL FOR ddm ON COLUMN people.email IS NULL;
SET ddm.exempt_superuser = off;
ROLLBACK;
SELECT 1;
SQL
news(["policy|setting|setting ddm.exempt_superuser of this session|on|off||$me",
		"policy|setting|setting ddm.exempt_superuser of this session|off|on|set back|$me"],
	'a setting of a transaction that was rolled back stays on record, a label does not');

# Prepared transactions.
my $label = 'SECURITY LABEL FOR ddm ON COLUMN people.email IS';
$node->safe_psql('shop', "BEGIN; $label 'MASKED WITH VALUE NULL'; PREPARE TRANSACTION 'one'");
$node->safe_psql('shop', "SELECT ddm.audit_flush()");
is($node->safe_psql('shop', "SELECT count(*) FROM ddm.policy_history WHERE event_id > $seen OR event_id IS NULL"), '0',
	'a prepared transaction: no event yet');
$node->restart;
$node->safe_psql('shop', "COMMIT PREPARED 'one'");
news(["policy|label|column email of table public.people|MASKED WITH FUNCTION email()|MASKED WITH VALUE NULL||$me"],
	'a prepared transaction that was committed, by another session, after a restart');
$node->safe_psql('shop', "BEGIN; $label NULL; PREPARE TRANSACTION 'two'");
$node->safe_psql('shop', "ROLLBACK PREPARED 'two'");
$node->safe_psql('shop', "$label 'MASKED WITH FUNCTION default()'");
news(["policy|label|column email of table public.people|MASKED WITH VALUE NULL|MASKED WITH FUNCTION default()||$me"],
	'a prepared transaction that was rolled back: no event');

# The end of the extension ends its trail: the log has it.
my $offset = -s $node->logfile;
$node->safe_psql('shop', 'DROP EXTENSION ddm');
my ($event) = slurp_file($node->logfile, $offset) =~ /LOG:  ddm audit: (\{.*\})/;
like($event // '', qr/"action":"extension","object":"extension ddm","before":"[^"]+"/, 'DROP EXTENSION ddm is in the log');

is($node->safe_psql('postgres', 'SELECT 1'), '1', 'the server is there');
$node->stop;
done_testing();
