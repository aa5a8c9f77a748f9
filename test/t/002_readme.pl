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
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_stat_statements, ddm'");
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

# Of doc/audit.md the queries that the server's log is in the way of are run by joined_up.pl.
my ($check, $joined) = slurp_file("$FindBin::Bin/../../doc/audit.md") =~ /^```sql\n(.*?)^```$/msg;
my $seal = $node->safe_psql('operations', 'SELECT ddm.audit_flush(); SELECT ddm.audit_seal()') =~ s/^\n//r;
ok($check =~ s/ddm1:\.\.\./$seal/, 'doc/audit.md checks a seal');
($code, $out, $err) = $node->psql('operations', "CREATE EXTENSION pg_stat_statements; $check $joined", on_error_stop => 1);
is($code, 0, 'doc/audit.md: what it asks of the trail runs') or diag($err);

# What stands within a sentence runs as well, in the database of its document.
foreach my $name (qw(agents applications audit compliance masks operations policy troubleshooting))
{
	my $database = $name =~ /^(agents|compliance)$/ ? $name : 'operations';
	foreach my $shown (slurp_file("$FindBin::Bin/../../doc/$name.md") =~ /`(SELECT [^`]*ddm\.[^`]*)`/g)
	{
		(my $statement = $shown) =~ s/\[\.\.\.\]/['Ada']/;
		($code, $out, $err) = $node->psql($database, "CREATE TABLE IF NOT EXISTS \"table\" (); $statement");
		is($code, 0, "doc/$name.md: $shown") or diag($err);
	}
}

# doc/masks.md shows what masks make of values.
my @examples = slurp_file("$FindBin::Bin/../../doc/masks.md") =~ /\| `(\w+)\(([^`|]*)\)` of `([^`]+)` \| `([^`]+)`/g;
cmp_ok(scalar @examples, '>=', 5 * 4, 'doc/masks.md shows examples');
while (my ($mask, $arguments, $value, $shown) = splice @examples, 0, 4)
{
	my $call = join ', ', "'$value'::text", $arguments || ();
	is($node->safe_psql('operations', "SELECT ddm.$mask($call)"), $shown, "doc/masks.md: $mask($arguments) of $value");
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

# The tables of what there is are the catalog's own words, all of them and nothing else.
my $internal = "coalesce(obj_description(oid, '%s'), '') LIKE 'internal:%%'";
my %catalog = (
	masks => q{SELECT format('| `%s(%s)` | %s | %s |', name, arguments, types, description) FROM ddm.functions},
	settings => q{
SELECT format('| `%s` | %s | %s | %s |', name, CASE boot_val WHEN '' THEN '' ELSE '`' || concat_ws(' ', boot_val, unit) || '`' END,
              CASE context WHEN 'superuser' THEN 'superusers' || CASE WHEN has_parameter_privilege('ddm_admin', name, 'SET') THEN ', `ddm_admin`' ELSE '' END
                           WHEN 'sighup' THEN 'configuration'
                           WHEN 'postmaster' THEN 'configuration, restart' ELSE context END,
              concat_ws(' ', short_desc, extra_desc))
  FROM pg_settings WHERE name LIKE 'ddm.%' ORDER BY name COLLATE "C"},
	views => q{
SELECT format('| `ddm.%s` | %s |', relname, obj_description(oid, 'pg_class'))
  FROM pg_class WHERE relnamespace = 'ddm'::regnamespace AND relkind IN ('v', 'r', 'p') AND NOT relispartition AND relname !~ '^audit_log_'
   AND NOT } . sprintf($internal, 'pg_class') . q{ ORDER BY relkind = 'v' DESC, relname},
	functions => q{
SELECT format('| `ddm.%s(%s)` | %s |', proname,
              (SELECT string_agg(n, ', ' ORDER BY i) FROM unnest(proargnames) WITH ORDINALITY AS a (n, i) WHERE i <= pronargs),
              obj_description(oid, 'pg_proc'))
  FROM pg_proc WHERE pronamespace = 'ddm'::regnamespace AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
   AND proname NOT IN (SELECT name FROM ddm.functions) AND NOT } . sprintf($internal, 'pg_proc') . q{ ORDER BY proname});
foreach my $what (sort keys %catalog)
{
	my ($shown) = $readme =~ /^<!-- $what: from the catalog -->\n\|[^\n]*\n\|[^\n]*\n(.*?)^<!-- end -->$/ms;
	is_deeply([ split /\n/, $shown ], [ split /\n/, $node->safe_psql('postgres', $catalog{$what}) ], "the README has the $what of the catalog");
}

# And what is said anywhere to be there is there.
my %known = map { $_ => 1 } split /\n/, $node->safe_psql('postgres', <<'SQL');
SELECT name FROM pg_settings WHERE name LIKE 'ddm.%'
UNION SELECT 'ddm.' || relname FROM pg_class WHERE relnamespace = 'ddm'::regnamespace
UNION SELECT 'ddm.' || typname FROM pg_type WHERE typnamespace = 'ddm'::regnamespace
UNION SELECT 'ddm.' || proname FROM pg_proc WHERE pronamespace = 'ddm'::regnamespace
UNION SELECT rolname FROM pg_roles WHERE rolname LIKE 'ddm\_%'
SQL
$known{$_} = 1 foreach qw(ddm_tag ddm_audit ddm.keys);                 # a provider, and what lies in the data directory
foreach my $file ('README.md', map { s{.*/(doc/)}{$1}r } glob "$FindBin::Bin/../../doc/*.md")
{
	my $text = slurp_file("$FindBin::Bin/../../$file");
	my %unknown = map { $_ => 1 } grep { !$known{$_} } $text =~ /\b(ddm[._][a-z_0-9]+)(?![a-z_0-9*.])/g;
	is(join(' ', sort keys %unknown), '', "$file names what there is");
}
like($readme, qr/\b$_\b/, "the README names the role $_") foreach qw(ddm_admin ddm_approver ddm_auditor);

$node->stop;
done_testing();
