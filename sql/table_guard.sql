-- Whoever sees a column masked can't have the server read it for him by a trigger, a constraint, an index, a policy
-- or a conversion: be he the owner, or the holder of TRIGGER or REFERENCES.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE guard_owner;
CREATE ROLE guard_other;
CREATE SCHEMA guard AUTHORIZATION guard_owner;
GRANT USAGE ON SCHEMA guard TO guard_other;
SET SESSION AUTHORIZATION guard_owner;
CREATE TABLE guard.people (id int PRIMARY KEY, ssn text UNIQUE, pay int, region text);
INSERT INTO guard.people VALUES (1, '123-45-6789', 900, 'EU'), (2, '234-56-7890', 700, 'US');
GRANT TRIGGER, REFERENCES, UPDATE, SELECT ON guard.people TO guard_other;
CREATE FUNCTION guard.spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING '%', old; RETURN new; END $$;
CREATE FUNCTION guard.tell(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE WARNING '%', $1; RETURN $1; END $$;
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN guard.people.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN guard.people.pay IS 'MASKED WITH FUNCTION default()';
CREATE SCHEMA guard_other AUTHORIZATION guard_other;

-- The holder of TRIGGER and REFERENCES.
SET ROLE guard_other;
CREATE TRIGGER spy BEFORE UPDATE ON guard.people FOR EACH ROW EXECUTE FUNCTION guard.spy();
CREATE TRIGGER spy AFTER UPDATE ON guard.people REFERENCING OLD TABLE AS o FOR EACH STATEMENT EXECUTE FUNCTION guard.spy();
CREATE CONSTRAINT TRIGGER spy AFTER UPDATE ON guard.people FOR EACH ROW EXECUTE FUNCTION guard.spy();
CREATE TABLE guard_other.guesses (ssn text REFERENCES guard.people (ssn));
CREATE TABLE guard_other.guesses (ssn text, FOREIGN KEY (ssn) REFERENCES guard.people (ssn));
CREATE TABLE guard_other.guesses (ssn text, person int REFERENCES guard.people);
ALTER TABLE guard_other.guesses ADD FOREIGN KEY (ssn) REFERENCES guard.people (ssn) NOT VALID;
ALTER TABLE guard_other.guesses ADD COLUMN other text REFERENCES guard.people (ssn);
RESET ROLE;

-- A view of them says no more to the holder of TRIGGER, whoever writes through it.
SET ROLE guard_owner;
CREATE VIEW guard.staff AS SELECT p.id, lower(p.ssn) AS ssn FROM guard.people p WHERE p.id > 0;
CREATE VIEW guard.staff_again AS SELECT * FROM guard.staff;
CREATE VIEW guard.regions AS SELECT id, region FROM guard.people;
GRANT TRIGGER ON guard.staff, guard.staff_again, guard.regions TO guard_other;
SET ROLE guard_other;
CREATE TRIGGER spy INSTEAD OF UPDATE ON guard.staff FOR EACH ROW EXECUTE FUNCTION guard.spy();
CREATE TRIGGER spy INSTEAD OF DELETE ON guard.staff_again FOR EACH ROW EXECUTE FUNCTION guard.spy();
CREATE TRIGGER spy INSTEAD OF UPDATE ON guard.regions FOR EACH ROW EXECUTE FUNCTION guard.spy();
CREATE FUNCTION guard_other.helper() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE VIEW guard_other.own AS SELECT * FROM guard.people;
CREATE TRIGGER own INSTEAD OF UPDATE ON guard_other.own FOR EACH ROW EXECUTE FUNCTION guard_other.helper();
GRANT USAGE ON SCHEMA guard_other TO guard_owner;
SET ROLE guard_owner;
CREATE TRIGGER helper INSTEAD OF INSERT ON guard.staff FOR EACH ROW EXECUTE FUNCTION guard_other.helper();
SET ROLE guard_other;
CREATE OR REPLACE FUNCTION guard_other.helper() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING '%', new; RETURN new; END $$;
RESET ROLE;
DROP VIEW guard.staff, guard.staff_again, guard.regions, guard_other.own;
REVOKE USAGE ON SCHEMA guard_other FROM guard_owner;

-- The owner, where owning is no exemption.
SET ddm.exempt_owner = off;
SET ROLE guard_owner;
CREATE TRIGGER spy BEFORE UPDATE ON guard.people FOR EACH ROW EXECUTE FUNCTION guard.spy();
-- It would run for cleared roles too.
CREATE TRIGGER statement_only BEFORE UPDATE ON guard.people FOR EACH STATEMENT EXECUTE FUNCTION guard.spy();
CREATE TABLE guard.caught (ssn text);
CREATE RULE caught AS ON UPDATE TO guard.people DO ALSO INSERT INTO guard.caught VALUES (old.ssn);
ALTER TABLE guard.people ADD CHECK (pay < 800);
ALTER TABLE guard.people ADD CHECK (people IS NOT NULL);
ALTER TABLE guard.people ADD COLUMN shown text GENERATED ALWAYS AS (guard.tell(ssn)) STORED;
ALTER TABLE guard.people ALTER region TYPE text USING guard.tell(ssn);
-- A conversion may fail, or meet the owner's own code in a cast or the check of a domain.
ALTER TABLE guard.people ALTER ssn TYPE varchar(20);
ALTER TABLE guard.people ALTER pay TYPE smallint;
CREATE DOMAIN guard.telling AS text CHECK (guard.tell(VALUE) IS NOT NULL);
ALTER TABLE guard.people ALTER ssn TYPE guard.telling;
ALTER TABLE guard.people ALTER pay SET NOT NULL;
ALTER TABLE guard.people ALTER region SET NOT NULL;
ALTER TABLE guard.people ADD UNIQUE (pay);
ALTER TABLE guard.people ADD EXCLUDE (pay WITH =);
ALTER TABLE guard.people ADD CHECK (region <> '');
ALTER TABLE guard.people ADD FOREIGN KEY (pay) REFERENCES guard.people (id);
CREATE UNIQUE INDEX ON guard.people (pay);
CREATE INDEX ON guard.people (guard.tell(ssn));
CREATE INDEX ON guard.people (id) WHERE pay > 800;
CREATE INDEX people_pay ON guard.people (pay);
-- Rows that lie in the order of what is masked.
CREATE INDEX people_region ON guard.people (region, pay);
CLUSTER guard.people USING people_pay;
CLUSTER guard.people USING people_region;
ALTER TABLE guard.people CLUSTER ON people_pay;
CLUSTER guard.people USING people_pkey;
RESET ROLE;
ALTER TABLE guard.people CLUSTER ON people_pay;
SET ROLE guard_owner;
CLUSTER guard.people;
CLUSTER;
CLUSTER guard.people USING people_pkey;
DROP INDEX guard.people_region;
CREATE POLICY p ON guard.people USING (pay > 800);
CREATE POLICY p ON guard.people USING (region = 'EU');
ALTER POLICY p ON guard.people USING (guard.tell(ssn) <> '');
CREATE STATISTICS guard.s ON (guard.tell(ssn)), (pay + 1) FROM guard.people;
CREATE TABLE guard.all_people (id int NOT NULL, ssn text, pay int, region text) PARTITION BY RANGE (pay);
ALTER TABLE guard.all_people ATTACH PARTITION guard.people FOR VALUES FROM (0) TO (800);
-- A change of type that leaves the values as they are, and makes the index anew.
DROP POLICY p ON guard.people;
ALTER TABLE guard.people ALTER ssn TYPE text;
ALTER TABLE guard.people ALTER region TYPE varchar(10);
-- What an error says of objects stays.
ALTER TABLE guard.people ADD CONSTRAINT people_pkey CHECK (id > 0);
ALTER TABLE guard.people ADD COLUMN region text;
REINDEX TABLE CONCURRENTLY guard.people;
-- Through a parent without masks.
CREATE TABLE guard.parent (ssn text, pay int);
ALTER TABLE guard.people INHERIT guard.parent;
ALTER TABLE guard.parent ADD CHECK (pay < 800);
ALTER TABLE guard.parent ALTER ssn TYPE guard.telling;
CREATE TRIGGER spy AFTER UPDATE ON guard.parent REFERENCING OLD TABLE AS o FOR EACH STATEMENT EXECUTE FUNCTION guard.spy();
ALTER TABLE guard.people NO INHERIT guard.parent;
-- What a parent has, its new child gets, or its rows are seen by it.
CREATE TABLE guard.code_on_parent (ssn text, pay int);
CREATE TRIGGER spy AFTER UPDATE ON guard.code_on_parent REFERENCING OLD TABLE AS o FOR EACH STATEMENT EXECUTE FUNCTION guard.spy();
ALTER TABLE guard.people INHERIT guard.code_on_parent;
DROP TRIGGER spy ON guard.code_on_parent;
CREATE POLICY p ON guard.code_on_parent USING (guard.tell(ssn) <> '');
ALTER TABLE guard.people INHERIT guard.code_on_parent;
DROP POLICY p ON guard.code_on_parent;
CREATE RULE r AS ON UPDATE TO guard.code_on_parent DO ALSO INSERT INTO guard.caught VALUES (old.ssn);
ALTER TABLE guard.people INHERIT guard.code_on_parent;
CREATE TABLE guard.whole (id int NOT NULL, ssn text, pay int, region varchar(10)) PARTITION BY RANGE (id);
CREATE TABLE guard.keys (pay int PRIMARY KEY);
BEGIN;
CREATE INDEX ON guard.whole (guard.tell(ssn));
ALTER TABLE guard.whole ATTACH PARTITION guard.people FOR VALUES FROM (0) TO (10);
ROLLBACK;
BEGIN;
CREATE UNIQUE INDEX ON guard.whole (id, pay);
ALTER TABLE guard.whole ATTACH PARTITION guard.people FOR VALUES FROM (0) TO (10);
ROLLBACK;
BEGIN;
CREATE TRIGGER spy BEFORE UPDATE ON guard.whole FOR EACH ROW EXECUTE FUNCTION guard.spy();
ALTER TABLE guard.whole ATTACH PARTITION guard.people FOR VALUES FROM (0) TO (10);
ROLLBACK;
BEGIN;
ALTER TABLE guard.whole ADD FOREIGN KEY (pay) REFERENCES guard.keys;
ALTER TABLE guard.whole ATTACH PARTITION guard.people FOR VALUES FROM (0) TO (10);
ROLLBACK;
BEGIN;
ALTER TABLE guard.whole ADD UNIQUE (id, ssn);
CREATE TABLE guard.guesses (id int, ssn text, FOREIGN KEY (id, ssn) REFERENCES guard.whole (id, ssn));
ALTER TABLE guard.people ADD UNIQUE (id, ssn);
ROLLBACK;
ALTER TABLE guard.whole ATTACH PARTITION guard.people FOR VALUES FROM (0) TO (10);
ALTER TABLE guard.whole DETACH PARTITION guard.people;
RESET ROLE;
-- A default partition is looked through when another is made beside it.
CREATE TABLE guard.split (pay int, note text) PARTITION BY LIST (pay);
CREATE TABLE guard.split_rest PARTITION OF guard.split DEFAULT;
INSERT INTO guard.split VALUES (900, 'x');
ALTER TABLE guard.split OWNER TO guard_owner;
ALTER TABLE guard.split_rest OWNER TO guard_owner;
SECURITY LABEL FOR ddm ON COLUMN guard.split.pay IS 'MASKED WITH FUNCTION default()';
CREATE FOREIGN DATA WRAPPER guard_wrapper;
CREATE SERVER guard_server FOREIGN DATA WRAPPER guard_wrapper;
GRANT USAGE ON FOREIGN SERVER guard_server TO guard_owner;
SET ROLE guard_owner;
CREATE FOREIGN TABLE guard.split_900 PARTITION OF guard.split FOR VALUES IN (900) SERVER guard_server;
CREATE TABLE guard.split_900 PARTITION OF guard.split FOR VALUES IN (900);
CREATE TABLE guard.split_901 (pay int, note text);
ALTER TABLE guard.split ATTACH PARTITION guard.split_901 FOR VALUES IN (901);
RESET ROLE;
-- Domains and types of others' columns.
SET ROLE guard_other;
CREATE DOMAIN guard_other.code AS text;
CREATE DOMAIN guard_other.code_of_code AS guard_other.code;
CREATE TYPE guard_other.entry AS (id int, ssn text);
GRANT USAGE ON SCHEMA guard_other TO guard_owner;
RESET ROLE;
CREATE TABLE guard.coded (c guard_other.code_of_code);
INSERT INTO guard.coded VALUES ('123-45-6789');
CREATE TABLE guard.typed OF guard_other.entry;
INSERT INTO guard.typed VALUES (1, '123-45-6789');
SECURITY LABEL FOR ddm ON COLUMN guard.coded.c IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN guard.typed.ssn IS 'MASKED WITH FUNCTION default()';
SET ROLE guard_other;
ALTER DOMAIN guard_other.code_of_code ADD CHECK (guard.tell(VALUE) <> '');
ALTER DOMAIN guard_other.code ADD CHECK (VALUE <> '123-45-6789') NOT VALID;
ALTER DOMAIN guard_other.code SET NOT NULL;
ALTER DOMAIN guard_other.code SET DEFAULT 'x';
ALTER TYPE guard_other.entry ALTER ATTRIBUTE ssn TYPE guard.telling CASCADE;
RESET ROLE;
DROP TABLE guard.coded, guard.typed;
-- A table of one's own that a rule masks from the start holds nobody's values yet.
SELECT ddm.create_rule('guard_rule', 'resource.table_name == "guard_fresh" && resource.column_name == "ssn"', 'FUNCTION default()', 1);
SET ROLE guard_owner;
CREATE TABLE guard.guard_fresh (id int PRIMARY KEY, ssn text UNIQUE CHECK (ssn <> ''), upper_ssn text GENERATED ALWAYS AS (upper(ssn)) STORED);
ALTER TABLE guard.guard_fresh ADD CHECK (ssn <> 'x');
RESET ROLE;
SELECT ddm.drop_rule('guard_rule');
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO guard_owner', current_database()); END $$;
SET client_min_messages = error; -- what wal_level says to it is no matter
SET ROLE guard_owner;
CREATE PUBLICATION guard_publication FOR TABLE guard.people;
CREATE PUBLICATION guard_publication FOR TABLE guard.people (id, region);
ALTER PUBLICATION guard_publication SET TABLE guard.people (id, ssn);
RESET ROLE;

-- Each refusal is on record.
SELECT ddm.audit_flush() IS NOT NULL AS flushed;
SELECT role_name, action, object, reason, count(*) FROM ddm.denied_events
 WHERE object LIKE 'guard.%' AND reason ~ 'trigger|rule|convert|nulls|foreign' GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 4;

-- The owner, where it is.
SET ddm.exempt_owner = on;
SET ROLE guard_owner;
CREATE TRIGGER spy BEFORE UPDATE ON guard.people FOR EACH ROW EXECUTE FUNCTION guard.spy();
ALTER TABLE guard.people ADD CHECK (pay < 1000);
RESET ROLE;
DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM guard_owner', current_database()); END $$;
DROP PUBLICATION guard_publication;
DROP SCHEMA guard_other CASCADE;
DROP SCHEMA guard CASCADE;
DROP FOREIGN DATA WRAPPER guard_wrapper CASCADE;
DROP ROLE guard_owner, guard_other;
