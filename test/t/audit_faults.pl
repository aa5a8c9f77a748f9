# Disks that are full or fail, and clocks that are wrong (test/lib/faults.c): what is asked to be on disk is there before
# a row leaves, or no row leaves; what can't be written denies unmasked reads alone, and only while it lasts; nothing is
# lost or written twice, and the chain holds whatever the time.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use File::Basename;
use Time::HiRes qw(time);
use Trail;
use Wire;

my $work   = PostgreSQL::Test::Utils::tempdir;
my $shim   = "$work/faults.so";
my $source = dirname(__FILE__) . '/../lib/faults.c';
system($ENV{CC} || 'cc', '-shared', '-fPIC', '-O1', '-o', $shim, $source, '-ldl') == 0 or BAIL_OUT('no C compiler');

$ENV{DDM_FAULTS} = "$work/faults";
my %readers = map { ("${_}_reader" => $_, "${_}_counted" => $_) } qw(sync commit async);
my $node = trail_node('faults', cleared => [ grep { /reader/ } keys %readers ], counted => [ grep { /counted/ } keys %readers ],
	masked => ['masked'], start => sub { local $ENV{LD_PRELOAD} = $shim; $_[0]->start }, conf => <<'CONF',
fsync = on
autovacuum = off
ddm.audit_timeout = 500ms
ddm.audit_spool_size = 9MB
CONF
	sql => join '; ', 'GRANT UPDATE ON people TO masked', map { "ALTER ROLE $_ SET ddm.audit_durability = '$readers{$_}'" } keys %readers);
my $one    = 'SELECT email FROM people WHERE id = 1';
my $denied = qr/ERROR:  unmasked read denied: the audit trail cannot be written/;
my $today  = $node->safe_psql('postgres', "SELECT (now() AT TIME ZONE 'UTC')::date");

sub faults
{
	my (@lines) = @_;
	open my $file, '>', "$work/faults.new" or die;
	print $file map { "$_\n" } @lines;
	close $file;
	rename "$work/faults.new", "$work/faults";
	return;
}

sub events_of
{
	my ($role) = @_;
	return $node->safe_psql('postgres', "SELECT count(*) FROM ddm.unmask_events WHERE role_name = '$role' AND status = 'ok'");
}

# What one backend did, in order.
sub order_of
{
	my ($role, $does) = @_;
	my $session = Wire->new($node, user => $role);
	my ($pid) = @{ $session->query('SELECT pg_backend_pid()')->{rows} };
	$session->query('SELECT id FROM people WHERE email IS NULL'); # opens files
	unlink "$work/trace";
	faults("trace $work/trace ddm_audit");
	$does->($session);
	faults();
	$session->terminate;
	return join ' ', map { /^$pid (\w+)/ ? $1 : () } split /\n/, -e "$work/trace" ? slurp_file("$work/trace") : '';
}

my $simple = sub { $_[0]->query($one) };
my $portal = sub {
	my ($session) = @_;
	$session->parse('', 'SELECT email FROM people')->bind('', '')->flush;
	$session->fetch('', 2);
	$session->fetch('', 2);
	$session->sync;
};
my $scroll = sub { $_[0]->query('BEGIN; DECLARE c SCROLL CURSOR FOR SELECT email FROM people'); $_[0]->query('FETCH ALL FROM c'); $_[0]->query('COMMIT') };
like(order_of('sync_reader', $simple), qr/^sync row$/, 'sync: on disk before the row leaves');
like(order_of('sync_reader', $portal), qr/^sync row row$/, 'sync, a portal: once, before the first row');
like(order_of('sync_counted', $simple), qr/^sync row$/, 'sync, counted: the count is on disk before the row leaves');
like(order_of('commit_reader', $simple), qr/^sync row$/, 'commit: on disk before success is reported');
like(order_of('commit_reader', $portal), qr/^row sync row$|^sync row row$/, 'commit, a portal: on disk before it is suspended');
like(order_of('commit_reader', $scroll), qr/^sync row$/, 'commit, a cursor that may scroll back: on disk before FETCH reports success');
like(order_of('commit_counted', $simple), qr/^sync row$/, 'commit, counted: on disk before success is reported');
is(order_of('async_reader', $simple), 'row', 'async: the backend waits for no disk');

# A disk that does not take what is flushed.
flush($node);
my %before = map { $_ => events_of("${_}_reader") } qw(sync commit async);
faults('fail sync ddm_audit 5');
my ($out, $err) = read_as($node, 'sync_reader', $one);
is($out, '', 'a failing disk: with sync nothing leaves');
like($err, $denied, 'a failing disk: but an error');
is(scalar read_as($node, 'masked', $one), 'p***@example.com', 'a failing disk: masked reads go on');
is(scalar read_as($node, 'async_reader', $one), 'p1@example.com', 'a failing disk: so do those that need no disk');
faults();
flush($node);
is(scalar read_as($node, 'sync_reader', $one), 'p1@example.com', 'a failing disk: when it is over, sync reads again');
is(scalar read_as($node, 'commit_reader', $one), 'p1@example.com', 'a failing disk: and commit');
flush($node);
is(events_of('sync_reader') - $before{sync}, 1, 'a failing disk: the read that was allowed is on record');
is(events_of('async_reader') - $before{async}, 1, 'a failing disk: the one of the other role, too');
chain_holds($node, 'a failing disk');

# No room for the spool.
sub until_denied
{
	my ($name) = @_;
	my $reader = Wire->new($node, user => 'async_reader');
	my $reads = 0;
	$reads++ while $reads < 100000 && @{ $reader->query($one)->{rows} };
	is($reader->query($one)->{error}, '53000', "$name: unmasked reads are denied in the end");
	$reader->terminate;
	my $began = time;
	my (undef, $error) = read_as($node, 'async_reader', $one);
	my $took = time - $began;
	like($error, $denied, "$name: and go on being so");
	cmp_ok($took, '>', 0.4, "$name: after ddm.audit_timeout");
	cmp_ok($took, '<', 5, "$name: and not much more");
	is(scalar read_as($node, 'masked', $one), 'p***@example.com', "$name: masked reads go on");
	(undef, $error) = read_as($node, 'masked', 'UPDATE people SET id = id WHERE id = 2');
	is($error, '', "$name: and writes");
	my $session = Wire->new($node, user => 'async_reader');
	$session->query("SET statement_timeout = 100");
	is($session->query($one)->{error}, '57014', "$name: who waits can be cancelled");
	$session->terminate;
	$node->safe_psql('postgres', "CREATE TABLE t_$$ (i int); DROP TABLE t_$$");
	return $reads;
}

sub recovered
{
	my ($name, $since, $reads) = @_;
	faults();
	flush($node);
	is(scalar read_as($node, 'async_reader', $one), 'p1@example.com', "$name: when it is over, reads go on");
	flush($node);
	is(events_of('async_reader') - $since, $reads + 1, "$name: and every read is on record, once");
	chain_holds($node, $name);
	return;
}

flush($node);
$before{async} = events_of('async_reader');
# The spool's next file can't be made; what is there can be written.
my $partition = $node->safe_psql('postgres', "SELECT pg_relation_filepath(inhrelid) FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE c.relname LIKE 'audit\\_log\\_%\\_' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')");
faults('fail write .new 28', "fail write $partition 28");
my $done = until_denied('no room for the spool');
cmp_ok($done, '>', 100, 'no room for the spool: what had been promised is kept');
recovered('no room for the spool', $before{async}, $done);

# No room for the table.
$before{async} = events_of('async_reader');
$partition = $node->safe_psql('postgres', "SELECT pg_relation_filepath(inhrelid) FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE c.relname LIKE 'audit\\_log\\_%\\_' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')");
faults("fail write $partition 28");
$done = until_denied('no room for the table');
cmp_ok($done, '>', 10000, 'no room for the table: the spool takes what it may');
like(slurp_file($node->logfile), qr/could not extend file|could not write block/, 'no room for the table: the log says so');
# However many workers came to nothing, who reads when there is room again does not wait long for the next.
my $ended = 0;
for (1 .. 600)
{
	$ended += $node->safe_psql('postgres', "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE backend_type = 'ddm audit worker'");
	last if $ended >= 5;
	select undef, undef, undef, 0.1;
}
cmp_ok($ended, '>=', 5, 'no room for the table: one worker after the other ends');
$node->safe_psql('postgres', "ALTER ROLE async_reader SET ddm.audit_timeout = '6s'");
faults();
is(scalar read_as($node, 'async_reader', $one), 'p1@example.com', 'no room for the table: the first read when there is room again waits, and succeeds');
$node->safe_psql('postgres', 'ALTER ROLE async_reader RESET ddm.audit_timeout');
recovered('no room for the table', $before{async}, $done + 1);

# Clocks. Time goes back two days, to the year 2099, to the end of February, and back to now.
sub read_at
{
	my ($seconds) = @_;
	faults("clock $seconds");
	my ($row) = read_as($node, 'async_reader', $one);
	is($row, 'p1@example.com', "a clock that is off by $seconds s: reads go on");
	flush($node);
	return;
}

$node->safe_psql('postgres', "ALTER DATABASE postgres SET timezone = 'Pacific/Kiritimati'");
my $last = $node->safe_psql('postgres', 'SELECT event_id FROM ddm.audit_chain');
my $far = 73 * 366 * 86400;
read_at(-2 * 86400);
read_at($far);
read_at(-3600);
read_at(86400 + 43200);
read_at(0);
is($node->safe_psql('postgres', "SELECT string_agg(d::text, ' ' ORDER BY event_id) FROM (SELECT event_id, (event_time AT TIME ZONE 'UTC')::date - '$today'::date AS d FROM ddm.audit_log WHERE event_id > $last AND role_name = 'async_reader') AS e")
	=~ /^-2 267\d\d -?[01] [12] [01]$/ ? 'so' : 'not so', 'so', 'each event has the time that the clock showed, in the order in which they came');
is($node->safe_psql('postgres', "SELECT bool_and(substring(tableoid::regclass::text FROM '\\d{8}\$') = to_char(event_time AT TIME ZONE 'UTC', 'YYYYMMDD')) FROM ddm.audit_log"),
	't', 'each stands in the partition of its day, by UTC');
chain_holds($node, 'clocks');

# A partition ends at midnight UTC, whatever changes of summer time say.
$node->safe_psql('postgres', "ALTER DATABASE postgres SET timezone = 'America/Sao_Paulo'");
$node->safe_psql('postgres', 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = \'ddm audit worker\'');
read_at(3 * 86400);
is($node->safe_psql('postgres', "SET timezone = 'UTC'; SELECT count(*) FROM pg_class WHERE relname LIKE 'audit\\_log\\_%' AND relkind = 'r' AND relispartition AND pg_get_expr(relpartbound, oid) NOT LIKE '% 00:00:00+00%'"),
	'0', 'days of partitions are UTC\'s');
faults();

# Retention under a clock that was wrong: the future is kept, and no day goes before its time.
# A lock that anybody may hold, without any privilege, has it wait, and nothing else.
my $preparer = $node->background_psql('postgres');
my $chain = $node->safe_psql('postgres', "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'ddm.audit_log'::regclass");
$preparer->query_safe("SET ROLE masked; BEGIN; PREPARE p AS SELECT FROM $chain");
my $logged = -s $node->logfile;
$node->safe_psql('postgres', "ALTER SYSTEM SET ddm.audit_retention = '1 day'");
$node->reload;
for (1 .. 6)
{
	read_as($node, 'async_reader', $one);
	flush($node);
	select undef, undef, undef, 0.3;
}
my @tries = slurp_file($node->logfile, $logged) =~ /canceling statement due to lock timeout/g;
cmp_ok(scalar @tries, '>', 0, 'retention that waits for a lock tries again');
cmp_ok(scalar @tries, '<', 3, 'but not with each batch');
$preparer->query_safe('ROLLBACK');
$preparer->quit;
$node->reload;
ok($node->poll_query_until('postgres', "SELECT count(*) = 0 FROM ddm.audit_log WHERE event_time < now() - interval '2 days'"), 'retention drops what is past its time');
cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM ddm.audit_log WHERE event_time > now() + interval '70 years'"), '>', 0, 'and not what is of a time to come');
flush($node);
chain_holds($node, 'retention');
$node->stop;
done_testing();
