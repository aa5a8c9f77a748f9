# Failovers: cascading standbys, copies taken while events were in the spool, statements that a primary had open when it
# died, a standby whose spool is full or that counts, pg_rewind. Whoever takes over has each event once.
use strict;
use warnings;
use File::Copy;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::RecursiveCopy;
use PostgreSQL::Test::Utils;
use Test::More;
use Trail;
use Wire;

my $primary = trail_node('primary', init => { allows_streaming => 1 }, cleared => ['reader'], counted => ['counted'], masked => ['masked'],
	conf => "wal_log_hints = on\nwal_keep_size = 512MB\nddm.audit_timeout = 300ms\n");

sub read_on
{
	my ($node, $name, $times, $role) = @_;
	return read_as($node, $role // 'reader', "SELECT email FROM people WHERE id = 1;\n" x ($times // 1), $name);
}

sub events
{
	my ($node, $name) = @_;
	return $node->safe_psql('postgres', "SELECT count(*), count(DISTINCT source) FROM ddm.unmask_events JOIN ddm.audit_log USING (event_id, event_time) WHERE ddm.unmask_events.application_name = '$name'");
}

# Two standbys in a row, and a copy that is taken while events wait in the spool.
$primary->backup('quiet');
my $standby = standby_of('standby', $primary, 'quiet');
$standby->backup('cascade');
my $cascade = standby_of('cascade', $standby, 'cascade');

my $locker = hold_trail($primary);
read_on($primary, 'waiting', 7);
$primary->backup('busy');
release($locker);
flush($primary);
is(events($primary, 'waiting'), '7|7', 'what waited while a copy was taken gets into the table');

# A copy that goes its own way at once, before any of that could be replicated.
my $fork = PostgreSQL::Test::Cluster->new('fork');
$fork->init_from_backup($primary, 'busy');
$fork->append_conf('postgresql.conf', "recovery_target = 'immediate'\nrecovery_target_action = 'promote'\nrestore_command = 'false'");
$fork->set_recovery_mode;
$fork->start;
$fork->poll_query_until('postgres', 'SELECT NOT pg_is_in_recovery()');
flush($fork);
is(events($fork, 'waiting'), '7|7', 'the copy takes what waited out of its own files');
read_on($fork, 'on the fork', 2);
flush($fork);
is(events($fork, 'on the fork'), '2|2', 'and goes on');
chain_holds($fork, 'a copy');
$fork->stop;

# The same copy as a standby, which has it from both sides.
my $follower = standby_of('follower', $primary, 'busy');
read_on($primary, 'later', 3);
flush($primary);
$primary->wait_for_catchup($follower, 'replay', $primary->lsn('insert'));
read_on($follower, 'on the follower', 4);
promoted($follower);
is(events($follower, 'waiting'), '7|7', 'a standby made of it has each event once');
is(events($follower, 'later'), '3|3', 'and those that came by replication');
is(events($follower, 'on the follower'), '4|4', 'and its own');
chain_holds($follower, 'a standby');
$follower->stop;

# Reads on both standbys; restarts and crashes; one that counts; one whose spool is full.
is(read_on($cascade, 'on the cascade', 1, 'masked'), 'p***@example.com', 'masks hold on a cascading standby');
read_on($cascade, 'on the cascade', 3);
read_on($standby, 'on the standby', 3);
$standby->restart;
read_on($standby, 'on the standby', 2);
$standby->stop('immediate');
$standby->start;
read_on($standby, 'on the standby', 1);
read_on($standby, 'counted', 6, 'counted');
$standby->stop('immediate');
$standby->start;
read_on($standby, 'counted', 5, 'counted');
is(read_on($standby, 'masked', 20, 'masked'), join("\n", ('p***@example.com') x 20), 'masked reads on a standby');

set_setting($standby, 'ddm.audit_spool_size' => '64kB');
my ($rows, $error) = read_on($standby, 'too many', 400);
like($error, qr/unmasked read denied/, 'a standby whose spool is full denies');
my $in_spool = () = $rows =~ /p1/g;
set_setting($standby, 'ddm.audit_to_log' => 'on');
($rows, $error) = read_on($standby, 'log alone', 50);
is($error, '', 'where the log is on it will do');
my @lines = slurp_file($standby->logfile) =~ /ddm audit: \{[^\n]*"kind":"unmask"[^\n]*"application_name":"log alone"/g;
is(scalar @lines, 50, 'and has each of them');
set_setting($standby, 'ddm.audit_to_log' => 'off', 'ddm.audit_spool_size' => '64MB');

# The primary dies with a statement open, which had told its trail, and events in the spool, which had not.
my $open = Wire->new($primary, user => 'reader', application_name => 'open');
$open->query("BEGIN; DECLARE c CURSOR FOR SELECT email FROM people");
$primary->safe_psql('postgres', "ALTER ROLE reader SET ddm.audit_durability = 'sync'");
my $durable = Wire->new($primary, user => 'reader', application_name => 'open, sync');
$durable->query("BEGIN; DECLARE c CURSOR FOR SELECT email FROM people; FETCH 2 FROM c");
flush($primary);
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
$locker = hold_trail($primary);
read_on($primary, 'last words', 9);
$primary->stop('immediate');
$locker->quit;

promoted($standby);
is(events($standby, 'on the standby'), '6|6', 'the standby that takes over has its own events, over restarts and crashes');
is(events($standby, 'too many'), "$in_spool|$in_spool", 'and those for which there was room');
is($standby->safe_psql('postgres', "SELECT sum(executions), sum(row_count) FROM ddm.unmask_events WHERE role_name = 'counted' AND status = 'summary'"),
	'11|11', 'and what it counted');
is($standby->safe_psql('postgres', "SELECT sum(executions) FROM ddm.mask_events WHERE role_name = 'masked'"), '20', 'masked reads, too');
cmp_ok($standby->safe_psql('postgres', "SELECT sum(substring(reason FROM '^\\d+')::int) FROM ddm.audit_log WHERE action = 'lost'"), '>=', 50,
	'the trail says how many are in the log alone');
is($standby->safe_psql('postgres', "SELECT status, row_count IS NULL FROM ddm.unmask_events WHERE application_name = 'open, sync'"),
	'interrupted|t', 'the statement that the primary had open was interrupted');
is(events($standby, 'open'), '0|0', 'one that had shown no row has read nothing');
is(events($standby, 'later'), '3|3', 'the primary\'s own events came by replication');
chain_holds($standby, 'a standby that took over');

# The cascading standby follows, and takes over in its turn.
read_on($standby, 'new primary', 2);
flush($standby);
$standby->wait_for_catchup($cascade, 'replay', $standby->lsn('insert'));
promoted($cascade);
is(events($cascade, 'on the cascade'), '3|3', 'a cascading standby that takes over has its own events');
is(events($cascade, 'on the standby'), '6|6', 'those of the one before');
is(events($cascade, 'new primary'), '2|2', 'also as a primary');
chain_holds($cascade, 'a cascading standby');
$cascade->stop;

# The old primary is wound back and follows. What waited in its spool is kept aside, and put back.
my $aside = PostgreSQL::Test::Utils::tempdir . '/ddm_audit';
my $spool = $primary->data_dir . '/ddm_audit';
PostgreSQL::Test::RecursiveCopy::copypath($spool, $aside);
my $configuration = PostgreSQL::Test::Utils::tempdir . '/postgresql.conf';
copy($primary->data_dir . '/postgresql.conf', $configuration);
# Before PostgreSQL 16 pg_rewind learns of the new timeline from the first checkpoint on it.
$standby->safe_psql('postgres', 'CHECKPOINT');
command_ok([ 'pg_rewind', '--source-server', $standby->connstr('postgres'), '--target-pgdata', $primary->data_dir, '--no-sync', '--config-file', $configuration ],
	'pg_rewind');
copy($configuration, $primary->data_dir . '/postgresql.conf');
foreach my $file (glob "$aside/*/*")
{
	my ($name) = $file =~ m{^\Q$aside\E/(.*)$};
	copy($file, "$spool/$name") unless -e "$spool/$name";
}
$primary->enable_streaming($standby);
$primary->start;
is(read_on($primary, 'wound back', 1, 'masked'), 'p***@example.com', 'masks hold on the primary that was wound back');
$standby->wait_for_catchup($primary, 'replay', $standby->lsn('insert'));
promoted($primary);
is(events($primary, 'last words'), '9|9', 'what waited in its spool when it died is on record');
is(events($primary, 'waiting'), '7|7', 'what it had before is there once');
is(events($primary, 'on the standby'), '6|6', 'and what the other had meanwhile');
is(events($primary, 'new primary'), '2|2', 'up to the end');
is(events($primary, 'open, sync'), '1|1', 'the interrupted statement is interrupted once');
chain_holds($primary, 'a primary that was wound back');
$primary->stop;
$standby->stop;
done_testing();
