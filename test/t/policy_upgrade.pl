# pg_upgrade --link keeps the policy: every clearance, every mask, the same fingerprint. Nothing is lost, nothing is left.
# DDM_UPGRADE_FROM names the installation of an older server, with bin and lib and ddm in it, to come from.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $conf = "shared_preload_libraries = 'ddm'\nddm.environment = 'prod'\n";
my @from = $ENV{DDM_UPGRADE_FROM} ? (install_path => $ENV{DDM_UPGRADE_FROM}) : ();
my $old = PostgreSQL::Test::Cluster->new('old', @from);
$old->init;
$old->append_conf('postgresql.conf', $conf);
$old->start;
$old->safe_psql('postgres', 'CREATE DATABASE shop; CREATE DATABASE next_door');
$old->safe_psql('next_door', 'CREATE EXTENSION ddm; CREATE TABLE t (a text)');
$old->safe_psql('next_door', q{SECURITY LABEL FOR ddm ON COLUMN t.a IS 'MASKED WITH VALUE NULL'});
$old->safe_psql('shop', q{
	CREATE EXTENSION ddm;
	CREATE ROLE reader; CREATE ROLE compliance; CREATE ROLE officer IN ROLE compliance; CREATE ROLE app_owner;
	CREATE ROLE "Odd role"; CREATE ROLE going;
	CREATE SCHEMA sales AUTHORIZATION app_owner; GRANT USAGE ON SCHEMA sales TO PUBLIC;
	CREATE TABLE sales.customer (id int, gone int, email text, phone text, city text, salary int);
	ALTER TABLE sales.customer DROP gone;
	ALTER TABLE sales.customer OWNER TO app_owner;
	INSERT INTO sales.customer VALUES (1, 'luis@embraer.com.br', '+55 12 3923', 'Brasilia', 5000);
	CREATE FUNCTION sales.shout(value text) RETURNS text LANGUAGE sql AS $$ SELECT upper(value) $$;
	GRANT SELECT ON ALL TABLES IN SCHEMA sales TO reader, compliance, "Odd role", app_owner;
	SELECT ddm.load_dictionary('greek', '{alpha,beta,gamma}');
	SELECT ddm.create_policy('contact', 'FUNCTION email() FOR "Odd role" WITH VALUE ''odd''');
	SELECT ddm.create_rule('pay', 'resource.classification_level >= 3', 'FUNCTION default()', 5);
	SELECT ddm.create_rule('names', 'resource.column_name == "city" && resource.environment_id == "prod"', 'FUNCTION pseudonym(''greek'')', 6);
	SELECT ddm.create_exemption('closing', '{compliance, going}', 'resource.column_name == "salary"', '2999-01-01', 'the books');
	SECURITY LABEL FOR ddm_tag ON DATABASE shop IS 'level=1';
	SECURITY LABEL FOR ddm_tag ON SCHEMA sales IS 'sales';
	SECURITY LABEL FOR ddm_tag ON TABLE sales.customer IS 'people, level=2';
	SECURITY LABEL FOR ddm_tag ON COLUMN sales.customer.salary IS 'pay, level=secret';
	INSERT INTO ddm.classification_level VALUES (7, 'secret');
	SECURITY LABEL FOR ddm ON FUNCTION sales.shout IS 'TRUSTED MASK';
	SECURITY LABEL FOR ddm ON COLUMN sales.customer.email IS 'MASKED WITH POLICY contact SEARCHABLE FOR reader';
	SECURITY LABEL FOR ddm ON COLUMN sales.customer.phone IS 'MASKED WITH FUNCTION sales.shout() WHEN (id > 0)';
	SECURITY LABEL FOR ddm ON COLUMN sales.customer.id IS 'NOT MASKED';
	GRANT UNMASK ON sales.customer TO compliance WITH GRANT OPTION;
	GRANT UNMASK (phone) ON sales.customer TO "Odd role";
	GRANT UNMASK ON SCHEMA sales TO going;
	GRANT UNMASK ON DATABASE shop TO officer;
	SELECT ddm.grant_unmask('officer', tag => 'pay', until => '2999-01-01', reason => 'audit');
	ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA sales GRANT UNMASK ON TABLES TO compliance;
	SELECT ddm.create_masked_views('sales', 'sales_masked');
});
$old->safe_psql('next_door', 'DROP ROLE going');

my @questions = (
	'SELECT ddm.fingerprint()', 'SELECT ddm.export()',
	'SELECT schema_name, table_name, column_name, mask, why FROM ddm.masked_columns ORDER BY 1, 2, 3',
	'SELECT count(*), min(word) FROM ddm.dictionaries WHERE NOT shipped',
	'SELECT * FROM ddm.who_can_unmask(\'sales.customer\') ORDER BY role_name, column_name',
	map { "SET ROLE $_; SELECT * FROM sales.customer" } 'reader', 'compliance', 'officer', 'app_owner', '"Odd role"');
my @before = map { $old->safe_psql('shop', $_) } @questions;
my $door = $old->safe_psql('next_door', 'SELECT ddm.export()');
like($before[5], qr/^1\|l\*\*\*\@embraer.com.br\|\+55 12 3923\|(alpha|beta|gamma)\|0$/, 'masked before');

my $new = PostgreSQL::Test::Cluster->new('new');
$new->init;
$new->append_conf('postgresql.conf', $conf);
$old->stop;
PostgreSQL::Test::Utils::system_or_bail('cp', '-p', $old->data_dir . '/ddm.keys', $new->data_dir); # keys are no part of the catalogs
my ($from, $to) = map { $_->config_data('--bindir') } $old, $new;
note 'from ' . $old->config_data('--version') . ' to ' . $new->config_data('--version');
my $dir = PostgreSQL::Test::Utils::tempdir;
chdir $dir or die;
command_ok([ 'pg_upgrade', '--no-sync', '--link', '-d', $old->data_dir, '-D', $new->data_dir, '-b', $from, '-B', $to,
		'-p', $old->port, '-P', $new->port, '-s', $new->host ], 'pg_upgrade --link');
foreach my $log (glob($new->data_dir . "/pg_upgrade_output.d/*/log/pg_upgrade_dump_*.log"))
{
	my @wrong = grep { /error: / } split /\n/, slurp_file($log);
	diag(join "\n", @wrong) if @wrong;
}
$new->start;
foreach my $i (0 .. $#questions)
{
	is($new->safe_psql('shop', $questions[$i]), $before[$i], "the same answer: $questions[$i]");
}
is($new->safe_psql('next_door', 'SELECT ddm.export()'), $door, 'and next door');
$new->stop;
done_testing();
