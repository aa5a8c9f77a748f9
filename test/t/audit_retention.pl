# kill -9 of the worker, and an immediate shutdown, at random moments while retention drops partitions: each that goes is
# recorded once, none goes unrecorded, the chain holds across it, and a seal from before still finds its event.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);
use Trail;

my $rounds = $ENV{DDM_KILL_ROUNDS} || 2;
my $days   = 6;
my $node   = trail_node('retention', cleared => ['reader'], conf => "fsync = on\nrestart_after_crash = on\nddm.audit_flush_interval = 20ms\n");

sub set_retention
{
	my ($value) = @_;
	$node->safe_psql('postgres', "ALTER SYSTEM SET ddm.audit_retention = '$value'");
	$node->reload;
	return;
}

# A day for each round and place, all long gone.
sub day { my ($round, $i) = @_; return "date '2001-01-01' + " . ($round * $days + $i) }

sub partition { my ($round, $i) = @_; return $node->safe_psql('postgres', "SELECT to_char(" . day($round, $i) . ", 'YYYYMMDD')") }

my %end = (
	worker => sub {
		my $worker = $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE backend_type = 'ddm audit worker'");
		usleep(int rand 30_000);
		return $worker && kill 'KILL', $worker;
	},
	immediate => sub {
		usleep(int rand 30_000);
		$node->stop('immediate');
		$node->start;
		return 1;
	});

my ($round, $interrupted) = (0, 0);
foreach my $kind (map { sort keys %end } 1 .. $rounds)
{
	$round++;
	foreach my $i (0 .. $days - 1)
	{
		$node->safe_psql('postgres', "SET session_replication_role = replica; INSERT INTO ddm.audit_pending (event_time, kind, action) VALUES ((@{[day($round, $i)]}) + time '12:00', 'policy', 'long ago')");
		flush($node);
	}
	read_as($node, 'reader', 'SELECT email FROM people WHERE id = 1', "round $round");
	flush($node);
	my $seal = $node->safe_psql('postgres', 'SELECT ddm.audit_seal()');
	my $log  = -s $node->logfile;
	set_retention('3 years');
	my $ended = $end{$kind}->();
	my $end   = time;
	$node->wait_for_log(qr/ready to accept connections/, $log) if $ended;
	ok(come_back($node), "$round, $kind: the server comes back");
	ok($node->poll_query_until('postgres', "SELECT NOT EXISTS (SELECT FROM ddm.audit_log WHERE action = 'long ago')"), "$round, $kind: all that is too old goes");
	flush($node);
	my $expected = join ' ', map { partition($round, $_) . ':1' } 0 .. $days - 1;
	is($node->safe_psql('postgres', "SELECT string_agg(day || ':' || n, ' ' ORDER BY day) FROM (SELECT right(object, 8) AS day, count(*) AS n FROM ddm.audit_log WHERE kind = 'trail' GROUP BY 1) AS d WHERE day::date BETWEEN @{[day($round, 0)]} AND @{[day($round, $days - 1)]}"),
		$expected, "$round, $kind: each partition that went is recorded once");
	my $before = $node->safe_psql('postgres', "SELECT count(*) FROM ddm.audit_log WHERE action = 'retention' AND right(object, 8)::date BETWEEN @{[day($round, 0)]} AND @{[day($round, $days - 1)]} AND event_time < to_timestamp($end)");
	$interrupted++ if $before > 0 && $before < $days;
	is($node->safe_psql('postgres', "SELECT count(*) FROM ddm.unmask_events WHERE application_name = 'round $round'"), '1', "$round, $kind: what is not too old stays");
	is($node->safe_psql('postgres', "SELECT bool_and(ok) FROM ddm.audit_verify_seal('$seal')"), 't', "$round, $kind: the seal finds its event");
	chain_holds($node, "$round, $kind");
	set_retention('');
}
note "$interrupted of $round rounds were interrupted between two partitions";
$node->stop;
done_testing();
