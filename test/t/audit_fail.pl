# When the trail cannot be written, unmasked reads wait at most ddm.audit_timeout and then fail, masked reads and
# everything else go on; when the cause is gone the trail recovers by itself, and no event is lost.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Trail;

my $node = trail_node('fail', cleared => ['cleared'], masked => ['masked'], conf => <<'CONF', sql => <<'SQL');
max_logical_replication_workers = 0
ddm.audit_spool_size = 64kB
ddm.audit_timeout = 300ms
CONF
ALTER TABLE people ADD age int CHECK (age < 200);
GRANT UPDATE ON people TO cleared, masked;
ANALYZE people
SQL

my $reads = "SET ROLE cleared;\n" . "SELECT email FROM people WHERE id = 1;\n" x 400;
my $denied = qr/ERROR:  unmasked read denied: the audit trail cannot be written/;

sub events { return $node->safe_psql('postgres', "SELECT count(*) FROM ddm.unmask_events WHERE role_name = 'cleared'") }

# Reads until the trail refuses; answers how many reads there were.
sub read_until_denied
{
	my ($name) = @_;
	my ($out, $err) = ('', '');
	$node->psql('postgres', $reads, stdout => \$out, stderr => \$err, on_error_stop => 1);
	like($err, $denied, "$name: an unmasked read is denied in the end");
	is($node->safe_psql('postgres', "SET ROLE masked; SELECT email FROM people WHERE id = 1"), 'p***@example.com',
		"$name: masked reads go on");
	my $failing = 'UPDATE people SET age = 200 WHERE id = 1';
	(undef, undef, $err) = $node->psql('postgres', "SET ROLE cleared; $failing");
	like($err, qr/DETAIL:  Values of masked columns are withheld\./, "$name: an error shows no stored value unrecorded");
	my ($statistics, $shown) = ("SELECT histogram_bounds FROM pg_stats WHERE attname = 'email'", q{});
	$node->psql('postgres', "SET ROLE cleared; $statistics", stdout => \$shown, stderr => \$err);
	like($err, $denied, "$name: nor do statistics");
	is($shown, q{}, "$name: not even a part of them");
	(undef, undef, $err) = $node->psql('postgres', "SET ddm.audit_on_failure = allow; SET ROLE cleared; $failing");
	like($err, qr/DETAIL:  Failing row contains \(1, p1\@example\.com, 200\)/, "$name: it does where that is allowed");
	$node->safe_psql('postgres', "CREATE TABLE t_$$ (i int); DROP TABLE t_$$; SELECT id FROM people");
	$node->safe_psql('postgres', "SET ddm.audit_on_failure = allow; SET ROLE cleared; SELECT email FROM people WHERE id = 1");
	my @rows = $out =~ /^p1\@example\.com$/mg;
	return scalar @rows;
}

sub recovered
{
	my ($name, $before, $reads) = @_;
	$node->safe_psql('postgres', 'SET ROLE cleared; SELECT email FROM people WHERE id = 1');
	flush($node);
	is(events() - $before, $reads + 1, "$name: it recovers, and every read has its event");
	chain_holds($node, $name);
}

# Another session holds a lock on the table.
my $before = events();
my $locker = hold_trail($node);
my $done = read_until_denied('locked table');
cmp_ok($done, '>', 20, 'locked table: there is room for a while');
# The worker runs for a second already; what it waits for began just now.
ok($node->poll_query_until('postgres', "SELECT bool_or(xact_start > backend_start + interval '500 ms') FROM pg_stat_activity WHERE backend_type = 'ddm audit worker'"),
	'locked table: the worker says since when its transaction runs');
release($locker);
recovered('locked table', $before, $done);

# No slot for the worker.
$before = events();
$node->append_conf('postgresql.conf', 'max_worker_processes = 1');
$node->restart;
$done = read_until_denied('no worker slot');
like(slurp_file($node->logfile), qr/no background worker slot is free/, 'no worker slot: the log says so');
$node->append_conf('postgresql.conf', 'max_worker_processes = 8');
$node->restart;
recovered('no worker slot', $before, $done);

# The spool's directory refuses.
$before = events();
$node->stop;
my $spool = $node->data_dir . '/ddm_audit';
my @inner = glob "$spool/*";
chmod 0500, @inner;
SKIP: {
	skip 'root writes everywhere', 5 if $> == 0;
	$node->start;
	my ($out, $err) = ('', '');
	$node->psql('postgres', 'SET ROLE cleared; SELECT email FROM people WHERE id = 1', stdout => \$out, stderr => \$err);
	like($err, $denied, 'no room on disk: an unmasked read is denied');
	is($out, '', 'no room on disk: before any row leaves');
	is($node->safe_psql('postgres', 'SET ROLE masked; SELECT email FROM people WHERE id = 1'), 'p***@example.com',
		'no room on disk: masked reads go on');
	chmod 0700, @inner;
	recovered('no room on disk', $before, 0);
}

# The worker is killed again and again.
$before = events();
my ($in, $out, $err) = ($reads, '', '');
my $reader = $node->background_psql('postgres');
$reader->query_safe('SET ROLE cleared; SET ROLE cleared');
for my $i (1 .. 60)
{
	$reader->query_safe('SELECT email FROM people WHERE id = 1');
	$node->safe_psql('postgres', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'ddm audit worker'")
	  if $i % 6 == 0;
}
$reader->quit;
recovered('worker terminated', $before, 60);

# What found no room is told in the trail once, whatever ends the server or the worker before, while or after it is.
$node->safe_psql('postgres', <<'SQL');
CREATE ROLE unrecorded LOGIN;
GRANT SELECT ON people TO unrecorded;
SET client_min_messages = error;
GRANT UNMASK ON people TO unrecorded;
ALTER ROLE unrecorded SET ddm.audit_on_failure = allow;
ALTER ROLE unrecorded SET ddm.audit_timeout = 0;
SQL
my $unrecorded = 0;
sub lose
{
	my ($end) = @_;
	my ($count, $rows) = (250 + int(rand(100)), '');
	my $holder = hold_trail($node);
	$node->psql('postgres', "SELECT email FROM people WHERE id = 2;\n" x $count, extra_params => [ '-U', 'unrecorded' ], stdout => \$rows);
	$unrecorded += () = $rows =~ /^p2\@example\.com$/mg;
	my ($worker) = $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE backend_type = 'ddm audit worker' UNION ALL SELECT pg_backend_pid() LIMIT 1");
	my $log = -s $node->logfile;
	my $ended = $end->($holder, $worker);
	eval { $holder->quit }; # its server may be gone
	# The postmaster may take a while to see it, and answers until then.
	$node->wait_for_log(qr/ready to accept connections/, $log) if $ended;
	$node->poll_query_until('postgres', 'SELECT true');
	return;
}
my $kill_holder = sub { my ($holder) = @_; kill 'KILL', $holder->query_safe('SELECT pg_backend_pid()') };
my $kill_worker = sub { my ($holder, $worker) = @_; $holder->query_safe('ROLLBACK'); select undef, undef, undef, rand 0.3; kill 'KILL', $worker };
my $restart = sub { my ($mode) = @_; return sub { $node->stop($mode); $node->start; return 1 } };
$node->append_conf('postgresql.conf', 'restart_after_crash = on');
$node->reload;
lose($_) foreach $kill_holder, $restart->('fast'), $restart->('immediate'), ($kill_worker) x 8;
flush($node);
my ($recorded, $told) = split /\|/, $node->safe_psql('postgres', <<'SQL');
SELECT (SELECT count(*) FROM ddm.unmask_events WHERE role_name = 'unrecorded'),
    (SELECT sum(substring(reason FROM '^\d+')::int) FROM ddm.audit_log WHERE action = 'lost' AND event_id > (SELECT min(event_id) FROM ddm.audit_log WHERE role_name = 'unrecorded'))
SQL
cmp_ok($told, '>', 100, 'untold losses: there are many');
is($recorded + $told, $unrecorded, 'untold losses: each read has its event, or is told as lost');

# So is what another database had to tell of roles, which are the cluster's.
$node->safe_psql('postgres', 'CREATE DATABASE elsewhere');
$node->safe_psql('elsewhere', 'CREATE EXTENSION ddm');
flush($node);
my $seen = $node->safe_psql('postgres', 'SELECT max(event_id) FROM ddm.audit_log');
my $holder = hold_trail($node);
$node->safe_psql('elsewhere', "GRANT cleared TO masked;\nREVOKE cleared FROM masked;\n" x 200);
$restart->('immediate')->();
eval { $holder->quit };
flush($node);
($recorded, $told) = split /\|/, $node->safe_psql('postgres', <<"SQL");
SELECT count(*) FILTER (WHERE action = 'membership'), coalesce(sum(substring(reason FROM '^\\d+')::int) FILTER (WHERE action = 'lost'), 0)
FROM ddm.audit_log WHERE event_id > $seen
SQL
cmp_ok($recorded, '>', 20, 'losses from elsewhere: there is room for a while');
is($recorded + $told, 400, 'losses from elsewhere: each change has its event, or is told as lost');
$node->safe_psql('postgres', 'DROP DATABASE elsewhere');

# A database that goes while its worker is at it, and templates.
for my $i (1 .. 3)
{
	$node->safe_psql('postgres', "CREATE DATABASE shop$i");
	$node->safe_psql("shop$i", <<'SQL');
CREATE EXTENSION ddm;
CREATE TABLE people (email text);
SECURITY LABEL FOR ddm ON COLUMN people.email IS 'MASKED WITH FUNCTION email()';
SELECT email FROM people;
SELECT ddm.audit_flush();
SELECT email FROM people;
SQL
	$node->safe_psql('postgres', "ALTER DATABASE shop$i RENAME TO store$i");
	$node->safe_psql('postgres', "CREATE DATABASE copy$i TEMPLATE store$i");
	$node->safe_psql("copy$i", 'SELECT email FROM people');
	$node->safe_psql("copy$i", 'SELECT ddm.audit_flush()');
	is($node->safe_psql("copy$i", 'SELECT count(*), bool_and(ok) FROM ddm.audit_verify()'), '2|t',
		'a copied database has the trail of the first, and its own chain');
	$node->safe_psql('postgres', "DROP DATABASE store$i");
	$node->safe_psql('postgres', "DROP DATABASE copy$i WITH (FORCE)");
}
# Nobody needs a privilege to prepare a statement, and the locks of that are kept to the end of the transaction.
$node->safe_psql('postgres', 'CREATE DATABASE young');
$node->safe_psql('young', "CREATE EXTENSION ddm; CREATE TABLE people (email text); SECURITY LABEL FOR ddm ON COLUMN people.email IS 'MASKED WITH FUNCTION email()'");
$node->safe_psql('postgres', 'CREATE DATABASE younger TEMPLATE young');
my $preparer = $node->background_psql('younger');
$preparer->query_safe('SET ROLE masked; BEGIN; PREPARE a AS SELECT FROM ddm.audit_log FOR UPDATE; PREPARE b AS DELETE FROM ddm.audit_chain; PREPARE c AS UPDATE ddm.audit_position SET position = 1');
$node->safe_psql('younger', "SELECT email FROM people; SELECT ddm.audit_flush('5 s')");
is($node->safe_psql('younger', 'SELECT count(*) FROM ddm.unmask_events'), '1', 'a chain begins while somebody has prepared to read the trail');
$preparer->quit;
$node->safe_psql('postgres', 'DROP DATABASE young');
$node->safe_psql('postgres', 'DROP DATABASE younger WITH (FORCE)');

my @left = grep { -d } glob "$spool/*";
is(scalar(@left), 1, 'the spool of a dropped database goes with it');

$node->stop;
done_testing();
