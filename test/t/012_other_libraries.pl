# ddm beside libraries with hooks of their own in the planner, the executor and utility statements, before and behind
# them: every statement answers as it does with ddm alone. A library that is not installed is skipped, by name.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $libdir = `pg_config --pkglibdir`;
chomp $libdir;

my $node = PostgreSQL::Test::Cluster->new('libraries');
$node->init;
$node->append_conf('postgresql.conf', "cron.database_name = 'postgres'\npg_qualstats.sample_rate = 1\n");

my $started = 0;
sub restart_with
{
	my ($libraries) = @_;
	$node->append_conf('postgresql.conf', "shared_preload_libraries = '$libraries'");
	return $started++ ? $node->restart : $node->start;
}

my $statements = q{
	SET client_min_messages = error;
	SET ROLE clerk;
	SELECT id, ssn, email FROM people WHERE id < 3;
	SELECT count(*) FROM people WHERE email = 'user5@example.com';
	SELECT count(*) FROM people WHERE ssn LIKE 'XXX-XX-6%';
	SELECT a.ssn, b.email FROM people a JOIN people b ON a.id = b.id AND a.ssn = b.ssn WHERE a.id < 3;
	SELECT ssn, count(*) FROM people GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1;
	WITH x AS MATERIALIZED (SELECT p FROM people p) SELECT (p).email FROM x WHERE (p).id = 3;
	PREPARE p(int) AS SELECT ssn FROM people WHERE id = $1;
	EXECUTE p(1); EXECUTE p(1); EXECUTE p(1); EXECUTE p(1); EXECUTE p(1); EXECUTE p(1); EXECUTE p(1);
	RESET ROLE; SET ROLE officer; EXECUTE p(1); RESET ROLE; SET ROLE clerk; EXECUTE p(1);
	DO $$ DECLARE r people; BEGIN
		FOR r IN SELECT * FROM people WHERE id < 3 LOOP PERFORM set_config('test.seen', r.email, false); END LOOP; END $$;
	SHOW test.seen;
	SELECT * FROM contact WHERE id = 4;
	COPY (SELECT ssn FROM people WHERE id < 3) TO STDOUT;
	COPY people (email) TO STDOUT;
	BEGIN; DECLARE c CURSOR FOR SELECT email FROM people ORDER BY id; FETCH 2 FROM c; COMMIT;
	UPDATE people SET ssn = 'XXX-XX-6003', name = 'x' WHERE id = 3 RETURNING ssn, name;
	EXPLAIN (COSTS OFF) SELECT ssn FROM people WHERE email = 'x';
	RESET ROLE;
	SELECT ssn, name FROM people WHERE id = 3;
	SET ROLE officer;
	SELECT ssn, email FROM people WHERE id = 3;
	RESET ROLE;
	UPDATE people SET name = 'y' WHERE id = 3;
};

sub answers
{
	my ($out, $err);
	$node->psql('postgres', $statements, stdout => \$out, stderr => \$err, on_error_stop => 0);
	return "$out\n$err";
}

restart_with('ddm');
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE clerk;
	CREATE ROLE officer;
	CREATE TABLE people (id int PRIMARY KEY, name text, ssn text, email text);
	INSERT INTO people SELECT n, 'Name ' || n, '123-45-' || 6000 + n, 'user' || n || '@example.com' FROM generate_series(1, 50) n;
	CREATE INDEX ON people (email);
	CREATE VIEW contact AS SELECT id, name || ' <' || email || '>' AS address FROM people;
	GRANT SELECT, UPDATE ON people TO clerk, officer;
	GRANT SELECT ON contact TO clerk;
	SECURITY LABEL FOR ddm ON COLUMN people.ssn IS 'MASKED WITH FUNCTION ssn()';
	SECURITY LABEL FOR ddm ON COLUMN people.email IS 'MASKED WITH FUNCTION email()';
	GRANT UNMASK ON people TO officer;
});
my $alone = answers();
like($alone, qr/^1\|XXX-XX-6001\|u\*\*\*\@example\.com$/m, 'masks with ddm alone');
like($alone, qr/^123-45-6003\|x$/m, 'and keeps what is written back');
unlike($alone =~ s/^123-45-6003\|.*$|^123-45-6001$//mgr, qr/123-45|user\d/, 'and shows a masked role nothing');

# Which of them has an extension to create, and which wants to be first (it calls no shmem_request_hook before its own).
my %extension = map { $_ => 1 } qw(pg_qualstats pg_stat_kcache pg_wait_sampling hypopg set_user pglogical pg_cron plpgsql_check orafce pg_hint_plan);
my %first = (plprofiler => 1);
foreach my $library (qw(auto_explain pg_stat_statements pgaudit pg_hint_plan pg_qualstats pg_stat_kcache pg_wait_sampling hypopg
	set_user pglogical pg_cron plpgsql_check orafce plprofiler))
{
  SKIP: {
		skip "$library is not installed", 2 if !-e "$libdir/$library.so";
		foreach my $order ("$library, ddm", $first{$library} ? () : "ddm, $library")
		{
			my $before = $first{$library} || $library eq 'pg_stat_statements' ? '' : 'pg_stat_statements, ';
			restart_with("$before$order");
			$node->psql('postgres', "CREATE EXTENSION IF NOT EXISTS $library CASCADE") if $extension{$library};
			is(answers(), $alone, "$order: the same answers");
			$node->psql('postgres', "DROP EXTENSION IF EXISTS $library CASCADE") if $extension{$library};
		}
	}
}

$node->stop;
done_testing();
