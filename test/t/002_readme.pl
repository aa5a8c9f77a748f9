# What the README shows runs as it stands there, and it names every mask, setting, view and function that there is.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $readme = slurp_file("$FindBin::Bin/../../README.md");
my $node = PostgreSQL::Test::Cluster->new('readme');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'");
$node->start;
$ENV{PGCLIENTENCODING} = 'UTF8';

my @blocks = $readme =~ /^```sql\n(.*?)^```$/msg;
cmp_ok(scalar @blocks, '>=', 8, 'the README shows SQL');
my ($code, $out, $err) = $node->psql('postgres', join("\n", @blocks), on_error_stop => 1);
is($code, 0, 'and all of it runs') or diag($err);
like($out, qr/^1\|l\*\*\*\@embraer\.com\.br\|XXX-XXX-5555\|XXX-XX-6789$/m, 'a masked role sees the masks that it shows');
like($out, qr/^0$/m, 'a condition compares with the mask');
like($out, qr/^luis\@embraer\.com\.br\|XXX-XXX-5555\|123-45-6789$/m, 'a cleared role sees what is said');
like($out, qr/\|\{public\.customers\.email,public\.customers\.ssn\}\|1$/m, 'and that is on record');
like($out, qr/^\+49 0711 2842222$/m, 'a mask that is written back keeps the value');

# The documents for each kind of reader show SQL as well: each runs in a database of its own.
foreach my $name (qw(agents applications compliance operations))
{
	my @shown = slurp_file("$FindBin::Bin/../../doc/$name.md") =~ /^```sql\n(.*?)^```$/msg;
	cmp_ok(scalar @shown, '>=', 1, "doc/$name.md shows SQL");
	$node->safe_psql('postgres', "CREATE DATABASE $name");
	my $answers;
	($code, $answers, $err) = $node->psql($name, join("\n", 'CREATE EXTENSION ddm;', @shown), on_error_stop => 1);
	is($code, 0, "doc/$name.md: all of it runs") or diag($err);
	next if $name ne 'applications';
	like($answers, qr/^Ana\|a\*\*\*\@example\.com\nAna\|ana\@example\.com$/m, 'roles change in transactions as it says');
	like($answers, qr/^1\|Ana Sousa\|ana\@example\.com\|\+351 210 000 000\n2\|Björn B\.\|bjorn\@example\.org\|\+46 8 000 000$/m,
		'what is written back is kept, and what is changed is stored');
	like($err, qr/2 masked values were written back: the stored values are kept/, 'with the notice that it shows');
}

# Links lead somewhere.
foreach my $file ('README.md', map { s{.*/(doc/)}{$1}r } glob "$FindBin::Bin/../../doc/*.md")
{
	my $text = slurp_file("$FindBin::Bin/../../$file");
	(my $from = $file) =~ s{[^/]*$}{};
	foreach my $link ($text =~ /\]\(([^)#:]+)(?:#[^)]*)?\)/g)
	{
		ok(-e "$FindBin::Bin/../../$from$link", "$file: $link is there");
	}
}

# Names that people meet. What only the extension calls is not theirs.
my $names = $node->safe_psql('postgres', <<'SQL');
SELECT name FROM pg_settings WHERE name LIKE 'ddm.%'
UNION SELECT 'ddm.' || relname FROM pg_class WHERE relnamespace = 'ddm'::regnamespace AND relkind = 'v'
UNION SELECT '`' || name || '(' FROM ddm.functions
UNION SELECT rolname FROM pg_roles WHERE rolname LIKE 'ddm\_%'
UNION SELECT 'ddm.' || proname || '(' FROM pg_proc p
 WHERE pronamespace = 'ddm'::regnamespace AND proname NOT LIKE '\_%'
   AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
   AND proname NOT IN (SELECT name FROM ddm.functions)
   AND coalesce(obj_description(oid, 'pg_proc'), '') NOT LIKE 'internal:%'
SQL
my %internal = map { $_ => 1 } qw(require_preload test_error_boundary prepare_roles mask_ref_in mask_ref_out apply_mask
  list_functions masked_column_list library_status keep_masked statistics_visible debug_call canonical
  clearing_memberships column_classification export_labels export_policy policies_named_in policy_uses query_relations
  list_keys make_default_key masked_view_query shows_mask grant_masked_view create_masked_view tuples_hot_updated view_expression xact_tuples_hot_updated
  html html_bars html_table);
for my $name (split /\n/, $names)
{
	next if $name =~ /^ddm\.(\w+)\($/ && $internal{$1};
	ok(index($readme, $name) >= 0, "the README names $name");
}

$node->stop;
done_testing();
