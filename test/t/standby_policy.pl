# Policy that changes on the primary counts in sessions that are open on a hot standby: for their next statement,
# prepared ones and plans of PL/pgSQL included, and inside an open transaction.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\nhot_standby_feedback = on\n");
$primary->start;
$primary->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE reader; CREATE ROLE cleared_group;
	CREATE TABLE customer (id int, email text, phone text, note text);
	INSERT INTO customer VALUES (1, 'luis@embraer.com.br', '+55 12 3923', 'a note');
	GRANT SELECT ON customer TO reader, cleared_group;
	SECURITY LABEL FOR ddm ON COLUMN customer.email IS 'MASKED WITH FUNCTION email()';
	CREATE FUNCTION the_email() RETURNS text LANGUAGE plpgsql AS
		$$ BEGIN RETURN (SELECT email FROM customer); END $$;
});
$primary->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'copy', has_streaming => 1);
$standby->start;

my ($clear, $masked) = ('luis@embraer.com.br', 'l***@embraer.com.br');
my $session = $standby->background_psql('postgres', on_error_stop => 0);

# What the primary does, and the standby has replayed.
sub primary_does
{
	my ($statement) = @_;
	$primary->safe_psql('postgres', $statement);
	$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
	return;
}

sub sees
{
	my ($expected, $name) = @_;
	is($session->query('SELECT email FROM customer'), $expected, "$name: a new statement");
	is($session->query('EXECUTE prepared'), $expected, "$name: a prepared statement");
	is($session->query('SELECT the_email()'), $expected, "$name: a plan cached by PL/pgSQL");
	return;
}

$session->query('SET ROLE reader');
$session->query('SET plan_cache_mode = force_generic_plan');
$session->query('PREPARE prepared AS SELECT email FROM customer');
$session->query('PREPARE note AS SELECT note FROM customer');
foreach my $begin ('', 'BEGIN', 'BEGIN ISOLATION LEVEL REPEATABLE READ')
{
	my $where = $begin || 'no transaction';
	$session->query($begin) if $begin;
	sees($masked, "$where, before");
	primary_does('GRANT UNMASK ON customer TO reader');
	sees($clear, "$where, granted");
	primary_does('REVOKE UNMASK ON customer FROM reader');
	sees($masked, "$where, revoked");
	primary_does('GRANT UNMASK ON customer TO cleared_group; GRANT cleared_group TO reader');
	sees($clear, "$where, made a member");
	primary_does('REVOKE cleared_group FROM reader; REVOKE UNMASK ON customer FROM cleared_group');
	sees($masked, "$where, no member any more");

	is($session->query('EXECUTE note'), 'a note', "$where: a column without a mask");
	primary_does(q{SELECT ddm.create_rule('notes', 'resource.column_name == "note"', 'FUNCTION default()')});
	is($session->query('EXECUTE note'), 'XXXX', "$where: a rule masks it");
	primary_does(q{SELECT ddm.create_exemption('all', '{reader}')});
	is($session->query('EXECUTE note'), 'a note', "$where: an exemption clears");
	primary_does(q{SELECT ddm.drop_exemption('all')});
	is($session->query('EXECUTE note'), 'XXXX', "$where: and is over");
	primary_does(q{SELECT ddm.drop_rule('notes')});
	is($session->query('EXECUTE note'), 'a note', "$where: the rule is gone");
	primary_does(q{SECURITY LABEL FOR ddm ON COLUMN customer.note IS 'MASKED WITH VALUE ''-'''});
	is($session->query('EXECUTE note'), '-', "$where: a label masks it");
	primary_does(q{SECURITY LABEL FOR ddm ON COLUMN customer.note IS NULL});
	is($session->query('EXECUTE note'), 'a note', "$where: the label is gone");
	$session->query('COMMIT') if $begin;
}

# Tables and columns that come while the session looks on.
primary_does(q{
	CREATE TABLE late (id int, ssn text); INSERT INTO late VALUES (1, '123-45-6789'); GRANT SELECT ON late TO reader;
	SELECT ddm.create_rule('ssn', 'resource.column_name == "ssn"', 'FUNCTION ssn()')});
is($session->query('SELECT ssn FROM late'), 'XXX-XX-6789', 'a table that came later');
primary_does('DROP OWNED BY cleared_group; DROP ROLE cleared_group; ALTER TABLE late RENAME TO later');
is($session->query('SELECT ssn FROM later'), 'XXX-XX-6789', 'and has another name');
$session->quit;

$standby->stop;
$primary->stop;
done_testing();
