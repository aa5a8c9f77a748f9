-- Stored values that an error shows to a cleared role are an event; what the role itself wrote is none.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE audit_errors_cleared;
CREATE ROLE audit_errors_partly;
CREATE SCHEMA audit_errors;
GRANT USAGE, CREATE ON SCHEMA audit_errors TO audit_errors_cleared, audit_errors_partly;
SET search_path = audit_errors;
CREATE TABLE people (
    id int PRIMARY KEY, email text, ssn text, plain int CHECK (plain < 100), UNIQUE (email, plain),
    EXCLUDE USING btree (lower(ssn) WITH =));
CREATE TABLE keys (code text PRIMARY KEY);
CREATE TABLE uses (id int, code text REFERENCES keys DEFERRABLE, note text);
CREATE TABLE parts (id int, v text, plain int CHECK (plain < 100)) PARTITION BY LIST (id);
CREATE TABLE parts_1 (plain int CONSTRAINT parts_plain_check CHECK (plain < 100), dropped int, v text, id int);
ALTER TABLE parts_1 DROP COLUMN dropped;
ALTER TABLE parts ATTACH PARTITION parts_1 FOR VALUES IN (1);
CREATE VIEW small AS SELECT * FROM people WHERE plain < 50 WITH CHECK OPTION;
CREATE TABLE castable (v text);
CREATE FUNCTION elsewhere(text) RETURNS int LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS 'BEGIN RETURN $1::int; END';
CREATE TABLE big AS SELECT g AS id, 'value-' || CASE g WHEN 50001 THEN 50000 ELSE g END AS v FROM generate_series(1, 100000) g;
CREATE TABLE bystander (id int CHECK (id < 100), open text);
CREATE TABLE checked (id int, v text, w text, n int, CONSTRAINT small CHECK (v::int < 100));
CREATE TABLE indexed (id int, v text, w text);
CREATE TABLE fired (id int, v text, w text);
CREATE FUNCTION fires() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM OLD.v::int; RETURN NEW; END';
CREATE TABLE secured (id int, v text, w text);
ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
CREATE POLICY numbers ON secured USING (v::int > 0);
INSERT INTO people VALUES (1, 'one@secret.org', 'ssn-one', 1), (2, 'two@secret.org', 'ssn-two', 2),
    (3, 'one@secret.org', 'ssn-three', 3);
INSERT INTO keys VALUES ('code-1'), ('code-2');
INSERT INTO uses VALUES (1, 'code-1', 'note');
INSERT INTO parts VALUES (1, 'part-1', 1);
INSERT INTO castable VALUES ('not a number');
INSERT INTO bystander VALUES (1, 'open');
ALTER TABLE checked DROP CONSTRAINT small;
INSERT INTO checked VALUES (1, 'stored', 'w', 1);
ALTER TABLE checked ADD CONSTRAINT small CHECK (v::int < 100) NOT VALID;
INSERT INTO indexed VALUES (1, 'stored', '1');
CREATE INDEX ON indexed ((v::int)) WHERE w <> '1';
INSERT INTO fired VALUES (1, 'stored', 'w');
CREATE TRIGGER fires BEFORE UPDATE ON fired FOR EACH ROW EXECUTE FUNCTION fires();
INSERT INTO secured VALUES (1, 'stored', 'w');
SELECT format('SECURITY LABEL FOR ddm ON COLUMN %s IS %L', one, 'MASKED WITH FUNCTION default()')
FROM unnest('{people.email, people.ssn, keys.code, uses.code, uses.note, parts.v, castable.v, big.v, checked.v, checked.w,
    indexed.v, indexed.w, fired.v, fired.w, secured.v, secured.w}'::text[]) AS one \gexec
GRANT ALL ON ALL TABLES IN SCHEMA audit_errors TO audit_errors_cleared;
GRANT UNMASK ON SCHEMA audit_errors TO audit_errors_cleared;
GRANT SELECT (id, email), UPDATE ON people TO audit_errors_partly;
GRANT UNMASK ON people TO audit_errors_partly;
SELECT FROM ddm.audit_flush();
SELECT coalesce(max(event_id), 0) AS start FROM ddm.audit_log \gset

SET SESSION AUTHORIZATION audit_errors_cleared;
-- Stored values of columns that the statement does not assign to.
SET application_name = 'update'; UPDATE people SET plain = 100 WHERE id = 1;
SET application_name = 'update assigns one'; UPDATE people SET plain = 100, email = 'mine' WHERE id = 1;
SET application_name = 'update reads one'; UPDATE people SET plain = 100 WHERE ssn = 'ssn-one';
SET application_name = 'key in part'; UPDATE people SET plain = 2, email = 'two@secret.org' WHERE id = 1;
SET application_name = 'key in other part'; UPDATE people SET plain = 3 WHERE id = 1;
SET application_name = 'upsert'; INSERT INTO people VALUES (1, 'a', 'b', 4) ON CONFLICT (id) DO UPDATE SET plain = 100;
SET application_name = 'merge'; MERGE INTO people p USING (VALUES (1)) v (id) ON p.id = v.id WHEN MATCHED THEN UPDATE SET plain = 100;
SET application_name = 'excluded'; INSERT INTO people VALUES (4, 'a', 'SSN-one', 3);
SET application_name = 'through a view'; UPDATE small SET plain = 60 WHERE id = 1;
SET application_name = 'in a partition'; UPDATE parts SET plain = 100;
SET application_name = 'row without partition'; UPDATE parts SET id = 2;
SET application_name = 'still referenced'; DELETE FROM keys WHERE true;
SET application_name = 'in a subselect'; WITH w AS (UPDATE people SET plain = 100 RETURNING id) SELECT count(*) FROM w;
PREPARE p AS UPDATE people SET plain = $1 WHERE id = 1;
SET application_name = 'prepared'; EXECUTE p (100);
SET application_name = 'caught';
DO $$
DECLARE shown text;
BEGIN
    UPDATE audit_errors.people SET plain = 100 WHERE id = 1;
EXCEPTION WHEN check_violation THEN
    GET STACKED DIAGNOSTICS shown = PG_EXCEPTION_DETAIL;
    RAISE WARNING '%', shown;
END $$;
SET application_name = 'deferred';
BEGIN; SET CONSTRAINTS ALL DEFERRED; DELETE FROM keys WHERE true; COMMIT;

-- Code that hangs on the table, and can't do with a stored value what it would.
SET application_name = 'in a check'; UPDATE checked SET n = 2;
SET application_name = 'in an index'; UPDATE indexed SET w = '2';
-- Whether PL/pgSQL's statement fails before it runs, or as one of its own, is the plan's choice.
SET plan_cache_mode = force_custom_plan;
SET application_name = 'in a trigger'; UPDATE fired SET id = 2;
SET application_name = 'old in a trigger'; UPDATE fired SET v = '2';
RESET plan_cache_mode;
SET application_name = 'in a policy'; SELECT id FROM secured;
SET application_name = 'in a policy, written'; DELETE FROM secured WHERE id = 1;
SET application_name = 'read as well'; UPDATE checked SET n = 2 WHERE v <> '';

-- None: what the role wrote, what is not masked, and details that hold no value.
SET application_name = 'in a check, own'; INSERT INTO checked VALUES (2, 'mine', 'mine', 2);
SET application_name = 'in a check, changed'; UPDATE checked SET v = 'mine';
SET application_name = 'no code'; SELECT 1 / (id - 1) FROM checked;
SET application_name = 'insert'; INSERT INTO people VALUES (4, 'mine', 'mine', 100);
SET application_name = 'insert a key'; INSERT INTO people VALUES (4, 'two@secret.org', 'mine', 2), (5, 'two@secret.org', 'mine too', 2);
SET application_name = 'copy'; COPY people FROM stdin;
4	mine	mine	100
\.
SET application_name = 'key of its own'; UPDATE uses SET code = 'mine';
SET application_name = 'insert a reference'; INSERT INTO uses VALUES (2, 'mine', 'mine');
SET application_name = 'primary key'; UPDATE people SET id = 2 WHERE id = 1;
SET application_name = 'not masked'; UPDATE bystander SET id = 100;
SET application_name = 'own words';
DO $$ BEGIN RAISE check_violation USING DETAIL = '(x)', SCHEMA = 'audit_errors', TABLE = 'people'; END $$;

-- What the role may not select is not shown.
SET SESSION AUTHORIZATION audit_errors_partly;
SET application_name = 'some columns'; UPDATE people SET plain = 100;

-- Statements that work through a whole table, as its owner.
RESET SESSION AUTHORIZATION;
DROP VIEW small;
ALTER TABLE people OWNER TO audit_errors_cleared;
ALTER TABLE castable OWNER TO audit_errors_cleared;
ALTER TABLE big OWNER TO audit_errors_cleared;
SET ROLE audit_errors_cleared;
-- What workers of an index build raise has no query's number before 18: where they build is asked below.
SET max_parallel_maintenance_workers = 0;
SET application_name = 'index'; CREATE UNIQUE INDEX ON people ((substr(email, 5)));
SET application_name = 'type'; ALTER TABLE castable ALTER COLUMN v TYPE int USING v::int;
SET application_name = 'index over a cast'; CREATE INDEX ON castable ((v::int));
SET application_name = 'index elsewhere'; CREATE INDEX ON castable ((elsewhere(v)));
SET application_name = 'index by workers';
SET min_parallel_table_scan_size = 0; SET max_parallel_maintenance_workers = 2; SET parallel_leader_participation = off;
\set VERBOSITY terse
CREATE UNIQUE INDEX ON big (v);
\set VERBOSITY default
SET application_name = 'objects'; ALTER TABLE people ALTER COLUMN nowhere TYPE int;
RESET ROLE;
RESET application_name;
SELECT FROM ddm.audit_flush();
SELECT application_name AS statement, replace(c.list, 'audit_errors.', '') AS columns_unmasked, row_count AS rows,
       command, status, sqlstate, cleared_by, nested,
       query_id <> 0 OR (application_name = 'index by workers' AND current_setting('server_version_num')::int < 180000) AS id
FROM ddm.unmask_events,
     LATERAL (SELECT string_agg(one, ' ' ORDER BY one) AS list FROM unnest(columns_unmasked) AS one) c
WHERE event_id > :start AND role_name ~ '^audit_errors_' ORDER BY event_id;

DROP SCHEMA audit_errors CASCADE;
DROP OWNED BY audit_errors_cleared, audit_errors_partly;
DROP ROLE audit_errors_cleared, audit_errors_partly;
