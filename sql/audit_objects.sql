-- An object whose code sees stored values is an event of whoever makes it, and can see them: no plan of his reads them, and
-- what the code does with them (RAISE, a row somewhere else) can't be told.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE audit_objects_owner;
CREATE ROLE audit_objects_cleared;
CREATE ROLE audit_objects_masked;
CREATE SCHEMA audit_objects AUTHORIZATION audit_objects_owner;
SET search_path = audit_objects;
SET ROLE audit_objects_owner;
CREATE TABLE people (id int PRIMARY KEY, a text, b text, plain int);
CREATE TABLE parts (id int, v text) PARTITION BY LIST (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE open (id int, a text);
INSERT INTO people VALUES (1, 'one', '1', 1), (2, 'two', '2', 2);
CREATE FUNCTION seen(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; END';
CREATE FUNCTION fires() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
GRANT USAGE ON SCHEMA audit_objects TO audit_objects_cleared, audit_objects_masked;
GRANT ALL ON people TO audit_objects_cleared, audit_objects_masked;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN people.a IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN people.b IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN parts.v IS 'MASKED WITH FUNCTION default()';
GRANT UNMASK ON people TO audit_objects_cleared;
GRANT CREATE ON DATABASE :DBNAME TO audit_objects_owner;
SELECT FROM ddm.audit_flush();
SELECT coalesce(max(event_id), 0) AS start FROM ddm.audit_log \gset

SET ROLE audit_objects_owner;
SET application_name = 'index expression'; CREATE INDEX one ON people ((a || 'x'));
SET application_name = 'index condition'; CREATE INDEX two ON people (id) WHERE seen(b) > '';
SET application_name = 'index of whole rows'; CREATE INDEX three ON people (hash_record(people));
SET application_name = 'index of parts'; CREATE INDEX ON parts (seen(v));
SET application_name = 'exclusion'; ALTER TABLE people ADD CONSTRAINT four EXCLUDE USING btree (seen(a) WITH =);
SET application_name = 'check'; ALTER TABLE people ADD CONSTRAINT five CHECK (seen(a) > '') NOT VALID;
SET application_name = 'validate'; ALTER TABLE people VALIDATE CONSTRAINT five;
SET application_name = 'check in use'; UPDATE people SET plain = 3 WHERE id = 1;
SET application_name = 'generated'; ALTER TABLE people ADD COLUMN g text GENERATED ALWAYS AS (seen(a)) STORED;
SET application_name = 'statistics'; CREATE STATISTICS six ON (seen(b)) FROM people;
SET application_name = 'policy'; CREATE POLICY seven ON people USING (seen(a) > '');
SET application_name = 'policy changed'; ALTER POLICY seven ON people USING (seen(b) > '');
SET application_name = 'trigger for rows'; CREATE TRIGGER eight BEFORE UPDATE ON people FOR EACH ROW WHEN (OLD.a > '') EXECUTE FUNCTION fires();
SET application_name = 'trigger for sets'; CREATE TRIGGER nine AFTER UPDATE ON people REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION fires();
SET client_min_messages = error; -- of wal_level
SET application_name = 'publication'; CREATE PUBLICATION audit_objects FOR TABLE people (id, b);
SET application_name = 'publication, more'; ALTER PUBLICATION audit_objects ADD TABLE parts;
DROP PUBLICATION audit_objects;
SET client_min_messages = warning;
DROP TRIGGER eight ON people;
DROP STATISTICS six;
DROP POLICY seven ON people;
ALTER TABLE people DROP COLUMN g, DROP CONSTRAINT four, DROP CONSTRAINT five;
DROP INDEX one, two, three;
SET application_name = 'conversion'; ALTER TABLE people ALTER COLUMN b TYPE int USING seen(b)::int;
SET application_name = 'of another'; ALTER TABLE people ALTER COLUMN plain TYPE int USING length(a);
CREATE DOMAIN word AS text;
SET application_name = 'to a domain'; ALTER TABLE people ALTER COLUMN a TYPE word;
SET application_name = 'of a domain'; ALTER DOMAIN word ADD CHECK (seen(value) <> '');
SET ROLE audit_objects_cleared;
SET application_name = 'by grant'; CREATE TRIGGER ten BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION fires();
RESET ROLE;
SET application_name = 'within'; DO $$ BEGIN CREATE INDEX one ON audit_objects.people ((a || 'x')); END $$;
SET application_name = 'rolled back'; BEGIN; CREATE INDEX two ON people ((b + 1)); ROLLBACK;
-- What comes into a tree brings code along, or meets that of the tree.
SET ROLE audit_objects_owner;
CREATE TABLE parts_2 (id int, v text CHECK (seen(v) <> ''), CHECK (id = 2));
CREATE TRIGGER one BEFORE INSERT OR UPDATE ON parts_2 FOR EACH ROW EXECUTE FUNCTION fires();
SET application_name = 'a partition with code'; ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES IN (2);
CREATE TABLE over (id int, plain int);
CREATE TRIGGER one AFTER UPDATE ON over REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION fires();
SET application_name = 'under a table with code'; ALTER TABLE people INHERIT over;
SET application_name = 'a partition without'; CREATE TABLE parts_3 PARTITION OF parts FOR VALUES IN (3); CREATE TABLE parts_4 (id int, v text); ALTER TABLE parts ATTACH PARTITION parts_4 FOR VALUES IN (4);
ALTER TABLE people NO INHERIT over;
RESET ROLE;

-- None: nobody's code sees a value, or they are masked, and it is refused.
SET ROLE audit_objects_owner;
SET application_name = 'plain index'; CREATE INDEX two ON people (a); CREATE UNIQUE INDEX three ON people (b, id);
SET application_name = 'not null'; ALTER TABLE people ALTER COLUMN a SET NOT NULL;
SET application_name = 'other columns'; CREATE INDEX four ON people ((plain + 1)); ALTER TABLE people ADD CHECK (plain > 0);
SET application_name = 'other tables'; CREATE INDEX ON open (seen(a)); CREATE TRIGGER one BEFORE UPDATE ON open FOR EACH ROW EXECUTE FUNCTION fires();
SET application_name = 'trigger for statements'; CREATE TRIGGER eleven AFTER INSERT ON people FOR EACH STATEMENT EXECUTE FUNCTION fires();
SET application_name = 'type alone'; ALTER TABLE people ALTER COLUMN plain TYPE bigint;
SET ROLE audit_objects_masked;
SET application_name = 'masked'; CREATE TRIGGER twelve BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION fires();
RESET ROLE;
RESET application_name;

SELECT FROM ddm.audit_flush();
SELECT application_name AS statement, replace(c.list, 'audit_objects.', '') AS columns_unmasked, row_count AS rows, command,
       replace(role_name, current_user, '(superuser)') AS role_name, replace(cleared_by, current_user, '(superuser)') AS cleared_by,
       status, nested
FROM ddm.unmask_events, LATERAL (SELECT string_agg(one, ' ' ORDER BY one) AS list FROM unnest(columns_unmasked) AS one) c
WHERE event_id > :start AND c.list LIKE 'audit\_objects.%' ORDER BY event_id;

DROP SCHEMA audit_objects CASCADE;
REVOKE CREATE ON DATABASE :DBNAME FROM audit_objects_owner;
DROP OWNED BY audit_objects_cleared;
DROP ROLE audit_objects_owner, audit_objects_cleared, audit_objects_masked;
