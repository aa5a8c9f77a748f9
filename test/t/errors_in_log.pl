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
	like($error, qr/invalid input syntax for type integer: "\*\*\*"\n/, "$name: the leader takes no more out than the worker") if $name =~ /worker/;
	($log, $error) = log_of('cleared', $failing{$name});
	like($log, qr/stored-\d/, "$name: the log has it where the role is cleared");
	like($error, qr/stored-\d/, "$name: and so has the client");
	like($error, qr/parallel worker/, "$name: it was a worker that raised it") if $name =~ /worker/;
	($log, $error) = log_of('masked', "SET exit_on_error = on; $failing{$name}");
	like($log, qr/FATAL/, "$name: the error that ends the session is in the log");
	unlike("$log$error", qr/stored-\d/, "$name: and no value with it, there or at the client");
}

# A session that is terminated says where it was, and quotes what an owner's trigger pasted together.
$node->safe_psql('postgres', q{
	CREATE FUNCTION paste() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN EXECUTE format('SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(60), %L', old.secret); RETURN new; END $$;
	CREATE TRIGGER paste BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION paste();
});
my ($ended, $last_words) = log_of('masked', 'UPDATE person SET id = 7 WHERE id = 7');
like($last_words, qr/terminating connection due to administrator command/, 'a session is terminated');
unlike("$ended$last_words", qr/stored-\d/, 'and quotes no value');
$node->safe_psql('postgres', 'DROP TRIGGER paste ON person');

# What autovacuum runs, it runs as the owner; so do the workers of an index build. Neither has a statement that says
# over which table.
$node->safe_psql('postgres', q{
	CREATE ROLE owner LOGIN;
	GRANT ALL ON SCHEMA public TO owner;
	CREATE FUNCTION brittle(text) RETURNS int LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS
		$$ BEGIN IF current_setting('test.brittle', true) = 'on' THEN RETURN $1::int; END IF; RETURN 1; END $$;
	CREATE TABLE kept (id int, secret text) WITH (autovacuum_enabled = off);
	INSERT INTO kept SELECT g, 'stored-' || g FROM generate_series(1, 3000) g;
	CREATE INDEX kept_brittle ON kept (brittle(secret));
	ALTER TABLE kept OWNER TO owner;
	SECURITY LABEL FOR ddm ON COLUMN kept.secret IS 'MASKED WITH FUNCTION default()';
	ALTER DATABASE postgres SET test.brittle = 'on';
	ALTER ROLE owner SET ddm.exempt_owner = off;
	ALTER SYSTEM SET autovacuum_naptime = 1;
	ALTER SYSTEM SET ddm.exempt_owner = off;
	SELECT pg_reload_conf();
	SELECT pg_stat_force_next_flush();
});
my ($log, $error) = log_of('owner', 'SET min_parallel_table_scan_size = 0; SET max_parallel_maintenance_workers = 2; '
	. 'ALTER TABLE kept SET (parallel_workers = 2); REINDEX INDEX kept_brittle');
like($error, qr/invalid input syntax for type integer: "\*\*\*"/, 'an index build in parallel workers');
unlike($log, qr/stored-\d/, 'an index build in parallel workers: no value in the log');
my $start = -s $node->logfile;
$node->safe_psql('postgres', q{SET test.brittle = off; ALTER TABLE kept SET (autovacuum_enabled = on, autovacuum_analyze_threshold = 1);
	UPDATE kept SET id = id + 1});
$node->wait_for_log(qr/automatic analyze of table "postgres.public.kept"/, $start);
$log = PostgreSQL::Test::Utils::slurp_file($node->logfile, $start);
like($log, qr/invalid input syntax for type integer: "\*\*\*"/, 'autovacuum: the error is in the log');
unlike($log, qr/stored-\d/, 'autovacuum: no value in the log');

done_testing();
