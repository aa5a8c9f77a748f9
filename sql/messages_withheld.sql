-- A notice or a log line, which a client may ask for at any level, says where it comes from: statements that others'
-- code pasted stored values into are left out of that for a masked role. What is no statement's text stays.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE messages_masked;
CREATE ROLE messages_cleared;
CREATE SCHEMA messages;
GRANT USAGE ON SCHEMA messages TO messages_masked, messages_cleared;
CREATE TABLE messages.people (id int PRIMARY KEY, secret text, open text);
INSERT INTO messages.people VALUES (1, 'stored value', 'a'), (2, 'stored too', 'b');
GRANT SELECT, UPDATE ON messages.people TO messages_masked, messages_cleared;
SECURITY LABEL FOR ddm ON COLUMN messages.people.secret IS 'MASKED WITH FUNCTION default()';
GRANT UNMASK ON messages.people TO messages_cleared;
CREATE FUNCTION messages.note(text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'noted %', length($1); RETURN 1; END $$;
CREATE FUNCTION messages.by_definer(int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE value text; result int;
BEGIN
    SELECT secret INTO value FROM messages.people WHERE id = $1;
    EXECUTE format('SELECT messages.note(%L)', value) INTO result;
    EXECUTE format('CREATE TEMP TABLE IF NOT EXISTS messages_made AS SELECT %L AS secret', value);
    RETURN result;
END $$;
CREATE FUNCTION messages.in_trigger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT messages.note(%L)', old.secret);
    RETURN new;
END $$;
CREATE TRIGGER in_trigger BEFORE UPDATE ON messages.people FOR EACH ROW EXECUTE FUNCTION messages.in_trigger();
CREATE TEMP TABLE messages_made (secret text);
SET client_min_messages = notice;
\set SHOW_CONTEXT always
SET ROLE messages_masked;
SELECT messages.by_definer(1);
UPDATE messages.people SET open = 'c' WHERE id = 1;
DO $$ BEGIN PERFORM messages.by_definer(1); PERFORM messages.note('mine'); END $$;
-- Where nothing hidden was touched all is said, and to who is cleared.
DO $$ BEGIN EXECUTE 'SELECT messages.note(''mine'')'; END $$;
SET ROLE messages_cleared;
SELECT messages.by_definer(1);
UPDATE messages.people SET open = 'd' WHERE id = 1;
-- What others' code does with stored values can make the server or PL/pgSQL quote them, some if the client asks for it.
RESET ROLE;
CREATE TABLE messages.codes (code text, n int);
INSERT INTO messages.codes VALUES ('stored value', 1), ('stored value', 2);
GRANT SELECT ON messages.codes TO messages_masked, messages_cleared;
CREATE FUNCTION messages.looks_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found_n int;
BEGIN
    SELECT n INTO found_n FROM messages.codes WHERE code = old.secret;
    EXECUTE format('SELECT 1 AS %I', repeat(old.secret, 6));
    EXECUTE format('DROP TABLE IF EXISTS messages.%I', old.secret);
    EXECUTE format('DROP FUNCTION IF EXISTS messages.%I()', old.secret);
    EXECUTE format('ALTER TABLE IF EXISTS messages.%I ADD x int', old.secret);
    PERFORM xpath('/x', xmlparse(DOCUMENT format('<x xmlns="%s"/>', replace(old.secret, ' ', '/'))));
    RETURN new;
END $$;
DROP TRIGGER in_trigger ON messages.people;
CREATE TRIGGER looks_up BEFORE UPDATE ON messages.people FOR EACH ROW EXECUTE FUNCTION messages.looks_up();
GRANT CREATE ON SCHEMA messages TO messages_masked;
SET plpgsql.print_strict_params = on;
SET plpgsql.extra_warnings = 'too_many_rows';
\set SHOW_CONTEXT never
SET ROLE messages_masked;
UPDATE messages.people SET open = 'e' WHERE id = 1;
DO $$ BEGIN UPDATE messages.people SET open = 'f' WHERE id = 1; END $$;
-- His own code's are left as they are.
DO $$ DECLARE n int; BEGIN SELECT id INTO n FROM messages.people WHERE open > 'A'; DROP TABLE IF EXISTS messages.nothing; END $$;
SET ROLE messages_cleared;
UPDATE messages.people SET open = 'g' WHERE id = 1;
RESET ROLE;
ALTER TABLE messages.people ADD CHECK (xpath_exists('/*', xmlparse(DOCUMENT '<x xmlns="' || replace(secret, ' ', '/') || '"/>'))) NOT VALID;
DROP TRIGGER looks_up ON messages.people;
SET ROLE messages_masked;
UPDATE messages.people SET id = 3 WHERE id = 1;
RESET ROLE;
-- So does code that needs no rights: a check, a trusted mask.
CREATE FUNCTION messages.checks(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN EXECUTE format('SELECT 1 AS %I', repeat($1, 6)); RETURN true; END $$;
CREATE FUNCTION messages.first_letter(text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN EXECUTE format('SELECT 1 AS %I', repeat($1, 6)); RETURN left($1, 1); END $$;
SET client_min_messages = warning;
SECURITY LABEL FOR ddm ON FUNCTION messages.first_letter(text) IS 'TRUSTED MASK';
CREATE TABLE messages.checked (id int, secret text CHECK (messages.checks(secret)), other text);
INSERT INTO messages.checked VALUES (1, 'stored value', 'stored value');
SECURITY LABEL FOR ddm ON COLUMN messages.checked.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN messages.checked.other IS 'MASKED WITH FUNCTION messages.first_letter()';
GRANT SELECT, UPDATE ON messages.checked TO messages_masked;
SET client_min_messages = notice;
SET ROLE messages_masked;
UPDATE messages.checked SET id = 2;
SELECT * FROM messages.checked;
RESET ROLE;
-- Nor is a statement into which they were pasted quoted while it is parsed or planned.
CREATE FUNCTION messages.planned() RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE WARNING 'planned'; RETURN ''; END $$;
CREATE FUNCTION messages.pastes_early() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($q$ SELECT regexp_replace(%L, '\s', '') $q$, old.secret);
    EXECUTE format('SELECT %L || messages.planned()', old.secret);
    RETURN new;
END $$;
CREATE TRIGGER pastes BEFORE UPDATE ON messages.people FOR EACH ROW EXECUTE FUNCTION messages.pastes_early();
SET standard_conforming_strings = off;
\set SHOW_CONTEXT always
SET ROLE messages_masked;
UPDATE messages.people SET open = 'h' WHERE id = 3;
DO $$ BEGIN EXECUTE $q$ SELECT '\s' $q$; END $$;
RESET ROLE;
\set SHOW_CONTEXT never
RESET standard_conforming_strings;
DROP TRIGGER pastes ON messages.people;
-- Nor does a trigger at commit tell, which runs within no statement.
CREATE FUNCTION messages.says() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'said'; RETURN ''; END $$;
CREATE FUNCTION messages.pastes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT %L || messages.says()', old.secret);
    EXECUTE format('SELECT %L || messages.planned()', old.secret);
    EXECUTE format('DROP TABLE IF EXISTS messages.%I', old.secret);
    RETURN NULL;
END $$;
-- Nor what names things by values, be it a warning of what the client asks for.
CREATE FUNCTION messages.names_things() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE query text;
BEGIN
    EXECUTE format('CREATE TEMP TABLE IF NOT EXISTS messages_made (%I int)', old.secret);
    EXECUTE format('ALTER TABLE messages_made ADD COLUMN IF NOT EXISTS %I int, ADD COLUMN IF NOT EXISTS %I int', old.secret, old.secret);
    EXECUTE format('CREATE TEMP TABLE %I (id int PRIMARY KEY)', old.secret);
    EXECUTE format('CREATE TEMP TABLE messages_follows (id int REFERENCES %I)', old.secret);
    EXECUTE format('DROP TABLE %I CASCADE', old.secret);
    DROP TABLE messages_made, messages_follows;
    query := plainto_tsquery('english', repeat('the ', length(old.secret)));
    BEGIN
        EXECUTE format('REFRESH MATERIALIZED VIEW %I', old.secret);
    EXCEPTION WHEN undefined_table THEN NULL;
    END;
    RETURN NULL;
END $$;
CREATE FUNCTION messages.names_long() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN EXECUTE format('SELECT 1 AS %I', repeat(old.secret, 6)); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER pastes AFTER UPDATE ON messages.people DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION messages.pastes();
\set SHOW_CONTEXT always
SET ROLE messages_masked;
UPDATE messages.people SET open = 'h' WHERE id = 3;
SET ROLE messages_cleared;
UPDATE messages.people SET open = 'h' WHERE id = 3;
RESET ROLE;
\set SHOW_CONTEXT never
DROP TRIGGER pastes ON messages.people;
CREATE CONSTRAINT TRIGGER names_long AFTER UPDATE ON messages.people DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION messages.names_long();
SET ROLE messages_masked;
UPDATE messages.people SET open = 'h' WHERE id = 3;
SET ROLE messages_cleared;
UPDATE messages.people SET open = 'h' WHERE id = 3;
RESET ROLE;
DROP TRIGGER names_long ON messages.people;
ALTER TABLE messages_made RENAME TO messages_kept;
CREATE TRIGGER names_things AFTER UPDATE ON messages.people FOR EACH ROW EXECUTE FUNCTION messages.names_things();
CREATE CONSTRAINT TRIGGER names_things_late AFTER UPDATE ON messages.people DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION messages.names_things();
SET ROLE messages_masked;
UPDATE messages.people SET open = 'i' WHERE id = 3;
SET ROLE messages_cleared;
UPDATE messages.people SET open = 'i' WHERE id = 3;
RESET ROLE;
DROP TRIGGER names_things ON messages.people;
DROP TRIGGER names_things_late ON messages.people;
RESET plpgsql.print_strict_params;
RESET plpgsql.extra_warnings;
CREATE TRIGGER in_trigger BEFORE UPDATE ON messages.people FOR EACH ROW EXECUTE FUNCTION messages.in_trigger();
SET ROLE messages_cleared;
-- An index over a masked column is built by whoever owns the table: what the sort tells of it is not for everybody.
SET trace_sort = on;
RESET ROLE;
\set SHOW_CONTEXT errors
SET client_min_messages = warning;
DROP TABLE messages_kept;
DROP SCHEMA messages CASCADE;
DROP ROLE messages_masked, messages_cleared;
