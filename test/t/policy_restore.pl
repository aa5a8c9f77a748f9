# pg_dump, pg_dumpall and restore bring the policy along: labels, grants, defaults, trusted functions, guarded roles.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $conf = "shared_preload_libraries = 'ddm'\nddm.audit = ''"; # the trail has tests of its own
my $from = PostgreSQL::Test::Cluster->new('from');
$from->init;
$from->append_conf('postgresql.conf', $conf);
$from->start;
$from->safe_psql('postgres', 'CREATE DATABASE shop; CREATE DATABASE next_door');
$from->safe_psql('next_door', 'CREATE EXTENSION ddm; CREATE ROLE passing; CREATE TABLE t (a int)');
$from->safe_psql('shop', q{
	CREATE EXTENSION ddm;
	CREATE ROLE reader; CREATE ROLE compliance; CREATE ROLE officer IN ROLE compliance; CREATE ROLE app_owner;
	CREATE ROLE policy_maker IN ROLE ddm_admin;
	CREATE ROLE "Odd role"; CREATE ROLE going; CREATE ROLE going_too; CREATE ROLE analyst; CREATE ROLE clerk;
	CREATE SCHEMA sales AUTHORIZATION app_owner; GRANT USAGE ON SCHEMA sales TO PUBLIC; GRANT USAGE, CREATE ON SCHEMA sales TO app_owner;
	CREATE TABLE sales.customer (id int, gone int, email text, phone text, city text);
	ALTER TABLE sales.customer DROP gone;
	ALTER TABLE sales.customer OWNER TO app_owner;
	INSERT INTO sales.customer VALUES (1, 'luis@embraer.com.br', '+55 12 3923', 'Brasilia');
	CREATE TABLE sales.event (day date, who text) PARTITION BY RANGE (day);
	CREATE TABLE sales.event_1 PARTITION OF sales.event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
	INSERT INTO sales.event VALUES ('2026-05-05', 'ann@a.org');
	CREATE FUNCTION sales.shout(value text) RETURNS text LANGUAGE sql AS $$ SELECT upper(value) $$;
	CREATE TABLE sales.pay (id int, salary int, bank text, note text);
	INSERT INTO sales.pay VALUES (1, 5000, 'DE89', 'late');
	GRANT SELECT ON ALL TABLES IN SCHEMA sales TO reader, compliance, "Odd role", app_owner, analyst;
	SECURITY LABEL FOR ddm_tag ON DATABASE shop IS 'level=1';
	SECURITY LABEL FOR ddm_tag ON SCHEMA sales IS 'sales';
	SECURITY LABEL FOR ddm_tag ON TABLE sales.pay IS 'people, level=2';
	SECURITY LABEL FOR ddm_tag ON COLUMN sales.pay.salary IS 'pay, level=secret';
	INSERT INTO ddm.classification_level VALUES (7, 'secret');
	SELECT ddm.load_dictionary('greek', '{alpha,beta,gamma}');
	SELECT ddm.create_policy('money', 'VALUE ''-'' FOR analyst WITH VALUE ''analyst''');
	SELECT ddm.create_rule('pay', 'resource.classification_level >= 3', 'FUNCTION default()', 5);
	SELECT ddm.create_rule('note', 'resource.column_name == "note"', 'MASKED WITH VALUE ''x'' FOR clerk WITH VALUE ''clerk''', 6);
	SELECT ddm.create_exemption('closing', '{analyst, going}', 'resource.column_name == "salary"', '2999-01-01', 'the books');
	SELECT ddm.create_exemption('for nobody', '{going_too}', 'true');
	SECURITY LABEL FOR ddm ON COLUMN sales.pay.bank IS 'MASKED WITH POLICY money SEARCHABLE FOR analyst LIMIT 5 PER DAY';
	GRANT UNMASK ON SCHEMA sales TO clerk WITH GRANT OPTION;
	SET ROLE clerk; GRANT UNMASK ON sales.pay TO reader; RESET ROLE;
	SECURITY LABEL FOR ddm ON FUNCTION sales.shout IS 'TRUSTED MASK';
	SECURITY LABEL FOR ddm ON COLUMN sales.customer.email IS 'MASKED WITH FUNCTION email()';
	SECURITY LABEL FOR ddm ON COLUMN sales.customer.phone IS 'MASKED WITH VALUE ''none''';
	SECURITY LABEL FOR ddm ON COLUMN sales.customer.city IS 'MASKED WITH FUNCTION sales.shout()';
	SECURITY LABEL FOR ddm ON COLUMN sales.event.who IS 'MASKED WITH FUNCTION email()';
	GRANT UNMASK ON sales.customer TO compliance WITH GRANT OPTION;
	GRANT UNMASK (phone) ON sales.customer TO "Odd role";
	GRANT UNMASK ON SCHEMA sales TO "Odd role" GRANTED BY ddm_admin;
	REVOKE UNMASK ON SCHEMA sales FROM "Odd role";
	SET ROLE compliance; GRANT UNMASK (email) ON sales.customer TO reader; REVOKE UNMASK (email) ON sales.customer FROM reader;
	RESET ROLE;
	GRANT UNMASK ON DATABASE shop TO going;
	GRANT UNMASK ON sales.event TO going_too;
	ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA sales GRANT UNMASK ON TABLES TO compliance;
	SELECT ddm.grant_unmask('officer', 'sales.event', '{who}', until => '2999-01-01', reason => 'audit');
});
# Dropped from the database next door: their rows stay behind in shop, and stay there.
$from->safe_psql('next_door', 'DROP ROLE going; DROP ROLE going_too; CREATE ROLE going; GRANT pg_read_all_data TO going');
# So is what was granted by one; and a role that was renamed there is the same, a new one of its name is another.
$from->safe_psql('next_door', 'DROP ROLE clerk; ALTER ROLE analyst RENAME TO analyst_of_old; CREATE ROLE analyst');
$from->safe_psql('postgres', 'GRANT pg_read_all_data TO analyst');
# A temporary table is no dump's.
my $session = $from->background_psql('shop');
$session->query('CREATE TEMP TABLE passing (a text); GRANT UNMASK ON passing TO compliance');

my $policy = q{
	SELECT schema_name, table_name, column_name, mask FROM ddm.masked_columns ORDER BY 1, 2, 3;
	SELECT grantee, kind, schema_name, table_name, column_name, creator, grantor, grant_option, valid_until, reason
	  FROM ddm.unmask_grants WHERE grantor IS NOT NULL AND table_name IS DISTINCT FROM 'passing' ORDER BY grantee, kind, 3, 4, 5;
	SELECT rolname, label FROM pg_shseclabel JOIN pg_roles ON oid = objoid WHERE provider = 'ddm' ORDER BY 1;
	SELECT m.rolname FROM pg_auth_members JOIN pg_roles m ON m.oid = member WHERE roleid = 'ddm_admin'::regrole;
};
sub seen_by
{
	my ($node, $database, $role) = @_;
	return $node->safe_psql($database, "SET ROLE $role; SELECT * FROM sales.customer; SELECT * FROM sales.event; SELECT * FROM sales.pay;");
}
sub same
{
	my ($node, $database, $name) = @_;
	# A dump has the labels of a database where it has the database, with --create.
	$node->safe_psql($database, "SECURITY LABEL FOR ddm_tag ON DATABASE $database IS 'level=1'") if $database ne 'shop';
	is($node->safe_psql($database, $policy), $from->safe_psql('shop', $policy), "$name: the same policy");
	is($node->safe_psql($database, $_), $from->safe_psql('shop', $_), "$name: $_")
		foreach 'SELECT ddm.fingerprint()', 'SELECT jsonb_pretty(ddm.export())';
	is(seen_by($node, $database, $_), seen_by($from, 'shop', $_), "$name: $_ sees the same")
		foreach 'compliance', '"Odd role"', 'app_owner', 'analyst_of_old', 'analyst';
	is($node->safe_psql($database, 'SET ROLE analyst_of_old; SELECT * FROM sales.pay'), '1|5000|analyst|x',
		"$name: a role that was renamed is the same");
	is($node->safe_psql($database, 'SET ROLE analyst; SELECT * FROM sales.pay'), '1|0|-|x',
		"$name: a new one of its name is another");
	is($node->safe_psql($database, 'SET ROLE reader; SELECT salary FROM sales.pay'), '0',
		"$name: what was granted by a role that is gone is gone");
	is($node->safe_psql($database, "SELECT name, members FROM ddm.exemptions WHERE members <> '{}'"),
		'closing|{analyst_of_old}', "$name: exemptions for whoever is left");
	is( $node->safe_psql($database, 'SET ROLE reader; SELECT * FROM sales.customer; SELECT who FROM sales.event_1'),
		"1|l***\@embraer.com.br|none|BRASILIA\na***\@a.org",
		"$name: who is masked stays masked");
	$node->safe_psql($database, 'SET ROLE app_owner; CREATE TABLE sales.later (a text)');
	is($node->safe_psql($database, q{SELECT grantee FROM ddm.unmask_grants WHERE table_name = 'later'}),
		'compliance', "$name: default privileges work");
	$node->safe_psql($database, 'DROP TABLE sales.later');
	return;
}

is($from->safe_psql('shop', q{SELECT count(*) FROM ddm.preview('going', 'sales.customer') WHERE verdict = 'cleared'}),
	'0', 'a later role of the name inherits nothing');

my $dir = PostgreSQL::Test::Utils::tempdir;
command_ok([ 'pg_dump', '-d', $from->connstr('shop'), '-f', "$dir/shop.sql" ], 'pg_dump');
$from->safe_psql('postgres', 'CREATE DATABASE copy');
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $from->connstr('copy'), '-f', "$dir/shop.sql" ],
	'restore into the same cluster');
same($from, 'copy', 'same cluster');

command_ok([ 'pg_dump', '-Fc', '-d', $from->connstr('shop'), '-f', "$dir/shop.dump" ], 'pg_dump -Fc');
$from->safe_psql('postgres', 'CREATE DATABASE copy2');
command_ok([ 'pg_restore', '-j2', '-e', '-d', $from->connstr('copy2'), "$dir/shop.dump" ], 'pg_restore -j');
same($from, 'copy2', 'custom format');

command_ok([ 'pg_dumpall', '-d', $from->connstr('postgres'), '-f', "$dir/all.sql" ], 'pg_dumpall');
my $to = PostgreSQL::Test::Cluster->new('to');
$to->init;
$to->append_conf('postgresql.conf', $conf);
$to->start;
# the bootstrap superuser is there already: nothing else may fail
my ($out, $err) = run_command([ 'psql', '-X', '-q', '-d', $to->connstr('postgres'), '-f', "$dir/all.sql" ]);
unlike($err, qr/ERROR:(?!  role "\w+" already exists)/, 'restore of a whole cluster');
same($to, 'shop', 'whole cluster');

# roles that came from elsewhere and are not marked
my $strange = PostgreSQL::Test::Cluster->new('strange');
$strange->init;
$strange->append_conf('postgresql.conf', $conf);
$strange->start;
$strange->safe_psql('postgres', 'CREATE ROLE mallory CREATEROLE; CREATE ROLE ddm_admin ROLE mallory');
my ($code, undef, $stderr) = $strange->psql('postgres', 'CREATE EXTENSION ddm');
isnt($code, 0, 'a role that is there with members is refused');
like($stderr, qr/role "ddm_admin" already exists and has members/, 'and named');
$strange->safe_psql('postgres', 'REVOKE ddm_admin FROM mallory; ALTER ROLE ddm_admin LOGIN');
($code, undef, $stderr) = $strange->psql('postgres', 'CREATE EXTENSION ddm');
like($stderr, qr/role "ddm_admin" already exists and is not a plain group role/, 'one that can log in too');
$strange->safe_psql('postgres', 'ALTER ROLE ddm_admin NOLOGIN; CREATE EXTENSION ddm');
is($strange->safe_psql('postgres', 'SELECT count(*) FROM pg_extension'), '2', 'a plain one without members is taken');
$strange->safe_psql('postgres', 'DROP EXTENSION ddm; DROP SCHEMA ddm; CREATE SCHEMA ddm AUTHORIZATION mallory');
($code, undef, $stderr) = $strange->psql('postgres', 'CREATE EXTENSION ddm');
like($stderr, qr/schema "ddm" already exists and belongs to "mallory"/, "somebody else's schema is refused");

$session->quit;
$_->stop foreach $from, $to, $strange;
done_testing();
