-- pg_read_all_data is SELECT on everything and UNMASK on nothing: what holds stored values beside the tables, the
-- TOAST tables and the planner's statistics, shows none to its members.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE read_all IN ROLE pg_read_all_data;
CREATE ROLE read_all_cleared IN ROLE pg_read_all_data;
CREATE SCHEMA read_all_data;
CREATE TABLE read_all_data.papers (id int PRIMARY KEY, secret text, open text);
ALTER TABLE read_all_data.papers ALTER secret SET STORAGE EXTERNAL, ALTER open SET STORAGE EXTERNAL;
INSERT INTO read_all_data.papers SELECT g, repeat('hidden value ' || g, 300), 'open' FROM generate_series(1, 3) g;
CREATE TABLE read_all_data.words (id int PRIMARY KEY, secret text);
INSERT INTO read_all_data.words SELECT g, 'hidden value ' || g % 3 FROM generate_series(1, 100) g;
CREATE TABLE read_all_data.plain (id int PRIMARY KEY, open text);
ALTER TABLE read_all_data.plain ALTER open SET STORAGE EXTERNAL;
INSERT INTO read_all_data.plain VALUES (1, repeat('open ', 1000));
CREATE STATISTICS read_all_data.words_mcv (mcv) ON id, secret FROM read_all_data.words;
ANALYZE read_all_data.papers, read_all_data.words, read_all_data.plain;
SECURITY LABEL FOR ddm ON COLUMN read_all_data.papers.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN read_all_data.words.secret IS 'MASKED WITH FUNCTION default()';
GRANT UNMASK ON read_all_data.papers, read_all_data.words TO read_all_cleared;
-- The names of TOAST tables hold numbers: aliases for them.
SELECT set_config('read_all.papers', reltoastrelid::regclass::text, false) = '' AS none FROM pg_class WHERE oid = 'read_all_data.papers'::regclass;
SELECT set_config('read_all.plain', reltoastrelid::regclass::text, false) = '' AS none FROM pg_class WHERE oid = 'read_all_data.plain'::regclass;
SELECT set_config('read_all.statistic', reltoastrelid::regclass::text, false) = '' AS none FROM pg_class WHERE oid = 'pg_statistic'::regclass;
CREATE FUNCTION read_all_data.pieces(toast text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE pieces bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM %s WHERE encode(chunk_data, ''escape'') ~ ''hidden value|open''', toast) INTO pieces;
    RETURN CASE WHEN pieces > 0 THEN 'shown' ELSE 'not shown' END;
EXCEPTION WHEN insufficient_privilege THEN
    RETURN 'refused';
END $$;

SELECT FROM ddm.audit_flush();
SELECT coalesce(max(event_id), 0) AS start FROM ddm.audit_log \gset

SET ROLE read_all;
SELECT id, secret, open FROM read_all_data.papers;
SELECT read_all_data.pieces(current_setting('read_all.papers')) AS papers,
       read_all_data.pieces(current_setting('read_all.plain')) AS plain,
       read_all_data.pieces(current_setting('read_all.statistic')) AS statistic;
SELECT count(*) FROM pg_statistic WHERE stavalues1::text LIKE '%hidden value%';
COPY pg_statistic (stavalues1) TO STDOUT \g | sed -n '/hidden value/p'
COPY pg_statistic TO STDOUT \g | sed -n '/hidden value/p'
COPY pg_statistic_ext_data (stxdmcv) TO STDOUT (FORMAT binary) \g | tr -cd '[:print:]' | sed -n '/hidden value/s/.*/shown/p'
SET ROLE read_all_cleared;
SELECT read_all_data.pieces(current_setting('read_all.papers')) AS papers;
COPY pg_statistic (stavalues1) TO STDOUT \g | sed -n '/hidden value/s/.*/shown/p'
-- A cursor opened by who may, read by who may not.
BEGIN;
DO $$ BEGIN EXECUTE 'DECLARE pieces CURSOR FOR SELECT length(chunk_data) > 0 AS shown FROM ' || current_setting('read_all.papers'); END $$;
FETCH 1 FROM pieces;
SET ROLE read_all;
\set VERBOSITY sqlstate
FETCH 1 FROM pieces;
\set VERBOSITY default
ROLLBACK;
RESET ROLE;

-- Who may is on record: with all columns that may stand there, for what is read are pieces.
SELECT read_all_data.pieces(current_setting('read_all.papers')) AS papers,
       read_all_data.pieces(current_setting('read_all.plain')) AS plain;
DO $$ BEGIN EXECUTE 'PREPARE pieces AS SELECT count(chunk_data) AS pieces FROM ' || current_setting('read_all.papers'); END $$;
SET plan_cache_mode = force_generic_plan;
EXECUTE pieces;
SECURITY LABEL FOR ddm ON COLUMN read_all_data.papers.open IS 'MASKED WITH FUNCTION default()';
EXECUTE pieces;
RESET plan_cache_mode;
SELECT FROM ddm.audit_flush();
SELECT replace(role_name, current_user, '(superuser)') AS role_name, columns_unmasked, row_count AS rows, nested
FROM ddm.unmask_events
WHERE event_id > :start AND columns_unmasked::text LIKE '%read_all_data%' ORDER BY event_id;

DROP SCHEMA read_all_data CASCADE;
DROP ROLE read_all, read_all_cleared;
