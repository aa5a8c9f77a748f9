-- Whoever owns a schema builds the indexes in it anew, also of tables that are somebody else's (until 16): functions in these
-- find nothing of his, even where no statement has looked at the table before, nor in parallel workers.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE index_owner;
CREATE ROLE index_keeper;
CREATE SCHEMA index_kept AUTHORIZATION index_keeper;
CREATE SCHEMA index_keeper AUTHORIZATION index_keeper;
GRANT USAGE ON SCHEMA index_keeper TO PUBLIC;
GRANT USAGE, CREATE ON SCHEMA index_kept TO index_owner;
SET SESSION AUTHORIZATION index_owner;
SET search_path = index_kept;
CREATE FUNCTION first_of(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN left(upper($1), 3); END $$;
CREATE FUNCTION sql_first_of(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT left(upper($1), 3) $$;
CREATE FUNCTION safe_first_of(text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$ BEGIN RETURN left(upper($1), 3); END $$;
CREATE TABLE few (id int, ssn text);
INSERT INTO few VALUES (1, 'stored');
CREATE INDEX ON few (first_of(ssn));
CREATE INDEX ON few (id) WHERE sql_first_of(ssn) <> '';
CREATE TABLE many (id int, ssn text);
INSERT INTO many SELECT n, 'stored' FROM generate_series(1, 20000) n;
CREATE INDEX ON many (safe_first_of(ssn));
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN few.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN many.ssn IS 'MASKED WITH FUNCTION default()';
SET SESSION AUTHORIZATION index_keeper;
CREATE TABLE index_keeper.told (what text);
GRANT INSERT ON index_keeper.told TO PUBLIC;
CREATE FUNCTION index_keeper.left(text, int) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$ BEGIN RETURN '%'; END $$;
CREATE FUNCTION index_keeper.upper(text) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO index_keeper.told VALUES ($1); RETURN $1; END $$;
\c -
SET client_min_messages = error;
SET min_parallel_table_scan_size = 0;
SET SESSION AUTHORIZATION index_keeper;
SET search_path = index_keeper, pg_catalog;
REINDEX SCHEMA index_kept;
SELECT count(*) FROM told;
DROP FUNCTION index_keeper.upper(text);
\c -
SET client_min_messages = error;
SET min_parallel_table_scan_size = 0;
SET SESSION AUTHORIZATION index_keeper;
SET search_path = index_keeper, pg_catalog;
REINDEX SCHEMA index_kept;
RESET SESSION AUTHORIZATION;
SET search_path = index_kept;
SET enable_seqscan = off;
SELECT count(*) FROM many WHERE safe_first_of(ssn) = 'STO';
RESET search_path;
DROP SCHEMA index_kept, index_keeper CASCADE;
DROP ROLE index_owner, index_keeper;
