# Keys of masks: the same file gives the same tokens in every database and on every server; keys show nowhere; what is
# wrong with them leaves masks, never values.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('keys');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'auto_explain, ddm'
auto_explain.log_min_duration = 0
auto_explain.log_verbose = on
log_statement = all
log_min_messages = debug2
debug_print_plan = on
CONF
$node->start;
my $keys = $node->data_dir . '/ddm.keys';
sub set_up
{
	my ($on, $db) = @_;
	return $on->safe_psql($db, <<'SQL');
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE TABLE person (id int, email text, code text, pan text, amount int);
INSERT INTO person SELECT i, 'user' || i || '@example.com', 'c' || 100000 + i, '4111-1111-1111-' || 1000 + i, i FROM generate_series(1, 50) i;
SECURITY LABEL FOR ddm ON COLUMN person.email IS 'MASKED WITH FUNCTION hash()';
SECURITY LABEL FOR ddm ON COLUMN person.code IS 'MASKED WITH FUNCTION fpe()';
SECURITY LABEL FOR ddm ON COLUMN person.pan IS 'MASKED WITH FUNCTION fpe_pan()';
SECURITY LABEL FOR ddm ON COLUMN person.amount IS 'MASKED WITH FUNCTION noise(0.2)';
GRANT SELECT ON person TO reader;
SQL
}

my $look = 'SET ROLE reader; SELECT email, code, pan, amount FROM person ORDER BY id';
sub tokens { my ($on, $db) = @_; return $on->safe_psql($db // 'postgres', $look); }

$node->safe_psql('postgres', 'CREATE ROLE reader; CREATE ROLE admin LOGIN; CREATE DATABASE other');
set_up($node, 'postgres');
$node->safe_psql('postgres', 'GRANT ddm_admin TO admin');
my $shown = tokens($node);
is(scalar(split /\n/, $shown), 50, 'a masked role sees tokens');
unlike($shown, qr/example\.com|4111-1111-1111-10|c1000/, 'and no values');

is(((stat $keys)[2] & 07777), 0600, 'the key file is its owner\'s alone');
set_up($node, 'other');
is(tokens($node, 'other'), $shown, 'the same tokens in another database of the server');

# Another server that is given the file.
my $second = PostgreSQL::Test::Cluster->new('second');
$second->init;
$second->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'");
append_to_file($second->data_dir . '/ddm.keys', slurp_file($keys));
chmod 0600, $second->data_dir . '/ddm.keys';
$second->start;
$second->safe_psql('postgres', 'CREATE ROLE reader');
set_up($second, 'postgres');
is(tokens($second), $shown, 'the same tokens on another server with the same file');
$second->stop;

# Rotation, from the next statement on, and back.
$node->safe_psql('postgres', 'SELECT ddm.rotate_key()');
my $rotated = tokens($node);
isnt($rotated, $shown, 'a new generation of the key gives other tokens');
is(tokens($node, 'other'), $rotated, 'in every database');
$node->safe_psql('postgres', "SECURITY LABEL FOR ddm ON COLUMN person.email IS 'MASKED WITH FUNCTION hash(key => ''default\@1'')'");
is($node->safe_psql('postgres', 'SET ROLE reader; SELECT email FROM person WHERE id = 1'),
	(split /\|/, $shown)[0], 'an older generation still gives the tokens that were handed out');

# A standby made from a base backup has the file.
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
chmod 0600, $standby->data_dir . '/ddm.keys'; # pg_basebackup keeps modes, the copy of it that was taken here does not
$standby->start;
$node->wait_for_catchup($standby);
is(tokens($standby), tokens($node), 'a standby shows the same tokens');
my ($code, $out, $err) = $standby->psql('postgres', 'SELECT ddm.rotate_key()');
like($err, qr/cannot rotate a key during recovery/, 'and rotates no key');
$standby->stop;

# What is wrong with the file.
my $good = slurp_file($keys);
sub with_file
{
	my ($content, $mode) = @_;
	open my $f, '>', $keys or die;
	print $f $content;
	close $f;
	chmod $mode, $keys;
}
for my $case ([ $good, 0640, 'its group may read' ], [ $good, 0606, 'others may write' ], [ 'default 1 abc', 0600, 'holds no keys' ],
	[ '', 0600, 'is empty' ], [ "other 1 " . '0' x 64 . "\n", 0600, 'holds another key' ], [ $good x 1000, 0600, 'is too large' ])
{
	my ($content, $mode, $what) = @$case;
	with_file($content, $mode);
	is($node->safe_psql('postgres', 'SET ROLE reader; SELECT DISTINCT email, code, pan, amount FROM person'),
		'XXXX|XXXX|XXXX|0', "a key file that $what: default()");
	($code, $out, $err) = $node->psql('postgres', "SECURITY LABEL FOR ddm ON COLUMN person.email IS 'MASKED WITH FUNCTION token()'");
	like($err, qr/invalid label: (the keys of the file "ddm.keys" are not usable|key "default" does not exist)/, 'and no label takes a key');
}
with_file($good, 0600);
unlink $keys or die;
symlink 'nowhere', $keys or die;
is($node->safe_psql('postgres', 'SET ROLE reader; SELECT DISTINCT code FROM person'), 'XXXX', 'a key file that is gone: default()');
unlink $keys;
with_file($good, 0600);
$node->safe_psql('postgres', 'SELECT ddm.rotate_key($$spare$$)'); # a change of policy: sessions look again
is((split /\|/, tokens($node))[1], (split /\|/, $rotated)[1], 'and it is back');

# A command.
my $command_file = $node->data_dir . '/vault';
append_to_file($command_file, $good);
my $count_file = $node->data_dir . '/runs';
$node->append_conf('postgresql.conf', "ddm.key_command = 'echo run >> runs; cat vault #password-of-the-vault " . ('x' x 1500) . "'");
$node->reload;
is((split /\|/, tokens($node))[1], (split /\|/, $rotated)[1], 'keys of a command');
unlink $count_file;
$node->safe_psql('postgres', "$look; SELECT count(*) FROM person WHERE email > 'a'; $look");
is(slurp_file($count_file), "run\n", 'a session runs it once');
($code, $out, $err) = $node->psql('postgres', 'SET ROLE admin; SELECT ddm.rotate_key()');
like($err, qr/keys come from ddm.key_command/, 'which makes keys itself');
append_to_file($command_file, "broken\n");
is($node->safe_psql('postgres', 'SET ROLE reader; SELECT DISTINCT code FROM person'), 'XXXX', 'a command that prints something else: default()');
($code, $out, $err) = $node->psql('postgres', "SET ROLE admin; SECURITY LABEL FOR ddm ON COLUMN person.code IS 'MASKED WITH FUNCTION token()'");
like($err, qr/the keys of ddm\.key_command are not usable/, 'an error says that much');
unlike($err, qr/password-of-the-vault/, 'and not what the command is');
$node->append_conf('postgresql.conf', "ddm.key_command = 'cat vault; false'");
unlink $command_file;
append_to_file($command_file, $good);
$node->reload;
is($node->safe_psql('postgres', 'SET ROLE reader; SELECT DISTINCT code FROM person'), 'XXXX', 'a command that fails: default()');
$node->append_conf('postgresql.conf', "ddm.key_command = ''");
$node->reload;

# Where no key shows.
my @secrets = $good =~ /([0-9a-f]{64})/g;
is(scalar @secrets, 2, 'two keys by now');
$node->safe_psql('postgres', <<'SQL');
EXPLAIN (VERBOSE) SELECT * FROM person;
SET ROLE reader;
EXPLAIN (VERBOSE, ANALYZE) SELECT * FROM person WHERE code > email;
PREPARE p AS SELECT email, code FROM person;
EXECUTE p;
SQL
my $everything = $node->safe_psql('postgres', <<'SQL');
SELECT * FROM ddm.keys; SELECT * FROM pg_settings WHERE name LIKE 'ddm%'; TABLE pg_db_role_setting; TABLE pg_seclabels;
SELECT * FROM ddm.audit_log; SELECT * FROM ddm.policy_history; SELECT ddm.export(); SELECT * FROM ddm.status();
SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'ddm'::regnamespace;
SET ROLE reader; EXPLAIN (VERBOSE) SELECT * FROM person; SELECT * FROM pg_settings; SELECT * FROM pg_stat_activity;
SQL
my ($dump, $dump_all) = map { my ($o) = run_command([ @$_, '-h', $node->host, '-p', $node->port ]); $o } [ 'pg_dump', 'postgres' ], ['pg_dumpall'];
like($dump, qr/MASKED WITH FUNCTION fpe/, 'the dump has the labels');
for my $secret (@secrets)
{
	my $raw = pack('H*', $secret);
	for my $form ($secret, uc $secret, join(' ', map { unpack('c', $_) } split //, substr($raw, 0, 8)))
	{
		my $pattern = qr/\Q$form\E/;
		for my $place ([ $everything, 'catalog, views, plans and functions' ], [ $dump, 'pg_dump' ], [ $dump_all, 'pg_dumpall' ],
			[ slurp_file($node->logfile), 'the log' ])
		{
			ok($place->[0] !~ $pattern, "no key in $place->[1]");
		}
	}
}
for my $attempt ("SELECT pg_read_file('ddm.keys')", "SELECT pg_read_binary_file('ddm.keys')", "COPY (SELECT 1) TO PROGRAM 'cat ddm.keys'",
	"CREATE TEMP TABLE k (t text); COPY k FROM '$keys'", "SELECT lo_import('$keys')", 'SELECT * FROM ddm.keys', 'SHOW ddm.key_file',
	"SET ddm.key_file = '/tmp/mine'", "SELECT ddm.rotate_key('mine')", "SELECT ddm.hash('guess')", "SELECT ddm.apply_mask('guess'::text, 'hash()')",
	"SELECT ddm.apply_mask('guess'::text, (SELECT m FROM unnest('{hash()}'::ddm.mask_ref[]) m))",
	"CREATE FUNCTION hash(text) RETURNS text AS '\$libdir/ddm', 'ddm_mask_by_hand' LANGUAGE C",
	"CREATE CAST (bytea AS ddm.mask_ref) WITHOUT FUNCTION", "SELECT ddm.make_default_key()", "SELECT * FROM ddm.list_keys()")
{
	($code, $out, $err) = $node->psql('postgres', "SET ROLE reader; $attempt");
	isnt($code, 0, "a masked role gets nowhere: $attempt");
}

$node->stop;
done_testing();
