# ALTER EXTENSION ddm UPDATE: the policy is the same before and after, sessions that are open stay masked, nothing that
# somebody planted is called by the script, and a script that fails changes nothing. No other version is out yet: the
# script is made up, and lies in a private copy of the installation.
use strict;
use warnings;
use File::Basename;
use File::Path qw(make_path);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

sub directory { my ($option) = @_; chomp(my $path = `pg_config --$option`); return $path; }

# The server finds its files relative to its binary: copies of the binaries and of the extensions' scripts, links else.
sub private_installation
{
	my ($home) = @_;
	my ($bin, $share, $lib) = map { directory($_) } qw(bindir sharedir pkglibdir);
	my $prefix = $bin;
	$prefix = dirname($prefix) until index($share, "$prefix/") == 0 && index($lib, "$prefix/") == 0;
	my %at = map { $_ => $home . substr($_, length $prefix) } $bin, $share, $lib;
	make_path($_) foreach map { dirname($_) } values %at;
	PostgreSQL::Test::Utils::system_or_bail('cp', '-aL', $bin, $at{$bin});
	make_path($at{$lib});
	symlink($_, "$at{$lib}/" . basename($_)) or die "link: $!" foreach grep { !-e "$at{$lib}/" . basename($_) } glob("$lib/*");
	make_path($at{$share});
	symlink($_, "$at{$share}/" . basename($_)) or die "link: $!" foreach grep { !m{/extension$} } glob("$share/*");
	PostgreSQL::Test::Utils::system_or_bail('cp', '-aL', "$share/extension", "$at{$share}/extension");
	return (dirname($at{$bin}), "$at{$share}/extension");
}

my ($installation, $extensions) = private_installation(PostgreSQL::Test::Utils::tempdir);
my ($version) = PostgreSQL::Test::Utils::slurp_file("$extensions/ddm.control") =~ /^default_version = '(.*)'$/m;

sub script
{
	my ($from, $to, $sql) = @_;
	open my $file, '>', "$extensions/ddm--$from--$to.sql" or die $!;
	print $file qq{\\echo Use "ALTER EXTENSION ddm UPDATE" to load this file. \\quit\n$sql};
	close $file;
}

# What a script may do: a table of its own with rows that it works out, a function, a view, a comment. Unqualified names
# are what somebody would plant for.
script($version, 'next', q{
CREATE TABLE ddm.upgrade_note (id int PRIMARY KEY, note text NOT NULL);
REVOKE ALL ON ddm.upgrade_note FROM PUBLIC;
INSERT INTO ddm.upgrade_note
    SELECT length(lower(extname::text)), upper(extname::text) || '!' FROM pg_extension WHERE extname::text = 'ddm'::text;
SELECT pg_catalog.pg_extension_config_dump('ddm.upgrade_note', '');
CREATE FUNCTION ddm.upgraded(value text) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS
    $$ SELECT lower(value) || note FROM ddm.upgrade_note WHERE note = upper(note) $$;
COMMENT ON FUNCTION ddm.upgraded(text) IS 'made up';
DO $$ BEGIN IF lower('A'::text) <> 'a'::text THEN RAISE EXCEPTION 'not the server''s own lower()'; END IF; END $$;
ALTER TABLE ddm.upgrade_note ADD COLUMN more text DEFAULT 'x';
});
script('next', 'broken', q{
CREATE TABLE ddm.half_way (id int);
DELETE FROM ddm.upgrade_note;
SELECT 1 / 0;
});

my $node = PostgreSQL::Test::Cluster->new('main', install_path => $installation);
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\nddm.environment = 'prod'\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE reader LOGIN; CREATE ROLE compliance LOGIN; CREATE ROLE policy_maker LOGIN IN ROLE ddm_admin; CREATE ROLE planter LOGIN;
	CREATE TABLE customer (id int, email text, phone text, region text, salary int);
	INSERT INTO customer VALUES (1, 'luis@embraer.com.br', '+55 12 3923', 'BR', 5000), (2, 'ann@x.eu', '1', 'EU', 4000);
	GRANT SELECT ON customer TO reader, compliance;
	SELECT ddm.create_policy('contact', 'FUNCTION email()');
	SELECT ddm.create_rule('pay', 'resource.column_name == "salary"', 'FUNCTION default()', 5);
	SELECT ddm.create_exemption('closing', '{compliance}', 'resource.column_name == "salary"', '2999-01-01', 'the books');
	SECURITY LABEL FOR ddm ON COLUMN customer.email IS 'MASKED WITH POLICY contact SEARCHABLE FOR reader';
	SECURITY LABEL FOR ddm ON COLUMN customer.phone IS 'MASKED WITH VALUE NULL WHEN (region <> ''EU'')';
	GRANT UNMASK (email) ON customer TO compliance WITH GRANT OPTION;
	GRANT CREATE ON DATABASE postgres TO planter;
	GRANT CREATE ON SCHEMA public TO planter;
});
my @questions = ('SELECT ddm.fingerprint()', 'SELECT ddm.export()',
	map { "SET ROLE $_; SELECT * FROM customer ORDER BY id" } 'reader', 'compliance', 'policy_maker');
sub answers { return map { my ($code, $out, $err) = $node->psql('postgres', $_); $out . ($err // '') } @questions; }
my @before = answers();
like($before[2], qr/^1\|l\*\*\*\@embraer.com.br\|\|BR\|0\n2\|a\*\*\*\@x.eu\|1\|EU\|0$/, 'masked before');

# Planted: whatever the script names without its schema, where the search path of whoever updates looks first.
my $spy = q{LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planted code was called'; END $$};
foreach my $schema ('planted', 'public')
{
	$node->safe_psql('postgres', ($schema eq 'planted' ? 'CREATE SCHEMA planted; GRANT USAGE ON SCHEMA planted TO PUBLIC;' : '') . qq{
		CREATE FUNCTION $schema.lower(text) RETURNS text $spy;
		CREATE FUNCTION $schema.upper(text) RETURNS text $spy;
		CREATE FUNCTION $schema.length(text) RETURNS int $spy;
		CREATE FUNCTION $schema.same(text, text) RETURNS bool $spy;
		CREATE OPERATOR $schema.= (LEFTARG = text, RIGHTARG = text, FUNCTION = $schema.same);
		CREATE OPERATOR $schema.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = $schema.same);
		CREATE TABLE $schema.pg_extension (extname text);
		CREATE TABLE $schema.upgrade_note (id int, note text);
	}, extra_params => [ '-U', 'planter' ]);
}

# In schema ddm nobody may have put anything, and nobody may be about to.
my $path = 'SET search_path = planted, public, pg_catalog, ddm';
my $update = "$path; ALTER EXTENSION ddm UPDATE TO 'next'";
sub refused
{
	my ($detail, $name) = @_;
	my ($code, $out, $err) = $node->psql('postgres', $update);
	like($err, qr/schema "ddm" is not safe to update the extension in.*\n.*$detail/, $name);
	is($node->safe_psql('postgres', q{SELECT extversion FROM pg_extension WHERE extname = 'ddm'}), $version, "$name: nothing happened");
}
$node->safe_psql('postgres', 'GRANT CREATE, USAGE ON SCHEMA ddm TO planter');
refused('Role "planter" may create objects in it', 'somebody may create in the schema');
$node->safe_psql('postgres', "CREATE FUNCTION ddm.lower(name) RETURNS text $spy", extra_params => [ '-U', 'planter' ]);
$node->safe_psql('postgres', 'REVOKE CREATE ON SCHEMA ddm FROM planter');
refused('It contains function ddm.lower\(name\)|It contains function lower\(name\)', 'somebody has');
$node->safe_psql('postgres', 'DROP FUNCTION ddm.lower(name); ALTER SCHEMA ddm OWNER TO planter');
refused('It belongs to "planter"', 'somebody owns it');
$node->safe_psql('postgres', 'DO $$ BEGIN EXECUTE format(\'ALTER SCHEMA ddm OWNER TO %I\', current_user); END $$');
foreach my $role ('planter', 'policy_maker')
{
	my ($code, $out, $err) = $node->psql('postgres', $update, extra_params => [ '-U', $role ]);
	like($err, qr/must be owner of extension ddm|permission denied/, "$role may not update the extension");
}

# A session that is open all the while, with a plan.
my $reader = $node->background_psql('postgres', on_error_stop => 0);
$reader->query('SET ROLE reader; SET plan_cache_mode = force_generic_plan; PREPARE q AS SELECT email FROM customer WHERE id = 1');
is($reader->query('EXECUTE q'), 'l***@embraer.com.br', 'a plan of a session that is open masks');
$node->safe_psql('postgres', $update);
is($node->safe_psql('postgres', q{SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'ddm'}), 'next', 'updated');
is($node->safe_psql('postgres', q{SELECT ddm.upgraded('Is ')}), 'is DDM!', 'by the server\'s own functions');
is($reader->query('EXECUTE q'), 'l***@embraer.com.br', 'and does so still');
$reader->quit;
my @after = answers();
is($after[$_], $before[$_], "the same answer: $questions[$_]") foreach 0 .. $#questions;
is($node->safe_psql('postgres', 'SELECT catalog_version, of_one_mind, enforces FROM ddm.status()'), 'next|f|t',
	'the library of another version says so, and masks');
$node->safe_psql('postgres', "SELECT ddm.audit_flush('60 s')");
is($node->safe_psql('postgres', q{SELECT before, after FROM ddm.policy_history WHERE object = 'extension ddm'
	ORDER BY event_time DESC LIMIT 1}), "$version|next", 'the update is on record');
is($node->safe_psql('postgres', 'SELECT ok FROM ddm.audit_verify()'), 't', 'the trail holds together');

# A script that fails changes nothing.
my ($code, $out, $err) = $node->psql('postgres', "$path; ALTER EXTENSION ddm UPDATE TO 'broken'");
like($err, qr/division by zero/, 'a script that fails');
is($node->safe_psql('postgres', q{SELECT ddm.upgraded('Is ')}), 'is DDM!', 'leaves all as it was');
@after = answers();
is($after[$_], $before[$_], "the same answer after a failure: $questions[$_]") foreach 0 .. $#questions;

# What the update made comes along with a dump as the rest does.
$node->safe_psql('postgres', 'CREATE DATABASE copy TEMPLATE template0');
my $dump = PostgreSQL::Test::Utils::tempdir . '/dump.sql';
$node->safe_psql('postgres', 'DROP SCHEMA planted CASCADE; DROP TABLE public.pg_extension, public.upgrade_note');
$node->command_ok([ 'pg_dump', '-f', $dump, '-d', $node->connstr('postgres') ], 'pg_dump');
like(PostgreSQL::Test::Utils::slurp_file($dump), qr/COPY ddm\.upgrade_note/, 'with the rows of the new table');
$node->stop;
done_testing();
