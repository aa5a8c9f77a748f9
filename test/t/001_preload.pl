# CREATE EXTENSION without the preload refuses with the line to add; with it the extension is there. Where one of the
# two is missing, nothing of the policy can be said as if it counted, and ddm.status() tells.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('preload');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_stat_statements'");
$node->start;

my ($code, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\nCREATE EXTENSION ddm");
isnt($code, 0, 'without the preload CREATE EXTENSION fails');
like($err, qr/ERROR:\s+55000: ddm must be loaded by shared_preload_libraries/, 'with a message of its own');
like($err, qr/shared_preload_libraries = 'pg_stat_statements, ddm'/, 'and the line to add');
is($node->safe_psql('postgres', "SELECT count(*) FROM pg_namespace WHERE nspname = 'ddm'"),
	'0', 'nothing half done is left');
is($node->safe_psql('postgres', "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'ddm%'"),
	'0', 'no role either');

$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_stat_statements, ddm'");
$node->restart;
$node->safe_psql('postgres', 'CREATE TABLE t (a text); CREATE ROLE reader; CREATE ROLE holder');
foreach my $statement (
	"SECURITY LABEL FOR ddm ON COLUMN t.a IS 'MASKED WITH FUNCTION email()'",
	"SECURITY LABEL FOR ddm_tag ON COLUMN t.a IS 'pii'",
	'GRANT UNMASK ON t TO holder',
	'GRANT SELECT, UNMASK (a) ON t TO holder',
	'REVOKE UNMASK ON t FROM holder',
	'ALTER DEFAULT PRIVILEGES GRANT UNMASK ON TABLES TO holder')
{
	($code, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\n$statement");
	like($err, qr/ERROR:\s+55000: extension "ddm" is not installed in this database.*DETAIL:.*HINT:  Run CREATE EXTENSION ddm first/s,
		"no extension in this database: $statement");
}
$node->safe_psql('postgres', 'CREATE EXTENSION ddm');
is($node->safe_psql('postgres', "SELECT count(*) FROM pg_extension WHERE extname = 'ddm'"), '1', 'with it there is ddm');

# The preload is forgotten: the server cannot mask, and says so to who asks; the generated views mask on.
$node->safe_psql('postgres', q{
	INSERT INTO t VALUES ('luis@embraer.com.br');
	SECURITY LABEL FOR ddm ON COLUMN t.a IS 'MASKED WITH FUNCTION email()';
	CREATE SCHEMA masked;
	GRANT USAGE ON SCHEMA masked TO reader;
	SELECT ddm.create_masked_views('public', 'masked');
	GRANT SELECT ON masked.t TO reader;
});
is($node->safe_psql('postgres', 'SELECT preloaded, enforces, audits, of_one_mind, masked_columns FROM ddm.status()'),
	't|t|t|t|1', 'ddm.status() of a server that is well');
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->restart;
is($node->safe_psql('postgres', 'SELECT preloaded, enforces, audits, of_one_mind, masked_columns FROM ddm.status()'),
	'f|f|f|t|1', 'without the preload it says so');
is($node->safe_psql('postgres', 'SET ROLE reader; SELECT a FROM masked.t'), 'l***@embraer.com.br', 'generated views mask on');
foreach my $statement ("SECURITY LABEL FOR ddm ON COLUMN t.a IS NULL", 'GRANT UNMASK ON t TO holder')
{
	($code, $out, $err) = $node->psql('postgres', $statement);
	like($err, qr/ERROR:\s+(security label provider "ddm" is not loaded|unrecognized privilege type "unmask")/, "refused: $statement");
}

$node->stop;
done_testing();
