-- Writing back the mask that one was shown keeps the stored value: ddm.masked_writes.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
SET client_min_messages = notice;
CREATE ROLE ddm_wb_masked;
CREATE ROLE ddm_wb_blind;
CREATE ROLE ddm_wb_cleared;
CREATE SCHEMA writeback_keep;
GRANT USAGE ON SCHEMA writeback_keep TO ddm_wb_masked, ddm_wb_blind, ddm_wb_cleared;
SET search_path = writeback_keep;
CREATE DOMAIN mail AS text CHECK (VALUE LIKE '%@%' OR VALUE = 'XXXX');
CREATE TABLE person (
    id int PRIMARY KEY, name text, email mail, ssn varchar(11), salary numeric(10,2), profile json, place point,
    tags text[], open text, guess int);
INSERT INTO person
    SELECT g, 'name ' || g, 'user' || g || '@example.com', '123-45-678' || g, g * 1000, json_build_object('k', g),
           point(g, g), ARRAY['a' || g], 'open', g
    FROM generate_series(1, 3) g;
SECURITY LABEL FOR ddm ON COLUMN person.name IS 'MASKED WITH VALUE NULL';
SECURITY LABEL FOR ddm ON COLUMN person.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN person.ssn IS 'MASKED WITH FUNCTION partial(0, ''XXX-XX-'', 4)';
SECURITY LABEL FOR ddm ON COLUMN person.salary IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN person.profile IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN person.place IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN person.tags IS 'MASKED WITH FUNCTION default()';
GRANT ALL ON person TO ddm_wb_masked, ddm_wb_cleared;
GRANT UPDATE ON person TO ddm_wb_blind;
GRANT SELECT (id) ON person TO ddm_wb_blind;
GRANT UNMASK ON person TO ddm_wb_cleared;

SET ROLE ddm_wb_masked;
-- Reads a row, changes one field, writes all of them back.
SELECT * FROM person WHERE id = 1;
UPDATE person SET name = NULL, email = 'u***@example.com', ssn = 'XXX-XX-6781', salary = 0, profile = 'null',
    place = (SELECT place FROM person WHERE id = 1), tags = (SELECT tags FROM person WHERE id = 1), open = 'changed'
    WHERE id = 1 RETURNING *;
RESET ROLE;
SELECT * FROM person WHERE id = 1;

-- The same with a prepared statement of both kinds.
SET ROLE ddm_wb_masked;
PREPARE save(text, text, int) AS UPDATE person SET email = $1, open = $2 WHERE id = $3;
EXECUTE save('u***@example.com', 'prepared', 2);
SET plan_cache_mode = force_generic_plan;
EXECUTE save('u***@example.com', 'prepared again', 2);
EXECUTE save('new@example.com', 'prepared again', 3);
RESET plan_cache_mode;
-- In bulk, through another row's values, through a view, in a function, in a CTE.
UPDATE person SET email = s.email, ssn = s.ssn FROM (SELECT id, email, ssn FROM person) s WHERE s.id = person.id;
UPDATE person SET email = email, salary = salary * 2;
RESET ROLE;
CREATE VIEW window_on AS SELECT id, email, open FROM person;
GRANT ALL ON window_on TO ddm_wb_masked, ddm_wb_blind;
SET ROLE ddm_wb_masked;
UPDATE window_on SET email = 'u***@example.com', open = 'by view' WHERE id = 1 RETURNING *;
DO $$ BEGIN UPDATE writeback_keep.person SET email = 'u***@example.com' WHERE id = 1; END $$;
WITH saved AS (UPDATE person SET email = 'u***@example.com' WHERE id = 2 RETURNING id) SELECT 1 AS one;
-- A value of his own goes in; copying into an open column writes the mask.
UPDATE person SET email = 'own@example.com', salary = 5 WHERE id = 2 RETURNING email, salary;
UPDATE person SET open = email WHERE id = 1 RETURNING open;
-- An upsert.
INSERT INTO person (id, name, email, salary, open) VALUES (1, NULL, 'u***@example.com', 0, 'upsert')
    ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, email = EXCLUDED.email, salary = EXCLUDED.salary,
        open = EXCLUDED.open
    RETURNING *;
RESET ROLE;
SELECT * FROM person ORDER BY id;

-- Whoever is cleared writes what he writes.
SET ROLE ddm_wb_cleared;
UPDATE person SET ssn = 'XXX-XX-6783' WHERE id = 3 RETURNING ssn;
-- Who may not read the column was shown no mask: nothing is kept, and nothing told.
SET ROLE ddm_wb_blind;
UPDATE person SET email = 'u***@example.com' WHERE id = 1;
UPDATE window_on SET email = 'u***@example.com' WHERE id = 1;
RESET ROLE;
SELECT id, email, ssn FROM person ORDER BY id;

-- A document that was parsed and written again is spaced and ordered otherwise.
CREATE TABLE document (id int PRIMARY KEY, j json, jb jsonb, open text);
INSERT INTO document VALUES (1, '{"name": "Ann", "pin": "1234", "n": 1.50}', '{"name": "Ann", "pin": "1234", "n": 1.50}', 'o');
SECURITY LABEL FOR ddm ON COLUMN document.j IS 'MASKED WITH FUNCTION json(''$.pin'', full(''****''))';
SECURITY LABEL FOR ddm ON COLUMN document.jb IS 'MASKED WITH FUNCTION json(''$.pin'', full(''****''))';
GRANT ALL ON document TO ddm_wb_masked;
SET ROLE ddm_wb_masked;
TABLE document;
UPDATE document SET j = '{"n":1.5,"pin":"****","name":"Ann"}', jb = '{"n":1.5,"pin":"****","name":"Ann"}', open = 'saved';
UPDATE document SET j = '{"pin": "9999", "name": "\u0000"}' WHERE id = 2;
-- Parts of it can't be assigned: that would tell what it holds.
UPDATE document SET jb['name'] = '"Bob"';
UPDATE document SET jb['pin']['digits'] = '4';
RESET ROLE;
TABLE document;

-- Nor elements of a list: that would tell how many it has, and in how many dimensions.
CREATE TABLE list (id int PRIMARY KEY, tags text[]);
INSERT INTO list VALUES (1, '{a,b}'), (2, '{a,b,c,d}');
SECURITY LABEL FOR ddm ON COLUMN list.tags IS 'MASKED WITH FUNCTION default()';
GRANT ALL ON list TO ddm_wb_masked;
SET ROLE ddm_wb_masked;
UPDATE list SET tags[:] = '{x,y,z}' WHERE id = 1;
UPDATE list SET tags[:] = '{x,y,z}' WHERE id = 2;
UPDATE list SET tags[2:] = '{x}' WHERE id = 2;
UPDATE list SET tags[:3] = '{x,y}';
UPDATE list SET tags[1] = 'x';
UPDATE list SET tags[1:2] = '{x,y}', tags[5] = 'z';
INSERT INTO list (id, tags[1]) VALUES (3, 'x') ON CONFLICT DO NOTHING;
INSERT INTO list (id, tags) VALUES (1, '{x}') ON CONFLICT (id) DO UPDATE SET tags[2] = 'y';
UPDATE list SET tags = '{x}' WHERE id = 2;
RESET ROLE;
TABLE list;

-- Fields can: each that was shown and is written back is kept, as deep as they go.
CREATE TYPE street AS (name text, number int);
CREATE TYPE place AS (town text, street street);
CREATE DOMAIN home AS place CHECK ((VALUE).town <> '' OR VALUE IS NULL);
CREATE TABLE moved (id int PRIMARY KEY, at place, home home, free street);
INSERT INTO moved SELECT i, ROW('Ulm', ROW('Gasse', 7))::place, ROW('Rom', ROW('Via', 9))::place, ROW('Rue', 5)::street FROM generate_series(1, 6) i;
CREATE FUNCTION moved_home(place) RETURNS place LANGUAGE sql IMMUTABLE AS $$ SELECT ROW('Town', ROW('XXXX', 0)::street)::place $$;
SECURITY LABEL FOR ddm ON FUNCTION moved_home(place) IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON COLUMN moved.at IS 'MASKED WITH FUNCTION writeback_keep.moved_home()';
SECURITY LABEL FOR ddm ON COLUMN moved.free IS 'MASKED WITH VALUE NULL';
GRANT ALL ON moved TO ddm_wb_masked;
SET ROLE ddm_wb_masked;
TABLE moved;
UPDATE moved SET at.town = 'Town', free.number = NULL WHERE id = 1;
UPDATE moved SET at.town = (at).town, at.street.number = ((at).street).number, at.street.name = 'New' WHERE id = 2;
UPDATE moved SET at.town = 'Bern', at.street = (at).street, free.name = 'New' WHERE id = 3;
INSERT INTO moved (id, at) VALUES (4, ROW('Town', ROW('XXXX', 0))) ON CONFLICT (id) DO UPDATE SET at.town = (EXCLUDED.at).town, at.street = (EXCLUDED.at).street;
MERGE INTO moved USING (VALUES (5)) AS s (id) ON moved.id = s.id WHEN MATCHED THEN UPDATE SET at.town = 'Town', at.street.name = 'XXXX', at.street.number = 8;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN moved.home IS 'MASKED WITH FUNCTION default()';
SET ROLE ddm_wb_masked;
SELECT home FROM moved WHERE id = 6;
UPDATE moved SET home.town = (home).town, home.street.number = 1 WHERE id = 6;
RESET ROLE;
SELECT * FROM moved ORDER BY id;

-- A document whose mask is null: most languages have one null for it and for NULL.
CREATE DOMAIN dossier AS jsonb;
CREATE TABLE parcel (id int PRIMARY KEY, j json, jb jsonb, dossier dossier, note text);
INSERT INTO parcel VALUES (1, '{"pin": 1}', '{"pin": 1}', '{"pin": 1}', 'x'), (2, NULL, NULL, NULL, NULL), (3, 'null', 'null', 'null', 'x');
SECURITY LABEL FOR ddm ON COLUMN parcel.j IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN parcel.jb IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN parcel.dossier IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN parcel.note IS 'MASKED WITH FUNCTION default()';
GRANT ALL ON parcel TO ddm_wb_masked;
SET ROLE ddm_wb_masked;
TABLE parcel;
UPDATE parcel SET j = NULL, jb = NULL, dossier = NULL, note = 'XXXX';
UPDATE parcel SET note = NULL, jb = '{}' WHERE id = 3;
RESET ROLE;
TABLE parcel;

-- A mask that shows something else each time.
SECURITY LABEL FOR ddm ON COLUMN person.guess IS 'MASKED WITH FUNCTION random(1, 100)';
SET ROLE ddm_wb_masked;
UPDATE person SET guess = 5 WHERE id = 1;
UPDATE person SET open = 'without guess' WHERE id = 1;
RESET ROLE;

-- deny and allow.
SET ROLE ddm_wb_masked;
SET ddm.masked_writes = 'allow';
RESET ROLE;
SET ddm.masked_writes = 'deny';
SET ROLE ddm_wb_masked;
UPDATE person SET email = 'u***@example.com' WHERE id = 1;
UPDATE person SET tags[1] = 'x' WHERE id = 1;
EXECUTE save('u***@example.com', 'denied', 2);
INSERT INTO person (id, email) VALUES (1, 'a@b') ON CONFLICT (id) DO UPDATE SET email = EXCLUDED.email;
UPDATE person SET open = 'allowed' WHERE id = 1;
RESET ROLE;
SET ddm.masked_writes = 'allow';
SET ROLE ddm_wb_masked;
UPDATE person SET email = 'u***@example.com', guess = 1 WHERE id = 3;
RESET ROLE;
RESET ddm.masked_writes;
SELECT id, email, guess, open FROM person ORDER BY id;

-- Triggers, constraints and partitions see the stored value; a kept key moves no row.
CREATE TABLE parted (id int, region text, secret text CHECK (secret LIKE 'stored%')) PARTITION BY LIST (region);
CREATE TABLE parted_a PARTITION OF parted FOR VALUES IN ('a1');
CREATE TABLE parted_b PARTITION OF parted FOR VALUES IN ('b1');
INSERT INTO parted VALUES (1, 'a1', 'stored 1'), (2, 'b1', 'stored 2');
SECURITY LABEL FOR ddm ON COLUMN parted.region IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN parted.secret IS 'MASKED WITH FUNCTION default()';
CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN IF NEW.secret IS DISTINCT FROM OLD.secret THEN RAISE EXCEPTION 'secret changed'; END IF; RETURN NEW; END $$;
CREATE TRIGGER watch BEFORE UPDATE ON parted FOR EACH ROW EXECUTE FUNCTION watch();
GRANT ALL ON parted TO ddm_wb_masked;
SET ROLE ddm_wb_masked;
UPDATE parted SET id = id + 10, region = 'XXXX', secret = 'XXXX' RETURNING *;
RESET ROLE;
SELECT tableoid::regclass, * FROM parted ORDER BY id;

SET client_min_messages = warning;
DROP SCHEMA writeback_keep CASCADE;
DROP ROLE ddm_wb_masked, ddm_wb_blind, ddm_wb_cleared;
