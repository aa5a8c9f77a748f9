-- Constraints that are checked at COMMIT raise outside of every hook; they withhold values all the same.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_def_masked;
CREATE SCHEMA deferred_errors;
GRANT USAGE ON SCHEMA deferred_errors TO ddm_def_masked;
SET search_path = deferred_errors;
CREATE TABLE parent (email text UNIQUE DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE anchor (email text PRIMARY KEY);
CREATE TABLE child (
    id int, email text REFERENCES anchor (email) DEFERRABLE INITIALLY DEFERRED,
    EXCLUDE USING btree (email WITH =) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE logged (id int, secret text);
CREATE FUNCTION casts_value() RETURNS trigger LANGUAGE plpgsql AS
    $$ DECLARE n int; BEGIN n := OLD.secret::int; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER casts_value AFTER UPDATE ON logged DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION casts_value();
INSERT INTO parent VALUES ('one@secret.org'), ('two@secret.org');
INSERT INTO anchor VALUES ('one@secret.org');
INSERT INTO child VALUES (1, 'one@secret.org');
INSERT INTO logged VALUES (1, 'stored-1');
SECURITY LABEL FOR ddm ON COLUMN parent.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN child.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN logged.secret IS 'MASKED WITH FUNCTION default()';
GRANT ALL ON ALL TABLES IN SCHEMA deferred_errors TO ddm_def_masked;
SET SESSION AUTHORIZATION ddm_def_masked;

-- Without BEGIN.
INSERT INTO parent VALUES ('two@secret.org');
INSERT INTO child VALUES (2, 'nobody@secret.org');
INSERT INTO child VALUES (2, 'one@secret.org');
DELETE FROM anchor;
UPDATE logged SET id = 2;

-- With BEGIN, with savepoints, by SET CONSTRAINTS, after an error that emptied the error context stack.
BEGIN; INSERT INTO parent VALUES ('two@secret.org'); COMMIT;
BEGIN; UPDATE logged SET id = 2; COMMIT;
BEGIN; UPDATE logged SET id = 2; SELECT 1 AS between; COMMIT;
BEGIN;
INSERT INTO parent VALUES ('two@secret.org');
SAVEPOINT s;
SELECT 1 / 0;
SELECT 'in the aborted state';
ROLLBACK TO s;
COMMIT;
BEGIN; INSERT INTO parent VALUES ('two@secret.org'); SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK;

-- In PL/pgSQL: a procedure that commits, a block that catches.
DO $$
DECLARE d text;
BEGIN
    INSERT INTO parent VALUES ('two@secret.org');
    SET CONSTRAINTS ALL IMMEDIATE;
EXCEPTION WHEN unique_violation THEN
    GET STACKED DIAGNOSTICS d = PG_EXCEPTION_DETAIL;
    RAISE WARNING '%', d;
END $$;
DO $$ BEGIN INSERT INTO parent VALUES ('two@secret.org'); COMMIT; END $$;

-- A prepared statement, and the very first thing that a session does.
PREPARE again AS INSERT INTO parent VALUES ($1);
EXECUTE again('two@secret.org');
\c -
SET SESSION AUTHORIZATION ddm_def_masked;
INSERT INTO deferred_errors.parent VALUES ('two@secret.org');

-- Whoever is cleared sees it.
RESET SESSION AUTHORIZATION;
INSERT INTO deferred_errors.parent VALUES ('two@secret.org');
SET client_min_messages = warning;
DROP SCHEMA deferred_errors CASCADE;
DROP ROLE ddm_def_masked;
