-- An error raised under a masked role shows no stored value of a masked column.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_err_owner;
CREATE ROLE ddm_err_masked;
CREATE ROLE ddm_err_cleared;
CREATE SCHEMA errors_withheld;
GRANT USAGE, CREATE ON SCHEMA errors_withheld TO ddm_err_owner, ddm_err_masked, ddm_err_cleared;
SET search_path = errors_withheld, public;
SET SESSION AUTHORIZATION ddm_err_owner;
CREATE DOMAIN short AS text CHECK (length(VALUE) < 40);
CREATE TABLE person (
    id int PRIMARY KEY,
    email text UNIQUE,
    ssn text NOT NULL CHECK (ssn <> 'forbidden'),
    open int DEFAULT 0 CHECK (open < 1000),
    slot int4range,
    EXCLUDE USING gist (slot WITH &&));
CREATE TABLE visit (
    id int PRIMARY KEY,
    person_email text REFERENCES person (email) ON UPDATE CASCADE,
    CONSTRAINT short_mail CHECK (length(person_email) < 30));
CREATE TABLE region (code text, secret text) PARTITION BY LIST (code);
CREATE TABLE region_a PARTITION OF region FOR VALUES IN ('a');
INSERT INTO person VALUES
    (1, 'one@secret.org', 'stored-1', 1, '[1,5)'), (2, 'two@secret.org', 'stored-2', 2, '[5,9)');
INSERT INTO visit VALUES (1, 'one@secret.org');
GRANT ALL ON ALL TABLES IN SCHEMA errors_withheld TO ddm_err_masked, ddm_err_cleared;
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN person.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN person.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN person.slot IS 'MASKED WITH VALUE NULL';
SECURITY LABEL FOR ddm ON COLUMN region.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN region.code IS 'MASKED WITH FUNCTION default()';
GRANT UNMASK ON person, visit, region TO ddm_err_cleared;

\set VERBOSITY default
-- What a role that is cleared sees.
SET SESSION AUTHORIZATION ddm_err_cleared;
UPDATE person SET open = 5000 WHERE id = 1;
UPDATE person SET email = 'two@secret.org' WHERE id = 1;
INSERT INTO visit VALUES (2, 'nobody@secret.org');
INSERT INTO region VALUES ('z', 'mine');

-- What a masked role sees of the same.
SET SESSION AUTHORIZATION ddm_err_masked;
UPDATE person SET open = 5000 WHERE id = 1;
UPDATE person SET open = NULL, id = NULL WHERE id = 1;
UPDATE person SET email = 'two@secret.org' WHERE id = 1;
UPDATE person SET slot = '[1,9)' WHERE id = 1;
INSERT INTO visit VALUES (2, 'nobody@secret.org');
DELETE FROM person WHERE id = 1;
INSERT INTO region VALUES ('z', 'mine');
-- A key of columns that are not masked stays.
INSERT INTO person (id, ssn) VALUES (2, 'mine');
-- So does what the role wrote itself.
SELECT 'abc'::int;
SELECT id / 0 FROM visit;
COPY person (id, email) FROM stdin;
abc	mine
\.
COPY person (id, email, ssn) FROM stdin;
3	two@secret.org	mine
\.

-- Foreign-key code runs as the owner; the error is the masked role's all the same.
UPDATE person SET email = 'one@' || repeat('x', 40) WHERE id = 1;

-- PL/pgSQL sees what the client would.
DO $$
DECLARE m text; d text; c text; s text;
BEGIN
    UPDATE person SET open = 5000 WHERE id = 1;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, c = CONSTRAINT_NAME, s = RETURNED_SQLSTATE;
    RAISE WARNING '% | % | % | % | %', m, d, c, s, SQLERRM;
END $$;
-- Its own words are its own.
DO $$ BEGIN RAISE EXCEPTION 'own words' USING ERRCODE = '22000', DETAIL = 'own detail'; END $$;
DO $$ BEGIN RAISE WARNING 'own warning' USING DETAIL = 'own detail'; END $$;

-- A function with its definer's rights that fails on a value.
SET SESSION AUTHORIZATION ddm_err_owner;
CREATE FUNCTION definer_query() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN RETURN (SELECT ssn::int FROM person WHERE id = 1); END $$;
CREATE FUNCTION definer_assignment() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS
    $$ DECLARE v text; n int; BEGIN SELECT ssn INTO v FROM person WHERE id = 1; n := v::int; RETURN n; END $$;
CREATE FUNCTION definer_dynamic() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS
    $$ DECLARE v text; n int;
       BEGIN SELECT ssn INTO v FROM person WHERE id = 1; EXECUTE format('SELECT %L::int', v) INTO n; RETURN n; END $$;
CREATE FUNCTION definer_json() RETURNS json LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN RETURN (SELECT ssn::json FROM person WHERE id = 1); END $$;
CREATE FUNCTION definer_name() RETURNS regclass LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN RETURN (SELECT replace(ssn, '-', '_')::regclass FROM person WHERE id = 1); END $$;
SET SESSION AUTHORIZATION ddm_err_masked;
SELECT definer_query();
SELECT definer_assignment();
SELECT definer_dynamic();
SELECT definer_json();
SELECT definer_name();
SET SESSION AUTHORIZATION ddm_err_cleared;
\set SHOW_CONTEXT never
SELECT definer_query();
\set SHOW_CONTEXT errors

-- The owner's policies, generated columns, checks, triggers and index expressions work on stored values.
SET SESSION AUTHORIZATION ddm_err_owner;
CREATE TABLE ruled (id int, secret text, note text);
INSERT INTO ruled VALUES (1, 'not-a-number');
GRANT ALL ON ruled TO ddm_err_masked, ddm_err_cleared;
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN ruled.secret IS 'MASKED WITH FUNCTION default()';
SET SESSION AUTHORIZATION ddm_err_owner;
ALTER TABLE ruled ENABLE ROW LEVEL SECURITY;
CREATE POLICY casts ON ruled USING (secret::int > 0);
SET SESSION AUTHORIZATION ddm_err_masked;
SELECT id FROM ruled;
SET SESSION AUTHORIZATION ddm_err_owner;
DROP POLICY casts ON ruled;
ALTER TABLE ruled DISABLE ROW LEVEL SECURITY;
CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER when_casts BEFORE UPDATE ON ruled FOR EACH ROW WHEN (OLD.secret::int > 0) EXECUTE FUNCTION noop();
SET SESSION AUTHORIZATION ddm_err_masked;
UPDATE ruled SET note = 'x';
SET SESSION AUTHORIZATION ddm_err_owner;
DROP TRIGGER when_casts ON ruled;
CREATE FUNCTION casts_value() RETURNS trigger LANGUAGE plpgsql AS
    $$ DECLARE n int; BEGIN n := OLD.secret::int; RETURN NEW; END $$;
CREATE TRIGGER casts_value AFTER UPDATE ON ruled FOR EACH ROW EXECUTE FUNCTION casts_value();
SET SESSION AUTHORIZATION ddm_err_masked;
UPDATE ruled SET note = 'x';
SET SESSION AUTHORIZATION ddm_err_owner;
DROP TRIGGER casts_value ON ruled;
ALTER TABLE ruled ADD CONSTRAINT casts CHECK (secret::int > 0) NOT VALID;
SET SESSION AUTHORIZATION ddm_err_masked;
UPDATE ruled SET note = 'x';
SET SESSION AUTHORIZATION ddm_err_owner;
ALTER TABLE ruled DROP CONSTRAINT casts;

-- The owner, where owners are not exempt.
RESET SESSION AUTHORIZATION;
INSERT INTO ruled VALUES (2, 'not-a-number');
SET ddm.exempt_owner = off;
SET ROLE ddm_err_owner;
CREATE UNIQUE INDEX ON ruled (secret);
ALTER TABLE ruled ALTER COLUMN secret TYPE int USING secret::int;
RESET ROLE;
RESET ddm.exempt_owner;

-- Rows that REFRESH ... CONCURRENTLY quotes.
CREATE TABLE doubled (a text, b text);
INSERT INTO doubled VALUES ('twin', 'secret');
CREATE MATERIALIZED VIEW copy AS SELECT * FROM doubled;
CREATE UNIQUE INDEX ON copy (a, b);
ALTER MATERIALIZED VIEW copy OWNER TO ddm_err_owner;
ALTER TABLE doubled OWNER TO ddm_err_owner;
SECURITY LABEL FOR ddm ON COLUMN copy.b IS 'MASKED WITH FUNCTION default()';
SET ddm.exempt_owner = off;
SET ROLE ddm_err_owner;
INSERT INTO doubled VALUES ('twin', 'secret');
REFRESH MATERIALIZED VIEW CONCURRENTLY copy;
REFRESH MATERIALIZED VIEW copy;
RESET ROLE;
RESET ddm.exempt_owner;

-- WITH CHECK OPTION of a view.
CREATE VIEW low AS SELECT * FROM person WHERE open < 10 WITH CHECK OPTION;
GRANT ALL ON low TO ddm_err_masked;
SET SESSION AUTHORIZATION ddm_err_masked;
UPDATE low SET open = 11 WHERE id = 1;

-- A relation that was read and dropped since can't be asked any more: the careful answer, not another error.
RESET SESSION AUTHORIZATION;
DO $$
DECLARE v text;
BEGIN
    CREATE TABLE errors_withheld.gone AS SELECT 'stored'::text AS secret;
    SECURITY LABEL FOR ddm ON COLUMN errors_withheld.gone.secret IS 'MASKED WITH FUNCTION default()';
    GRANT SELECT ON errors_withheld.gone TO ddm_err_masked;
    SET LOCAL ROLE ddm_err_masked;
    SELECT secret INTO v FROM errors_withheld.gone;
    RESET ROLE;
    DROP TABLE errors_withheld.gone;
    PERFORM 'abc'::int;
EXCEPTION WHEN OTHERS THEN
    RAISE WARNING '% %', SQLSTATE, SQLERRM;
END $$;

-- The line of a file that a foreign table's wrapper does not understand, also where no masked column is asked for.
CREATE EXTENSION IF NOT EXISTS file_fdw;
CREATE SERVER errors_withheld_files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE lines (id int, ssn text, open text) SERVER errors_withheld_files
    OPTIONS (program 'echo 1,123-45-6789', format 'csv');
SECURITY LABEL FOR ddm ON COLUMN lines.ssn IS 'MASKED WITH FUNCTION default()';
GRANT SELECT ON lines TO ddm_err_masked;
SET SESSION AUTHORIZATION ddm_err_masked;
SELECT id FROM lines;
SELECT count(*) FROM lines;
RESET SESSION AUTHORIZATION;
DROP FOREIGN TABLE lines;
DROP SERVER errors_withheld_files;

-- What a policy's sub-select fails on, also where the statement reads no table with masks itself.
CREATE TABLE door (id int PRIMARY KEY);
INSERT INTO door VALUES (1);
ALTER TABLE door ENABLE ROW LEVEL SECURITY;
ALTER TABLE door OWNER TO ddm_err_owner;
SET SESSION AUTHORIZATION ddm_err_owner;
CREATE POLICY opens ON door USING (id = (SELECT ssn::int FROM person WHERE id = 1));
GRANT ALL ON door TO ddm_err_masked, ddm_err_cleared;
SET SESSION AUTHORIZATION ddm_err_cleared;
SELECT * FROM door;
SET SESSION AUTHORIZATION ddm_err_masked;
SELECT * FROM door;
DELETE FROM door;
COPY door TO STDOUT;
DO $$ BEGIN PERFORM FROM door; EXCEPTION WHEN OTHERS THEN RAISE WARNING '%', SQLERRM; END $$;
RESET SESSION AUTHORIZATION;

DROP SCHEMA errors_withheld CASCADE;
DROP ROLE ddm_err_owner, ddm_err_masked, ddm_err_cleared;
