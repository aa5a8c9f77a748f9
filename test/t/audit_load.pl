# Under load: a role whose reads are counted neither floods the trail nor is a single read of it missing; a worker that is
# terminated, or killed, as often as it comes denies unmasked reads in time and masked ones never, and loses nothing.
#   DDM_LOAD_SECONDS    how long each kind of load lasts (5)
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);
use POSIX ();
use Trail;
use Wire;

my $seconds = $ENV{DDM_LOAD_SECONDS} || 5;
my $node = trail_node('load', rows => 1000, cleared => ['reader'], counted => ['service'], masked => ['masked'],
	conf => "restart_after_crash = on\nddm.audit_timeout = 1s\n");

# A service that reads in clear as fast as it can.
my $files = PostgreSQL::Test::Utils::tempdir;
append_to_file("$files/look_up.sql", "\\set id random(1, 1000)\nSELECT email FROM people WHERE id = :id;\n");
foreach my $durability ('async', 'commit')
{
	$node->safe_psql('postgres', "ALTER ROLE service SET ddm.audit_durability = '$durability'");
	my $last = $node->safe_psql('postgres', 'SELECT coalesce(max(event_id), 0) FROM ddm.audit_log');
	my ($out, $err) = run_command([ 'pgbench', '-n', '-M', 'prepared', '-c', '4', '-j', '2', '-T', $seconds, '-U', 'service',
			'-h', $node->host, '-p', $node->port, '-f', "$files/look_up.sql", 'postgres' ]);
	my ($transactions) = $out =~ /number of transactions actually processed: (\d+)/ or diag($out, $err);
	flush($node);
	is($node->safe_psql('postgres', "SELECT sum(executions), sum(row_count), count(DISTINCT query_id) FROM ddm.unmask_events WHERE role_name = 'service' AND event_id > $last"),
		"$transactions|$transactions|1", "$durability: each of $transactions reads in clear is counted");
	my $rows = $node->safe_psql('postgres', "SELECT count(*) FROM ddm.audit_log WHERE event_id > $last");
	cmp_ok($rows, '<=', 10 + 5 * $seconds, "$durability: in $rows rows of the trail, one an interval");
}

# Reads until told to stop, over as many connections as it takes. A line each: what became of it, its name, how many
# seconds it took.
sub run_client
{
	my ($role, $name, $stop, $out) = @_;
	my $session;
	open my $lines, '>', $out or die;
	for (my $number = 1; !-e $stop; $number++)
	{
		$session //= eval { Wire->new($node, user => $role) };
		my $began = time;
		if (!$session || $session->query("SET application_name = '$name.$number'")->{types} !~ /Z$/)
		{
			undef $session; # the server is about to come back
			usleep(20_000);
			next;
		}
		my $answer = $session->query('SELECT email FROM people WHERE id = 7');
		my $shown = $answer->{rows}[0] // '';
		my $state = $answer->{types} !~ /Z$/ || $answer->{error} =~ /^57P0/ ? ($shown ? 'row' : 'lost') : $answer->{error} || "ok:$shown";
		syswrite $lines, sprintf "%s %s %.3f\n", $state, "$name.$number", time - $began;
		undef $session if $answer->{types} !~ /Z$/;
		usleep(2000);
	}
	POSIX::_exit(0);
}

# Clients of both kinds, and something that happens again and again meanwhile: for some seconds, and on a slow machine
# until a reader has met the state that is awaited. Answers their lines: [state, name, seconds].
sub under_load
{
	my ($name, $what, $awaited) = @_;
	my $met = sub { !$awaited || grep { slurp_file("$files/$name.reader.$_") =~ /^$awaited /m } 1 .. 2 };
	my $stop = "$files/stop.$name";
	my (@pids, %lines);
	foreach my $client (map { ("reader.$_", "masked.$_") } 1 .. 2)
	{
		my $pid = fork // die "fork: $!";
		run_client($client =~ /^(\w+)/, "$name.$client", $stop, "$files/$name.$client") if $pid == 0;
		push @pids, $pid;
	}
	my $until = time + $seconds;
	my $latest = time + 120;
	$what->() while time < $until || (time < $latest && !$met->());
	append_to_file($stop, '');
	waitpid $_, 0 foreach @pids;
	foreach my $role ('reader', 'masked')
	{
		push @{ $lines{$role} }, map { [ split / / ] } split /\n/, slurp_file("$files/$name.$role.$_") foreach 1 .. 2;
	}
	return \%lines;
}

sub worker { return eval { ($node->psql('postgres', "SELECT pid FROM pg_stat_activity WHERE backend_type = 'ddm audit worker'"))[1] } }

# What they saw, and what the trail has of it.
sub judge
{
	my ($name, $lines) = @_;
	my (%count, %expected);
	$count{ $_->[0] }++ foreach @{ $lines->{reader} };
	my @other = grep { !/^(ok:p7\@example\.com|53000|row|lost)$/ } keys %count;
	is("@other", '', "$name: unmasked reads succeed, or are denied with SQLSTATE 53000");
	cmp_ok($count{'ok:p7@example.com'} // 0, '>', 0, "$name: some succeeded");
	my ($longest) = sort { $b <=> $a } map { $_->[2] } @{ $lines->{reader} };
	cmp_ok($longest, '<', 6, "$name: none waited much longer than ddm.audit_timeout");
	my %masked;
	$masked{ $_->[0] }++ foreach @{ $lines->{masked} };
	delete $masked{lost};
	delete $masked{row};
	is(join(' ', keys %masked), 'ok:p***@example.com', "$name: masked reads are never denied");

	ok(come_back($node), "$name: it recovers by itself");
	my %events = map { split /\|/ } split /\n/,
	  $node->safe_psql('postgres', "SELECT application_name, count(*) FROM ddm.unmask_events WHERE application_name LIKE '$name.%' GROUP BY 1");
	my @missing = grep { !$events{$_} } map { $_->[1] } grep { $_->[0] =~ /^(ok|row)/ } @{ $lines->{reader} };
	my @denied = grep { $events{$_} } map { $_->[1] } grep { $_->[0] eq '53000' } @{ $lines->{reader} };
	my @twice = grep { $events{$_} > 1 } keys %events;
	is("@missing", '', "$name: every read has its event");
	is("@denied", '', "$name: what was denied has none");
	is("@twice", '', "$name: no event came twice");
	chain_holds($node, $name);
	return \%count;
}

$node->append_conf('postgresql.conf', 'ddm.audit_spool_size = 64kB');
$node->reload;
my $count = judge('terminated', under_load('terminated', sub {
	$node->safe_psql('postgres', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'ddm audit worker'");
	usleep(20_000);
}, '53000'));
cmp_ok($count->{53000} // 0, '>', 0, 'terminated: reads were denied while the spool was full');

my $killed = 0;
judge('killed', under_load('killed', sub {
	my $pid = worker();
	$killed += kill 'KILL', $pid if $pid;
	usleep(50_000);
}));
cmp_ok($killed, '>', 0, "killed: the worker was killed $killed times");

$node->stop;
done_testing();
