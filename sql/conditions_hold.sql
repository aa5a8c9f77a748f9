-- Where a mask holds by a condition, a masked role can't write what makes it let go.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE hold_masked;
CREATE ROLE hold_cleared;
CREATE ROLE hold_support;
CREATE SCHEMA conditions_hold;
GRANT USAGE ON SCHEMA conditions_hold TO hold_masked, hold_cleared, hold_support;
SET search_path = conditions_hold;
CREATE TABLE person (id int PRIMARY KEY, region text, level int, email text, ssn text, open text);
INSERT INTO person VALUES (1, 'EU', 1, 'ann@eu.org', '111', 'o'), (2, 'US', 2, 'bob@us.org', '222', 'o'), (3, NULL, 3, 'cid@nn.org', '333', 'o');
SECURITY LABEL FOR ddm ON COLUMN person.email IS 'MASKED WITH FUNCTION email() WHEN (region <> ''EU'')';
SECURITY LABEL FOR ddm ON COLUMN person.ssn IS
    'MASKED WITH FUNCTION default() WHEN (level < 9) FOR hold_support WITH VALUE ''-'' WHEN (region = ''US'')';
GRANT ALL ON person TO hold_masked, hold_cleared, hold_support;
GRANT UNMASK ON person TO hold_cleared;

SET ROLE hold_masked;
SELECT * FROM person ORDER BY id;
UPDATE person SET region = 'EU' WHERE id = 2 RETURNING email;
UPDATE person SET region = 'EU';
UPDATE person SET level = 9 WHERE id = 2;
UPDATE person SET (region, open) = (SELECT 'EU', 'x') WHERE id = 2;
UPDATE person p SET region = q.region FROM person q WHERE q.id = 1 AND p.id = 2;
WITH u AS (UPDATE person SET region = 'EU' WHERE id = 3 RETURNING *) SELECT * FROM u;
INSERT INTO person (id, region) VALUES (2, 'EU') ON CONFLICT (id) DO UPDATE SET region = excluded.region;
MERGE INTO person p USING (VALUES (2)) v (id) ON p.id = v.id WHEN MATCHED THEN UPDATE SET region = 'EU';
PREPARE move(text, int) AS UPDATE person SET region = $1 WHERE id = $2 RETURNING email;
EXECUTE move('EU', 2);
-- A function that answers otherwise when it is asked again.
CREATE TEMP SEQUENCE asked;
CREATE FUNCTION pg_temp.liar() RETURNS text LANGUAGE plpgsql STABLE AS
    $$ BEGIN RETURN CASE WHEN nextval('asked') % 2 = 0 THEN 'EU' ELSE 'APAC' END; END $$;
DO $$
DECLARE seen text;
BEGIN
    FOR i IN 1 .. 4 LOOP
        BEGIN
            UPDATE conditions_hold.person SET region = pg_temp.liar() WHERE id = 2 RETURNING email INTO seen;
            RAISE WARNING '%', seen;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE WARNING 'refused';
        END;
    END LOOP;
END $$;
-- By hand the functions do nothing.
UPDATE person SET region = 'EU', open = ddm.note_shown(open, true, 0, NULL::ddm.mask_ref) WHERE id = 2;
SELECT ddm.check_shown(true, 0, 'person', 4, NULL);

-- What shows no more than before goes on: whole rows saved, other conditions, rows that are shown.
UPDATE person SET region = 'EU', level = 1, email = 'ann@eu.org', ssn = 'XXXX', open = 'saved' WHERE id = 1 RETURNING *;
UPDATE person SET region = 'US', level = 2, open = 'saved' WHERE id = 2 RETURNING *;
UPDATE person SET region = 'CA' WHERE id = 2 RETURNING email;
UPDATE person SET region = 'US', level = 3 WHERE id = 1 RETURNING email, ssn;
UPDATE person SET open = 'only' WHERE id = 3;
MERGE INTO person p USING (VALUES (1), (2), (3)) v (id) ON p.id = v.id
    WHEN MATCHED AND p.id = 2 THEN UPDATE SET region = 'US'
    WHEN MATCHED AND p.id = 1 THEN UPDATE SET open = 'merged';
UPDATE person SET region = 'EU' WHERE id = 99;
INSERT INTO person VALUES (4, 'EU', 1, 'mine@own.org', 'mine', 'o') RETURNING email;
SET ROLE hold_cleared;
UPDATE person SET region = 'EU', level = 9 WHERE id = 1 RETURNING email, ssn;
UPDATE person SET region = 'US', level = 1 WHERE id = 1;
-- The branch of a role of its own.
SET ROLE hold_support;
SELECT id, ssn FROM person ORDER BY id;
UPDATE person SET level = 9 WHERE id = 2 RETURNING ssn;
UPDATE person SET level = 9, region = 'CA' WHERE id = 2;
RESET ROLE;

-- Through a view, and with a trigger that has the last word.
CREATE VIEW window_on AS SELECT id, region, open FROM person;
GRANT ALL ON window_on TO hold_masked;
CREATE FUNCTION to_eu() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.open = 'trigger' THEN new.region := 'EU'; END IF; RETURN new; END $$;
CREATE TRIGGER to_eu BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION to_eu();
SET ROLE hold_masked;
UPDATE window_on SET region = 'EU' WHERE id = 2;
UPDATE person SET region = 'US', open = 'trigger' WHERE id = 2;
RESET ROLE;

-- Partitions, also where the row moves.
CREATE TABLE parted (id int, region text, email text) PARTITION BY LIST (region);
CREATE TABLE parted_eu PARTITION OF parted FOR VALUES IN ('EU');
CREATE TABLE parted_rest (email text, region text, id int);
ALTER TABLE parted ATTACH PARTITION parted_rest DEFAULT;
INSERT INTO parted VALUES (1, 'US', 'ann@us.org');
SECURITY LABEL FOR ddm ON COLUMN parted.email IS 'MASKED WITH FUNCTION email() WHEN (region <> ''EU'')';
GRANT ALL ON parted TO hold_masked;
SET ROLE hold_masked;
UPDATE parted SET region = 'EU' RETURNING *;
UPDATE parted SET region = 'CA' RETURNING *;
RESET ROLE;
SELECT * FROM person ORDER BY id;

-- A foreign key's action writes as well.
\set SHOW_CONTEXT never
CREATE TABLE regions (region text PRIMARY KEY);
INSERT INTO regions VALUES ('EU'), ('US'), ('CA');
CREATE TABLE settled (id int, region text DEFAULT 'EU' REFERENCES regions ON UPDATE CASCADE ON DELETE SET DEFAULT,
                      other text REFERENCES regions ON UPDATE CASCADE, email text);
INSERT INTO settled VALUES (1, 'US', 'US', 'ann@us.org'), (2, NULL, 'CA', 'cid@nn.org');
SECURITY LABEL FOR ddm ON COLUMN settled.email IS 'MASKED WITH FUNCTION email() WHEN (region <> ''EU'')';
GRANT ALL ON settled, regions TO hold_masked, hold_cleared;
GRANT UNMASK ON settled TO hold_cleared;
SET ROLE hold_masked;
DELETE FROM regions WHERE region = 'US';
UPDATE regions SET region = 'U' WHERE region = 'US';
UPDATE regions SET region = 'C' WHERE region = 'CA';
RESET ROLE;
-- The plan is the same for who is cleared, and after it for who is not.
SET ROLE hold_cleared;
UPDATE regions SET region = 'U' WHERE region = 'US';
UPDATE regions SET region = 'US' WHERE region = 'U';
SET ROLE hold_masked;
UPDATE regions SET region = 'U' WHERE region = 'US';
SELECT * FROM settled ORDER BY id;
RESET ROLE;

-- What an UPDATE in WITH finds shown says nothing of another's row.
CREATE TABLE apart (id int PRIMARY KEY, region text, ssn text, open text);
INSERT INTO apart VALUES (1, 'EU', '111', 'o'), (2, 'US', '222', 'o');
SECURITY LABEL FOR ddm ON COLUMN apart.ssn IS 'MASKED WITH FUNCTION default() WHEN (region = ''EU'')';
GRANT ALL ON apart TO hold_masked;
SET ROLE hold_masked;
WITH a AS (UPDATE apart SET region = 'FR' WHERE id = 2 RETURNING id)
UPDATE apart SET region = 'US', open = (SELECT max(id) FROM a)::text WHERE id = 1 RETURNING *;
WITH a AS (UPDATE apart SET region = 'FR' WHERE id = 2 RETURNING id)
UPDATE apart SET region = 'EU', open = (SELECT max(id) FROM a)::text WHERE id = 1 RETURNING *;
RESET ROLE;
-- Columns that follow others: generated ones, also in a child alone, and those that a trigger sets.
CREATE TABLE follows (id int PRIMARY KEY, region text, eu boolean GENERATED ALWAYS AS (region = 'EU') STORED, ssn text);
INSERT INTO follows (id, region, ssn) VALUES (1, 'EU', '111'), (2, 'US', '222');
CREATE TABLE triggered (id int PRIMARY KEY, region text, eu boolean, ssn text);
INSERT INTO triggered VALUES (1, 'EU', true, '111'), (2, 'US', false, '222');
CREATE FUNCTION set_eu() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS
    $$ BEGIN new.eu := new.region = 'EU'; RETURN new; END $$;
CREATE TRIGGER set_eu BEFORE INSERT OR UPDATE ON triggered FOR EACH ROW EXECUTE FUNCTION set_eu();
CREATE TABLE moved (id int, region text, eu boolean, ssn text) PARTITION BY LIST (id);
CREATE TABLE moved_1 PARTITION OF moved FOR VALUES IN (1);
CREATE TABLE moved_2 PARTITION OF moved FOR VALUES IN (2);
CREATE TRIGGER set_eu BEFORE INSERT ON moved_2 FOR EACH ROW EXECUTE FUNCTION set_eu();
INSERT INTO moved VALUES (1, 'US', true, '111');
SECURITY LABEL FOR ddm ON COLUMN follows.ssn IS 'MASKED WITH FUNCTION default() WHEN (eu)';
SECURITY LABEL FOR ddm ON COLUMN triggered.ssn IS 'MASKED WITH FUNCTION default() WHEN (eu)';
SECURITY LABEL FOR ddm ON COLUMN moved.ssn IS 'MASKED WITH FUNCTION default() WHEN (eu)';
GRANT ALL ON follows, triggered, moved TO hold_masked;
SET ROLE hold_masked;
UPDATE follows SET region = 'US' RETURNING *;
UPDATE follows SET region = 'FR' WHERE id = 2 RETURNING *;
INSERT INTO follows (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET region = 'US' RETURNING *;
UPDATE triggered SET region = 'US' RETURNING *;
UPDATE triggered SET region = 'FR' WHERE id = 2 RETURNING *;
MERGE INTO triggered t USING (VALUES (1)) v (id) ON t.id = v.id WHEN MATCHED THEN UPDATE SET region = 'US';
UPDATE moved SET id = 2 RETURNING *;
SELECT * FROM follows UNION ALL TABLE triggered UNION ALL TABLE moved;
RESET ROLE;
-- Of a foreign table the server checks no new row, nor of a partition that is one.
CREATE FOREIGN DATA WRAPPER hold_wrapper;
CREATE SERVER hold_server FOREIGN DATA WRAPPER hold_wrapper;
CREATE TABLE spread (id int, region text, email text) PARTITION BY LIST (id);
CREATE TABLE spread_near PARTITION OF spread FOR VALUES IN (1);
CREATE FOREIGN TABLE spread_far PARTITION OF spread FOR VALUES IN (2) SERVER hold_server;
SECURITY LABEL FOR ddm ON COLUMN spread.email IS 'MASKED WITH FUNCTION email() WHEN (region <> ''EU'')';
GRANT ALL ON spread, spread_near, spread_far TO hold_masked;
SET ROLE hold_masked;
UPDATE spread SET region = 'EU' WHERE id = 2;
UPDATE spread_far SET region = 'EU';
UPDATE spread_near SET region = 'EU';
RESET ROLE;
-- Nor can an owner who sees masks convert what a condition asks for.
CREATE TABLE owned (id int, region text, ssn text, open varchar(9));
INSERT INTO owned VALUES (1, 'US', '111', 'o');
SECURITY LABEL FOR ddm ON COLUMN owned.ssn IS 'MASKED WITH FUNCTION default() WHEN (region < ''b'')';
ALTER TABLE owned OWNER TO hold_masked;
SET ddm.exempt_owner = off;
SET ROLE hold_masked;
ALTER TABLE owned ALTER region TYPE text USING 'c';
ALTER TABLE owned ALTER region TYPE varchar(1);
ALTER TABLE owned ALTER region TYPE text COLLATE "POSIX";
ALTER TABLE owned ALTER open TYPE text USING 'p', ALTER id TYPE bigint, ALTER region TYPE text;
TABLE owned;
RESET ROLE;
GRANT UNMASK ON owned TO hold_cleared;
ALTER TABLE owned OWNER TO hold_cleared;
GRANT CREATE ON SCHEMA conditions_hold TO hold_cleared;
SET ROLE hold_cleared;
ALTER TABLE owned ALTER region TYPE text USING 'c';
RESET ROLE;
-- Nor say what it gets where whoever writes a row leaves it out.
CREATE FUNCTION place() RETURNS text LANGUAGE sql AS $$SELECT 'a'$$;
CREATE DOMAIN place AS text DEFAULT 'a';
CREATE DOMAIN nearer AS place;
CREATE DOMAIN further AS text DEFAULT place();
CREATE TABLE filled (id int DEFAULT 1, region text DEFAULT place(), near nearer, far further, key int NOT NULL, level int GENERATED ALWAYS AS (id) STORED, ssn text, pin text, tax text, tel text, fax text);
SECURITY LABEL FOR ddm ON COLUMN filled.ssn IS 'MASKED WITH FUNCTION default() WHEN (region < ''b'')';
SECURITY LABEL FOR ddm ON COLUMN filled.pin IS 'MASKED WITH FUNCTION default() WHEN (level < 9)';
SECURITY LABEL FOR ddm ON COLUMN filled.tax IS 'MASKED WITH FUNCTION default() WHEN (near < ''b'')';
SECURITY LABEL FOR ddm ON COLUMN filled.fax IS 'MASKED WITH FUNCTION default() WHEN (far < ''b'')';
SECURITY LABEL FOR ddm ON COLUMN filled.tel IS 'MASKED WITH FUNCTION default() WHEN (key < 9)';
ALTER DOMAIN place OWNER TO hold_masked;
ALTER DOMAIN nearer OWNER TO hold_masked;
ALTER DOMAIN further OWNER TO hold_masked;
ALTER TABLE filled OWNER TO hold_masked;
ALTER FUNCTION place() OWNER TO hold_masked;
GRANT CREATE ON SCHEMA conditions_hold TO hold_masked;
GRANT ALL ON filled TO hold_cleared;
GRANT UNMASK ON filled TO hold_cleared;
SET ROLE hold_masked;
ALTER TABLE filled ALTER region SET DEFAULT 'c';
ALTER TABLE filled ALTER id SET DEFAULT 9;
ALTER TABLE filled ALTER key ADD GENERATED ALWAYS AS IDENTITY (START 9);
CREATE OR REPLACE FUNCTION place() RETURNS text LANGUAGE sql AS $$SELECT 'c'$$;
ALTER DOMAIN nearer SET DEFAULT 'c';
ALTER DOMAIN place SET DEFAULT 'c';
ALTER DOMAIN nearer DROP DEFAULT;
ALTER TABLE filled ALTER region DROP DEFAULT;
CREATE OR REPLACE FUNCTION place() RETURNS text LANGUAGE sql AS $$SELECT 'c'$$;
ALTER DOMAIN further SET DEFAULT 'a';
ALTER TABLE filled ALTER pin SET DEFAULT '-', ADD COLUMN open text DEFAULT place();
SET ROLE hold_cleared;
INSERT INTO filled (key, ssn, pin, tax, tel, fax) VALUES (1, '111', '2', '3', '4', '5');
SET ROLE hold_masked;
SELECT id, region, near, far, key, ssn, pin, tax, tel, fax FROM filled;
ALTER TABLE filled DROP COLUMN region; -- says what cannot follow: names are no values
RESET ROLE;
RESET ddm.exempt_owner;

SET client_min_messages = warning;
DROP SCHEMA conditions_hold CASCADE;
DROP FOREIGN DATA WRAPPER hold_wrapper CASCADE;
DROP OWNED BY hold_masked;
DROP ROLE hold_masked, hold_cleared, hold_support;
