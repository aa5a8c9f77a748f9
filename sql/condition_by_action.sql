-- A foreign key's action sets off triggers, which may compute what a mask's condition asks for.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE action_owner;
CREATE ROLE action_reader;
CREATE SCHEMA action AUTHORIZATION action_owner;
GRANT USAGE ON SCHEMA action TO action_reader;
SET SESSION AUTHORIZATION action_owner;
SET search_path = action;
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE other (id int PRIMARY KEY);
CREATE TABLE child (id int, parent int REFERENCES parent ON UPDATE CASCADE ON DELETE SET NULL, region text, ssn text, updated timestamptz);
CREATE TABLE stamped (LIKE child, FOREIGN KEY (parent) REFERENCES other ON UPDATE CASCADE ON DELETE SET NULL);
INSERT INTO parent VALUES (1), (2);
INSERT INTO other VALUES (3), (4);
INSERT INTO child VALUES (1, 1, 'EU', 'secret'), (2, 2, 'EU', 'secret');
INSERT INTO stamped VALUES (1, 3, 'EU', 'secret'), (2, 4, 'EU', 'secret');
CREATE FUNCTION settle() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN new.region := CASE WHEN new.parent < 5 THEN 'EU' ELSE 'US' END; RETURN new; END $$;
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.updated := now(); RETURN new; END $$;
CREATE TRIGGER settle BEFORE UPDATE ON child FOR EACH ROW EXECUTE FUNCTION settle();
CREATE TRIGGER stamp BEFORE UPDATE ON stamped FOR EACH ROW EXECUTE FUNCTION stamp();
GRANT SELECT, UPDATE, DELETE ON ALL TABLES IN SCHEMA action TO action_reader;
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN action.child.ssn IS 'MASKED WITH FUNCTION default() WHEN (region = ''EU'')';
SECURITY LABEL FOR ddm ON COLUMN action.stamped.ssn IS 'MASKED WITH FUNCTION default() WHEN (region = ''EU'')';
SET SESSION AUTHORIZATION action_reader;
SET search_path = action;
UPDATE parent SET id = 10 WHERE id = 1;
DELETE FROM parent WHERE id = 2;
UPDATE other SET id = 30 WHERE id = 3;
DELETE FROM other WHERE id = 4;
SELECT id, parent, region, ssn FROM child ORDER BY id;
SELECT id, parent, region, ssn, updated IS NOT NULL AS stamped FROM stamped ORDER BY id;
-- Who is cleared sets it off.
SET SESSION AUTHORIZATION action_owner;
SET search_path = action;
UPDATE parent SET id = 10 WHERE id = 1;
RESET search_path;
RESET SESSION AUTHORIZATION;
-- It is the column whose condition asks for what the action assigns that is named.
CREATE TABLE action.town (name text PRIMARY KEY);
CREATE TABLE action.lives (id int, pin text, street text, town text REFERENCES action.town ON UPDATE CASCADE);
INSERT INTO action.town VALUES ('Ulm');
GRANT SELECT, UPDATE ON action.town, action.lives TO action_reader;
SECURITY LABEL FOR ddm ON COLUMN action.lives.pin IS 'MASKED WITH FUNCTION default() WHEN (id > 5)';
SECURITY LABEL FOR ddm ON COLUMN action.lives.street IS 'MASKED WITH FUNCTION default() WHEN (town = ''Ulm'')';
SET SESSION AUTHORIZATION action_reader;
UPDATE action.town SET name = 'Bern';
RESET SESSION AUTHORIZATION;
-- (A dictionary of somebody's own answers what he writes into it.)
CREATE TEXT SEARCH DICTIONARY action.words (TEMPLATE = simple);
SECURITY LABEL FOR ddm ON COLUMN action.lives.pin IS 'MASKED WITH FUNCTION default() WHEN (ts_lexize(''action.words'', street) = ''{x}'')';
SECURITY LABEL FOR ddm ON COLUMN action.lives.pin IS 'MASKED WITH FUNCTION default() WHEN (ts_lexize(''simple'', street) = ''{x}'')';
DROP SCHEMA action CASCADE;
DROP ROLE action_owner, action_reader;
