-- A scan that expects many rows builds them in a way of its own where they are columns and masks alone: what it shows is
-- what the executor's expressions show, which a constant beside the columns makes of it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
SELECT ddm.rotate_key('scans') > 0 AS keyed;
CREATE ROLE scan_reader;
CREATE DOMAIN short_word AS varchar(12) CHECK (value <> 'never');
CREATE TABLE scanned (
    id int PRIMARY KEY, gone text, email text, code varchar(9), pad char(12), word short_word, note text, amount numeric(10, 2), age int, born date,
    seen timestamptz, raw bytea, doc jsonb, tags text[], at inet, key uuid, ok boolean, open text);
INSERT INTO scanned
SELECT n, 'gone', CASE n % 9 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'a@b@c' WHEN 3 THEN repeat('é', 200) || '@exämple.com' ELSE 'person' || n || '@example.com' END,
       CASE WHEN n % 4 > 0 THEN 'c' || n END, CASE WHEN n % 5 > 0 THEN 'p' || n END, CASE WHEN n % 6 > 0 THEN 'w' || n END,
       CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN repeat('long ' || n, 60) WHEN 2 THEN (SELECT string_agg(md5(n::text || i), '') FROM generate_series(1, 200) i) ELSE 'short' || n END,
       CASE WHEN n % 3 > 0 THEN n * 1.25 END, n % 90, date '1950-01-01' + n, timestamptz '2020-01-01 00:00Z' + n * interval '1 hour',
       decode(md5(n::text), 'hex'), jsonb_build_object('name', 'n' || n, 'more', n), ARRAY['t' || n, NULL, 'u' || n], '10.0.0.1'::inet + n, md5(n::text)::uuid, n % 2 = 0,
       'open' || n
  FROM generate_series(1, 400) n;
ALTER TABLE scanned DROP COLUMN gone;
ALTER TABLE scanned ADD COLUMN late text DEFAULT 'late@example.com', ADD COLUMN later int;
ALTER TABLE scanned ALTER note SET STORAGE EXTERNAL;
UPDATE scanned SET note = note || '' WHERE id % 8 = 2; -- some out of line as they are, others compressed
INSERT INTO scanned (id, email, late) SELECT n, 'new' || n || '@example.com', NULL FROM generate_series(401, 420) n;
ANALYZE scanned;
GRANT SELECT ON scanned TO scan_reader;
SECURITY LABEL FOR ddm ON COLUMN scanned.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN scanned.code IS 'MASKED WITH FUNCTION partial(1, ''******'', 2)';
SECURITY LABEL FOR ddm ON COLUMN scanned.pad IS 'MASKED WITH FUNCTION inner(1, 1)';
SECURITY LABEL FOR ddm ON COLUMN scanned.word IS 'MASKED WITH FUNCTION range(0, 1, ''#'')';
SECURITY LABEL FOR ddm ON COLUMN scanned.note IS 'MASKED WITH FUNCTION partial(3, ''...'', 600)';
SECURITY LABEL FOR ddm ON COLUMN scanned.amount IS 'MASKED WITH FUNCTION round_to(-2)';
SECURITY LABEL FOR ddm ON COLUMN scanned.age IS 'MASKED WITH FUNCTION bucket(10)';
SECURITY LABEL FOR ddm ON COLUMN scanned.born IS 'MASKED WITH FUNCTION date(''year'')';
SECURITY LABEL FOR ddm ON COLUMN scanned.seen IS 'MASKED WITH FUNCTION date(''year'', ''hour'')';
SECURITY LABEL FOR ddm ON COLUMN scanned.raw IS 'MASKED WITH FUNCTION nullify()';
SECURITY LABEL FOR ddm ON COLUMN scanned.doc IS 'MASKED WITH FUNCTION json(''$.name'', full(''***''))';
SECURITY LABEL FOR ddm ON COLUMN scanned.tags IS 'MASKED WITH FUNCTION each(partial(1, ''*'', 0))';
SECURITY LABEL FOR ddm ON COLUMN scanned.at IS 'MASKED WITH FUNCTION ip(24)';
SECURITY LABEL FOR ddm ON COLUMN scanned.key IS 'MASKED WITH FUNCTION hash(key => ''scans'')';
SECURITY LABEL FOR ddm ON COLUMN scanned.ok IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN scanned.late IS 'MASKED WITH VALUE ''hidden''';
SECURITY LABEL FOR ddm ON COLUMN scanned.later IS 'MASKED WITH FUNCTION bucket(10)';

-- Rows that differ, of all there are.
CREATE FUNCTION differences(shown text, condition text DEFAULT 'true') RETURNS TABLE (rows bigint, different bigint) LANGUAGE plpgsql AS $$
DECLARE
    own text := format('SELECT id, %s FROM scanned WHERE %s', shown, condition);
    expressed text := format('SELECT id, %s, true AS fixed FROM scanned WHERE %s', shown, condition);
BEGIN
    RETURN QUERY EXECUTE format(
        'WITH own AS MATERIALIZED (%s), expressed AS MATERIALIZED (%s), a AS (SELECT o::text AS r FROM (SELECT *, true FROM own) o), b AS (SELECT e::text AS r FROM expressed e)
         SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM (TABLE a EXCEPT ALL TABLE b) d) + (SELECT count(*) FROM (TABLE b EXCEPT ALL TABLE a) d)',
        own, expressed);
END $$;
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query;
END $$;
CREATE TABLE shown_columns (n int GENERATED ALWAYS AS IDENTITY, columns text);
INSERT INTO shown_columns (columns) VALUES
    ('email'), ('open, email, open'), ('code, pad, word'), ('note'), ('amount, age, born, seen'), ('raw, doc, tags, at'), ('key, ok, late, later'),
    ('email, email, late, email'), ('open, code, pad, word, note, amount, age, born, seen, raw, doc, tags, at, key, ok, late, later, email');
CREATE TABLE places (n int) PARTITION BY RANGE (n);
CREATE TABLE places_1 PARTITION OF places FOR VALUES FROM (0) TO (2);
CREATE TABLE places_2 PARTITION OF places FOR VALUES FROM (2) TO (4);
INSERT INTO places SELECT generate_series(0, 3);
GRANT SELECT ON shown_columns, places TO scan_reader;

SET ROLE scan_reader;
SELECT columns, d.* FROM shown_columns, differences(columns) d ORDER BY n;
-- Some rows, and none.
SELECT columns, d.* FROM shown_columns, differences(columns, 'id % 3 > 0 AND open <> ''open31''') d WHERE n IN (1, 9) ORDER BY n;
SELECT columns, d.* FROM shown_columns, differences(columns, 'id + 0 < 0') d WHERE n IN (1, 9) ORDER BY n;
-- Workers would say so of each of them.
SET max_parallel_workers_per_gather = 0;
SELECT line FROM plan_of('SELECT email, open FROM scanned WHERE open < ''open2''') line WHERE line ~ 'Removed';
RESET max_parallel_workers_per_gather;
-- Over an index, over a bitmap, in workers, and compiled.
SET enable_seqscan = off;
SELECT columns, d.* FROM shown_columns, differences(columns, 'id > 3') d WHERE n IN (2, 9) ORDER BY n;
SET enable_indexscan = off;
SELECT columns, d.* FROM shown_columns, differences(columns, 'id > 3') d WHERE n IN (1, 9) ORDER BY n;
RESET enable_seqscan;
RESET enable_indexscan;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT columns, d.* FROM shown_columns, differences(columns) d WHERE n IN (1, 9) ORDER BY n;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
SET jit_above_cost = 0;
SELECT columns, d.* FROM shown_columns, differences(columns) d WHERE n IN (1, 9) ORDER BY n;
RESET jit_above_cost;
-- What is read again and again, backward, and one after another.
SELECT count(*), count(DISTINCT s.email) FROM generate_series(1, 3) g, LATERAL (SELECT email, open FROM scanned WHERE id > g OFFSET 0) s;
BEGIN;
SET LOCAL enable_seqscan = off;
DECLARE c SCROLL CURSOR FOR SELECT id, email, code, late FROM scanned ORDER BY id;
FETCH 3 FROM c;
MOVE 300 FROM c;
FETCH BACKWARD 2 FROM c;
FETCH LAST FROM c;
FETCH FIRST FROM c;
DECLARE d SCROLL CURSOR FOR SELECT email, open FROM scanned WHERE id % 10 > 7;
FETCH 3 FROM d;
FETCH BACKWARD 3 FROM d;
MOVE LAST FROM d;
FETCH BACKWARD 2 FROM d;
FETCH ABSOLUTE 5 FROM d;
COMMIT;
-- What a plan uses at several places.
SELECT n, n::text NOT IN (SELECT email FROM scanned WHERE email IS NOT NULL) AS other FROM places ORDER BY n;
-- What a row needed is free with the next.
BEGIN;
DECLARE e NO SCROLL CURSOR FOR SELECT note, doc, tags FROM scanned WHERE note IS NOT NULL;
MOVE ALL FROM e;
RESET ROLE;
SELECT count(*) > 1 AS executors, bool_and(used_bytes < 100000) AS small FROM pg_backend_memory_contexts WHERE name = 'ExecutorState';
COMMIT;
RESET ROLE;
DROP TABLE scanned, shown_columns, places;
DROP FUNCTION differences, plan_of;
DROP DOMAIN short_word;
DROP ROLE scan_reader;
