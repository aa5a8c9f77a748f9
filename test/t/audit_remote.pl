# What is read over a connection that the server makes to itself, or another server to it, has its event there, under the
# role that the connection logged in as: dblink, foreign tables, the first copy of logical replication.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Trail;

my $conf = <<'CONF';
shared_preload_libraries = 'ddm'
compute_query_id = on
log_statement = none
CONF
my $node = PostgreSQL::Test::Cluster->new('remote');
$node->init(allows_streaming => 'logical');
$node->append_conf('postgresql.conf', $conf);
$node->start;
my ($host, $port) = ($node->host, $node->port);
$node->safe_psql('postgres', <<SQL);
CREATE EXTENSION ddm;
CREATE EXTENSION dblink;
CREATE EXTENSION postgres_fdw;
CREATE TABLE people (id int PRIMARY KEY, email text, phone text);
INSERT INTO people SELECT g, 'p' || g || '\@example.com', '555-' || g FROM generate_series(1, 50) g;
SECURITY LABEL FOR ddm ON COLUMN people.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN people.phone IS 'MASKED WITH FUNCTION default()';
CREATE ROLE caller LOGIN;
CREATE ROLE cleared LOGIN REPLICATION;
CREATE ROLE masked LOGIN REPLICATION;
CREATE ROLE half LOGIN REPLICATION;
GRANT SELECT ON people TO caller, cleared, masked, half;
SET client_min_messages = error;
GRANT UNMASK ON people TO cleared;
GRANT UNMASK (email) ON people TO half;
GRANT EXECUTE ON FUNCTION dblink_connect_u(text, text) TO caller;
CREATE SERVER here FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$host', port '$port', dbname 'postgres');
CREATE USER MAPPING FOR caller SERVER here OPTIONS (user 'cleared', password_required 'false');
CREATE FOREIGN TABLE far (id int, email text, phone text) SERVER here OPTIONS (table_name 'people');
CREATE FOREIGN TABLE labelled (id int, email text, phone text) SERVER here OPTIONS (table_name 'people');
SECURITY LABEL FOR ddm ON COLUMN labelled.email IS 'MASKED WITH FUNCTION email()';
GRANT SELECT ON far, labelled TO caller;
SELECT ddm.audit_flush();
SQL

my $last = 0;

# The events since it was asked before: who, columns, rows, command, status.
sub events
{
	flush($node);
	my $events = $node->safe_psql('postgres', "SELECT user_name, array_to_string(columns_unmasked, ' '), coalesce(row_count::text, 'null'), command, status FROM ddm.unmask_events WHERE event_id > $last AND user_name IN ('caller', 'cleared', 'masked', 'half') ORDER BY event_id");
	$last = $node->safe_psql('postgres', 'SELECT coalesce(max(event_id), 0) FROM ddm.audit_log');
	return $events;
}

# What a role asks, and gets.
sub asks
{
	my ($role, $sql) = @_;
	my ($out, $err) = ('', '');
	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', $role ], on_error_stop => 0);
	return $out . $err;
}

events();

# dblink logs in as whoever the caller says that it is.
sub dblink_as
{
	my ($role) = @_;
	return asks('caller', "SELECT FROM dblink_connect_u('c', 'host=$host port=$port dbname=postgres user=$role'); SELECT email FROM dblink('c', 'SELECT email FROM people WHERE id < 3') AS t (email text)");
}
like(dblink_as('cleared'), qr/^p1\@example\.com\np2\@example\.com$/m, 'dblink as a role that is cleared');
is(events(), 'cleared|public.people.email|2|SELECT|ok', 'is an event of that role');
like(dblink_as('caller'), qr/^p\*\*\*\@example\.com\np\*\*\*\@example\.com$/m, 'dblink as the caller, who is not cleared');
is(events(), '', 'is none');

# Foreign tables: there the role of the mapping reads.
is(asks('caller', 'SELECT email FROM far WHERE id = 3'), 'p3@example.com', 'a foreign table whose mapping is cleared');
is(events(), 'cleared|public.people.email|1|SELECT|ok', 'the other side has the event, with the columns that were fetched');
is(asks('caller', 'SELECT count(id) FROM far'), '50', 'who reads no masked column there');
is(events(), '', 'leaves no event');
is(asks('caller', 'SELECT email FROM labelled WHERE id = 3'), 'p***@example.com', 'a label on the foreign table masks here');
is(events(), 'cleared|public.people.email|1|SELECT|ok', 'what it fetched is an event of the mapping all the same');
$node->safe_psql('postgres', 'SET client_min_messages = error; GRANT UNMASK ON labelled TO caller');
is(asks('caller', 'SELECT email FROM labelled WHERE id < 3 ORDER BY id'), "p1\@example.com\np2\@example.com", 'who is cleared on both sides');
is(join(' ', sort split /\n/, events()), 'caller|public.labelled.email|2|SELECT|ok cleared|public.people.email|2|SELECT|ok', 'has an event on both');
$node->safe_psql('postgres', "ALTER USER MAPPING FOR caller SERVER here OPTIONS (SET user 'masked')");
is(asks('caller', 'SELECT email FROM far WHERE id = 3'), 'p***@example.com', 'a mapping that is not cleared gets masks');
is(events(), '', 'and no event');

# The first copy of logical replication.
my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init;
$subscriber->append_conf('postgresql.conf', "log_statement = none\nwal_retrieve_retry_interval = 200ms");
$subscriber->start;
$subscriber->safe_psql('postgres', 'CREATE TABLE people (id int PRIMARY KEY, email text, phone text)');
$node->safe_psql('postgres', 'CREATE PUBLICATION everything FOR TABLE people');

sub subscribe
{
	my ($role) = @_;
	return $subscriber->safe_psql('postgres', "SET client_min_messages = error; TRUNCATE people; CREATE SUBSCRIPTION s CONNECTION 'host=$host port=$port dbname=postgres user=$role application_name=s' PUBLICATION everything");
}

subscribe('cleared');
$subscriber->wait_for_subscription_sync($node, 's') if $subscriber->can('wait_for_subscription_sync');
$subscriber->poll_query_until('postgres', 'SELECT count(*) = 50 FROM people');
is($subscriber->safe_psql('postgres', 'SELECT email, phone FROM people WHERE id = 1'), 'p1@example.com|555-1', 'the first copy by a role that is cleared');
$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION s');
is(events(), 'cleared|public.people.email public.people.phone|50|COPY|ok', 'is one event, with all its rows');

foreach my $role ('masked', 'half')
{
	my $offset = -s $node->logfile;
	subscribe($role);
	ok($node->wait_for_log(qr/ERROR:  .*masked/, $offset), "the first copy by a role that is $role is refused");
	is($subscriber->safe_psql('postgres', 'SELECT count(*) FROM people'), '0', "$role: and brings no mask into the other table");
	$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION s');
	is(events(), '', "$role: nor an event");
}

# What triggers of the subscriber's table read: during the first copy, for each change, at its commit. They run as the
# subscription's owner (since 16 as the table's).
$subscriber->append_conf('postgresql.conf', $conf);
$subscriber->restart;
$subscriber->safe_psql('postgres', <<'SQL');
SET client_min_messages = error;
CREATE EXTENSION ddm;
CREATE ROLE applying SUPERUSER LOGIN;
CREATE TABLE masked (id int, email text);
INSERT INTO masked SELECT g, 'm' || g || '@example.com' FROM generate_series(1, 100) g;
SECURITY LABEL FOR ddm ON COLUMN masked.email IS 'MASKED WITH FUNCTION email()';
CREATE TABLE seen (email text);
CREATE TABLE jobs (id int PRIMARY KEY);
CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO public.seen SELECT email FROM public.masked WHERE id = NEW.id; RETURN NEW; END $$;
CREATE TRIGGER look BEFORE INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION look();
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON jobs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look();
ALTER TABLE jobs ENABLE ALWAYS TRIGGER look, ENABLE REPLICA TRIGGER late;
GRANT ALL ON masked, seen, jobs TO applying;
ALTER TABLE jobs OWNER TO applying;
GRANT UNMASK ON masked TO applying;
SQL
$node->safe_psql('postgres', 'CREATE TABLE jobs (id int PRIMARY KEY); INSERT INTO jobs VALUES (1); CREATE PUBLICATION jobs FOR TABLE jobs');

# What the triggers saw, and what the trail has of it.
sub applied
{
	my ($rows) = @_;
	$subscriber->poll_query_until('postgres', "SELECT count(*) = $rows FROM jobs");
	flush($subscriber);
	return $subscriber->safe_psql('postgres', <<'SQL');
SELECT string_agg(DISTINCT email, ' ') FROM seen
UNION ALL
SELECT concat_ws(' ', count(*), sum(row_count), string_agg(DISTINCT command || ' ' || status, ' '), bool_and(nested), bool_and(query_id <> 0), count(outer_query_id))
FROM ddm.unmask_events WHERE columns_unmasked = '{public.masked.email}';
SQL
}
$subscriber->safe_psql('postgres', "SET client_min_messages = error; CREATE SUBSCRIPTION j CONNECTION 'host=$host port=$port dbname=postgres application_name=j' PUBLICATION jobs");
is(applied(1), "m1\@example.com\n2 2 INSERT ok t t 0", 'the first copy: what triggers read is on record, in no statement of a client');
$node->safe_psql('postgres', 'INSERT INTO jobs VALUES (2), (3)');
is(applied(3), "m1\@example.com m2\@example.com m3\@example.com\n6 6 INSERT ok t t 0", 'changes that come: so is what they read, once');
$subscriber->safe_psql('postgres', 'ALTER SUBSCRIPTION j OWNER TO applying') if $subscriber->safe_psql('postgres', 'SHOW server_version_num') < 160000;
$subscriber->safe_psql('postgres', 'REVOKE UNMASK ON masked FROM applying; ALTER ROLE applying NOSUPERUSER; TRUNCATE seen; DROP TRIGGER late ON jobs'); # 16 defers none for a table's owner
$node->safe_psql('postgres', 'INSERT INTO jobs VALUES (4)');
is(applied(4), "m***\@example.com\n6 6 INSERT ok t t 0", 'under an owner who is not cleared they see masks');
$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION j');

chain_holds($_, 'after all of that') foreach $node, $subscriber;
$subscriber->stop;
$node->stop;
done_testing();
