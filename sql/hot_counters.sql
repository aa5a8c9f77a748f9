-- An update that writes the stored value into an indexed column is a heap-only one: no counter tells a masked role.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE hot_masked;
CREATE TABLE hot_people (id int PRIMARY KEY, ssn text) WITH (fillfactor = 10);
CREATE INDEX ON hot_people (ssn);
INSERT INTO hot_people VALUES (1, '123-45-6789');
CREATE TABLE hot_open (id int PRIMARY KEY, n int);
INSERT INTO hot_open VALUES (1, 1);
GRANT ALL ON hot_people, hot_open TO hot_masked;
SECURITY LABEL FOR ddm ON COLUMN hot_people.ssn IS 'MASKED WITH FUNCTION default()';

SET ROLE hot_masked;
BEGIN;
UPDATE hot_people SET ssn = '123-45-6789' WHERE id = 1;
UPDATE hot_open SET n = 2 WHERE id = 1;
SELECT relname, n_tup_upd > 0 AS updated, n_tup_hot_upd IS NULL AS withheld FROM pg_stat_xact_user_tables WHERE relname LIKE 'hot%' ORDER BY 1;
COMMIT;
SELECT relname, n_tup_hot_upd IS NULL AS withheld FROM pg_stat_user_tables WHERE relname LIKE 'hot%' ORDER BY 1;
SELECT pg_stat_get_tuples_hot_updated('hot_people'::regclass);
SELECT pg_stat_get_xact_tuples_hot_updated(oid) IS NULL AS withheld FROM pg_class WHERE relname = 'hot_people';
SELECT p.pg_stat_get_xact_tuples_hot_updated FROM (SELECT 'hot_people'::regclass AS r) t, LATERAL pg_stat_get_xact_tuples_hot_updated(t.r) p;
RESET ROLE;

BEGIN;
UPDATE hot_people SET ssn = '123-45-6789' WHERE id = 1;
SELECT n_tup_hot_upd > 0 AS told FROM pg_stat_xact_user_tables WHERE relname = 'hot_people';
SELECT pg_stat_get_xact_tuples_hot_updated('hot_people'::regclass) > 0 AS told;
COMMIT;
DROP TABLE hot_people, hot_open;
DROP ROLE hot_masked;
