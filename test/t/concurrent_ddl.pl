# What looks at statements about tables takes no lock before they do: two that wait for a third would else hold what the
# other waits for.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('concurrent_ddl');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\ndeadlock_timeout = 100ms\nwal_level = logical");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE TABLE person (id int, email text, n int);
	INSERT INTO person VALUES (1, 'ann@one.org', 1);
	CREATE TABLE part (id int, email text) PARTITION BY LIST (id);
	CREATE TABLE part_rest PARTITION OF part DEFAULT;
	CREATE TABLE whole (id int, email text) PARTITION BY LIST (id); -- one that leaves concurrently has no default beside it
	CREATE TABLE whole_1 PARTITION OF whole FOR VALUES IN (1);
	SECURITY LABEL FOR ddm ON COLUMN whole.email IS 'MASKED WITH FUNCTION email()';
	CREATE TABLE one (email text);
	CREATE TABLE other (email text);
	CREATE TABLE kin () INHERITS (one, other);
	SECURITY LABEL FOR ddm ON COLUMN one.email IS 'MASKED WITH FUNCTION email()';
	SECURITY LABEL FOR ddm ON COLUMN person.email IS 'MASKED WITH FUNCTION email()';
	SECURITY LABEL FOR ddm ON COLUMN part.email IS 'MASKED WITH FUNCTION email()';
});

my @sessions = map { $node->background_psql('postgres', on_error_stop => 0) } 1 .. 3;
my @pids = map { scalar $_->query("SELECT pg_backend_pid()") } @sessions;

# The first holds the table, the others wait for it; then both go on.
sub meet
{
	my ($held, @statements) = @_;
	$_->{stderr} = '' foreach @sessions;
	$sessions[0]->query("BEGIN; LOCK TABLE $held IN ACCESS EXCLUSIVE MODE");
	foreach my $i (1, 2)
	{
		$sessions[$i]->query_until(qr/started/, "\\echo started\n$statements[$i - 1];\n");
		$node->poll_query_until('postgres', "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = $pids[$i]");
	}
	$sessions[0]->query('COMMIT');
	$_->query('SELECT 1') foreach @sessions;
	is(join('', map { $_->{stderr} } @sessions), '', join('; ', @statements));
	return;
}

meet('person', 'ALTER TABLE person ADD a int', 'ALTER TABLE person ADD b int');
meet('person', 'ALTER TABLE person ALTER n TYPE bigint USING n + 1', 'ALTER TABLE person ALTER n TYPE numeric USING n * 2');
meet('person', 'CREATE INDEX ON person (lower(email))', 'CREATE UNIQUE INDEX ON person (email)');
meet('person', 'CREATE STATISTICS s1 ON (n + 1) FROM person', 'CREATE STATISTICS s2 ON (n + 2) FROM person');
meet('person', 'CREATE PUBLICATION p1 FOR TABLE person', 'CREATE PUBLICATION p2 FOR TABLE person');
meet('part', 'CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1)', 'CREATE TABLE part_2 PARTITION OF part FOR VALUES IN (2)');
meet('kin', 'ALTER TABLE kin NO INHERIT one', 'ALTER TABLE kin NO INHERIT other');
meet('part', 'ALTER TABLE part ADD c int', 'ALTER TABLE part ADD d int');

# A partition that is leaving while somebody reads the whole, is stopped, and goes for good later.
$sessions[0]->query('BEGIN; SELECT count(*) FROM whole');
$_->{stderr} = '' foreach @sessions;
$sessions[1]->query_until(qr/started/, "\\echo started\nALTER TABLE whole DETACH PARTITION whole_1 CONCURRENTLY;\n");
$node->poll_query_until('postgres', "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = $pids[1]");
$node->safe_psql('postgres', "SELECT pg_cancel_backend($pids[1])");
$sessions[1]->query('SELECT 1');
like($sessions[1]->{stderr}, qr/canceling statement/, 'DETACH CONCURRENTLY is stopped in the middle');
$sessions[0]->query('COMMIT');
$node->safe_psql('postgres', 'ALTER TABLE whole DETACH PARTITION whole_1 FINALIZE; SELECT ddm.audit_flush()');
is($node->safe_psql('postgres', "SELECT object, before, after IS NULL FROM ddm.policy_history WHERE action = 'alter table' AND object ~ 'whole_1' ORDER BY event_id DESC LIMIT 1"),
	'table public.whole_1|PARTITION OF public.whole|t', 'what finishes it is an event');

$_->quit foreach @sessions;
$node->stop;
done_testing();
