-- SQL functions: called, inlined into the query by the planner, or with a body stored as a tree.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE inlined_masked;
CREATE TABLE inlined_people (id int PRIMARY KEY, email text, town text);
INSERT INTO inlined_people SELECT i, 'user' || i || '@example.com', 'town' || i FROM generate_series(1, 500) i;
ANALYZE inlined_people;
SECURITY LABEL FOR ddm ON COLUMN inlined_people.email IS 'MASKED WITH FUNCTION email()';
GRANT SELECT ON inlined_people TO inlined_masked;
CREATE FUNCTION inlined_table() RETURNS SETOF inlined_people LANGUAGE sql STABLE AS 'SELECT * FROM inlined_people';
CREATE FUNCTION inlined_columns(low int) RETURNS TABLE (id int, mail text) LANGUAGE sql STABLE AS
    'SELECT p.id, p.email FROM inlined_people p WHERE p.id >= low';
CREATE FUNCTION inlined_atomic(low int) RETURNS TABLE (id int, mail text) LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT p.id, p.email FROM inlined_people p WHERE p.id >= low; END;
CREATE FUNCTION inlined_nested(low int) RETURNS SETOF text LANGUAGE sql STABLE AS
    'SELECT mail FROM inlined_columns(low) UNION ALL SELECT email FROM inlined_table() WHERE id = low';
CREATE FUNCTION inlined_not(low int) RETURNS TABLE (id int, mail text) LANGUAGE sql VOLATILE AS
    'SELECT p.id, p.email FROM inlined_people p WHERE p.id >= low';
CREATE FUNCTION inlined_scalar(which int) RETURNS text LANGUAGE sql STABLE AS
    'SELECT email FROM inlined_people WHERE id = which';
CREATE FUNCTION inlined_return(which int) RETURNS text LANGUAGE sql STABLE
    RETURN (SELECT email FROM inlined_people WHERE id = which);
CREATE FUNCTION inlined_definer(low int) RETURNS TABLE (id int, mail text) LANGUAGE sql STABLE SECURITY DEFINER AS
    'SELECT p.id, p.email FROM inlined_people p WHERE p.id >= low';
CREATE VIEW inlined_view AS SELECT * FROM inlined_columns(499);
GRANT SELECT ON inlined_view TO inlined_masked;

SET ROLE inlined_masked;
SELECT * FROM inlined_table() WHERE id = 2;
SELECT t, t.email FROM inlined_table() t WHERE id = 2;
SELECT * FROM inlined_columns(499);
SELECT * FROM inlined_columns(1) c WHERE c.mail = 'user7@example.com';
SELECT * FROM inlined_atomic(499);
SELECT * FROM inlined_nested(500);
SELECT * FROM inlined_not(499);
SELECT * FROM inlined_view;
SELECT inlined_scalar(3), inlined_return(3), (SELECT mail FROM inlined_columns(500));
SELECT p.id, x.mail FROM inlined_people p, LATERAL inlined_columns(p.id) x WHERE p.id = 500;
SELECT p.id FROM inlined_people p LEFT JOIN inlined_columns(500) c USING (id) WHERE c.mail IS NOT NULL;
SELECT count(*) FROM inlined_people p WHERE EXISTS (SELECT FROM inlined_columns(p.id) c WHERE c.mail LIKE 'user%');
SELECT * FROM ROWS FROM (inlined_columns(500), generate_series(1, 1)) AS r;
SELECT * FROM inlined_columns(500) WITH ORDINALITY;
-- The definer's clearance counts inside.
SELECT * FROM inlined_definer(500);
-- Inlined all the same: the condition reaches the index.
EXPLAIN (COSTS OFF) SELECT * FROM inlined_table() WHERE id = 2;
EXPLAIN (COSTS OFF) SELECT town FROM inlined_columns(1) c JOIN inlined_people p USING (id) WHERE c.id = 5;
PREPARE i (int) AS SELECT * FROM inlined_columns($1);
EXECUTE i (500);
RESET ROLE;
EXECUTE i (500);
SET ROLE inlined_masked;
EXECUTE i (500);
RESET ROLE;
-- A plan depends on what was inlined into it.
CREATE OR REPLACE FUNCTION inlined_columns(low int) RETURNS TABLE (id int, mail text) LANGUAGE sql STABLE AS
    'SELECT p.id, p.email || '' new'' FROM inlined_people p WHERE p.id >= low';
SET ROLE inlined_masked;
EXECUTE i (500);
RESET ROLE;

DEALLOCATE i;
DROP VIEW inlined_view;
DROP FUNCTION inlined_table, inlined_columns, inlined_atomic, inlined_nested, inlined_not, inlined_scalar, inlined_return, inlined_definer;
DROP TABLE inlined_people;
DROP ROLE inlined_masked;
