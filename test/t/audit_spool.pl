# What becomes of a spool whose files were damaged, torn by a crash, taken away or left half made: everything that can
# be read gets into the table once, what can't is an event that says so, and nothing wedges the trail.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Trail;

my $node = trail_node('spool', cleared => [ 'reader', 'durable_reader' ], conf => "ddm.audit_timeout = 1s\nmax_prepared_transactions = 5\n", sql => <<'SQL');
CREATE TABLE people_too (id int PRIMARY KEY, email text);
SECURITY LABEL FOR ddm ON COLUMN people_too.email IS 'MASKED WITH FUNCTION email()';
GRANT SELECT ON people_too TO reader, durable_reader;
ALTER ROLE durable_reader SET ddm.audit_durability = 'sync'
SQL

my ($database) = $node->safe_psql('postgres', "SELECT oid FROM pg_database WHERE datname = 'postgres'");
my $spool = $node->data_dir . "/ddm_audit/$database";

# Statements with this name, by a role; each an event.
sub reads
{
	my ($role, $name, $times) = @_;
	my $reads = join '', map { "SELECT email FROM people WHERE id = 1;\n" } 1 .. $times;
	return $node->safe_psql('postgres', "SET application_name = '$name';\n$reads", extra_params => [ '-U', $role ]);
}

# The same, of which nothing gets into the table: the server dies first, at once. What happens while it is down.
sub crash_with
{
	my ($name, $times, $while_down) = @_;
	my $locker = hold_trail($node);
	reads('reader', $name, $times);
	$node->stop('immediate');
	$locker->quit;
	$while_down->();
	$node->start;
	flush($node);
	$node->poll_query_until('postgres', "SELECT NOT EXISTS (SELECT FROM pg_ls_dir('ddm_audit/$database') AS f WHERE f NOT LIKE (SELECT max(s) FROM pg_ls_dir('ddm_audit/$database') AS s) AND f LIKE '%.0000000_')");
	return;
}

sub events
{
	my ($name) = @_;
	return $node->safe_psql('postgres', "SELECT count(*), count(DISTINCT source) FROM ddm.audit_log WHERE application_name = '$name'");
}

sub remarks
{
	return $node->safe_psql('postgres', "SELECT action, reason FROM ddm.audit_log WHERE kind = 'trail' AND event_id > coalesce((SELECT max(event_id) FROM ddm.audit_log WHERE action = 'told'), 0) ORDER BY event_id");
}

sub segments { return sort grep { /\.[0-9A-F]{8}$/ } glob "$spool/*" }

# The bytes of the file that has events of this name, through a function that may change them.
sub edit
{
	my ($name, $change) = @_;
	my ($file) = grep { index(slurp_file($_), $name) >= 0 } segments();
	open my $in, '+<:raw', $file or die "$file: $!";
	my $bytes = do { local $/; <$in> };
	$change->($bytes);
	seek $in, 0, 0;
	truncate $in, 0;
	print $in $bytes;
	close $in;
	return;
}

# Where frames of events with this name begin.
sub frames
{
	my ($bytes, $name) = @_;
	my @at;
	while ($bytes =~ /\Q$name\E/g) { push @at, pos $bytes }
	return @at;
}

crash_with('whole', 20, sub { });
is(events('whole'), '20|20', 'after a crash all events are there, once');
is(remarks(), '', 'and nothing is wrong with the spool');

# The write that the crash cut in two.
crash_with('torn', 20, sub {
	edit('torn', sub {
		my @at = frames($_[0], 'torn');
		substr($_[0], $at[-1] + 3) =~ tr/\0-\377/\0/;
	});
});
is(events('torn'), '19|19', 'a torn tail costs the event that was being written, and no other');
like(remarks(), qr/^unreadable\|\d+ bytes of the spool hold no whole event\.$/, 'and is told of');
chain_holds($node, 'torn');

# A file that ends in the middle of an event.
crash_with('short', 20, sub {
	edit('short', sub {
		my @at = frames($_[0], 'short');
		$_[0] = substr $_[0], 0, $at[-1] + 3;
	});
});
is(events('short'), '19|19', 'so does a file that is cut short');
chain_holds($node, 'short');

# Somebody takes an event out of the spool, or a disk turns a bit.
crash_with('bit', 20, sub {
	edit('bit', sub {
		my @at = frames($_[0], 'bit');
		substr($_[0], $at[9] - 1, 1) = 'T';
	});
});
is(events('bit'), '19|19', 'a bit that is turned costs its event alone');
my @told = split /\n/, remarks();
is(scalar @told, 3, 'and each damage is told of');
chain_holds($node, 'bit');

crash_with('zeros', 20, sub {
	edit('zeros', sub {
		my @at = frames($_[0], 'zeros');
		my $size = $at[10] - $at[9];
		substr($_[0], $at[9] - 60, $size) = "\0" x $size;
	});
});
is(events('zeros'), '18|18', 'events that were overwritten with nothing are gone');
@told = split /\n/, remarks();
is(scalar @told, 4, 'and that does not go unnoticed');

# Files that are gone, and files that were never finished.
my $big = 20000; # events, of which each is some 300 bytes: more than one segment
crash_with('gone', $big, sub {
	my @all = segments();
	cmp_ok(scalar @all, '>', 1, 'the spool has several files');
	unlink $all[0];
	PostgreSQL::Test::Utils::append_to_file("$all[-1].new", 'x' x 1000);
});
my ($count) = split /\|/, events('gone');
cmp_ok($count, '>', 0, 'what the other files hold gets into the table');
cmp_ok($count, '<', $big, 'what was in the file that is gone does not');
chain_holds($node, 'gone');
is(scalar(grep { /\.new$/ } glob "$spool/*"), 0, 'a file that was being made when the server died is cleared away');

# The same while the server runs.
my $locker = hold_trail($node);
reads('reader', 'taken away', $big);
my @now = segments();
unlink $now[0];
release($locker);
flush($node);
($count) = split /\|/, events('taken away');
cmp_ok($count, '>', 0, 'a file taken away from a running server: the worker goes on with the next');
like(remarks(), qr/^missing\|A file of the spool is missing/m, 'and says what is missing');
chain_holds($node, 'taken away');
reads('reader', 'and on', 3);
flush($node);
is(events('and on'), '3|3', 'the trail goes on');

# Events that found no room are counted.
$node->append_conf('postgresql.conf', "ddm.audit_spool_size = 64kB\nddm.audit_mask_detail = each");
$node->reload;
$node->safe_psql('postgres', 'GRANT SELECT ON people TO PUBLIC; CREATE ROLE masked LOGIN');
$locker = hold_trail($node);
reads('masked', 'masked', 400);
release($locker);
flush($node);
($count) = split /\|/, events('masked');
cmp_ok($count, '<', 400, 'mask events find no room');
is($node->safe_psql('postgres', "SELECT sum(substring(reason FROM '^\\d+')::int) FROM ddm.audit_log WHERE action = 'lost'"), 400 - $count,
	'and the trail says how many were not recorded');

# The same where the worker waits with what it has, and no event follows the last losses.
sub worker_waits
{
	my ($yes) = @_;
	$node->poll_query_until('postgres', "SELECT count(*) = $yes FROM pg_stat_activity WHERE backend_type = 'ddm audit worker' AND wait_event_type = 'Lock'");
	return;
}
$node->append_conf('postgresql.conf', 'ddm.audit_flush_interval = 3s');
$node->reload;
$node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM ddm.audit_log WHERE object LIKE 'setting ddm.audit_flush_interval%')");
$locker = hold_trail($node);
reads('masked', 'lost early', 400);
worker_waits(0);
worker_waits(1);
reads('masked', 'lost late', 10);
release($locker);
flush($node);
($count) = split /\|/, events('lost early');
is(events('lost late'), '0|0', 'mask events find no room while the worker waits');
is($node->safe_psql('postgres', "SELECT sum(substring(reason FROM '^\\d+')::int) FROM ddm.audit_log WHERE action = 'lost' AND event_id > (SELECT min(event_id) FROM ddm.audit_log WHERE application_name = 'lost early')"),
	410 - $count, 'and the trail says of all of them that they were not recorded');
$node->append_conf('postgresql.conf', 'ddm.audit_flush_interval = 200ms');
$node->append_conf('postgresql.conf', "ddm.audit_spool_size = 64MB\nddm.audit_mask_detail = summary");
$node->reload;

# A primary that died with a statement open: its stream is not here, what it had opened came by replication.
$node->safe_psql('postgres', <<SQL);
SET session_replication_role = replica;
INSERT INTO ddm.audit_open SELECT '$database/00024E5F0E1A8C0011223344', 4096,
    decode('01' || '00' || lpad(to_hex((extract(epoch FROM now() - '2000-01-01 00:00+00') * 1000000)::bigint), 16, '0') ||
           '80' || '00000006' || encode('unmask', 'hex') || '86' || '0000000d' || encode('on the primary', 'hex'), 'hex');
UPDATE ddm.audit_open SET event = decode(replace(encode(event, 'hex'), '860000000d', '860000000e'), 'hex');
SQL
$node->restart;
reads('reader', 'restarted', 1);
flush($node);
is(events('on the primary'), '1|1', 'a statement that another server had open is an event here');

# Reasons are told apart also where one begins with the other.
$node->safe_psql('postgres', <<'SQL');
CREATE ROLE exempt LOGIN;
GRANT SELECT ON people, people_too TO exempt;
SELECT ddm.create_exemption('audit', '{exempt}', 'resource.table_name == "people"', now() + '1 day', 'test');
SELECT ddm.create_exemption('audit of 2026', '{exempt}', 'resource.table_name == "people_too"', now() + '1 day', 'test');
SQL
$node->safe_psql('postgres', 'SELECT FROM people_too t, people p WHERE t.email = p.email', extra_params => [ '-U', 'exempt' ]);
flush($node);
is($node->safe_psql('postgres', "SELECT count(*) FROM ddm.unmask_events, regexp_split_to_table(cleared_by, '; ') AS one WHERE role_name = 'exempt'"),
	'2', 'cleared_by names both exemptions');

# Policy events of a prepared transaction, with nothing else to wake the worker.
$node->safe_psql('postgres', "BEGIN; SECURITY LABEL FOR ddm ON COLUMN people.email IS 'MASKED WITH VALUE NULL'; PREPARE TRANSACTION 'p'");
$node->safe_psql('postgres', "SELECT pg_sleep(0.5); COMMIT PREPARED 'p'");
ok($node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM ddm.audit_log WHERE action = 'label' AND after LIKE '%VALUE NULL%')"),
	'what a prepared transaction changed gets into the chain when it commits');

# A time that no partition can have.
$node->safe_psql('postgres', "SET session_replication_role = replica; INSERT INTO ddm.audit_pending (event_time, kind, action) VALUES ('infinity', 'policy', 'endless'), ('4000-01-01 BC', 'policy', 'endless')");
reads('reader', 'endless', 1);
flush($node);
is($node->safe_psql('postgres', "SELECT count(*) FROM ddm.audit_log WHERE action = 'endless' AND event_time > now() - interval '1 hour' AND reason LIKE 'event_time was %'"),
	'2', 'an event of no possible time stands at the time when it was found');
chain_holds($node, 'endless');

# The extension made anew, in the middle of a stream.
$node->safe_psql('postgres', 'SET client_min_messages = error; DROP EXTENSION ddm CASCADE; CREATE EXTENSION ddm');
$node->safe_psql('postgres', "SECURITY LABEL FOR ddm ON COLUMN people.email IS 'MASKED WITH FUNCTION email()'; SET client_min_messages = error; GRANT UNMASK ON people TO reader");
reads('reader', 'anew', 3);
flush($node);
is(events('anew'), '3|3', 'after DROP and CREATE EXTENSION the trail begins anew');
is(events('endless'), '0|0', 'without what the old one had');
is(remarks(), '', 'and without complaint');

$node->stop;
done_testing();
