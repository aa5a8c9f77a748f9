# Generated views show each role the same on a server where ddm is preloaded and on one where that was forgotten: masks,
# also where the server has masked already, and what needs a key withheld.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('views');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'\nddm.audit = ''");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION ddm;
	CREATE ROLE reader; CREATE ROLE analyst; CREATE ROLE junior IN ROLE analyst; CREATE ROLE cleared; CREATE ROLE partly;
	CREATE ROLE maker IN ROLE ddm_admin;
	CREATE SCHEMA v; CREATE SCHEMA vm; GRANT USAGE ON SCHEMA v, vm TO PUBLIC;
	CREATE TABLE v.c (id int, email varchar(30), code text, region text, pan text, amount numeric(10,2), born date, ip inet,
		tok text, js jsonb, tags text[], u uuid, gone text, note text, name text, open text, url text, own varchar(8), day date);
	INSERT INTO v.c VALUES
		(1, 'luis@embraer.com.br', 'abcdefghijkl', 'EU', '4111111111111111', 123.45, '1980-02-03', '10.1.2.3', 'secret',
			'{"a":"x"}', '{a,b}', '11111111-1111-1111-1111-111111111111', 'x', 'some note', 'John Smith', 'R', 'https://u:p@h.org/x', 'ownvalue', '2020-02-01'),
		(2, 'ana@x.de', 'ab', 'US', '4222222222222', 99.99, '1990-05-06', '2001:db8::1', 'secret', '{"a":"y"}', '{c}',
			'22222222-2222-2222-2222-222222222222', NULL, NULL, 'Ann', 'S', NULL, NULL, NULL);
	GRANT SELECT ON v.c TO reader, analyst, junior, cleared; GRANT SELECT (id, code, open) ON v.c TO partly;
	CREATE FUNCTION v.star(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '*' || value $$;
	SECURITY LABEL FOR ddm ON FUNCTION v.star IS 'TRUSTED MASK';
	SECURITY LABEL FOR ddm ON COLUMN v.c.email IS 'MASKED WITH FUNCTION email() FOR analyst WITH VALUE ''an'' WHEN (region = ''EU'')';
	SECURITY LABEL FOR ddm ON COLUMN v.c.code IS 'MASKED WITH FUNCTION range(1, 3, ''****'') SEARCHABLE';
	SECURITY LABEL FOR ddm ON COLUMN v.c.region IS 'MASKED WITH VALUE ''-''';
	SECURITY LABEL FOR ddm ON COLUMN v.c.pan IS 'MASKED WITH FUNCTION pan()';
	SECURITY LABEL FOR ddm ON COLUMN v.c.amount IS 'MASKED WITH FUNCTION bucket(50) WHEN (region = ''EU'')';
	SECURITY LABEL FOR ddm ON COLUMN v.c.born IS 'MASKED WITH FUNCTION date(''YEAR'')';
	SECURITY LABEL FOR ddm ON COLUMN v.c.ip IS 'MASKED WITH FUNCTION ip(16)';
	SECURITY LABEL FOR ddm ON COLUMN v.c.u IS 'MASKED WITH FUNCTION uuid()';
	SECURITY LABEL FOR ddm ON COLUMN v.c.gone IS 'MASKED WITH VALUE NULL';
	SECURITY LABEL FOR ddm ON COLUMN v.c.note IS 'MASKED WITH FUNCTION partial(3, '''', 3)';
	SECURITY LABEL FOR ddm ON COLUMN v.c.url IS 'MASKED WITH FUNCTION url()';
	SECURITY LABEL FOR ddm ON COLUMN v.c.own IS 'MASKED WITH FUNCTION v.star()';
	SECURITY LABEL FOR ddm ON COLUMN v.c.day IS 'MASKED WITH VALUE NULL WHEN (day > DATE ''02/01/2020'')';
	SECURITY LABEL FOR ddm ON COLUMN v.c.name IS 'MASKED WITH FUNCTION hash() FOR analyst WITH FUNCTION name()';
	SECURITY LABEL FOR ddm ON COLUMN v.c.tok IS 'MASKED WITH FUNCTION token()';
	SECURITY LABEL FOR ddm ON COLUMN v.c.js IS 'MASKED WITH FUNCTION json(''$.a'', full(''z''))';
	SECURITY LABEL FOR ddm ON COLUMN v.c.tags IS 'MASKED WITH FUNCTION each(full(''z''))';
	GRANT UNMASK ON v.c TO cleared;
	-- when views are most wanted, and whatever the maker's settings make of dates
	SET ddm.mode = 'off'; SET datestyle = 'ISO, DMY';
	SELECT ddm.create_masked_views('v', 'vm');
	GRANT CREATE ON SCHEMA vm TO maker;
});

my @roles = ('reader', 'analyst', 'junior', 'cleared');
my %columns = (partly => 'id, code, open');
sub seen
{
	return map { my $role = $_; my $columns = $columns{$role} // '*';
		$role => $node->safe_psql('postgres', "SET ROLE $role; SELECT $columns FROM vm.c ORDER BY 1; SELECT count(*) FROM vm.c WHERE code = 'abcdefghijkl'") } @roles, 'partly';
}

my %with = seen();
is($with{reader}, join("\n",
	'1|l***@embraer.com.br|a****defghijkl|-|XXXX-XXXX-XXXX-1111|100.00|1980-01-01|10.1.0.0|XXXX|{"a": "z"}|{z,z}|00000000-0000-0000-0000-000000000000||somote|XXXX|R|https://h.org/***|*ownvalu|2020-02-01',
	'2|a***@x.de|a****|-|XXXX-XXXX-XXXX-2222|99.99|1990-01-01|2001::|XXXX|{"a": "z"}|{z}|00000000-0000-0000-0000-000000000000|||XXXX|S|||',
	'0'), 'each mask once, and what needs a key withheld');
like($with{junior}, qr/^1\|an\|.*\|J\*\*\* S\*\*\*\|/, "a role's own masks, by membership");
is($with{cleared}, $with{reader}, 'who is cleared for the table sees masks in the view');
is($with{partly}, "1|a****defghijkl|R\n2|a****|S\n0", 'columns of the table are columns of the view');
# No view answers guesses of what keyed masks make of a value: it shows the same of every value.
is($node->safe_psql('postgres', 'SET ROLE reader; SELECT count(DISTINCT tok), count(DISTINCT name) FROM vm.c'), '1|1', 'no oracle');

# Whoever may not read the table makes no view of it.
my (undef, undef, $err) = $node->psql('postgres', q{SET ROLE maker; SELECT ddm.create_masked_views('v', 'vm')});
like($err, qr/permission denied for table c|must be owner/, 'a policy admin who may not read the table');

$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->restart;
is($node->safe_psql('postgres', 'SET ROLE reader; SELECT email FROM v.c WHERE id = 1'), 'luis@embraer.com.br', 'nothing is enforced');
my %without = seen();
is($without{$_}, $with{$_}, "the same without the preload: $_") foreach sort keys %with;
is($node->safe_psql('postgres', q{SET max_parallel_workers_per_gather = 4; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
	SET min_parallel_table_scan_size = 0; SET ROLE reader; SELECT pan FROM vm.c ORDER BY 1}), "XXXX-XXXX-XXXX-1111\nXXXX-XXXX-XXXX-2222", 'in parallel');

$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ddm'");
$node->restart;
my %again = seen();
is($again{$_}, $with{$_}, "the same with it again: $_") foreach sort keys %with;
is($node->safe_psql('postgres', q{SET max_parallel_workers_per_gather = 4; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
	SET min_parallel_table_scan_size = 0; SET ROLE reader; SELECT pan FROM vm.c ORDER BY 1}), "XXXX-XXXX-XXXX-1111\nXXXX-XXXX-XXXX-2222", 'in parallel');

# A dump brings them along.
$node->safe_psql('postgres', 'CREATE DATABASE copy');
my $dir = PostgreSQL::Test::Utils::tempdir;
command_ok([ 'pg_dump', '-d', $node->connstr('postgres'), '-f', "$dir/dump.sql" ], 'pg_dump');
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('copy'), '-f', "$dir/dump.sql" ], 'restore');
is($node->safe_psql('copy', 'SET ROLE reader; SELECT * FROM vm.c ORDER BY 1') . "\n0", $with{reader}, 'the same in the copy');
is($node->safe_psql('copy', "SELECT view_name, action FROM ddm.refresh_masked_views()"), 'c|unchanged', 'and nothing to refresh');
$node->stop;
done_testing();
