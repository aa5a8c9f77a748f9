-- Triggers, checks, indexes and row security see stored values. Whoever sees these masked chooses the search_path under
-- which their functions look names up, and makes temporary tables: they find nothing of his making.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE code_owner;
CREATE ROLE code_reader;
CREATE ROLE code_friend;
CREATE SCHEMA code AUTHORIZATION code_owner;
CREATE SCHEMA code_reader AUTHORIZATION code_reader;
GRANT USAGE ON SCHEMA code_reader TO PUBLIC;
GRANT USAGE ON SCHEMA code TO code_reader;
SET SESSION AUTHORIZATION code_owner;
SET search_path = code;
CREATE TABLE people (id int PRIMARY KEY, ssn varchar(20), region text);
INSERT INTO people VALUES (1, '123-45-6789', 'EU'), (2, '234-56-7890', 'US');
CREATE TABLE journal (ssn text, what text, setting text);
GRANT SELECT, UPDATE, INSERT ON people TO code_reader;
GRANT SELECT, INSERT ON journal TO code_reader;
CREATE FUNCTION helper(text) RETURNS text LANGUAGE sql AS $$ SELECT upper($1) $$;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF old.ssn IS DISTINCT FROM new.ssn || '' THEN new.region := 'XX'; END IF;
    INSERT INTO journal VALUES (lower(old.ssn), helper(tg_op), set_config('code.seen', 'yes', true));
    RETURN new;
END $$;
CREATE FUNCTION keep_too() RETURNS trigger LANGUAGE plpgsql SET search_path = code AS $$
BEGIN INSERT INTO journal VALUES (old.ssn, 'own path'); RETURN new; END $$;
CREATE FUNCTION keep_later() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN INSERT INTO journal VALUES (old.ssn, 'definer'); RETURN new; END $$;
CREATE TRIGGER keep BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER keep_too AFTER UPDATE ON people FOR EACH ROW EXECUTE FUNCTION keep_too();
CREATE CONSTRAINT TRIGGER keep_later AFTER UPDATE ON people DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION keep_later();
CREATE TABLE checked (id int, ssn text, open text);
CREATE FUNCTION right_one(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN lower($1) <> ''; END $$;
CREATE FUNCTION short(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT substr($1, 1, 3) $$;
CREATE FUNCTION may_see(text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT upper($1) <> '' $$;
ALTER TABLE checked ADD CHECK (right_one(ssn)), ENABLE ROW LEVEL SECURITY;
CREATE INDEX ON checked (short(ssn));
CREATE INDEX ON checked (open);
CREATE POLICY may_see ON checked USING (may_see(ssn));
INSERT INTO checked VALUES (1, '345-67-8901', 'a');
GRANT SELECT, UPDATE ON checked TO code_reader;
CREATE TABLE parted (id int, ssn text) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (1) TO (10);
CREATE TRIGGER keep_too BEFORE UPDATE ON parted_1 FOR EACH ROW EXECUTE FUNCTION keep_too();
INSERT INTO parted VALUES (1, '456-78-9012');
GRANT SELECT, UPDATE ON parted TO code_reader;
RESET search_path;
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN code.people.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN code.journal.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN code.checked.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN code.parted.ssn IS 'MASKED WITH FUNCTION default()';

-- What he would have them find.
SET SESSION AUTHORIZATION code_reader;
CREATE FUNCTION code_reader.tell(text, text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'seen: % %', $1, $2; RETURN $1; END $$;
CREATE FUNCTION code_reader.tells(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'seen: % %', $1, $2; RETURN true; END $$;
CREATE FUNCTION code_reader.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT code_reader.tell($1, 'lower') $$;
CREATE FUNCTION code_reader.upper(text) RETURNS text LANGUAGE sql AS $$ SELECT code_reader.tell($1, 'upper') $$;
CREATE FUNCTION code_reader.substr(text, int, int) RETURNS text LANGUAGE sql AS $$ SELECT code_reader.tell($1, 'substr') $$;
CREATE FUNCTION code_reader.lower(varchar) RETURNS text LANGUAGE sql AS $$ SELECT code_reader.tell($1, 'lower') $$;
CREATE OPERATOR code_reader.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = code_reader.tell);
CREATE OPERATOR code_reader.= (LEFTARG = text, RIGHTARG = text, FUNCTION = code_reader.tells);
CREATE OPERATOR code_reader.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = code_reader.tells);
CREATE TABLE code_reader.journal (ssn text, what text, setting text);
CREATE TEMP TABLE journal (ssn text, what text, setting text);
GRANT ALL ON journal, code_reader.journal TO PUBLIC;
SET search_path = code_reader, pg_catalog, code;
BEGIN;
UPDATE code.people SET region = 'DE' WHERE id OPERATOR(pg_catalog.=) 1 RETURNING region;
SET CONSTRAINTS ALL IMMEDIATE;
SHOW search_path;
SHOW code.seen;
COMMIT;
UPDATE code.checked SET open = 'b' RETURNING id;
SELECT id, open FROM code.checked;
UPDATE code.parted SET id = 2;
SELECT count(*) FROM code.journal;
TABLE code_reader.journal;
TABLE pg_temp.journal;
DROP TABLE pg_temp.journal;
-- His own code goes by his own path.
SELECT code_reader.lower('x'::text), 'a' OPERATOR(code_reader.||) 'b';
-- An error leaves the path as it was.
DO $$
BEGIN
    UPDATE code.people SET id = 2 WHERE id OPERATOR(pg_catalog.=) 1;
EXCEPTION WHEN unique_violation THEN RAISE WARNING '%', current_setting('search_path');
END $$;
RESET search_path;
RESET SESSION AUTHORIZATION;

-- Where he may make objects beside the code itself, those that are called instead of the server's are refused.
GRANT CREATE ON SCHEMA code TO code_reader;
CREATE SCHEMA code_further AUTHORIZATION code_owner;
GRANT USAGE ON SCHEMA code_further TO code_reader, code_friend;
SET SESSION AUTHORIZATION code_reader;
SET search_path = code;
CREATE FUNCTION code.lower(varchar) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT set_config('code.told', $1, false) $$;
UPDATE people SET region = 'FR' WHERE id = 1;
SHOW code.told;
DROP FUNCTION code.lower(varchar);
UPDATE people SET region = 'FR' WHERE id = 1;
-- And so is a table that is found instead of one further on in the path.
RESET SESSION AUTHORIZATION;
ALTER TABLE code.journal SET SCHEMA code_further;
SET SESSION AUTHORIZATION code_reader;
SET search_path = code, code_further;
CREATE TABLE code.journal (ssn text, what text, setting text);
GRANT ALL ON code.journal TO PUBLIC;
UPDATE people SET region = 'FR' WHERE id = 2;
DROP TABLE code.journal;
CREATE VIEW code.journal AS SELECT 'x' AS ssn, 'y' AS what, 'z' AS setting;
CREATE RULE journal AS ON INSERT TO code.journal DO INSTEAD INSERT INTO code_reader.journal VALUES (new.ssn);
GRANT ALL ON code.journal TO PUBLIC;
UPDATE people SET region = 'FR' WHERE id = 2;
DROP VIEW code.journal;
TABLE code_reader.journal;
-- What somebody else who sees masks puts there is no better, whoever of them runs the code; nor is a type of theirs.
RESET SESSION AUTHORIZATION;
GRANT CREATE, USAGE ON SCHEMA code TO code_friend;
GRANT USAGE ON SCHEMA code_reader TO code_friend;
SET SESSION AUTHORIZATION code_owner;
CREATE DOMAIN code_further.kind AS int;
CREATE DOMAIN code_further."a kind" AS int;
CREATE FUNCTION code.first_digits(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ DECLARE n kind := $1::int / 1000; BEGIN RETURN n::"a kind" > 0; END $$;
CREATE TABLE code.digits (id int, ssn text, open text, CHECK (code.first_digits(ssn)));
CREATE FUNCTION code.keep_digits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN EXECUTE 'INSERT INTO jour' || 'nal VALUES ($1)' USING old.ssn; RETURN new; END $$;
CREATE TRIGGER keep_digits BEFORE UPDATE ON code.digits FOR EACH ROW EXECUTE FUNCTION code.keep_digits();
GRANT SELECT, UPDATE ON code.digits TO code_reader;
INSERT INTO code.digits VALUES (1, '12345', 'a');
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN code.digits.ssn IS 'MASKED WITH FUNCTION default()';
SET SESSION AUTHORIZATION code_friend;
CREATE FUNCTION code.lower(varchar) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE WARNING 'seen: %', $1; RETURN $1; END $$;
CREATE FUNCTION code.join(varchar, text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT code.lower($1) $$;
CREATE OPERATOR code.|| (LEFTARG = varchar, RIGHTARG = text, FUNCTION = code.join);
CREATE DOMAIN code.kind AS int CHECK (VALUE > 12);
SET SESSION AUTHORIZATION code_reader;
SET search_path = code, code_further;
\set SHOW_CONTEXT never
UPDATE people SET region = 'FR' WHERE id = 1;
\set SHOW_CONTEXT errors
UPDATE digits SET open = 'b';
SET SESSION AUTHORIZATION code_friend;
DROP OPERATOR code.|| (varchar, text);
DROP DOMAIN code.kind;
CREATE DOMAIN code."a kind" AS int CHECK (VALUE > 12);
SET SESSION AUTHORIZATION code_reader;
UPDATE digits SET open = 'b';
SET SESSION AUTHORIZATION code_friend;
CREATE TABLE code.journal (ssn text, what text, setting text);
GRANT ALL ON code.journal TO PUBLIC;
SET SESSION AUTHORIZATION code_reader;
UPDATE people SET region = 'FR' WHERE id = 1;
SET SESSION AUTHORIZATION code_friend;
DROP FUNCTION code.lower(varchar) CASCADE;
DROP DOMAIN code."a kind";
SET SESSION AUTHORIZATION code_reader;
UPDATE digits SET open = 'b';
SET SESSION AUTHORIZATION code_friend;
TABLE code.journal;
DROP TABLE code.journal;
RESET SESSION AUTHORIZATION;
ALTER TABLE code_further.journal SET SCHEMA code;
SET SESSION AUTHORIZATION code_reader;
RESET search_path;
RESET SESSION AUTHORIZATION;
SELECT * FROM code.journal ORDER BY ssn, what;

-- Who is cleared is not told anything new: the path is his.
GRANT UNMASK ON ALL TABLES IN SCHEMA code TO code_reader;
SET SESSION AUTHORIZATION code_reader;
SET search_path = code_reader, pg_catalog, code;
UPDATE code.checked SET open = 'c' RETURNING id;
RESET search_path;
RESET SESSION AUTHORIZATION;
-- Nor does who took on his role find it by the definer's rights.
REVOKE UNMASK ON ALL TABLES IN SCHEMA code FROM code_reader;
REVOKE CREATE ON SCHEMA code FROM code_reader, code_friend;
CREATE FUNCTION code.lower_by_definer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN new.open := lower(old.ssn::text); RETURN new; END $$;
ALTER FUNCTION code.lower_by_definer() OWNER TO code_owner;
CREATE TRIGGER lower_by_definer BEFORE UPDATE ON code.checked FOR EACH ROW EXECUTE FUNCTION code.lower_by_definer();
SET ROLE code_reader;
SET search_path = code_reader, pg_catalog, code;
UPDATE code.checked SET open = 'd' RETURNING id;
RESET search_path;
RESET ROLE;
-- Functions that he calls first, by himself, do not keep what they found by his path then.
SET SESSION AUTHORIZATION code_owner;
CREATE DOMAIN code.kind AS int;
SET search_path = code;
CREATE TABLE code.typed (id int, ssn text, open text);
CREATE FUNCTION code.shown(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ DECLARE n kind; BEGIN n := $1; RETURN n > 0; END $$;
CREATE FUNCTION code.typed(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ DECLARE s text := $1; BEGIN RETURN s <> ''; END $$;
ALTER TABLE code.typed ADD CHECK (typed(ssn)), ADD CHECK (shown(substr(ssn, 1, 3)::int));
RESET search_path;
INSERT INTO code.typed VALUES (1, '567-89-0123', 'a');
GRANT SELECT, UPDATE ON code.typed TO code_reader;
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN code.typed.ssn IS 'MASKED WITH FUNCTION default()';
\c -
SET client_min_messages = warning;
SET SESSION AUTHORIZATION code_reader;
CREATE DOMAIN code_reader.text AS pg_catalog.text CHECK (VALUE !~ '^5');
CREATE DOMAIN code_reader.kind AS int CHECK (VALUE < 500);
SET search_path = code_reader, pg_catalog, code;
SELECT plpgsql_validator('code.shown(int)'::regprocedure);
SELECT code.typed('x'), code.shown(3);
UPDATE code.typed SET open = 'b';
SELECT code.typed('x'), code.shown(3);
DROP DOMAIN code_reader.text, code_reader.kind;
RESET search_path;
RESET SESSION AUTHORIZATION;
DROP SCHEMA code, code_further, code_reader CASCADE;
DROP ROLE code_owner, code_reader, code_friend;
