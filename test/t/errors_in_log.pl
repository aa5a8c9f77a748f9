# The server's log holds no stored value of a masked column either: not of an error at COMMIT, with BEGIN or without,
# not of one that a parallel worker raises, not with everything logged that can be.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('errors_in_log');
$node->init;
$node->append_conf('postgresql.conf', q{
shared_preload_libraries = 'ddm'
log_error_verbosity = verbose
log_min_messages = notice
log_min_error_statement = panic
});
$node->start;
my $parallel = $node->safe_psql('postgres', q{SELECT name FROM pg_settings
	WHERE name IN ('force_parallel_mode', 'debug_parallel_query')});
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE masked LOGIN;
	CREATE ROLE cleared LOGIN;
	CREATE TABLE person (id int, secret text UNIQUE DEFERRABLE INITIALLY DEFERRED, n int CHECK (n < 10));
	INSERT INTO person SELECT g, 'stored-' || g, 1 FROM generate_series(1, 1000) g;
	CREATE FUNCTION casts(text) RETURNS bool LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT $1::int > 0';
	CREATE TABLE ruled AS SELECT id, secret FROM person;
	ANALYZE;
	SECURITY LABEL FOR ddm ON COLUMN person.secret IS 'MASKED WITH FUNCTION default()';
	SECURITY LABEL FOR ddm ON COLUMN ruled.secret IS 'MASKED WITH FUNCTION default()';
	GRANT ALL ON person, ruled TO masked, cleared;
	GRANT UNMASK ON person, ruled TO cleared;
	ALTER TABLE ruled ENABLE ROW LEVEL SECURITY;
	CREATE POLICY casts ON ruled USING (casts(secret));
});

sub log_of
{
	my ($role, $sql) = @_;
	my $start = -s $node->logfile;
	my ($code, $out, $err) = $node->psql('postgres', $sql, extra_params => [ '-U', $role ], on_error_stop => 0);
	$node->psql('postgres', 'SELECT 1');
	return (PostgreSQL::Test::Utils::slurp_file($node->logfile, $start), $err);
}

# Each of them names a row of which the statement itself says nothing of the secret.
my %failing = (
	'check' => 'UPDATE person SET n = 11 WHERE id = 7',
	'deferred, without BEGIN' => q{INSERT INTO person SELECT 0, 'stored-' || 7},
	'deferred, with BEGIN' => q{BEGIN; INSERT INTO person SELECT 0, 'stored-' || 7; COMMIT},
	'deferred, in a DO block that commits' => q{DO $$ BEGIN INSERT INTO person SELECT 0, 'stored-' || 7; COMMIT; END $$},
	'row security' => 'SELECT count(*) FROM ruled',
	'row security in a parallel worker' =>
	  "SET $parallel = on; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET parallel_leader_participation = off; " .
	  'SET min_parallel_table_scan_size = 0; SELECT count(*) FROM ruled',
	'row security under EXPLAIN ANALYZE' => 'EXPLAIN ANALYZE SELECT count(*) FROM ruled',
);
foreach my $name (sort keys %failing)
{
	my ($log, $error) = log_of('masked', $failing{$name});
	like($log, qr/ERROR/, "$name: the error is in the log");
	unlike($log, qr/stored-\d/, "$name: and no value with it");
	unlike($error, qr/stored-\d/, "$name: nor at the client");
	($log, $error) = log_of('cleared', $failing{$name});
	like($log, qr/stored-\d/, "$name: the log has it where the role is cleared");
	like($error, qr/stored-\d/, "$name: and so has the client");
	like($error, qr/parallel worker/, "$name: it was a worker that raised it") if $name =~ /worker/;
}

done_testing();
