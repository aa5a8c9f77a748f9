# CREATE EXTENSION without the preload refuses with the line to add; with it the extension is there.
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
$node->safe_psql('postgres', 'CREATE EXTENSION ddm');
is($node->safe_psql('postgres', "SELECT count(*) FROM pg_extension WHERE extname = 'ddm'"), '1', 'with it there is ddm');

$node->stop;
done_testing();
