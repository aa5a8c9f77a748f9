# A masked role cannot tell two databases apart that differ only in what is masked.
#
# Two servers are built alike but for the stored values of masked columns (test/two_worlds/schema.sql) and run
# the same statements as masked roles. All that comes back is compared: rows, names and types of columns,
# command tags, errors with all their fields, notices, plans with their costs, and the lines of the server log.
#
# That the comparison sees is shown by the control: in a second database of both servers everybody is cleared,
# and there every statement has to differ which does not say why it can't.
#
# TWO_WORLDS_ONLY=regex      runs the cases whose "theme: title" matches, and no random queries
# TWO_WORLDS_RANDOM=number   of random queries (500), TWO_WORLDS_SEED of the generator (1)
# TWO_WORLDS_PROGRAMS=number of random programs (100), with the same seed
# TWO_WORLDS_SMITH=file        of statements that sqlsmith made, see test/check_smith.sh
# TWO_WORLDS_CONF=file       appended to postgresql.conf (plan_cache_mode, debug_discard_caches, ...)
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../two_worlds";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Corpus;
use RandomPrograms;
use RandomQueries;
use SmithQueries;
use Worlds;

my $dir  = "$FindBin::RealBin/../two_worlds";
my $only = $ENV{TWO_WORLDS_ONLY};
my $conf = $ENV{TWO_WORLDS_CONF} ? slurp_file($ENV{TWO_WORLDS_CONF}) : '';

my @worlds = map { Worlds::create($_, $conf) } qw(a b);
Worlds::in_parallel(sub {
	my ($world) = @_;
	Worlds::script($world, 'postgres', "$dir/roles.sql");
	foreach my $database (qw(world control))
	{
		Worlds::build($world, $database, map { "$dir/$_.sql" } qw(schema labels objects));
	}
	Worlds::script($world, 'control', "$dir/clear_all.sql");
}, @worlds);
pass('both worlds are built');

my $version = $worlds[0]{node}->safe_psql('postgres', 'SHOW server_version_num') / 10000;
my %extensions = map { $_ => 1 } split /\n/,
  $worlds[0]{node}->safe_psql('world', 'SELECT extname FROM pg_extension');
my @cases = Corpus::read_files(int $version, \%extensions, sort glob "$dir/corpus/*.sql");
@cases = grep { "$_->{theme}: $_->{title}" =~ /$only/ } @cases if $only;
push @cases, RandomQueries::cases(scalar @cases, $ENV{TWO_WORLDS_RANDOM} // 500, $ENV{TWO_WORLDS_SEED} // 1)
  if !$only;
push @cases, RandomPrograms::cases(scalar @cases, $ENV{TWO_WORLDS_PROGRAMS} // 100, $ENV{TWO_WORLDS_SEED} // 1)
  if !$only;
push @cases, SmithQueries::cases(scalar @cases, $ENV{TWO_WORLDS_SMITH}) if $ENV{TWO_WORLDS_SMITH};
note scalar(@cases) . ' cases';

# Answers of both worlds to all cases, [a, b].
sub answers_in
{
	my ($database) = @_;
	my %from = map { $_->{name} => -s $_->{node}->logfile } @worlds;
	Worlds::in_parallel(sub { Worlds::run($_[0], $database, $database, @cases) }, @worlds);
	return map { Worlds::answers($_, $database, $from{ $_->{name} }) } @worlds;
}

my @masked  = answers_in('world');
my @cleared = answers_in('control');

my (@leaks, @blind, @unfound, @refused, @broken, @stale);
my $differing = 0;
foreach my $case (@cases)
{
	my $key = $case->{key};
	my $title = "$case->{theme}: $case->{title}";
	my $found = Worlds::difference($case, $masked[0]{$key}, $masked[1]{$key});
	my $seen  = Worlds::difference($case, $cleared[0]{$key}, $cleared[1]{$key});
	my $answer = $masked[0]{$key}{output} // '';

	if ($case->{expect})
	{
		push @unfound, $title if !$found;
		next;
	}
	push @leaks, "$title ($case->{line})\n$case->{body}$found" if $found;
	$differing++ if $seen;
	push @blind, $title if !$seen && !$case->{blind} && !$case->{random};
	push @stale, $title if $seen && $case->{blind};
	foreach my $answer (map { $_->{$key}{output} // 'no answer' } @masked)
	{
		push @broken, "$title ($case->{line})\n$case->{body}$1"
		  if !$case->{internal} && $answer =~ /^(no answer|.*(?:\*\*\*\* the connection was lost|ERROR:  XX\d\d\d).*)$/m;
	}
	push @refused, "$title\n" . Worlds::first_error($answer)
	  if !$case->{refused} && !$case->{random} && Worlds::errors($answer) > Worlds::errors($cleared[0]{$key}{output} // '');
}

sub report_on
{
	my ($name, @found) = @_;
	ok(!@found, $name) or diag(scalar(@found) . ":\n" . join "\n----\n", @found);
	return;
}
report_on('a masked role gets the same answers in both worlds', @leaks);
report_on('what is not labelled is found to differ', @unfound);
report_on('a cleared role gets different answers wherever nothing is said against it', @blind);
note "marked as alike for a cleared role, and not: " . join '; ', @stale if @stale;
report_on('no crash and no internal error', @broken);
report_on('a masked role is refused nothing that a cleared one may do, but where it says so', @refused);
note "$differing of " . scalar(@cases) . ' cases differ for a cleared role';

# Dumps by the masked role: alike, of masks, and such that they restore where no constraint stands against a mask.
foreach my $format ('', '--inserts', '--column-inserts')
{
	my @options = (split(' ', $format), '--enable-row-security', '--schema=shop', '-U', 'tw_masked', 'world');
	my ($one, $other) = map { Worlds::dump_of($_, @options) } @worlds;
	my $name = $format || 'COPY';
	ok(length $one > 50000, "dump with $name");
	ok($one eq $other, "dump with $name is the same in both worlds")
	  or diag(Worlds::describe('dump', $one, $other));
}
my @restorable = map { "--table=shop.$_" } qw(desk exotic assets machines robots ledger lookup big);
my ($dump) = Worlds::dump_of($worlds[0], @restorable, '-U', 'tw_masked', 'world');
my $restored = $worlds[0]{node};
$restored->safe_psql('postgres', 'CREATE DATABASE restored');
$restored->safe_psql('restored', "CREATE EXTENSION ddm; CREATE SCHEMA shop AUTHORIZATION tw_owner;
	CREATE TYPE shop.mood AS ENUM ('sad', 'calm', 'glad'); CREATE TYPE shop.pair AS (x int, y text)");
my ($status, $said) = Worlds::restore($worlds[0], 'restored', $dump);
is($status, 0, 'a dump by the masked role restores') or diag($said);
is($restored->safe_psql('restored', 'SELECT count(*), min(secret), max(secret), sum(amount) FROM shop.desk'),
	$restored->safe_psql('world', 'SET ROLE tw_masked; SELECT count(*), min(secret), max(secret), sum(amount) FROM shop.desk'),
	'and what it restores are the masks');

done_testing();
