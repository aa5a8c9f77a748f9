-- Who sees a column masked can't change a function that the server calls with its stored values: in a trigger, a check, an
-- index, a policy, statistics, nor one that an operator or another function there is made of.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE changed_owner;
CREATE SCHEMA changed AUTHORIZATION changed_owner;
SET SESSION AUTHORIZATION changed_owner;
SET search_path = changed;
CREATE TABLE people (id int PRIMARY KEY, ssn text, pay int, region text);
INSERT INTO people VALUES (1, '123-45-6789', 900, 'EU'), (2, '234-56-7890', 700, 'US');
CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER seen BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION seen();
CREATE FUNCTION checked(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$;
ALTER TABLE people ADD CHECK (checked(ssn));
CREATE FUNCTION indexed(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN lower($1); END $$;
CREATE INDEX people_indexed ON people (indexed(ssn));
CREATE FUNCTION condition(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1 > 0; END $$;
CREATE INDEX people_condition ON people (id) WHERE condition(pay);
CREATE FUNCTION policed(int) RETURNS boolean LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN true; END $$;
CREATE POLICY policed ON people USING (policed(pay));
CREATE FUNCTION counted(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN 1; END $$;
CREATE STATISTICS counted ON (counted(pay)) FROM people;
CREATE FUNCTION alike(text, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$;
CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = alike);
CREATE FUNCTION within(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$;
CREATE FUNCTION around(text) RETURNS boolean LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT within($1); END;
ALTER TABLE people ADD CHECK (ssn === 'x'), ADD CHECK (around(ssn));
CREATE FUNCTION held(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$;
CREATE DOMAIN kept AS text CHECK (held(VALUE));
ALTER TABLE people ADD COLUMN phone kept;
CREATE FUNCTION open(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$;
ALTER TABLE people ADD CHECK (open(region));
RESET search_path;
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN changed.people.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN changed.people.pay IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN changed.people.phone IS 'MASKED WITH FUNCTION default()';

SET ddm.exempt_owner = off;
SET ROLE changed_owner;
SET search_path = changed;
CREATE OR REPLACE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING '%', old.ssn; RETURN new; END $$;
CREATE OR REPLACE FUNCTION checked(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE WARNING '%', $1; RETURN true; END $$;
CREATE OR REPLACE FUNCTION indexed(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE WARNING '%', $1; RETURN $1; END $$;
CREATE OR REPLACE FUNCTION condition(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE WARNING '%', $1; RETURN true; END $$;
CREATE OR REPLACE FUNCTION policed(int) RETURNS boolean LANGUAGE plpgsql STABLE AS $$ BEGIN RAISE WARNING '%', $1; RETURN true; END $$;
CREATE OR REPLACE FUNCTION counted(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE WARNING '%', $1; RETURN 1; END $$;
CREATE OR REPLACE FUNCTION alike(text, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE WARNING '%', $1; RETURN true; END $$;
CREATE OR REPLACE FUNCTION within(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE WARNING '%', $1; RETURN true; END $$;
CREATE OR REPLACE FUNCTION held(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE WARNING '%', $1; RETURN true; END $$;
-- What it calls may be found elsewhere.
ALTER FUNCTION indexed(text) SET search_path = changed, pg_catalog;
-- What changes nothing of what runs, and what sees nothing that is masked.
CREATE OR REPLACE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
ALTER FUNCTION checked(text) COST 5;
ALTER FUNCTION indexed(text) RENAME TO indexed_by;
CREATE OR REPLACE FUNCTION open(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1 <> ''; END $$;
CREATE OR REPLACE FUNCTION other(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1 <> ''; END $$;
CREATE OR REPLACE FUNCTION other(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1 = ''; END $$;
UPDATE people SET region = 'US' WHERE id = 1 RETURNING *;

-- Whoever is cleared may.
RESET ROLE;
RESET ddm.exempt_owner;
SET ROLE changed_owner;
CREATE OR REPLACE FUNCTION checked(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1 <> ''; END $$;
CREATE OR REPLACE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.region := upper(new.region); RETURN new; END $$;

-- What somebody else made before the mask, who sees it then, goes on; whoever sets the mask is told.
CREATE TABLE later (id int, ssn text, open text);
INSERT INTO later VALUES (1, '123-45-6789');
RESET ROLE;
RESET search_path;
CREATE ROLE changed_other;
GRANT USAGE, CREATE ON SCHEMA changed TO changed_other;
GRANT TRIGGER ON changed.later TO changed_other;
SET ROLE changed_other;
CREATE FUNCTION changed.tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.open := old.ssn; RETURN new; END $$;
CREATE TRIGGER tell BEFORE UPDATE ON changed.later FOR EACH ROW EXECUTE FUNCTION changed.tell();
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN changed.later.ssn IS 'MASKED WITH FUNCTION default()';
GRANT UNMASK ON changed.later TO changed_other;
SECURITY LABEL FOR ddm ON COLUMN changed.later.ssn IS 'MASKED WITH FUNCTION nullify()';
DROP SCHEMA changed CASCADE;
DROP ROLE changed_owner, changed_other;
