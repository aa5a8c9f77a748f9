-- Foreign keys look at stored values, whoever is masked; the statements of triggers that they fire do not.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE fk_owner;
CREATE ROLE fk_masked;
GRANT CREATE ON SCHEMA public TO fk_owner, fk_masked;
SET ROLE fk_owner;
CREATE TABLE fk_people (code text PRIMARY KEY, email text UNIQUE);
CREATE TABLE fk_orders (number int PRIMARY KEY, code text REFERENCES fk_people ON UPDATE CASCADE ON DELETE CASCADE);
CREATE TABLE fk_notes (email text REFERENCES fk_people (email) ON DELETE SET NULL);
INSERT INTO fk_people VALUES ('c1', 'ada@example.com'), ('c2', 'bob@example.com');
GRANT SELECT, INSERT, UPDATE, DELETE ON fk_people, fk_orders, fk_notes TO fk_masked;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN fk_people.code IS 'MASKED WITH FUNCTION full(''hidden'')';
SECURITY LABEL FOR ddm ON COLUMN fk_people.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN fk_orders.code IS 'MASKED WITH FUNCTION full(''hidden'')';
SECURITY LABEL FOR ddm ON COLUMN fk_notes.email IS 'MASKED WITH FUNCTION default()';
SET client_min_messages = warning;
-- Owners are masked too: the checks run as them.
SET ddm.exempt_owner = off;

SET ROLE fk_masked;
INSERT INTO fk_orders VALUES (1, 'c1'), (2, 'c2');
INSERT INTO fk_notes VALUES ('ada@example.com'), ('bob@example.com');
\set VERBOSITY sqlstate
INSERT INTO fk_orders VALUES (3, 'hidden');
INSERT INTO fk_orders VALUES (4, 'c3');
\set VERBOSITY default
UPDATE fk_people SET code = 'c9' WHERE email = 'a***@example.com';
RESET ROLE;
SELECT * FROM fk_orders ORDER BY number;
SET ROLE fk_masked;
DELETE FROM fk_people WHERE email = 'b***@example.com';
RESET ROLE;
SELECT * FROM fk_orders ORDER BY number;
SELECT * FROM fk_notes ORDER BY email;

-- Added later: the check over all rows compares stored values.
SET ROLE fk_owner;
CREATE TABLE fk_late (code text);
INSERT INTO fk_late VALUES ('c9');
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN fk_late.code IS 'MASKED WITH FUNCTION full(''hidden'')';
GRANT UNMASK (code) ON fk_people TO fk_owner;
GRANT UNMASK (code) ON fk_late TO fk_owner;
SET ROLE fk_owner;
ALTER TABLE fk_late ADD FOREIGN KEY (code) REFERENCES fk_people;
RESET ROLE;
INSERT INTO fk_people VALUES ('c2', 'eve@example.com');
INSERT INTO fk_late VALUES ('c2');

-- A trigger that a cascade fires runs with the flag of foreign-key code set; its own queries are masked.
SET ROLE fk_owner;
CREATE FUNCTION fk_spy() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE all_seen text; BEGIN
        SELECT string_agg(email, ',' ORDER BY email) INTO all_seen FROM fk_people;
        RAISE WARNING 'sees % as %', all_seen, current_user;
        RETURN OLD;
    END $$;
RESET ROLE;
CREATE TRIGGER fk_spy BEFORE DELETE ON fk_orders FOR EACH STATEMENT EXECUTE FUNCTION fk_spy();
SET ROLE fk_owner;
INSERT INTO fk_orders VALUES (7, 'c2');
DELETE FROM fk_late;
DELETE FROM fk_people WHERE email = 'e***@example.com';
RESET ROLE;
SELECT * FROM fk_orders ORDER BY number;
RESET ddm.exempt_owner;

-- The owner's exemptions and grants are not lent to the trigger of whoever set the action off, with one cascade and
-- with two; functions with their definer's rights have theirs there as elsewhere.
DROP TRIGGER fk_spy ON fk_orders;
SET ROLE fk_owner;
CREATE TABLE fk_lines (number int REFERENCES fk_orders ON DELETE CASCADE);
CREATE FUNCTION fk_definer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE all_seen text; BEGIN
        SELECT string_agg(email, ',' ORDER BY email) INTO all_seen FROM fk_people;
        RAISE WARNING 'the definer sees % as %', all_seen, current_user;
        RETURN OLD;
    END $$;
CREATE TRIGGER fk_definer BEFORE DELETE ON fk_lines FOR EACH ROW EXECUTE FUNCTION fk_definer();
INSERT INTO fk_people VALUES ('c5', 'fay@example.com'), ('c6', 'guy@example.com'), ('c7', 'hal@example.com'), ('c8', 'ivy@example.com');
INSERT INTO fk_orders VALUES (15, 'c5'), (16, 'c6'), (17, 'c7');
INSERT INTO fk_lines VALUES (15), (16), (17);
GRANT TRIGGER ON fk_orders, fk_lines TO fk_masked;
SET ROLE fk_masked;
CREATE FUNCTION fk_theirs() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE all_seen text; BEGIN
        SELECT string_agg(email, ',' ORDER BY email) INTO all_seen FROM fk_people;
        RAISE WARNING '% sees % as %', TG_TABLE_NAME, all_seen, current_user;
        RETURN NULL;
    END $$;
CREATE TRIGGER fk_theirs BEFORE DELETE ON fk_orders FOR EACH STATEMENT EXECUTE FUNCTION fk_theirs();
CREATE TRIGGER fk_theirs BEFORE DELETE ON fk_lines FOR EACH STATEMENT EXECUTE FUNCTION fk_theirs();
DELETE FROM fk_people WHERE email = 'f***@example.com';
-- Set off by who may see, they see, also after plans made for who may not.
SET ROLE fk_owner;
DELETE FROM fk_people WHERE email = 'guy@example.com';
RESET ROLE;
DISCARD PLANS;
SET ROLE fk_masked;
DELETE FROM fk_people WHERE email = 'h***@example.com';
RESET ROLE;
SELECT * FROM fk_lines;

-- A trigger that an action fires may ask its owner's tables what a foreign key would, and looks like one. It asks for nothing
-- but keys: not for other columns, not for what is more or less or a part of one, not by an operator or a cast of its own.
SET SESSION AUTHORIZATION fk_owner;
CREATE TABLE fk_parent (id int PRIMARY KEY);
CREATE TABLE fk_child (id int REFERENCES fk_parent ON DELETE CASCADE);
CREATE TABLE fk_secret (id int PRIMARY KEY, ssn text, code text UNIQUE, open text);
INSERT INTO fk_parent VALUES (1);
INSERT INTO fk_child VALUES (1);
INSERT INTO fk_secret VALUES (1, '123-45-6789', 'c1', 'a');
RESET SESSION AUTHORIZATION;
SET ddm.exempt_owner = off;
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN fk_secret.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN fk_secret.code IS 'MASKED WITH FUNCTION default()';
SET SESSION AUTHORIZATION fk_owner;
CREATE FUNCTION fk_tell(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'told %', $1; RETURN true; END $$;
CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = fk_tell, MERGES);
CREATE TYPE fk_kind AS ENUM ('a', 'b');
CREATE FUNCTION fk_to_kind(varchar) RETURNS fk_kind LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'cast %', $1; RETURN 'a'; END $$;
CREATE CAST (varchar AS fk_kind) WITH FUNCTION fk_to_kind(varchar) AS IMPLICIT;
CREATE FUNCTION fk_ask() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE low text := '3'; guess text := '123-45-6789'; code_guess text := 'c1'; counts int[] := '{}'; n int;
            first varchar := 'c'; kind fk_kind := 'b'; some_id int := 1;
    BEGIN
        UPDATE fk_secret SET open = low WHERE ssn < low;
        GET DIAGNOSTICS n = ROW_COUNT; counts := counts || n;
        UPDATE fk_secret SET open = low WHERE ssn = guess;
        GET DIAGNOSTICS n = ROW_COUNT; counts := counts || n;
        UPDATE fk_secret SET open = low WHERE code = code_guess;
        GET DIAGNOSTICS n = ROW_COUNT; counts := counts || n;
        PERFORM 1 FROM fk_secret x WHERE code < low FOR KEY SHARE OF x;
        GET DIAGNOSTICS n = ROW_COUNT; counts := counts || n;
        PERFORM 1 FROM fk_secret x WHERE ssn === guess FOR KEY SHARE OF x;
        PERFORM 1 FROM ONLY fk_secret x WHERE code::varchar(1) = first FOR KEY SHARE OF x;
        GET DIAGNOSTICS n = ROW_COUNT; counts := counts || n;
        PERFORM 1 FROM ONLY fk_secret x WHERE code::varchar::fk_kind = kind FOR KEY SHARE OF x;
        PERFORM 1 FROM (SELECT x.ssn FROM ONLY fk_secret x WHERE x.id = some_id FOR KEY SHARE OF x) y
            HAVING fk_tell(max(y.ssn), '');
        RAISE WARNING 'rows: %', counts;
        RETURN old;
    END $$;
CREATE TRIGGER fk_ask BEFORE DELETE ON fk_child FOR EACH ROW EXECUTE FUNCTION fk_ask();
DELETE FROM fk_parent;
RESET SESSION AUTHORIZATION;
DROP TABLE fk_child, fk_parent, fk_secret;
DROP FUNCTION fk_ask;
DROP FUNCTION fk_tell CASCADE;
DROP TYPE fk_kind CASCADE;

DROP FUNCTION fk_theirs, fk_definer CASCADE;
DROP TABLE fk_lines;
DROP TABLE fk_late, fk_notes, fk_orders, fk_people;
DROP FUNCTION fk_spy;
REVOKE CREATE ON SCHEMA public FROM fk_owner, fk_masked;
DROP ROLE fk_owner, fk_masked;
