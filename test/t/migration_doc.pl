# Every line of doc/migration.md names a mask of ddm that is a label of some column, hides its value, and stands in
# sql/migration.sql with what it shows.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $document = slurp_file("$FindBin::Bin/../../doc/migration.md");
my $sql = slurp_file("$FindBin::Bin/../../sql/migration.sql");
my (@lines, $product, %products);
for my $row (grep { /^\|/ } split /\n/, $document)
{
	my (undef, $from, $there, $here) = split /\s*\|\s*/, $row;
	next if $from eq 'from' || $from =~ /^-+$/;
	$product = $from if $from ne '';
	$products{$product}++;
	my ($before_remark) = $here =~ /^((?:`[^`]*`(?:, )?)+)/;
	push @lines, map { [ $product, $there, $_ ] } ($before_remark // '') =~ /`([^`]*)`/g;
	ok(defined $before_remark, "a mask of ddm stands beside $product $there");
}
is_deeply([ sort keys %products ],
	[ 'Aurora pg_columnmask', 'Bytebase', 'MySQL', 'Oracle DBMS_REDACT', 'PostgreSQL Anonymizer', 'SQL Server', 'Snowflake' ],
	'every product is there');

my $node = PostgreSQL::Test::Cluster->new('migration');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION ddm;
CREATE ROLE reader;
CREATE TABLE c (t text, n int, d date);
INSERT INTO c VALUES ('zz-zz@embraer.com.br', 987654, '1985-07-12');
GRANT SELECT ON c TO reader;
SQL
for my $line (@lines)
{
	my ($product, $there, $mask) = @$line;
	(my $quoted = $mask) =~ s/'/''/g;
	ok(index($sql, "'$quoted'") >= 0, "sql/migration.sql runs $product: $mask");
	my $taken = 0;
	for my $column ('t', 'n', 'd')
	{
		my ($code) = $node->psql('postgres', "SECURITY LABEL FOR ddm ON COLUMN c.$column IS 'MASKED WITH FUNCTION $quoted'");
		next if $code != 0;
		$taken++;
		my $shown = $node->safe_psql('postgres', "SET ROLE reader; SELECT $column FROM c");
		my $stored = $node->safe_psql('postgres', "SELECT $column FROM c");
		isnt($shown, $stored, "$mask hides column $column");
		$node->safe_psql('postgres', "SECURITY LABEL FOR ddm ON COLUMN c.$column IS NULL");
	}
	cmp_ok($taken, '>', 0, "$mask is a label of some column");
}
$node->stop;
done_testing();
