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

-- The owner, where owning is no exemption.
SET ddm.exempt_owner = off;
SET ROLE guard_owner;
CREATE TRIGGER spy BEFORE UPDATE ON guard.people FOR EACH ROW EXECUTE FUNCTION guard.spy();
CREATE TRIGGER statement_only BEFORE UPDATE ON guard.people FOR EACH STATEMENT EXECUTE FUNCTION guard.spy();
DROP TRIGGER statement_only ON guard.people;
ALTER TABLE guard.people ADD CHECK (pay < 800);
ALTER TABLE guard.people ADD CHECK (people IS NOT NULL);
ALTER TABLE guard.people ADD COLUMN shown text GENERATED ALWAYS AS (guard.tell(ssn)) STORED;
ALTER TABLE guard.people ALTER region TYPE text USING guard.tell(ssn);
ALTER TABLE guard.people ALTER ssn TYPE varchar(20);
ALTER TABLE guard.people ADD UNIQUE (pay);
ALTER TABLE guard.people ADD EXCLUDE (pay WITH =);
ALTER TABLE guard.people ADD CHECK (region <> '');
ALTER TABLE guard.people ADD FOREIGN KEY (pay) REFERENCES guard.people (id);
CREATE UNIQUE INDEX ON guard.people (pay);
CREATE INDEX ON guard.people (guard.tell(ssn));
CREATE INDEX ON guard.people (id) WHERE pay > 800;
CREATE INDEX people_pay ON guard.people (pay);
CREATE POLICY p ON guard.people USING (pay > 800);
CREATE POLICY p ON guard.people USING (region = 'EU');
ALTER POLICY p ON guard.people USING (guard.tell(ssn) <> '');
CREATE STATISTICS guard.s ON (guard.tell(ssn)), (pay + 1) FROM guard.people;
CREATE TABLE guard.all_people (id int NOT NULL, ssn text, pay int, region text) PARTITION BY RANGE (pay);
ALTER TABLE guard.all_people ATTACH PARTITION guard.people FOR VALUES FROM (0) TO (800);
-- Through a parent without masks.
CREATE TABLE guard.parent (ssn text, pay int);
ALTER TABLE guard.people ALTER ssn TYPE text;
ALTER TABLE guard.people INHERIT guard.parent;
ALTER TABLE guard.parent ADD CHECK (pay < 800);
RESET ROLE;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO guard_owner', current_database()); END $$;
SET client_min_messages = error; -- what wal_level says to it is no matter
SET ROLE guard_owner;
CREATE PUBLICATION guard_publication FOR TABLE guard.people;
CREATE PUBLICATION guard_publication FOR TABLE guard.people (id, region);
ALTER PUBLICATION guard_publication SET TABLE guard.people (id, ssn);
RESET ROLE;

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
DROP ROLE guard_owner, guard_other;
