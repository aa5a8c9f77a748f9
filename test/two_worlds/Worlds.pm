# Two servers that are built alike but for the values in masked columns, and what comes back from them.
package Worlds;
use strict;
use warnings;
use PostgreSQL::Test::Cluster;

my $max_crashes = 20;
my @ports; # of all worlds

my $configuration = <<'END';
shared_preload_libraries = 'pg_stat_statements,ddm'
restart_after_crash = on
autovacuum = off
log_statement = none
log_min_messages = notice
log_error_verbosity = verbose
log_line_prefix = '@%a@ '
max_connections = 30
max_worker_processes = 16
max_parallel_workers_per_gather = 0
max_prepared_transactions = 10
shared_buffers = 32MB
timezone = 'UTC'
statement_timeout = '60s'
lc_messages = 'C'
END

sub create
{
	my ($name, $extra_configuration) = @_;
	my $node = PostgreSQL::Test::Cluster->new("world_$name");
	$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]); # whatever the environment says: ICU has no SQL_ASCII
	$node->append_conf('postgresql.conf', $configuration . $extra_configuration);
	$node->start;
	push @ports, $node->port;
	return { name => $name, node => $node };
}

# Runs one piece of code for all worlds at once, each in a process of its own.
sub in_parallel
{
	my ($code, @worlds) = @_;
	my %failed;
	my %world_of;

	foreach my $world (@worlds)
	{
		my $pid = fork // die "cannot fork: $!";
		if ($pid == 0)
		{
			my $status = eval { $code->($world); 0 } // 1;
			print STDERR "world $world->{name}: $@" if $status;
			require POSIX;
			POSIX::_exit($status);
		}
		$world_of{$pid} = $world;
	}
	while (%world_of)
	{
		my $pid = waitpid -1, 0;
		last if $pid < 0;
		my $world = delete $world_of{$pid} or next;
		$failed{ $world->{name} } = 1 if $?;
	}
	die 'failed in world ' . join(', ', sort keys %failed) . "\n" if %failed;
	return;
}

sub environment
{
	my ($world) = @_;
	$ENV{PGHOST}     = $world->{node}->host;
	$ENV{PGPORT}     = $world->{node}->port;
	$ENV{PGDATABASE} = 'postgres';
	delete @ENV{qw(PGUSER PGOPTIONS PGAPPNAME)};
	$ENV{PGCLIENTENCODING} = 'UTF8';
	return;
}

# What the worlds are built by need not go the slow way.
sub building
{
	my ($world) = @_;
	environment($world);
	$ENV{PGOPTIONS} = '-c jit=off -c debug_discard_caches=0';
	return;
}

# Appends to `output` what psql says to `script`; answers psql's exit status.
sub psql
{
	my ($world, $script, $output, @options) = @_;
	environment($world);
	return run_psql($script, $output, @options);
}

sub run_psql
{
	my ($script, $output, @options) = @_;
	open my $saved_out, '>&', \*STDOUT or die $!;
	open my $saved_err, '>&', \*STDERR or die $!;
	open STDOUT, '>>', $output or die "cannot write $output: $!";
	open STDERR, '>&', \*STDOUT or die $!;
	my $status = system 'sh', '-c', 'script=$1; shift; exec psql -X "$@" < "$script"', 'sh', $script, @options;
	open STDOUT, '>&', $saved_out or die $!;
	open STDERR, '>&', $saved_err or die $!;
	return $status;
}

# Builds a database out of the given scripts.
sub build
{
	my ($world, $database, @scripts) = @_;
	building($world);
	system('psql', '-X', '-q', '-U', superuser(), '-c', "CREATE DATABASE $database") == 0 or die "no database\n";
	system('psql', '-X', '-q', '-U', superuser(), '-d', $database, '-c', 'CREATE EXTENSION ddm') == 0
	  or die "no extension\n";
	script($world, $database, $_) foreach @scripts;
	return;
}

# Runs a script as a superuser; anything that goes wrong ends the test.
sub script
{
	my ($world, $database, $script) = @_;
	my $output = $world->{node}->basedir . "/build.$database";
	unlink $output;
	building($world);
	my $status = run_psql($script, $output, '-q', '-v', 'ON_ERROR_STOP=1', '-v', "world=$world->{name}",
		'-d', $database, '-U', superuser());
	die "$script failed:\n" . slurp($output) if $status;
	return;
}

sub superuser { return scalar getpwuid $<; }

sub slurp
{
	my ($file) = @_;
	open my $in, '<:raw', $file or return '';
	local $/;
	return <$in> // '';
}

# Runs the cases in one world. After a crash goes on with the next case, when the server is back.
sub run
{
	my ($world, $database, $run, @cases) = @_;
	my $base   = $world->{node}->basedir;
	my $output = "$base/$run.out";
	my $script = "$base/$run.sql";
	my $crashes = 0;

	unlink $output;
	while (@cases)
	{
		open my $file, '>', $script or die "cannot write $script: $!";
		print $file Corpus::script($database, @cases);
		close $file;
		psql($world, $script, $output);
		my $said = slurp($output);
		last if $said =~ /\n\@\@end\n/;
		my ($last) = $said =~ /.*\n\@\@(case\d+)\n/s;
		die "psql did not start: $said" if !$last;
		open my $out, '>>', $output or die $!;
		print $out "\n**** the connection was lost here ****\n";
		close $out;
		shift @cases while @cases && $cases[0]{key} ne $last;
		shift @cases;
		die "the server went away $crashes times, given up at $last\n" if ++$crashes > $max_crashes;
		wait_until_up($world);
	}
	return;
}

sub wait_until_up
{
	my ($world) = @_;
	environment($world);
	for (1 .. 300)
	{
		return if system('pg_isready -q') == 0;
		select undef, undef, undef, 0.1;
	}
	die "the server did not come back\n";
}

# What came back, by case: the session's output and the server's log lines of it.
sub answers
{
	my ($world, $run, $log_from) = @_;
	my $node = $world->{node};
	my %answer;

	my @parts = split /\n\@\@(case\d+|end)\n/, slurp($node->basedir . "/$run.out");
	shift @parts;
	while (my ($key, $text) = splice @parts, 0, 2)
	{
		$answer{$key}{output} = normalise($node, $text // '') if $key ne 'end';
	}

	my $log = substr slurp($node->logfile), $log_from;
	my $key;
	foreach my $line (split /^/, $log)
	{
		$key = $1 if $line =~ /^\@([^\@]*)\@ /;
		$answer{$key}{log} .= normalise($node, $line) if defined $key && $answer{$key};
	}
	return \%answer;
}

# Takes out what differs between two servers whatever is stored in them:
#   ports and socket directories; the number of a session's temporary schema, which depends on how fast the
#   session before it went away; durations; process numbers; query identifiers, which are made of object identifiers, which
#   depend on how often a new temporary schema or an out-of-line statistics row took one; of what VACUUM and ANALYZE
#   say, transactions' numbers, which the trail's worker takes whenever it has something to write, and what the machine
#   was doing: its time, which pages it had at hand, and the log, which has whole pages in it after each checkpoint.
sub normalise
{
	my ($node, $text) = @_;
	my ($ports, $host) = (join('|', @ports), $node->host);
	$text =~ s/\b(?:$ports)\b/PORT/g; # of each world in both: a port's number may be a row's, too
	$text =~ s/\Q$host\E/HOST/g;
	$text =~ s{\bpg_(toast_)?temp_\d+}{"pg_" . ($1 // "") . "temp_N"}ge;
	$text =~ s/^ ?Query Identifier: .*\n//mg;
	$text =~ s/(from server process with PID) \d+/$1 N/g;
	$text =~ s/\bduration: \d+\.\d+ ms/duration: N ms/g;
	$text =~ s/\btime to inline: .*/time to inline: N/g; # just-in-time compilation
	$text =~ s/^(removable cutoff|new relfrozenxid): .*/$1: N/mg;
	$text =~ s/^(avg read rate|I\/O timings|buffer usage|WAL usage|system usage): .*/$1: N/mg;
	return join '', without_rows_of_stopped_workers(split /^/, $text);
}

# How many rows a worker has made when LIMIT has enough of them depends on who is faster.
sub without_rows_of_stopped_workers
{
	my @lines = @_;
	my ($limit, $gather);
	foreach (@lines)
	{
		($limit, $gather) = (0, 0) if /^QUERY PLAN$/ || /^\(\d+ rows?\)$/;
		$gather ||= $limit && /-> +Gather/;
		$limit  ||= /^ *(?:-> +)?Limit /;
		s/\(actual rows=[\d.]+ /(actual rows=N / if $gather;
	}
	return @lines;
}

# The rows of a result in a canonical order, for a case that is marked as without one.
sub as_multiset { return join "\n", sort split /\n/, shift, -1; }

# What differs in the answers to a case; undef where nothing does.
sub difference
{
	my ($case, $one, $other) = @_;
	my @found;

	foreach my $channel (qw(output log))
	{
		my ($left, $right) = ($one->{$channel} // '', $other->{$channel} // '');
		($left, $right) = (as_multiset($left), as_multiset($right)) if $case->{unordered};
		next if $left eq $right;
		push @found, describe($channel, $left, $right);
	}
	return @found ? join("\n", @found) : undef;
}

# The first lines that differ.
sub describe
{
	my ($channel, $left, $right) = @_;
	my @left  = split /\n/, $left;
	my @right = split /\n/, $right;
	my @shown = ("$channel:");

	for (my $i = 0; $i < @left || $i < @right; $i++)
	{
		my ($l, $r) = ($left[$i] // '(nothing)', $right[$i] // '(nothing)');
		next if $l eq $r;
		push @shown, '  a: ' . substr($l, 0, 300), '  b: ' . substr($r, 0, 300);
		last if @shown > 8;
	}
	return join "\n", @shown;
}

# What pg_dump says, errors included, without the random key that it puts into \restrict.
sub dump_of
{
	my ($world, @options) = @_;
	environment($world);
	open my $pipe, '-|', 'sh', '-c', 'exec pg_dump "$@" 2>&1', 'sh', @options or die "cannot run pg_dump: $!";
	local $/;
	my $text = <$pipe>;
	close $pipe;
	$text =~ s/^\\(un)?restrict .*\n//mg;
	return $text;
}

# Runs a dump as a superuser; answers psql's exit status and what it said.
sub restore
{
	my ($world, $database, $dump) = @_;
	my $base = $world->{node}->basedir;
	open my $file, '>:raw', "$base/dump.sql" or die "cannot write the dump: $!";
	print $file $dump;
	close $file;
	unlink "$base/restore.out";
	my $status =
	  psql($world, "$base/dump.sql", "$base/restore.out", '-q', '-v', 'ON_ERROR_STOP=1', '-d', $database, '-U', superuser());
	return ($status, slurp("$base/restore.out"));
}

# The error lines in an answer.
sub errors
{
	my @all = ($_[0] =~ /^(?:psql:[^ ]* )?ERROR: .*$/mg);
	return @all;
}

sub first_error { return (errors(shift))[0] // ''; }

1;
