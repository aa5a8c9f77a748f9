-- Reading a masked column of a domain asks the domain's checks about the mask: with the rights of whoever wrote what
-- they call, never with the reader's, and whether or not the reader may call it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE domain_writer;
CREATE ROLE domain_other;
CREATE ROLE domain_reader;
CREATE SCHEMA domain_rights;
GRANT USAGE, CREATE ON SCHEMA domain_rights TO domain_writer, domain_other;
GRANT USAGE ON SCHEMA domain_rights TO domain_reader;
SET ROLE domain_writer;
-- Admits a mask only where it runs as its owner.
CREATE FUNCTION domain_rights.asked(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN $1 IN ('stored', 'XXXX') OR current_user = 'domain_writer'; END $$;
REVOKE EXECUTE ON FUNCTION domain_rights.asked(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION domain_rights.asked(text) TO domain_other;
CREATE DOMAIN domain_rights.code AS text CHECK (domain_rights.asked(VALUE));
CREATE DOMAIN domain_rights.short AS text CHECK (length(VALUE) < 7);
SET ROLE domain_other;
CREATE FUNCTION domain_rights.also(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE DOMAIN domain_rights.both AS domain_rights.code CHECK (domain_rights.also(VALUE));
RESET ROLE;
CREATE TABLE domain_rights.held (c domain_rights.code, s domain_rights.short, b domain_rights.both);
INSERT INTO domain_rights.held VALUES ('stored', 'stored', 'stored');
GRANT SELECT ON domain_rights.held TO domain_reader;
SECURITY LABEL FOR ddm ON COLUMN domain_rights.held.c IS 'MASKED WITH FUNCTION partial(1, ''*'', 1)';
SECURITY LABEL FOR ddm ON COLUMN domain_rights.held.s IS 'MASKED WITH FUNCTION partial(1, ''*'', 1)';
SET ROLE domain_reader;
SELECT c, s FROM domain_rights.held;
-- Checks that are read anew between two rows are asked about each of them, and by who is their writer then.
RESET ROLE;
INSERT INTO domain_rights.held SELECT 'stored', 'stored' FROM generate_series(1, 3);
GRANT domain_other TO domain_writer;
BEGIN;
SET LOCAL ROLE domain_reader;
DECLARE rows CURSOR FOR SELECT c, s FROM domain_rights.held;
FETCH 1 FROM rows;
CREATE TEMP TABLE elsewhere (id int CHECK (id > 0)) ON COMMIT DROP;
FETCH 1 FROM rows;
SET LOCAL ROLE domain_writer;
ALTER FUNCTION domain_rights.asked(text) OWNER TO domain_other;
SET LOCAL ROLE domain_reader;
CREATE TEMP TABLE elsewhere_too (id int CHECK (id > 0)) ON COMMIT DROP;
FETCH 1 FROM rows;
ROLLBACK;
-- Code of several people is run for none of them: such a domain admits no mask, and no value comes out.
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN domain_rights.held.b IS 'MASKED WITH FUNCTION partial(1, ''*'', 1)';
SET ROLE domain_reader;
SELECT b IS DISTINCT FROM 'stored' AS masked FROM domain_rights.held;
RESET ROLE;
-- What a parallel plan can't do is done by none; nor is it done where nothing reads the column.
CREATE FUNCTION domain_rights.number(text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN $1::int > 0;
EXCEPTION WHEN others THEN
    RETURN false;
END $$;
CREATE DOMAIN domain_rights.digits AS text CHECK (domain_rights.number(VALUE));
CREATE TABLE domain_rights.many (id int, d domain_rights.digits);
INSERT INTO domain_rights.many SELECT n, (1000 + n)::text FROM generate_series(1, 2000) n;
GRANT SELECT ON domain_rights.many TO domain_reader;
SECURITY LABEL FOR ddm ON COLUMN domain_rights.many.d IS 'MASKED WITH FUNCTION partial(1, ''00'', 1)';
CREATE DOMAIN domain_rights.word AS text CHECK (length(VALUE) < 20);
ALTER TABLE domain_rights.many ADD COLUMN w domain_rights.word DEFAULT 'a word';
SECURITY LABEL FOR ddm ON COLUMN domain_rights.many.w IS 'MASKED WITH FUNCTION partial(1, ''00'', 1)';
ANALYZE domain_rights.many;
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL ROLE domain_reader;
EXPLAIN (COSTS OFF) SELECT d FROM domain_rights.many WHERE id % 1000 = 7;
EXPLAIN (COSTS OFF) SELECT id FROM domain_rights.many WHERE id % 1000 = 7;
SELECT d FROM domain_rights.many WHERE id % 500 = 7 ORDER BY id;
-- What its workers can do they do.
SET LOCAL parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT w FROM domain_rights.many WHERE id % 500 = 7;
SELECT w FROM domain_rights.many WHERE id % 500 = 7;
COMMIT;

-- What the check finds by its names is nothing of the reader's, who would have it run with the writer's rights.
CREATE SCHEMA domain_home AUTHORIZATION domain_reader;
GRANT USAGE ON SCHEMA domain_home TO PUBLIC;
CREATE FUNCTION domain_rights.lowered(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
    $$ DECLARE s text := $1; BEGIN RETURN lower(s::varchar) <> ''; END $$;
CREATE FUNCTION domain_rights.simple(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT lower($1) <> '' $$;
CREATE DOMAIN domain_rights.low AS text CHECK (domain_rights.lowered(VALUE));
CREATE DOMAIN domain_rights.inlined AS text CHECK (domain_rights.simple(VALUE));
CREATE TABLE domain_rights.lows (l domain_rights.low, i domain_rights.inlined);
INSERT INTO domain_rights.lows VALUES ('stored', 'stored');
GRANT SELECT ON domain_rights.lows TO domain_reader;
SECURITY LABEL FOR ddm ON COLUMN domain_rights.lows.l IS 'MASKED WITH FUNCTION partial(1, ''*'', 1)';
SECURITY LABEL FOR ddm ON COLUMN domain_rights.lows.i IS 'MASKED WITH FUNCTION partial(1, ''*'', 1)';
SET ROLE domain_reader;
CREATE FUNCTION domain_home.lower(varchar) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RAISE WARNING 'given % as %', $1, current_user; RETURN $1; END $$;
\c -
SET client_min_messages = warning;
SET ROLE domain_reader;
SET search_path = domain_home, pg_catalog;
SELECT l, i FROM domain_rights.lows;
SELECT domain_rights.lowered('x');
SELECT l FROM domain_rights.lows;
RESET search_path;
RESET ROLE;
GRANT CREATE ON SCHEMA domain_rights TO domain_reader;
SET ROLE domain_reader;
CREATE FUNCTION domain_rights.lower(varchar) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RAISE WARNING 'given % as %', $1, current_user; RETURN $1; END $$;
\c -
SET client_min_messages = warning;
SET ROLE domain_reader;
SET search_path = domain_rights, pg_catalog;
SELECT l FROM domain_rights.lows;
RESET ROLE;
RESET search_path;

-- What a superuser wrote lends nothing to who chooses the value.
CREATE FUNCTION domain_rights.executes(text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN EXECUTE 'SELECT ' || $1; RETURN true; EXCEPTION WHEN OTHERS THEN RETURN true; END $$;
CREATE DOMAIN domain_rights.run AS text CHECK (domain_rights.executes(VALUE));
CREATE TABLE domain_rights.chosen (r domain_rights.run);
GRANT SELECT, INSERT ON domain_rights.chosen TO domain_reader;
SECURITY LABEL FOR ddm ON COLUMN domain_rights.chosen.r IS 'MASKED WITH FUNCTION partial(60, ''--'', 4)';
SET ROLE domain_reader;
INSERT INTO domain_rights.chosen VALUES (rpad('1; ALTER ROLE domain_reader CREATEDB; --', 80, '-'));
SELECT r FROM domain_rights.chosen;
RESET ROLE;
SELECT rolcreatedb FROM pg_roles WHERE rolname = 'domain_reader';
-- Whoever writes a check has no rights lent by it: neither the reader's, by the server's functions, nor those of who owns a
-- function that anybody may call.
CREATE FUNCTION domain_rights.runs(text) RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN EXECUTE $1; RETURN true; EXCEPTION WHEN insufficient_privilege THEN RETURN true; END $$;
CREATE TABLE domain_rights.of_superuser (x int);
SET ROLE domain_other;
CREATE DOMAIN domain_rights.lent AS text;
CREATE DOMAIN domain_rights.borrowed AS text;
CREATE TABLE domain_rights.lending (l domain_rights.lent, b domain_rights.borrowed);
INSERT INTO domain_rights.lending VALUES ('stored', 'stored');
ALTER DOMAIN domain_rights.lent ADD CHECK (domain_rights.runs('INSERT INTO domain_rights.of_superuser VALUES (1)')) NOT VALID;
ALTER DOMAIN domain_rights.borrowed ADD CHECK (query_to_xml('SELECT user', true, true, '')::text LIKE '%domain_other%') NOT VALID;
GRANT SELECT ON domain_rights.lending TO domain_reader;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN domain_rights.lending.l IS 'MASKED WITH FUNCTION full(''mask'')';
SECURITY LABEL FOR ddm ON COLUMN domain_rights.lending.b IS 'MASKED WITH FUNCTION partial(1, ''*'', 1)';
SET ROLE domain_reader;
SELECT l FROM domain_rights.lending;
SELECT b FROM domain_rights.lending;
RESET ROLE;
TABLE domain_rights.of_superuser;
-- Nor where the planner computes a part of a check beforehand, or puts what an SQL function does in its place.
SET ROLE domain_other;
CREATE FUNCTION domain_rights.is_other(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN current_user = $1; END $$;
CREATE FUNCTION domain_rights.peeks(text) RETURNS boolean LANGUAGE sql STABLE AS
    $$ SELECT $1 = 'stored' OR has_table_privilege('domain_rights.private', 'SELECT') $$;
CREATE DOMAIN domain_rights.computed AS text CHECK (domain_rights.is_other('domain_other'));
CREATE TABLE domain_rights.beforehand (c domain_rights.computed);
INSERT INTO domain_rights.beforehand VALUES ('stored');
GRANT SELECT ON domain_rights.beforehand TO domain_reader;
SET ROLE domain_writer;
CREATE TABLE domain_rights.private (x int);
CREATE DOMAIN domain_rights.trusting AS text CHECK (domain_rights.peeks(VALUE));
RESET ROLE;
CREATE TABLE domain_rights.in_place (t domain_rights.trusting);
INSERT INTO domain_rights.in_place VALUES ('stored');
GRANT SELECT ON domain_rights.in_place TO domain_reader;
SECURITY LABEL FOR ddm ON COLUMN domain_rights.beforehand.c IS 'MASKED WITH FUNCTION partial(1, ''*'', 1)';
SECURITY LABEL FOR ddm ON COLUMN domain_rights.in_place.t IS 'MASKED WITH FUNCTION partial(1, ''*'', 1)';
\c -
SET client_min_messages = warning;
SET ROLE domain_reader;
SELECT c FROM domain_rights.beforehand;
SELECT t FROM domain_rights.in_place;
RESET ROLE;
-- Nor where a constant, a function of somebody's, or a row without values is the mask. A constant that the server would ask for
-- is none.
SET ROLE domain_other;
CREATE DOMAIN domain_rights.ways AS text
    CHECK (domain_rights.is_other(left(coalesce(VALUE, ''), 0) || 'domain_other') AND coalesce(VALUE, '') <> 'unfit');
CREATE TYPE domain_rights.pair AS (x int, w domain_rights.ways);
CREATE TABLE domain_rights.other_ways (
    v domain_rights.ways, t domain_rights.ways, u domain_rights.ways, p domain_rights.pair, l domain_rights.ways[]);
INSERT INTO domain_rights.other_ways VALUES ('stored', 'stored', 'stored', (1, 'stored'), '{stored}');
GRANT SELECT ON domain_rights.other_ways TO domain_reader;
RESET ROLE;
CREATE FUNCTION domain_rights.blurred(text) RETURNS text LANGUAGE sql AS $$ SELECT 'blurred' $$;
CREATE FUNCTION domain_rights.unfit(text) RETURNS text LANGUAGE sql AS $$ SELECT 'unfit' $$;
SECURITY LABEL FOR ddm ON FUNCTION domain_rights.blurred(text) IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON FUNCTION domain_rights.unfit(text) IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON COLUMN domain_rights.other_ways.v IS 'MASKED WITH VALUE ''a constant''';
SECURITY LABEL FOR ddm ON COLUMN domain_rights.other_ways.t IS 'MASKED WITH FUNCTION domain_rights.blurred()';
SECURITY LABEL FOR ddm ON COLUMN domain_rights.other_ways.u IS 'MASKED WITH FUNCTION domain_rights.unfit()';
SECURITY LABEL FOR ddm ON COLUMN domain_rights.other_ways.p IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN domain_rights.other_ways.l IS 'MASKED WITH FUNCTION each(full(''one''))';
SECURITY LABEL FOR ddm ON COLUMN domain_rights.other_ways.v IS 'MASKED WITH VALUE ''unfit''';
SECURITY LABEL FOR ddm ON COLUMN domain_rights.other_ways.p IS 'MASKED WITH VALUE ''(1,w)''';
SECURITY LABEL FOR ddm ON COLUMN domain_rights.other_ways.l IS 'MASKED WITH FUNCTION full(''{one}'')';
\c -
SET client_min_messages = warning;
SET ROLE domain_reader;
TABLE domain_rights.other_ways;
RESET ROLE;
-- Nor does it leave settings behind, under which whoever reads, or sets the mask, would run something else.
SET ROLE domain_other;
CREATE FUNCTION domain_rights.sets(text) RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN PERFORM set_config('search_path', 'domain_rights', false); IF $1 = 'fails' THEN RAISE 'fails'; END IF; RETURN true; END $$;
CREATE DOMAIN domain_rights.setting AS text;
CREATE TABLE domain_rights.settings (s domain_rights.setting);
INSERT INTO domain_rights.settings VALUES ('stored');
ALTER DOMAIN domain_rights.setting ADD CHECK (domain_rights.sets(VALUE)) NOT VALID;
GRANT SELECT ON domain_rights.settings TO domain_reader;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN domain_rights.settings.s IS 'MASKED WITH VALUE ''fails''';
SHOW search_path;
SECURITY LABEL FOR ddm ON COLUMN domain_rights.settings.s IS 'MASKED WITH FUNCTION partial(1, ''*'', 1)';
SHOW search_path;
SET ROLE domain_reader;
SELECT s FROM domain_rights.settings;
SHOW search_path;
RESET ROLE;

DROP SCHEMA domain_rights, domain_home CASCADE;
DROP ROLE domain_writer, domain_other, domain_reader;
