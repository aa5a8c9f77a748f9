-- With ddm.exempt_owner off a table's owner sees masks of it, and code that he made before goes on working on what is
-- stored. What it finds by a name stays what it was: he gives none of these names to anything else.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE named_owner;
CREATE ROLE named_member IN ROLE named_owner;
CREATE ROLE named_app;
CREATE SCHEMA named AUTHORIZATION named_owner;
GRANT CREATE ON DATABASE :DBNAME TO named_owner;
GRANT USAGE ON SCHEMA named TO named_app;
SET SESSION AUTHORIZATION named_owner;
SET search_path = named;
CREATE TABLE people (id int PRIMARY KEY, ssn varchar(20), region text);
INSERT INTO people VALUES (1, '123-45-6789', 'EU');
GRANT SELECT, UPDATE ON people TO named_app;
CREATE FUNCTION inner_helper(text) RETURNS text LANGUAGE sql AS $$ SELECT upper($1) $$;
CREATE FUNCTION helper(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN named.inner_helper($1); END $$;
CREATE FUNCTION "Odd one"(text) RETURNS text LANGUAGE sql AS $$ SELECT $1 $$;
CREATE FUNCTION unused(text) RETURNS text LANGUAGE sql AS $$ SELECT $1 $$;
CREATE DOMAIN region_code AS text;
CREATE TYPE kind AS ENUM ('XXXX', 'other');
CREATE FUNCTION alike(text, varchar) RETURNS boolean LANGUAGE sql AS $$ SELECT $1 > $2 $$;
CREATE OPERATOR === (LEFTARG = text, RIGHTARG = varchar, FUNCTION = alike);
CREATE FUNCTION held(text) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
CREATE DOMAIN held_text AS text CHECK (named.held(VALUE));
CREATE FUNCTION shown(text) RETURNS text LANGUAGE sql AS $$ SELECT $1 $$;
CREATE VIEW region AS SELECT named.shown(r) AS r FROM (VALUES ('EU')) v (r);
CREATE VIEW regions AS SELECT r FROM region;
CREATE VIEW sink AS SELECT ''::text AS s;
CREATE FUNCTION sinks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER sinks INSTEAD OF INSERT ON sink FOR EACH ROW EXECUTE FUNCTION sinks();
GRANT SELECT ON region, regions TO named_app;
GRANT INSERT ON sink TO named_app;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE code region_code; k named.kind; h named.held_text := 'x';
BEGIN
    IF old.ssn LIKE 'y%' THEN RETURN NULL; END IF;
    IF NOT EXISTS (SELECT FROM named.regions WHERE old.ssn OPERATOR(named.===) r) THEN h := old.ssn; END IF;
    INSERT INTO named.sink VALUES (old.ssn);
    code := substr(named.helper(old.ssn) || "Odd one"('x'), 1, 0);
    BEGIN
        EXECUTE 'CALL tools.later($1)' USING old.ssn;
    EXCEPTION WHEN undefined_function OR invalid_schema_name THEN NULL;
    END;
    RETURN new;
END $$;
CREATE TRIGGER keep BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TABLE told (ssn text);
CREATE FUNCTION tell(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO named.told VALUES ($1); RETURN $1; END $$;
CREATE FUNCTION tell(varchar, text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO named.told VALUES ($1); RETURN $1; END $$;
RESET search_path;
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN named.people.ssn IS 'MASKED WITH FUNCTION default()';
GRANT UNMASK ON named.people TO named_app;
GRANT INSERT ON named.told TO named_app;

SET ddm.exempt_owner = off;
\set VERBOSITY terse
SET ROLE named_member;
SET search_path = named;
SELECT ssn FROM people;
-- Another body, another kind of argument, another name, another place; what that calls.
CREATE OR REPLACE FUNCTION helper(text) RETURNS text LANGUAGE sql AS $$ SELECT named.tell($1) $$;
CREATE OR REPLACE FUNCTION inner_helper(text) RETURNS text LANGUAGE sql AS $$ SELECT named.tell($1) $$;
CREATE FUNCTION helper(varchar) RETURNS text LANGUAGE sql AS $$ SELECT named.tell($1) $$;
CREATE FUNCTION substr(varchar, int, int) RETURNS text LANGUAGE sql AS $$ SELECT named.tell($1) $$;
ALTER FUNCTION inner_helper(text) SET search_path = named;
ALTER FUNCTION unused(text) RENAME TO "Odd one";
ALTER FUNCTION unused(text) RENAME TO inner_helper;
CREATE OR REPLACE FUNCTION alike(text, varchar) RETURNS boolean LANGUAGE sql AS $$ SELECT named.tell($1) > '' $$;
CREATE OR REPLACE FUNCTION held(text) RETURNS boolean LANGUAGE sql AS $$ SELECT named.tell($1) > '' $$;
CREATE OR REPLACE FUNCTION shown(text) RETURNS text LANGUAGE sql AS $$ SELECT named.tell($1) $$;
CREATE OR REPLACE FUNCTION sinks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM named.tell(new.s); RETURN new; END $$;
CREATE FUNCTION sinks_too() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM named.tell(new.s); RETURN new; END $$;
CREATE TRIGGER sinks_too INSTEAD OF INSERT ON sink FOR EACH ROW EXECUTE FUNCTION sinks_too();
CREATE RULE sinks AS ON INSERT TO sink DO INSTEAD INSERT INTO named.told VALUES (new.s);
CREATE OR REPLACE VIEW region AS SELECT named.tell(r) AS r FROM (VALUES ('EU')) v (r);
ALTER DOMAIN held_text ADD CHECK (named.tell(VALUE) <> '');
CREATE FUNCTION to_kind(text) RETURNS kind LANGUAGE sql AS $$ SELECT named.tell($1)::named.kind $$;
CREATE CAST (text AS kind) WITH FUNCTION to_kind(text) AS ASSIGNMENT;
CREATE AGGREGATE inner_helper(int) (SFUNC = pg_catalog.int4pl, STYPE = int);
CREATE OPERATOR || (LEFTARG = varchar, RIGHTARG = text, FUNCTION = tell);
CREATE FUNCTION tell_whether(varchar, text) RETURNS boolean LANGUAGE sql AS $$ SELECT named.tell($1) > '' $$;
CREATE OPERATOR ~~ (LEFTARG = varchar, RIGHTARG = text, FUNCTION = tell_whether);
CREATE PROCEDURE later(text) LANGUAGE sql AS $$ SELECT named.tell($1) $$;
-- Types, relations and schemas.
CREATE DOMAIN later AS text;
CREATE VIEW later AS SELECT 1;
ALTER TABLE told RENAME TO later;
CREATE SCHEMA tools;
CREATE SCHEMA other;
ALTER SCHEMA other RENAME TO tools;
RESET ROLE;
SET ROLE named_app;
UPDATE named.people SET region = 'DE' WHERE id = 1 RETURNING ssn;
RESET ROLE;
SELECT * FROM named.told;
SET ROLE named_member;
DROP DOMAIN region_code;
CREATE DOMAIN region_code AS text CHECK (named.tell(VALUE) <> '');
CREATE TABLE region_code (x text);
RESET ROLE;

-- What has no name there is his to make and to change; costs, owners and what is temporary as well.
SET ROLE named_member;
CREATE FUNCTION free(text) RETURNS text LANGUAGE sql AS $$ SELECT $1 $$;
CREATE OR REPLACE FUNCTION unused(text) RETURNS text LANGUAGE sql AS $$ SELECT lower($1) $$;
ALTER FUNCTION helper(text) COST 5;
ALTER FUNCTION helper(text) RENAME TO helped;
ALTER FUNCTION helped(text) RENAME TO helper;
CREATE TEMP TABLE later (x text);
CREATE TABLE free (id int);
ALTER TABLE people ADD CHECK (id > 0);
CREATE OPERATOR <-> (LEFTARG = varchar, RIGHTARG = text, FUNCTION = tell);
RESET ROLE;

-- Superusers change it, who is cleared, and where owners see what is stored the owner.
ALTER FUNCTION named.helped(text) RENAME TO helper;
CREATE OR REPLACE FUNCTION named.helper(text) RETURNS text LANGUAGE sql AS $$ SELECT upper($1) $$;
GRANT UNMASK ON named.people TO named_owner;
SET ROLE named_owner;
CREATE OR REPLACE FUNCTION helper(text) RETURNS text LANGUAGE sql AS $$ SELECT lower($1) $$;
RESET ROLE;
REVOKE UNMASK ON named.people FROM named_owner;
RESET ddm.exempt_owner;
SET ROLE named_owner;
CREATE OR REPLACE FUNCTION helper(text) RETURNS text LANGUAGE sql AS $$ SELECT lower($1) $$;
RESET ROLE;

SELECT ddm.audit_flush() \g /dev/null
SELECT DISTINCT kind, action, object FROM ddm.audit_log WHERE role_name = 'named_member' AND kind NOT IN ('mask', 'unmask');
DROP TABLE pg_temp.later;
DROP SCHEMA other, named CASCADE;
REVOKE CREATE ON DATABASE :DBNAME FROM named_owner;
DROP ROLE named_member;
DROP ROLE named_owner;
DROP ROLE named_app;
