-- What the code over a table calls is looked for anew where a function with a parsed body, a view, an aggregate or a domain on
-- the way to it changes, after the session came across the table.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE changes_owner;
CREATE ROLE changes_reader;
CREATE SCHEMA changes AUTHORIZATION changes_owner;
CREATE SCHEMA changes_reader AUTHORIZATION changes_reader;
GRANT USAGE ON SCHEMA changes TO changes_reader;
SET SESSION AUTHORIZATION changes_owner;
SET search_path = changes;
CREATE FUNCTION ok(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$;
CREATE FUNCTION finds(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN lower($1) <> ''; END $$;
CREATE FUNCTION parsed(x text) RETURNS boolean LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT ok(x); END;
CREATE FUNCTION step(boolean, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$;
CREATE FUNCTION step_finds(boolean, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN lower($2) <> ''; END $$;
CREATE AGGREGATE all_ok(text) (SFUNC = step, STYPE = boolean);
CREATE DOMAIN kind AS text CHECK (ok(VALUE));
CREATE TABLE by_policy (id int, ssn text, open text);
ALTER TABLE by_policy ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON by_policy USING (parsed(ssn));
CREATE TABLE by_check (id int, ssn text CHECK (parsed(ssn)), open text);
CREATE TABLE below (id int, ssn text, open text);
CREATE VIEW seen AS SELECT * FROM below WHERE ok(ssn);
CREATE TABLE by_view (id int, ssn text, open text);
ALTER TABLE by_view ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON by_view USING (id IN (SELECT id FROM seen));
CREATE TABLE by_aggregate (id int, ssn text, open text);
ALTER TABLE by_aggregate ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON by_aggregate USING ((SELECT all_ok(x) FROM (VALUES (ssn)) s (x)));
CREATE TABLE by_domain (id int, ssn text CHECK (ssn::kind IS NOT NULL), open text);
INSERT INTO by_policy VALUES (1, 'p-secret');
INSERT INTO by_check VALUES (1, 'c-secret');
INSERT INTO below VALUES (1, 'v-secret');
INSERT INTO by_view VALUES (1, 'v-secret');
INSERT INTO by_aggregate VALUES (1, 'a-secret');
INSERT INTO by_domain VALUES (1, 'd-secret');
GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA changes TO changes_reader;
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN changes.by_policy.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN changes.by_check.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN changes.below.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN changes.by_view.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN changes.by_aggregate.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN changes.by_domain.ssn IS 'MASKED WITH FUNCTION default()';
\c -
SET client_min_messages = warning;
SET SESSION AUTHORIZATION changes_reader;
CREATE FUNCTION changes_reader.lower(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RAISE WARNING 'seen: %', $1; RETURN $1; END $$;
SET search_path = changes_reader, pg_catalog;
SELECT count(*) FROM changes.by_policy, changes.by_view, changes.by_aggregate;
UPDATE changes.by_check SET open = 'a';
UPDATE changes.by_domain SET open = 'a';
SET SESSION AUTHORIZATION changes_owner;
SET search_path = changes;
CREATE OR REPLACE FUNCTION parsed(x text) RETURNS boolean LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT finds(x); END;
CREATE OR REPLACE VIEW seen AS SELECT * FROM below WHERE finds(ssn);
CREATE OR REPLACE AGGREGATE all_ok(text) (SFUNC = step_finds, STYPE = boolean);
ALTER DOMAIN kind ADD CHECK (finds(VALUE));
SET SESSION AUTHORIZATION changes_reader;
SET search_path = changes_reader, pg_catalog;
SELECT * FROM changes.by_policy;
SELECT * FROM changes.by_view;
SELECT * FROM changes.by_aggregate;
UPDATE changes.by_check SET open = 'b';
UPDATE changes.by_domain SET open = 'b';
-- Policy that is taken up anew for a function calls functions of types itself, maybe that one.
RESET search_path;
RESET SESSION AUTHORIZATION;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE TABLE changes.late (id int, ssn citext, open text);
INSERT INTO changes.late VALUES (1, 'stored');
CREATE FUNCTION changes.late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'REVOKE ALL ON changes.late FROM pg_monitor';
    EXECUTE format('SELECT %L', old.ssn);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON changes.late DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION changes.late();
GRANT SELECT, UPDATE ON changes.late TO changes_reader;
SECURITY LABEL FOR ddm ON COLUMN changes.late.ssn IS 'MASKED WITH FUNCTION default()';
\c -
SET client_min_messages = error;
SET ROLE changes_reader;
UPDATE changes.late SET open = 'a';
TABLE changes.late;
RESET ROLE;
DROP SCHEMA changes, changes_reader CASCADE;
DROP ROLE changes_owner, changes_reader;
