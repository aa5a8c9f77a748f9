# An error that a parallel worker raises shows a stored value to who is cleared for it, and to nobody else: neither to
# one whose statement the worker knows nothing of, nor where the leader can't read the catalog.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('errors_of_workers');
$node->init;
$node->append_conf('postgresql.conf', q{
shared_preload_libraries = 'ddm'
max_parallel_workers_per_gather = 2
parallel_leader_participation = off
parallel_setup_cost = 0
parallel_tuple_cost = 0
min_parallel_table_scan_size = 0
min_parallel_index_scan_size = 0
});
$node->start;
my $forced = $node->safe_psql('postgres', q{SELECT name FROM pg_settings
	WHERE name IN ('force_parallel_mode', 'debug_parallel_query')});
$node->safe_psql('postgres', qq{
	ALTER SYSTEM SET $forced = on;
	SELECT pg_reload_conf();
	SELECT pg_sleep(0.1)});
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE masked LOGIN;
	CREATE ROLE cleared LOGIN;
	CREATE ROLE definer_masked;
	CREATE ROLE definer_cleared;
	CREATE TABLE person (id int, secret text);
	INSERT INTO person SELECT g, 'stored-' || g FROM generate_series(1, 1000) g;
	CREATE TABLE plain AS SELECT id FROM person;
	CREATE TABLE ruled AS SELECT id, secret FROM person;
	CREATE TABLE indexed AS SELECT id, secret FROM person;
	ANALYZE;
	SECURITY LABEL FOR ddm ON COLUMN person.secret IS 'MASKED WITH FUNCTION default()';
	SECURITY LABEL FOR ddm ON COLUMN ruled.secret IS 'MASKED WITH FUNCTION default()';
	SECURITY LABEL FOR ddm ON COLUMN indexed.secret IS 'MASKED WITH FUNCTION default()';
	GRANT SELECT ON ALL TABLES IN SCHEMA public TO masked, cleared, definer_masked, definer_cleared;
	GRANT UNMASK ON ALL TABLES IN SCHEMA public TO cleared, definer_cleared;
	GRANT CREATE ON SCHEMA public TO cleared, definer_masked, definer_cleared;

	-- A row's secret, given to a statement over other tables, which a worker runs.
	CREATE FUNCTION fails_in_worker(text) RETURNS bool LANGUAGE plpgsql AS
		$$ DECLARE result bool; BEGIN EXECUTE 'SELECT bool_or(id > ($1 || left(id::text, 0))::int) FROM plain' INTO result USING $1; RETURN result; END $$;
	ALTER TABLE ruled ENABLE ROW LEVEL SECURITY;
	CREATE POLICY fails ON ruled USING (fails_in_worker(secret));

	-- Somebody cleared calls somebody masked, he somebody cleared, whose worker calls somebody cleared.
	CREATE FUNCTION reads_stored() RETURNS int LANGUAGE plpgsql PARALLEL SAFE STABLE SECURITY DEFINER AS
		$$ BEGIN RETURN (SELECT secret FROM person WHERE id = 7)::int; END $$;
	ALTER FUNCTION reads_stored() OWNER TO definer_cleared;
	CREATE FUNCTION has_workers() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS
		$$ BEGIN RETURN (SELECT count(*) FROM plain WHERE id = reads_stored()); END $$;
	ALTER FUNCTION has_workers() OWNER TO definer_cleared;
	CREATE FUNCTION overhears() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS
		$$ DECLARE heard text; BEGIN PERFORM has_workers(); RETURN 'nothing'; EXCEPTION WHEN OTHERS THEN RETURN 'heard ' || SQLERRM; END $$;
	ALTER FUNCTION overhears() OWNER TO definer_masked;

	-- Compared under the lock of an index page, where no catalog can be read.
	CREATE FUNCTION compares(text, text) RETURNS int LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS
		$$ BEGIN IF current_setting('test.fails', true) = 'on' THEN RETURN ($1 || $2)::int; END IF; RETURN bttextcmp($1, $2); END $$;
	CREATE OPERATOR CLASS fails_ops FOR TYPE text USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=,
		OPERATOR 5 >, FUNCTION 1 compares(text, text);
	CREATE INDEX ON indexed (secret fails_ops);
	ALTER TABLE indexed ENABLE ROW LEVEL SECURITY;
	CREATE POLICY one ON indexed USING (secret = 'looked for');
});

# What the role's client hears, and what the log has of it.
sub heard
{
	my ($role, $sql) = @_;
	my $start = -s $node->logfile;
	my ($code, $out, $err) = $node->psql('postgres', $sql, extra_params => [ '-U', $role ], on_error_stop => 0);
	$node->psql('postgres', 'SELECT 1');
	return ("$out$err", PostgreSQL::Test::Utils::slurp_file($node->logfile, $start));
}

my $in_worker = 'SELECT sum(secret::int) FROM person';
my %failing = (
	'a query' => $in_worker,
	'in a transaction that read it before' => "BEGIN; SELECT count(secret) FROM person; $in_worker",
	'CREATE TABLE AS' => "CREATE TABLE failed AS $in_worker",
	'COPY' => "COPY ($in_worker) TO STDOUT",
	'EXPLAIN ANALYZE' => "EXPLAIN ANALYZE $in_worker",
	'a prepared statement' => "PREPARE p AS $in_worker; EXECUTE p",
	'DO' => "DO \$\$ DECLARE n bigint; BEGIN EXECUTE '$in_worker' INTO n; END \$\$",
	'DO, caught' => "DO \$\$ DECLARE n bigint; c text; BEGIN EXECUTE '$in_worker' INTO n; EXCEPTION WHEN OTHERS THEN GET STACKED DIAGNOSTICS c = PG_EXCEPTION_CONTEXT; RAISE NOTICE '% %', SQLERRM, c; END \$\$",
	'DO, pasted together' => "DO \$\$ DECLARE s text = (SELECT secret FROM person WHERE id = 7); BEGIN EXECUTE format('SELECT count(id = (%L || left(id::text, 0))::int) FROM plain', s); END \$\$",
	'row security' => 'SELECT count(*) FROM ruled',
);
foreach my $name (sort keys %failing)
{
	my ($answer, $log) = heard('masked', $failing{$name});
	like($answer, qr/ERROR|NOTICE/, "$name: fails for who is masked");
	unlike($answer, qr/stored-\d/, "$name: who is masked hears of no stored value");
	unlike($log, qr/stored-\d/, "$name: nor does the log");
	($answer, $log) = heard('cleared', $failing{$name});
	like($answer, qr/parallel worker/, "$name: it was a worker that raised it");
	like($answer, qr/stored-\d/, "$name: who is cleared hears the value");
}

my ($answer, $log) = heard('cleared', 'SELECT overhears()');
like($answer, qr/^heard/m, 'a role in between heard something');
unlike($answer, qr/stored-\d/, 'but no stored value');

foreach my $workers ('on', 'off')
{
	my $sql = "SET test.fails = on; SET $forced = $workers; SET max_parallel_workers_per_gather = " . ($workers eq 'on' ? 2 : 0) .
	  '; SET enable_seqscan = off; SET enable_bitmapscan = off; SELECT count(*) FROM indexed';
	($answer, $log) = heard('masked', $sql);
	like($answer, qr/ERROR:  invalid input syntax for type integer/, "under a lock, workers $workers: fails");
	unlike("$answer$log", qr/stored-\d/, "under a lock, workers $workers: no stored value");
}

# A worker of an index build, whose expression runs a statement over other tables.
$node->safe_psql('postgres', qq{
	CREATE ROLE owner LOGIN;
	GRANT ALL ON SCHEMA public TO owner;
	GRANT SELECT ON plain TO owner;
	ALTER SYSTEM SET ddm.exempt_owner = off;
	SELECT pg_reload_conf();
	CREATE FUNCTION runs_statement(text) RETURNS int LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS
		\$\$ DECLARE until timestamptz = clock_timestamp() + '10 ms';
		BEGIN
			IF current_setting('test.leader', true) <> pg_backend_pid()::text THEN
				RETURN (SELECT min(id * (\$1 || left(id::text, 0))::int) FROM plain);
			END IF;
			WHILE clock_timestamp() < until LOOP END LOOP;
			RETURN 1;
		END \$\$;
	CREATE TABLE built (id int, secret text) WITH (parallel_workers = 2);
	INSERT INTO built SELECT g, 'stored-' || g FROM generate_series(1, 500) g;
	SELECT set_config('test.leader', pg_backend_pid()::text, false);
	SET max_parallel_maintenance_workers = 0;
	CREATE INDEX built_index ON built (runs_statement(secret));
	ALTER TABLE built OWNER TO owner;
	SECURITY LABEL FOR ddm ON COLUMN built.secret IS 'MASKED WITH FUNCTION default()'});
($answer, $log) = heard('owner', q{SELECT set_config('test.leader', pg_backend_pid()::text, false); SET max_parallel_maintenance_workers = 2;
	SELECT count(*) FROM plain; REINDEX INDEX built_index});
like($answer, qr/ERROR.*parallel worker/s, 'an index build: a worker fails');
unlike("$answer$log", qr/stored-\d/, 'an index build: no stored value');

done_testing();
