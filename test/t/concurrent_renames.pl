# Policy that is written by names while a rename is under way holds for what it was seen to hold for: the one waits for
# the other, in either order.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('concurrent_renames');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\ndeadlock_timeout = 100ms");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE owner; CREATE ROLE reader;
	CREATE SCHEMA ours AUTHORIZATION owner; CREATE SCHEMA other AUTHORIZATION owner;
	GRANT USAGE, CREATE ON SCHEMA public, ours, other TO owner, reader;
	GRANT CREATE ON DATABASE postgres TO owner;
});

my ($owner, $admin) = map { $node->background_psql('postgres', on_error_stop => 0) } 1 .. 2;
my %pid = map { $_ => scalar $_->query('SELECT pg_backend_pid()') } $owner, $admin;
my $count = 0;

# `first` is under way when `second` comes, and commits then. What is masked after both, and was before?
sub meet
{
	my ($title, $first, $mine, $second, $its, $error) = @_;
	$count++;
	s/%/$count/g foreach $mine, $its;
	$node->safe_psql('postgres', "SET ROLE owner; CREATE TABLE ours.t$count (id int, ssn text, open text);
		INSERT INTO ours.t$count VALUES (1, 'stored', 'stored'); GRANT SELECT ON ours.t$count TO reader;
		CREATE TABLE ours.child$count () INHERITS (ours.t$count); GRANT SELECT ON ours.child$count TO reader;
		INSERT INTO ours.child$count VALUES (2, 'stored', 'stored');");
	$first->query("BEGIN; $mine");
	$second->query_until(qr/started/, "\\echo started\nBEGIN; $its; COMMIT;\n");
	my $waits = $node->poll_query_until('postgres', "SELECT wait_event_type = 'Lock' OR state = 'idle'
		FROM pg_stat_activity WHERE pid = $pid{$second}");
	is($node->safe_psql('postgres', "SELECT wait_event_type FROM pg_stat_activity WHERE pid = $pid{$second}"),
		'Lock', "$title: it waits");
	$first->query('COMMIT');
	$second->query('SELECT 1');
	is(join('', map { $_->{stderr} =~ /(ERROR.*)/g } $first, $second), $error // '', "$title: " . ($error ? 'an error' : 'no error'));
	$_->query('ROLLBACK') foreach $first, $second;
	$_->{stderr} = '' foreach $first, $second;
	return $count;
}

sub sees
{
	return $node->safe_psql('postgres', "SET ROLE reader; $_[0]");
}

my $rule = q{SELECT ddm.create_rule('r%', 'resource.column_name == "ssn" && resource.table_name == "t%"', 'VALUE ''x''')};
my $n = meet('a rename, then a rule', $owner, 'SET ROLE owner; ALTER TABLE ours.t% RENAME ssn TO free', $admin, $rule);
is($node->safe_psql('postgres', "SELECT count(*) FROM ddm.rules WHERE name = 'r$n'"), 1, 'the rule is there after it');
$n = meet('a rule, then a rename', $admin, $rule, $owner, 'ALTER TABLE ours.t% RENAME ssn TO free');
is(sees("SELECT free FROM ours.t$n WHERE id = 1"), 'x', 'the rename keeps the mask');
$n = meet('a rule, then a rename of the table', $admin, $rule, $owner, 'ALTER TABLE ours.t% RENAME TO free%');
is(sees("SELECT ssn FROM ours.free$n WHERE id = 1"), 'x', 'the rename keeps the mask');
$n = meet('a rule, then another type', $admin,
	q{SELECT ddm.create_rule('r%', 'resource.data_type == "text" && resource.table_name == "t%" && resource.column_name == "ssn"', 'VALUE ''x''')},
	$owner, 'ALTER TABLE ours.t% ALTER ssn TYPE varchar');
is(sees("SELECT ssn FROM ours.t$n WHERE id = 1"), 'x', 'the new type keeps the mask');
my $in_ours = q{SELECT ddm.create_rule('r%', 'resource.schema_name == "ours" && resource.table_name == "t%"', 'VALUE NULL')};
$n = meet('a rule, then another schema', $admin, $in_ours, $owner, 'ALTER TABLE ours.t% SET SCHEMA other');
is(sees("SELECT bool_and(ssn IS NULL) FROM other.t$n"), 't', 'the move keeps the mask');
$n = meet('a tag, then another schema', $admin,
	q{SELECT ddm.create_rule('r%', '"pii" in resource.tags && resource.table_name == "t%"', 'VALUE NULL');
	  SECURITY LABEL FOR ddm_tag ON SCHEMA ours IS 'pii'}, $owner, 'ALTER TABLE ours.t% SET SCHEMA other');
is(sees("SELECT bool_and(ssn IS NULL) FROM other.t$n"), 't', 'the move keeps the mask');
my $next = $count + 1;
$n = meet('an exemption, then a rename', $admin, $rule . q{;
	SELECT ddm.create_exemption('e%', ARRAY['reader'], 'resource.table_name == "free%"')}, $owner,
	'ALTER TABLE ours.t% RENAME TO free%', "ERROR:  permission denied to unmask relation \"free$next\"");
is(sees("SELECT ssn FROM ours.t$n WHERE id = 1"), 'x', 'nobody is cleared by it');
$n = meet('a label, then a child that leaves', $admin,
	q{SECURITY LABEL FOR ddm ON COLUMN ours.t%.ssn IS 'MASKED WITH VALUE ''x'''}, $owner,
	'ALTER TABLE ours.child% NO INHERIT ours.t%');
is(sees("SELECT ssn FROM ours.child$n"), 'x', 'it takes the mask along');

# A grant on a column means the one that has the name when it is granted.
$n = meet('columns that exchange their names, then a grant', $owner,
	'ALTER TABLE ours.t% RENAME open TO aside; ALTER TABLE ours.t% RENAME ssn TO open;', $admin,
	q{SELECT ddm.grant_unmask('reader', relation => 'ours.t%', columns => ARRAY['open'])});
is($node->safe_psql('postgres', "SELECT count(*) FROM ddm.unmask_grants WHERE table_name = 't$n'"), 1,
	'the grant is there after them');
$n = meet('a grant on a schema, then its name for another', $admin, q{GRANT UNMASK ON SCHEMA ours TO reader}, $owner,
	'ALTER SCHEMA ours RENAME TO aside; ALTER SCHEMA other RENAME TO ours');

$_->quit foreach $owner, $admin;
$node->stop;
done_testing();
