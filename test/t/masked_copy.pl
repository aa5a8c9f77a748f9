# What a masked role reads is what anybody would read of a copy that holds the masks: random queries (those of the two worlds)
# run over the masked relations and over plain tables that were filled by reading them, and all rows are compared.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../two_worlds";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use RandomQueries;
use Worlds;

my $dir = "$FindBin::RealBin/../two_worlds";
my $number = $ENV{DDM_COPY_QUERIES} || 500;
my $seed = $ENV{DDM_COPY_SEED} || 7;

my $world = Worlds::create('a', "max_parallel_workers_per_gather = 2\nmin_parallel_table_scan_size = 0\nparallel_setup_cost = 0\n");
my $node = $world->{node};
Worlds::script($world, 'postgres', "$dir/roles.sql");
Worlds::build($world, 'world', map { "$dir/$_.sql" } qw(schema labels objects));

# As the reader: what he sees of each relation, in a schema that comes first where the copy is asked.
$node->safe_psql('world', 'CREATE SCHEMA copy AUTHORIZATION tw_masked');
foreach my $relation (RandomQueries::relations())
{
	$node->safe_psql('world', "SET ddm.derived_masks = off; SET ROLE tw_masked; CREATE TABLE copy.$relation AS SELECT * FROM $relation");
}
$node->safe_psql('world', 'ANALYZE');
is($node->safe_psql('world', "SELECT count(*) FROM pg_seclabels WHERE objnamespace = 'copy'::regnamespace"), '0',
	'the copy has no masks');

# Ties make these differ by the plan.
sub is_determined { return $_[0] !~ /array_agg|string_agg|row_number|BEGIN/ }

my @statements;
foreach my $case (RandomQueries::cases(0, 3 * $number, $seed))
{
	(my $statement = $case->{body}) =~ s/ LIMIT \d+;\n$/;\n/;
	push @statements, $statement if @statements < $number && is_determined($statement);
}

# The sorted rows of each statement; undef where it failed.
sub answers
{
	my ($name, $path) = @_;
	my $script = $node->basedir . "/$name.sql";
	my $output = $node->basedir . "/$name.out";
	open my $file, '>', $script or die $!;
	print $file "SET ROLE tw_masked; SET search_path = $path;\n";
	print $file "\\echo \@\@$_\n$statements[$_]" foreach 0 .. $#statements;
	close $file;
	unlink $output;
	Worlds::psql($world, $script, $output, qw(-q -A -t -d world -U), Worlds::superuser());
	my @answers;
	my @parts = split /^\@\@(\d+)\n/m, slurp_file($output);
	shift @parts;
	while (my ($n, $rows) = splice @parts, 0, 2)
	{
		$answers[$n] = $rows =~ /^(psql:.*)?ERROR:/m ? undef : join "\n", sort split /\n/, $rows, -1; # an empty row may be the last
	}
	return @answers;
}

my @masked = answers('masked', 'home, shop, public');
my @copied = answers('copy', 'copy, home, shop, public');
my ($compared, $empty, $different) = (0, 0, 0);
foreach my $n (0 .. $#statements)
{
	next if !defined $masked[$n] || !defined $copied[$n];
	$compared++;
	$empty++ if $masked[$n] eq '';
	next if $masked[$n] eq $copied[$n];
	diag("$statements[$n]masked:\n" . substr($masked[$n], 0, 600) . "\ncopy:\n" . substr($copied[$n], 0, 600)) if $different++ < 4;
}
is($different, 0, "$compared random queries of seed $seed give of masked relations what they give of a copy of the masks");
cmp_ok($compared, '>', $number / 2, 'most of them ran');
cmp_ok($compared - $empty, '>', $number / 4, 'and had rows');
$node->stop;
done_testing();
