-- What a plan does by itself, beside the query's text, tells a masked role nothing of stored values: the order in which
-- an index gives rows, and how many different values a cache has met.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE plans_masked;
CREATE ROLE plans_searching;
CREATE SCHEMA plans_tell;
GRANT USAGE ON SCHEMA plans_tell TO PUBLIC;
SET search_path = plans_tell;
-- Stored in one order, ordered by what is masked in another.
CREATE TABLE people (id int, secret text, town int, known text, flag bool, open bool);
INSERT INTO people SELECT g, lpad((g * 379 % 1000)::text, 4, '0'), g % 5, 'k' || g * 379 % 1000, g % 7 = 0, g % 2 = 0
    FROM generate_series(1, 1000) g;
CREATE INDEX by_town_and_secret ON people (town, secret, id);
CREATE INDEX by_secret ON people (secret, id);
CREATE INDEX by_lower ON people (lower(secret), id);
CREATE INDEX by_known ON people (known);
CREATE INDEX by_id ON people (id) INCLUDE (secret);
SECURITY LABEL FOR ddm ON COLUMN people.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN people.known IS 'MASKED WITH FUNCTION default() SEARCHABLE FOR plans_searching LIMIT 1000 PER DAY';
SECURITY LABEL FOR ddm ON COLUMN people.flag IS 'MASKED WITH FUNCTION default()';
GRANT SELECT ON people TO PUBLIC;
VACUUM ANALYZE people;
SET enable_seqscan = off;
SET enable_sort = off;
CREATE FUNCTION order_is_stored(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE found int; last int := 0; stored boolean := true;
BEGIN
    FOR found IN EXECUTE query LOOP
        stored := stored AND found > last;
        last := found;
    END LOOP;
    RETURN stored;
END $$;
PREPARE orders AS
    SELECT query, order_is_stored(query) FROM (VALUES
        ('SELECT id FROM people WHERE town = 3'),
        ('SELECT id FROM people WHERE town = 3 ORDER BY town'),
        ('SELECT id FROM people WHERE lower(secret) > '''' AND town = 1'),
        ('SELECT id FROM people WHERE id > 0 AND id < 900 AND town = 2'),
        ('SELECT id FROM people WHERE id BETWEEN 5 AND 20')) q (query);
SET enable_bitmapscan = off;
EXECUTE orders;
SET ROLE plans_masked;
EXECUTE orders;
-- An index over columns that are not masked serves as ever.
EXPLAIN (COSTS OFF) SELECT id FROM people WHERE id = 7;
EXPLAIN (COSTS OFF) SELECT secret FROM people WHERE id = 7;
RESET enable_bitmapscan;
EXPLAIN (COSTS OFF) SELECT count(*) FROM people WHERE town = 3;
SET ROLE plans_searching;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM people WHERE known = 'k5';
RESET ROLE;
RESET enable_bitmapscan;
RESET enable_seqscan;
RESET enable_sort;

-- Memoize counts the different values that it was asked for.
PREPARE caching AS SELECT * FROM people p, LATERAL (SELECT count(*) FROM generate_series(1, 100) g WHERE (g % 2 = 1) = p.flag) x;
EXPLAIN (COSTS OFF) EXECUTE caching;
SET ROLE plans_masked;
EXPLAIN (COSTS OFF) EXECUTE caching;
EXPLAIN (COSTS OFF) SELECT * FROM people p, LATERAL (SELECT count(*) FROM generate_series(1, 100) g WHERE (g % 2 = 1) = p.open) x;
EXPLAIN (COSTS OFF) SELECT * FROM (SELECT 1) one LEFT JOIN people p ON true,
    LATERAL (SELECT count(*) FROM generate_series(1, 100) g WHERE (g % 2 = 1) = p.flag) x;
RESET ROLE;

-- Where a mask is computed above what keeps rows, those are stored values: what it needs follows their width.
CREATE TABLE thin (id int PRIMARY KEY, k int, secret text);
CREATE TABLE wide (LIKE thin INCLUDING ALL);
INSERT INTO thin SELECT g, g * 379 % 1000, g FROM generate_series(1, 2000) g;
INSERT INTO wide SELECT id, k, repeat('wide', 20) FROM thin;
SECURITY LABEL FOR ddm ON COLUMN thin.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN wide.secret IS 'MASKED WITH FUNCTION default()';
GRANT SELECT ON thin, wide TO PUBLIC;
VACUUM ANALYZE thin, wide;
CREATE FUNCTION figures(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS) ' || query LOOP
        RETURN QUERY SELECT m[1] FROM regexp_matches(line, '(Sort Method|Full-sort|Memory Usage|Batches|temp |Maximum Storage: (?!17kB))') m;
    END LOOP;
END $$;
PREPARE figures AS
    SELECT title, relation, count(figure) > 0 AS tells FROM (VALUES
        ('hash', 'SELECT b.secret FROM %1$I a JOIN %1$I b USING (k)'),
        ('merge', 'SELECT b.secret FROM %1$I a JOIN %1$I b USING (k)'),
        ('window', 'SELECT secret, rank() OVER (ORDER BY k) FROM %1$I'),
        ('group', 'SELECT secret, count(*) FROM %1$I GROUP BY id OFFSET 1'),
        ('memoize', 'SELECT b.secret FROM %1$I a JOIN %1$I b ON b.id = a.k / 2'),
        ('sort', 'SELECT secret FROM %1$I ORDER BY k'),
        ('incremental', 'SELECT secret, rank() OVER (ORDER BY id, k) FROM %1$I'),
        ('cte', 'WITH c AS MATERIALIZED (SELECT * FROM %1$I) SELECT x.secret FROM c x JOIN c y USING (k)')) q (title, query),
        LATERAL (VALUES ('thin'), ('wide')) r (relation),
        LATERAL (SELECT 'set' AS set, set_config('enable_hashjoin', (title IN ('hash', 'cte'))::text, true),
                        set_config('enable_mergejoin', (title = 'merge')::text, true),
                        set_config('enable_sort', (title NOT IN ('group', 'incremental'))::text, true),
                        set_config('enable_indexscan', (title IN ('memoize', 'incremental'))::text, true),
                        set_config('max_parallel_workers_per_gather', '0', true), set_config('work_mem', '64kB', true)) s,
        LATERAL (SELECT 0 WHERE set IS NOT NULL) o LEFT JOIN LATERAL figures(format(query, relation)) figure ON true
    GROUP BY relation, title ORDER BY title, relation;
EXECUTE figures;
SET ROLE plans_masked;
EXECUTE figures;
RESET ROLE;

-- Nor how often triggers were called: it tells whether a guess that was written is what was stored.
CREATE TABLE countries (code text PRIMARY KEY);
INSERT INTO countries VALUES ('DE'), ('FR');
CREATE TABLE living (id int PRIMARY KEY, country text REFERENCES countries);
INSERT INTO living VALUES (1, 'DE'), (2, 'FR');
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON living FOR EACH ROW WHEN (old.country = 'DE') EXECUTE FUNCTION touched();
CREATE TABLE guests (id int, country text REFERENCES countries);
INSERT INTO guests VALUES (1, 'DE');
SECURITY LABEL FOR ddm ON COLUMN living.country IS 'MASKED WITH FUNCTION default()';
GRANT SELECT, UPDATE ON living, guests TO plans_masked;
CREATE FUNCTION calls(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query LOOP
        IF line LIKE 'Trigger%' THEN RETURN NEXT line; END IF;
    END LOOP;
END $$;
BEGIN;
SELECT calls($$UPDATE living SET country = 'FR'$$);
ROLLBACK;
BEGIN;
SET LOCAL ROLE plans_masked;
SELECT calls($$UPDATE living SET country = 'DE'$$);
SELECT calls($$UPDATE guests g SET country = 'FR' FROM living l WHERE l.id = g.id$$);
ROLLBACK;

-- Nor how many rows the sub-selects of a policy found: it says yes or no of a row.
CREATE TABLE purses (id int PRIMARY KEY, coins int);
INSERT INTO purses SELECT g, g FROM generate_series(1, 100) g;
CREATE INDEX ON purses (coins);
CREATE TABLE doors (id int PRIMARY KEY);
INSERT INTO doors VALUES (1), (2), (3);
ALTER TABLE doors ENABLE ROW LEVEL SECURITY;
CREATE POLICY rich ON doors USING ((SELECT count(*) FROM purses WHERE coins > 58) > 0 AND id IN (SELECT id FROM purses WHERE coins < 77))
    WITH CHECK ((SELECT count(*) FROM purses WHERE coins > 13) > 0);
SECURITY LABEL FOR ddm ON COLUMN purses.coins IS 'MASKED WITH FUNCTION default()';
GRANT ALL ON purses, doors TO plans_masked, plans_searching;
GRANT UNMASK ON purses TO plans_searching;
VACUUM ANALYZE purses;
CREATE FUNCTION explain_rows(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) ' || query LOOP
        IF line ~ 'rows=|Rows|never|Heap' THEN
            RETURN QUERY SELECT regexp_replace(m[1], '[.]00', '') FROM regexp_matches(line, '(on \w+ .*|Aggregate .*|Rows.*|Heap.*)') m;
        END IF;
    END LOOP;
END $$;
SET ROLE plans_searching;
SELECT explain_rows('SELECT id FROM doors');
SET ROLE plans_masked;
SELECT explain_rows('SELECT id FROM doors');
SELECT explain_rows('INSERT INTO doors VALUES (4)');
SELECT explain_rows('SELECT (SELECT count(*) FROM purses WHERE coins = 0)');
SET enable_seqscan = off;
SELECT explain_rows('SELECT id FROM doors');
RESET enable_seqscan;
RESET ROLE;
-- Nor how many pages these read, which the nodes above count as theirs.
CREATE FUNCTION reads_pages(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT json) ' || query INTO plan;
    RETURN (plan #>> '{0,Plan,Shared Hit Blocks}')::int + (plan #>> '{0,Plan,Shared Read Blocks}')::int > 0;
END $$;
SET ROLE plans_searching;
SELECT reads_pages('SELECT id FROM doors'), reads_pages('SELECT id FROM purses');
SET ROLE plans_masked;
SELECT reads_pages('SELECT id FROM doors'), reads_pages('SELECT id FROM purses');
RESET ROLE;

SET client_min_messages = warning;
DROP SCHEMA plans_tell CASCADE;
DROP ROLE plans_masked, plans_searching;
