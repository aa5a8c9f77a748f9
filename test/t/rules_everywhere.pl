# What rules match is remembered by each session, and forgotten in each whenever it may be another: other rules, tags,
# levels, names, types, partitions, settings; committed by another session, rolled back, or in this transaction.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('rules');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\nddm.audit = ''\nclient_min_messages = error");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE reader;
	CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC;
	CREATE TABLE s.t (id int, v text); INSERT INTO s.t VALUES (1, 'secret');
	CREATE TABLE s.other (id int, v text); INSERT INTO s.other VALUES (1, 'secret');
	CREATE TABLE s.p (id int, v text) PARTITION BY LIST (id);
	CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES IN (1); INSERT INTO s.p VALUES (1, 'secret');
	GRANT SELECT ON ALL TABLES IN SCHEMA s TO reader;
	SELECT ddm.create_rule('tag', '"hidden" in resource.tags', 'VALUE ''tag''', 1);
	SELECT ddm.create_rule('level', 'resource.classification_level >= 3', 'VALUE ''level''', 2);
	SELECT ddm.create_rule('name', 'resource.column_name == "named"', 'VALUE ''name''', 3);
	SELECT ddm.create_rule('table', 'resource.table_name == "tabled"', 'VALUE ''table''', 4);
	SELECT ddm.create_rule('schema', 'resource.schema_name == "schemed"', 'VALUE ''schema''', 5);
	SELECT ddm.create_rule('type', 'resource.data_type == "character varying"', 'VALUE ''type''', 6);
	SELECT ddm.create_rule('server', 'resource.environment_id == "prod" && resource.column_name == "v"', 'VALUE ''server''', 7);
	ALTER DATABASE postgres SET ddm.environment = 'dev';
});
my $session = $node->background_psql('postgres');
my $other = $node->background_psql('postgres');
$session->query('SET ROLE reader');
$session->query("PREPARE q_$_ AS SELECT v FROM s.$_") foreach 't', 'other', 'p', 'p1';

sub sees
{
	my ($expected, $name) = @_;
	foreach my $table (sort keys %$expected)
	{
		is($session->query("EXECUTE q_$table"), $expected->{$table}, "$name: $table");
	}
}
my %open = map { $_ => 'secret' } 't', 'other', 'p', 'p1';
sees(\%open, 'at first');
foreach my $change (
	[ "SECURITY LABEL FOR ddm_tag ON COLUMN s.t.v IS 'hidden'", { t => 'tag' }, 'SECURITY LABEL FOR ddm_tag ON COLUMN s.t.v IS NULL' ],
	[ "SECURITY LABEL FOR ddm_tag ON COLUMN s.p1.v IS 'hidden'", { p => 'tag', p1 => 'tag' }, 'SECURITY LABEL FOR ddm_tag ON COLUMN s.p1.v IS NULL' ],
	[ "SECURITY LABEL FOR ddm_tag ON COLUMN s.t.v IS 'level=odd'", { t => 'level' }, 'SECURITY LABEL FOR ddm_tag ON COLUMN s.t.v IS NULL' ],
	[ "INSERT INTO ddm.classification_level VALUES (2, 'odd'); SECURITY LABEL FOR ddm_tag ON COLUMN s.t.v IS 'level=odd'", {},
		"UPDATE ddm.classification_level SET level = 5", { t => 'level' },
		"TRUNCATE ddm.classification_level; SECURITY LABEL FOR ddm_tag ON COLUMN s.t.v IS NULL" ],
	[ "SELECT ddm.create_rule('new', 'resource.column_name == \"v\" && resource.table_name != \"p\"', 'VALUE ''new''', 9)",
		{ t => 'new', other => 'new', p => 'new', p1 => 'new' }, "SELECT ddm.drop_rule('new')" ],
	[ "UPDATE ddm.mask_rules SET condition = 'resource.table_name.startsWith(\"o\") && resource.column_name == \"v\"' WHERE name = 'table'",
		{ other => 'table' }, "UPDATE ddm.mask_rules SET condition = 'resource.table_name == \"tabled\"' WHERE name = 'table'" ],
	[ "CREATE TABLE s.tabled (v text, id int); ALTER TABLE s.p ATTACH PARTITION s.tabled FOR VALUES IN (2)", { p => 'table' },
		'DROP TABLE s.tabled' ])
{
	my ($do, $expected, @rest) = @$change;
	my $name = substr($do, 0, 70);
	# in another session: rolled back, committed, undone
	$other->query('BEGIN');
	$other->query($do);
	sees(\%open, "$name, under way");
	$other->query('ROLLBACK');
	sees(\%open, "$name, rolled back");
	$other->query($do);
	sees({ %open, %$expected }, "$name, done");
	while (@rest > 1)
	{
		$other->query(shift @rest);
		sees({ %open, %{ shift @rest } }, "$name, and more");
	}
	$other->query($rest[0]);
	sees(\%open, "$name, undone");
	# in a transaction of this session, and a subtransaction
	$session->query('BEGIN; SAVEPOINT a; RESET ROLE');
	$session->query($do);
	$session->query('SET ROLE reader');
	sees({ %open, %$expected }, "$name, here");
	$session->query('ROLLBACK TO a; SET ROLE reader');
	sees(\%open, "$name, rolled back to a savepoint");
	$session->query('ROLLBACK; SET ROLE reader');
	sees(\%open, "$name, rolled back here");
}
# Names: policy admins may rename what a rule matched no longer (of others the mask stays as a label).
$other->query('ALTER TABLE s.t RENAME v TO named');
is($session->query('SELECT named FROM s.t'), 'name', 'a column has another name');
$other->query('ALTER TABLE s.other RENAME TO tabled');
is($session->query('SELECT v FROM s.tabled'), 'table', 'a table has another name');
$other->query('CREATE SCHEMA schemed; GRANT USAGE ON SCHEMA schemed TO PUBLIC; CREATE TABLE schemed.t (v text); GRANT SELECT ON schemed.t TO reader');
$other->query("INSERT INTO schemed.t VALUES ('secret')");
is($session->query('SELECT * FROM schemed.t'), 'schema', 'a table in that schema');
$other->query("CREATE SCHEMA late; GRANT USAGE ON SCHEMA late TO PUBLIC; CREATE TABLE late.t (v text); GRANT SELECT ON late.t TO reader; INSERT INTO late.t VALUES ('secret')");
is($session->query('SELECT * FROM late.t'), 'secret', 'in another not');
$other->query('ALTER SCHEMA schemed RENAME TO aside; ALTER SCHEMA late RENAME TO schemed');
is($session->query('SELECT * FROM schemed.t'), 'schema', 'a schema has another name');
$other->query('CREATE TABLE s.typed (v text); GRANT SELECT ON s.typed TO reader; INSERT INTO s.typed VALUES ($$secret$$)');
is($session->query('SELECT * FROM s.typed'), 'secret', 'another type');
$other->query('ALTER TABLE s.typed ALTER v TYPE varchar');
is($session->query('SELECT * FROM s.typed'), 'type', 'the type of the rule');
$session->query("RESET ROLE; SET ddm.environment = 'prod'; SET ROLE reader");
is($session->query('EXECUTE q_p1'), 'server', 'a setting of the session');
$other->query("SECURITY LABEL FOR ddm_tag ON SCHEMA s IS 'hidden'; SELECT ddm.drop_rule('server')");
is($session->query('EXECUTE q_p1'), 'tag', 'tags of the schema');
$other->query("SECURITY LABEL FOR ddm_tag ON SCHEMA s IS NULL; SECURITY LABEL FOR ddm_tag ON DATABASE postgres IS 'level=4'");
is($session->query('SELECT v FROM s.p1'), 'level', 'a level of the database');
$other->query('SECURITY LABEL FOR ddm_tag ON DATABASE postgres IS NULL; TRUNCATE ddm.mask_rules');
is($session->query('EXECUTE q_p1'), 'secret', 'no rules any more');
$other->query('DROP EXTENSION ddm; CREATE EXTENSION ddm');
$other->query("SELECT ddm.create_rule('again', 'resource.table_name == \"p1\" && resource.column_name == \"v\"', 'VALUE ''again''', 9)");
is($session->query('EXECUTE q_p1'), 'again', 'rules of an extension that was made anew');
$_->quit foreach $session, $other;
$node->stop;
done_testing();
