-- ANALYZE keeps nothing of a column for whoever sees it masked, be he the owner: how much log it writes would tell whether
-- a value that he put into the table is one that is stored.
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE analyze_owner;
CREATE ROLE analyze_cleared;
CREATE SCHEMA analyze_masked AUTHORIZATION analyze_owner;
SET search_path = analyze_masked;
SET ROLE analyze_owner;
CREATE TABLE person (id int, gone int, secret text, pay int, open text) WITH (autovacuum_enabled = off);
ALTER TABLE person DROP gone;
INSERT INTO person SELECT i, 'opensesame', i, 'o' FROM generate_series(1, 10) i;
CREATE INDEX ON person (lower(secret));
CREATE INDEX ON person (lower(open));
CREATE TABLE hidden (secret text) WITH (autovacuum_enabled = off);
INSERT INTO hidden VALUES ('opensesame');
CREATE TABLE told (id int, secret text) WITH (autovacuum_enabled = off);
INSERT INTO told SELECT i, 'opensesame' FROM generate_series(1, 10) i;
CREATE STATISTICS told_lower ON lower(secret) FROM told;
CREATE TABLE tree (id int, secret text) PARTITION BY LIST (id);
CREATE TABLE leaf PARTITION OF tree FOR VALUES IN (1) WITH (autovacuum_enabled = off);
INSERT INTO tree VALUES (1, 'opensesame');
CREATE TABLE plain (id int, open text) WITH (autovacuum_enabled = off);
INSERT INTO plain VALUES (1, 'o');
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN person.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN person.pay IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN hidden.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN told.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN tree.secret IS 'MASKED WITH FUNCTION default()';
GRANT UNMASK ON SCHEMA analyze_masked TO analyze_cleared;
GRANT analyze_owner TO analyze_cleared;

-- Takes away what is known of the schema's relations and tells what it was.
CREATE FUNCTION known() RETURNS TABLE (name text) LANGUAGE sql AS $$
    WITH gone AS (DELETE FROM pg_statistic s USING pg_class c, pg_attribute a
                  WHERE c.oid = starelid AND relnamespace = 'analyze_masked'::regnamespace AND attrelid = starelid AND attnum = staattnum
                  RETURNING relname || '.' || attname::text)
    SELECT * FROM gone g (name) ORDER BY name COLLATE "C" $$;

SET ddm.exempt_owner = off;
SET ROLE analyze_owner;
ANALYZE person;
RESET ROLE;
SELECT * FROM known();
SET ROLE analyze_owner;
ANALYZE person (secret);
ANALYZE person (open, secret), plain;
ANALYZE person (id);
ANALYZE person (nothing);
RESET ROLE;
SELECT * FROM known();
SET ROLE analyze_owner;
ANALYZE hidden;
ANALYZE told (id);
ANALYZE no_such_table;
VACUUM (ANALYZE) hidden;
VACUUM (ANALYZE, SKIP_LOCKED) person, plain;
RESET ROLE;
SELECT * FROM known();
SET ROLE analyze_owner;
ANALYZE tree;
RESET ROLE;
SELECT * FROM known();
-- Within a function, and by all there is; whoever may not analyze a table hears that and no more.
SET ROLE analyze_owner;
DO $$ BEGIN ANALYZE analyze_masked.person, analyze_masked.leaf; END $$;
RESET ROLE;
SELECT * FROM known();
SET client_min_messages = error;
SET ROLE analyze_owner;
ANALYZE;
RESET ROLE;
SELECT * FROM known();
SET ROLE analyze_owner;
VACUUM (ANALYZE FALSE) person, hidden;
VACUUM (ANALYZE);
RESET ROLE;
RESET client_min_messages;
SELECT * FROM known();
-- Cleared, or with the owner's exemption, all is as ever.
SET ROLE analyze_cleared;
ANALYZE person, hidden, told, tree;
RESET ROLE;
SELECT * FROM known();
RESET ddm.exempt_owner;
SET ROLE analyze_owner;
ANALYZE person;
RESET ROLE;
SELECT * FROM known();

SELECT ddm.audit_flush('10 s') IS NOT NULL AS flushed;
SELECT DISTINCT role_name, action, object, reason FROM ddm.denied_events WHERE object LIKE 'analyze_masked.%' ORDER BY object;

SET client_min_messages = warning;
DROP SCHEMA analyze_masked CASCADE;
DROP OWNED BY analyze_cleared;
DROP ROLE analyze_owner, analyze_cleared;
