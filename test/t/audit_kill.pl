# kill -9 of a backend, of the audit worker, of the postmaster, at random moments under 16 clients: every statement
# that reported success has its event, none has two, and the server comes back by itself (the postmaster aside).
# DDM_KILL_ROUNDS rounds of each kind; `make check-kill` does 100.
use strict;
use warnings;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $rounds  = $ENV{DDM_KILL_ROUNDS} || 1;
my $clients = 16;

my $node = PostgreSQL::Test::Cluster->new('kill');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'ddm'
fsync = on
compute_query_id = on
restart_after_crash = on
max_connections = 60
log_min_messages = warning
log_statement = none
CONF
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION ddm;
CREATE TABLE people (id int PRIMARY KEY, email text);
INSERT INTO people SELECT g, 'p' || g || '@example.com' FROM generate_series(1, 100) g;
SECURITY LABEL FOR ddm ON COLUMN people.email IS 'MASKED WITH FUNCTION email()';
CREATE ROLE reader LOGIN;
GRANT SELECT ON people TO reader;
GRANT UNMASK ON people TO reader;
SQL

# Each statement is known by its application_name; psql says so once it has reported success.
sub script_of
{
	my ($round, $client) = @_;
	my $script = "\\set ON_ERROR_STOP 1\nSET ROLE reader;\n";
	$script .= "SET application_name = 'r$round.$client.$_';\nSELECT email FROM people WHERE id = $_ % 100;\n\\echo done r$round.$client.$_\n"
	  for 1 .. 3000;
	return $script;
}

my $files = PostgreSQL::Test::Utils::tempdir;

sub start_clients
{
	my ($round) = @_;
	my @running;
	for my $client (1 .. $clients)
	{
		my ($script, $out) = ("$files/$client.sql", "$files/$client.out");
		PostgreSQL::Test::Utils::append_to_file($script, script_of($round, $client));
		my @psql = ('psql', '-XAtq', '-d', $node->connstr('postgres'), '-f', $script, '-o', '/dev/null');
		push @running, { handle => IPC::Run::start(\@psql, '<', '/dev/null', '>', $out, '2>', '/dev/null'), script => $script, out => $out };
	}
	return @running;
}

sub reported
{
	my @running = @_;
	my @done;
	for my $client (@running)
	{
		eval { $client->{handle}->finish };
		push @done, PostgreSQL::Test::Utils::slurp_file($client->{out}) =~ /^done (\S+)$/mg;
		unlink $client->{script}, $client->{out};
	}
	return @done;
}

sub pid_of
{
	my ($what) = @_;
	my $condition = $what eq 'worker' ? "backend_type = 'ddm audit worker'" : "application_name LIKE 'r%' AND pid <> pg_backend_pid()";
	return $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE $condition ORDER BY random() LIMIT 1");
}

sub kill_one
{
	my ($what) = @_;
	if ($what eq 'postmaster')
	{
		$node->kill9;
		return;
	}
	my $pid = pid_of($what);
	kill 'KILL', $pid if $pid;
}

# Orphans of a killed postmaster keep its shared memory until they notice: pg_ctl refuses until then.
sub start_again
{
	my @start = ('pg_ctl', '-w', '-D', $node->data_dir, '-l', $node->logfile, 'start');
	for (1 .. 100)
	{
		last if run_log(\@start);
		usleep(200_000);
	}
	$node->_update_pid(1);
}

sub come_back
{
	my ($what) = @_;
	start_again() if $what eq 'postmaster';
	return $node->poll_query_until('postgres', 'SELECT true');
}

my $round = 0;
for my $durability (split ',', $ENV{DDM_KILL_DURABILITY} || 'sync,commit,async')
{
	$node->safe_psql('postgres', "ALTER ROLE reader RESET ALL; ALTER SYSTEM SET ddm.audit_durability = '$durability'; SELECT pg_reload_conf()");
	for my $what ('backend', 'worker', 'postmaster')
	{
		my (@missing, @twice, $statements);
		for (1 .. $rounds)
		{
			$round++;
			my @running = start_clients($round);
			usleep(200_000 + int(rand(400_000)));
			kill_one($what);
			my @done = reported(@running);
			come_back($what) or BAIL_OUT('the server did not come back');
			$node->safe_psql('postgres', 'SELECT ddm.audit_flush()');
			my %events = map { split /\|/ } split /\n/,
			  $node->safe_psql('postgres', "SELECT application_name, count(*) FROM ddm.unmask_events WHERE application_name LIKE 'r$round.%' GROUP BY 1");
			push @missing, grep { !$events{$_} } @done;
			push @twice, grep { $events{$_} > 1 } keys %events;
			$statements += @done;
		}
		cmp_ok($statements, '>', 0, "$durability, kill of a $what: $statements statements reported success in $rounds rounds");
		is("@missing", '', 'each of them has its event');
		is("@twice", '', 'no statement has two');
	}
}
is($node->safe_psql('postgres', 'SELECT count(*) - max(event_id) FROM ddm.audit_log'), '0', 'no gap in the chain');
$node->stop;
done_testing();
