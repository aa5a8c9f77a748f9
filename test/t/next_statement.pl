# A change of policy that another session commits counts for the very next statement of this one: prepared, in
# PL/pgSQL, inside an open transaction, inside REPEATABLE READ. What is not committed counts for nobody else.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('next_statement');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\nmax_prepared_transactions = 5");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE reader; CREATE ROLE cleared_group;
	CREATE TABLE customer (id int, email text, phone text);
	INSERT INTO customer VALUES (1, 'luis@embraer.com.br', '+55 12 3923');
	GRANT SELECT ON customer TO reader, cleared_group;
	SECURITY LABEL FOR ddm ON COLUMN customer.email IS 'MASKED WITH FUNCTION email()';
	CREATE FUNCTION the_email() RETURNS text LANGUAGE plpgsql AS
		$$ BEGIN RETURN (SELECT email FROM customer); END $$;
});

my $clear = 'luis@embraer.com.br';
my $masked = 'l***@embraer.com.br';
my $grant = 'GRANT UNMASK ON customer TO reader';
my $revoke = 'REVOKE UNMASK ON customer FROM reader';

my $session = $node->background_psql('postgres', on_error_stop => 0);
my $other = $node->background_psql('postgres', on_error_stop => 0);

# Every way to ask for the e-mail in one session must give the same answer.
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
sees($masked, 'at first');
foreach my $begin ('', 'BEGIN', 'BEGIN ISOLATION LEVEL REPEATABLE READ', 'BEGIN ISOLATION LEVEL SERIALIZABLE')
{
	my $where = $begin || 'no transaction';
	$session->query($begin) if $begin;
	sees($masked, "$where, before");
	$other->query($grant);
	sees($clear, "$where, granted");
	$other->query($revoke);
	sees($masked, "$where, revoked");
	$other->query('GRANT UNMASK ON customer TO cleared_group');
	$other->query('GRANT cleared_group TO reader');
	sees($clear, "$where, made a member");
	$other->query('REVOKE cleared_group FROM reader');
	sees($masked, "$where, no member any more");
	$other->query('REVOKE UNMASK ON customer FROM cleared_group');
	$other->query(q{SECURITY LABEL FOR ddm ON COLUMN customer.email IS 'MASKED WITH VALUE NULL'});
	sees('', "$where, another label");
	$other->query(q{SECURITY LABEL FOR ddm ON COLUMN customer.email IS NULL});
	sees($clear, "$where, no label");
	$other->query(q{SECURITY LABEL FOR ddm ON COLUMN customer.email IS 'MASKED WITH FUNCTION email()'});
	sees($masked, "$where, labelled again");
	$session->query('COMMIT') if $begin;
}

# In flight, rolled back, in a subtransaction.
$other->query('BEGIN');
$other->query($grant);
sees($masked, 'a grant that is not committed');
$other->query('ROLLBACK');
sees($masked, 'a grant that is rolled back');

$session->query('RESET ROLE');
$session->query('BEGIN');
$session->query($grant);
$session->query('SET LOCAL ROLE reader');
sees($clear, 'a grant of this transaction');
$session->query('ROLLBACK');
$session->query('SET ROLE reader');
sees($masked, 'a grant of this transaction, rolled back');
$session->query('RESET ROLE');
$session->query('BEGIN');
$session->query('SAVEPOINT s');
$session->query($grant);
$session->query('SET LOCAL ROLE reader');
sees($clear, 'a grant of a subtransaction');
$session->query('ROLLBACK TO s');
$session->query('SET LOCAL ROLE reader');
sees($masked, 'a grant of a subtransaction, rolled back');
$session->query('COMMIT');

# Prepared transactions are committed by somebody else.
$session->query('SET ROLE reader');
$other->query('BEGIN');
$other->query($grant);
$other->query(q{PREPARE TRANSACTION 'one'});
sees($masked, 'a grant that is prepared');
$node->safe_psql('postgres', q{COMMIT PREPARED 'one'});
sees($clear, 'a prepared grant, committed');
$session->query('BEGIN');
$session->query('SELECT 1');
$other->query('BEGIN');
$other->query($revoke);
$other->query(q{PREPARE TRANSACTION 'two'});
$node->safe_psql('postgres', q{COMMIT PREPARED 'two'});
sees($masked, 'a prepared revoke, committed while a transaction is open');
$session->query('COMMIT');

# The extension comes and goes.
$other->query('DROP EXTENSION ddm');
sees($clear, 'without the extension');
$other->query('CREATE EXTENSION ddm');
sees($masked, 'with the extension again');

# A grant that ends by the clock, in a plan that is cached.
$other->query(q{SELECT ddm.grant_unmask('reader', 'customer', until => clock_timestamp() + interval '3 seconds')});
sees($clear, 'a grant with an end');
$node->poll_query_until('postgres', q{SELECT valid_until < clock_timestamp() FROM ddm.unmask_grants});
sees($masked, 'a grant that has ended');

$session->quit;
$other->quit;
$node->stop;
done_testing();
