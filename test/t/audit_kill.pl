# kill -9 of a backend, of the audit worker, its launcher, the checkpointer, the postmaster, of recovery itself, and
# shutdowns in the middle, at random moments under 16 clients: every statement of which a row had arrived has its event,
# every one that reported success has it with the rows that it returned, none has two, and the server comes back by
# itself. What is counted in summaries is neither lost nor counted twice.
#   DDM_KILL_ROUNDS     rounds of each kind (1); `make check-kill` does 100
#   DDM_KILL_KINDS      some of the kinds, DDM_KILL_DURABILITY some of sync, commit, async; by commas
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);
use POSIX ();
use Trail;
use Wire;

my $rounds  = $ENV{DDM_KILL_ROUNDS} || 1;
my @kinds   = split /,/, $ENV{DDM_KILL_KINDS} || 'backend,worker,launcher,checkpointer,postmaster,recovery,immediate,fast';
my $clients = 16;
my $counted = 2; # of which so many are counted

my $node = trail_node('kill', rows => 5000, cleared => ['reader'], counted => ['counted'], conf => <<'CONF', sql => <<'SQL');
fsync = on
restart_after_crash = on
max_connections = 60
log_min_messages = warning
CONF
CREATE FUNCTION email_of(i int) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RETURN (SELECT email FROM people WHERE id = i); END $$
SQL

my $files = PostgreSQL::Test::Utils::tempdir;
my $stop  = "$files/stop";

# The ways of a statement: each answers how many rows came, and says at the first that one came.
sub look_up
{
	my ($session, $seen) = @_;
	return $session->rows_of(Q => 'SELECT email FROM people WHERE id = ' . (1 + int rand 100), $seen);
}

sub stream { my ($session, $seen) = @_; return $session->rows_of(Q => 'SELECT email FROM people', $seen) }

sub function { my ($session, $seen) = @_; return $session->rows_of(Q => 'SELECT email_of(5)', $seen) }

sub cursor
{
	my ($session, $seen) = @_;
	return $session->rows_of(Q => 'BEGIN; DECLARE c CURSOR FOR SELECT email FROM people; FETCH 20 FROM c; FETCH 30 FROM c; COMMIT', $seen);
}

sub portal
{
	my ($session, $seen) = @_;
	my $rows = 0;
	$session->parse('', 'SELECT email FROM people')->bind('', '')->flush;
	for (1 .. 3)
	{
		my $answer = $session->fetch('', 10);
		return unless $answer->{types} =~ /[sC]$/;
		$rows += @{ $answer->{rows} };
		$seen->();
		usleep(2000);
	}
	return $session->sync->{types} =~ /Z$/ ? $rows : undef;
}

# One client: a line "row NAME" when the first row of a statement is here, "done NAME ROWS" when it reported success.
sub run_client
{
	my ($round, $client, $out) = @_;
	my $is_counted = $client <= $counted;
	open my $lines, '>', $out or die;
	my $session = eval { Wire->new($node, user => $is_counted ? 'counted' : 'reader') } or return;
	my @ways = (\&look_up, \&look_up, \&look_up, \&stream, \&function, \&cursor, \&portal);
	for (my $number = 1; !-e $stop; $number++)
	{
		my $name = "r$round.$client.$number";
		my $seen = 0;
		my $tell = sub { syswrite $lines, "row $name\n" unless $seen++ };
		$is_counted or $session->query("SET application_name = '$name'")->{types} =~ /Z$/ or return;
		my $rows = $is_counted ? $session->rows_of(Q => 'SELECT email FROM people WHERE id <= 3', $tell) : $ways[ rand @ways ]->($session, $tell);
		return unless defined $rows;
		syswrite $lines, "done $name $rows\n";
	}
	return;
}

sub start_clients
{
	my ($round) = @_;
	my %running;
	unlink $stop;
	for my $client (1 .. $clients)
	{
		my $pid = fork // die "fork: $!";
		if ($pid == 0)
		{
			eval { run_client($round, $client, "$files/$client.out") };
			POSIX::_exit(0);
		}
		$running{$client} = $pid;
	}
	return %running;
}

# Waits for the clients, which end with their connections. Answers which statements showed a row, and which reported
# success with how many.
sub reported
{
	my (%running) = @_;
	my (%seen, %done);
	for my $tries (1 .. 3000) # where nothing was killed (there was no worker) nothing ends them
	{
		last unless grep { waitpid($_, POSIX::WNOHANG()) == 0 } values %running;
		PostgreSQL::Test::Utils::append_to_file($stop, '') if $tries == 1000;
		usleep(10_000);
	}
	foreach my $client (keys %running)
	{
		my $lines = -e "$files/$client.out" ? slurp_file("$files/$client.out") : '';
		$seen{$_} = $client foreach $lines =~ /^row (\S+)$/mg;
		my %of = $lines =~ /^done (\S+) (\d+)$/mg;
		$done{$_} = $of{$_} foreach keys %of;
		unlink "$files/$client.out";
	}
	return (\%seen, \%done);
}

my %conditions = (
	backend      => "usename IN ('reader', 'counted')",
	worker       => "backend_type = 'ddm audit worker'",
	launcher     => "backend_type = 'ddm audit launcher'",
	checkpointer => "backend_type IN ('checkpointer', 'walwriter', 'background writer')",
	recovery     => "usename = 'reader'");

sub pid_of
{
	my ($kind) = @_;
	my ($code, $pid) = eval { $node->psql('postgres', "SELECT pid FROM pg_stat_activity WHERE $conditions{$kind} ORDER BY random() LIMIT 1") };
	return $pid;
}

# Until there is a startup process under way, or the server is back. A process may be gone before it is
# looked at; a backend that is being refused calls itself startup, too.
sub kill_recovery
{
	my ($postmaster) = @_;
	for (1 .. 500)
	{
		my ($startup) = grep { (eval { slurp_file("/proc/$_/cmdline") } // '') =~ /: startup/ } split ' ', eval { slurp_file("/proc/$postmaster/task/$postmaster/children") } // '';
		return kill 'KILL', $startup if $startup;
		usleep(1000);
	}
	return 0;
}

# Orphans of a killed postmaster keep its shared memory until they notice: pg_ctl refuses until then.
sub start_again
{
	my @start = ('pg_ctl', '-w', '-D', $node->data_dir, '-l', $node->logfile, 'start');
	for (1 .. 300)
	{
		last if run_log(\@start);
		usleep(200_000);
	}
	$node->_update_pid(1);
	return;
}

# Answers whether the postmaster is gone.
sub strike
{
	my ($kind) = @_;
	if ($kind eq 'immediate' || $kind eq 'fast')
	{
		$node->stop($kind);
		return 1;
	}
	if ($kind eq 'postmaster')
	{
		$node->kill9;
		return 1;
	}
	my $pid = pid_of($kind) or return 0;
	my ($postmaster) = split /\n/, slurp_file($node->data_dir . '/postmaster.pid');
	kill 'KILL', $pid;
	# After a startup process that died while it recovered from another crash a postmaster ends, in its own time: up to
	# a minute in 15 where a background worker waits for its restart, never in 18 (HandleChildCrash signals nobody then).
	return $kind eq 'recovery' && kill_recovery($postmaster) && kill 'KILL', $postmaster;
}

# What the trail has of this round: name => [events, rows or '' where one of them has none].
sub recorded
{
	my ($round) = @_;
	return map { my ($name, $events, $rows) = split /\|/, $_, 3; ($name => [ $events, $rows ]) } split /\n/,
	  $node->safe_psql('postgres', "SELECT application_name, count(*), CASE WHEN bool_and(row_count IS NOT NULL) THEN sum(row_count) END FROM ddm.unmask_events WHERE application_name LIKE 'r$round.%' GROUP BY 1");
}

sub totals { return split /\|/, $node->safe_psql('postgres', "SELECT coalesce(sum(executions), 0), coalesce(sum(row_count), 0) FROM ddm.unmask_events WHERE role_name = 'counted'") }

my $round = 0;
for my $durability (split /,/, $ENV{DDM_KILL_DURABILITY} || 'sync,commit,async')
{
	$node->safe_psql('postgres', "ALTER SYSTEM SET ddm.audit_durability = '$durability'");
	$node->reload;
	for my $kind (@kinds)
	{
		my (@missing, @twice, @other_rows, @counts);
		my ($statements, $interrupted, $executions) = (0, 0, 0);
		for (1 .. $rounds)
		{
			$round++;
			my @before = totals();
			my %running = start_clients($round);
			usleep(200_000 + int(rand(500_000)));
			my $postmaster_gone = strike($kind);
			my ($seen, $done) = reported(%running);
			start_again() if $postmaster_gone;
			come_back($node) or BAIL_OUT('the server did not come back');
			my %events = recorded($round);
			my @after = totals();

			my @counted_done = grep { /^r\d+\.(\d+)\./ && $1 <= $counted } keys %$done;
			my ($ran, $rows) = ($after[0] - $before[0], $after[1] - $before[1]);
			my $least = @counted_done;
			push @counts, "round $round: $least done, $ran counted, $rows rows"
			  unless $least <= $ran && $ran <= $least + $counted && 3 * $least <= $rows && $rows <= 3 * $ran;
			$executions += $ran;

			my @each = grep { /^r\d+\.(\d+)\./ && $1 > $counted } keys %{ { %$seen, %$done } };
			push @missing, grep { !$events{$_} } @each;
			push @twice, grep { $events{$_}[0] > 1 } keys %events;
			push @other_rows, grep { $events{$_} && defined $done->{$_} && $events{$_}[1] ne $done->{$_} } @each;
			$interrupted += grep { $events{$_}[1] eq '' } keys %events;
			$statements += @each;
		}
		cmp_ok($statements, '>', 0, "$durability, $kind: $statements statements showed rows in $rounds rounds, $interrupted were interrupted, $executions were counted");
		is("@missing", '', 'each of them has its event');
		is("@twice", '', 'none has two');
		is("@other_rows", '', 'with the rows that it returned');
		is("@counts", '', 'what is counted is counted once');
	}
}
is($node->safe_psql('postgres', 'SELECT count(*) - max(event_id) FROM ddm.audit_log'), '0', 'no gap in the chain');
chain_holds($node, 'after all of that');
is($node->safe_psql('postgres', 'SELECT count(*) FROM ddm.audit_open'), '0', 'no statement is open for ever');
$node->stop;
done_testing();
