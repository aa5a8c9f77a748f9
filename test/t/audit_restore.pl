# A dump brings the audit trail along: the restored database verifies the chain of the first, and begins its own.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('restore');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\nlog_statement = none");
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE first; CREATE DATABASE second');
$node->safe_psql('first', <<'SQL');
CREATE EXTENSION ddm;
CREATE TABLE people (email text);
SECURITY LABEL FOR ddm ON COLUMN people.email IS 'MASKED WITH FUNCTION email()';
SELECT email FROM people;
SELECT ddm.audit_flush();
SELECT email FROM people WHERE email = 'x';
SELECT ddm.audit_flush();
SQL
my $seal = $node->safe_psql('first', 'SELECT ddm.audit_seal()');
my $events = $node->safe_psql('first', 'SELECT count(*) FROM ddm.audit_log');
my $dump = PostgreSQL::Test::Utils::tempdir . '/first.sql';
$node->command_ok([ 'pg_dump', '-d', $node->connstr('first'), '-f', $dump ], 'the database is dumped');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('second'), '-f', $dump ], 'and restored');
$node->safe_psql('second', 'SELECT email FROM people');
$node->safe_psql('second', 'SELECT ddm.audit_flush()');
is($node->safe_psql('second', 'SELECT count(*), bool_and(ok) FROM ddm.audit_verify()'), '2|t', 'two chains, both whole');
is($node->safe_psql('second', "SELECT bool_and(ok) FROM ddm.audit_verify_seal('$seal')"), 't', 'a seal of the first database holds');
cmp_ok($node->safe_psql('second', 'SELECT count(*) FROM ddm.audit_log'), '>', $events, 'new events stand beside the old');
my ($code, $out, $err) = $node->psql('second', 'INSERT INTO ddm.audit_log SELECT l.* FROM ddm.audit_log l JOIN (SELECT chain FROM ddm.audit_chain ORDER BY created DESC LIMIT 1) c USING (chain) LIMIT 1');
like($err, qr/the audit trail is written by ddm alone/, 'into its own chain nobody inserts');

$node->stop;
done_testing();
