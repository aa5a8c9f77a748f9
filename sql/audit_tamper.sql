-- What superusers do to the trail shows: to its rows, in ddm.audit_verify(); to its tables, as events that neither a
-- rollback nor a DELETE takes back.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE audit_tamper_role;
CREATE TABLE audit_tamper_people (id int, email text);
SECURITY LABEL FOR ddm ON COLUMN audit_tamper_people.email IS 'MASKED WITH FUNCTION email()';
DO $$ BEGIN FOR i IN 1 .. 6 LOOP PERFORM email FROM audit_tamper_people WHERE id = i; END LOOP; END $$;
SELECT ddm.audit_flush();
SELECT chain, event_id AS head FROM ddm.audit_chain ORDER BY created DESC LIMIT 1 \gset
SELECT max(event_time) AS last_time FROM ddm.audit_log WHERE chain = :chain AND event_id = :head \gset

-- Nobody writes the tables beside it either.
INSERT INTO ddm.audit_pending (event_time, kind, action) VALUES (now(), 'policy', 'forged');
DELETE FROM ddm.audit_pending;
TRUNCATE ddm.audit_pending;
UPDATE ddm.audit_chain SET event_id = 0;
DELETE FROM ddm.audit_chain;
TRUNCATE ddm.audit_chain;
INSERT INTO ddm.audit_position VALUES ('x', 1);
TRUNCATE ddm.audit_position;
INSERT INTO ddm.audit_open VALUES ('x', 1, '');
TRUNCATE ddm.audit_open;
INSERT INTO ddm.audit_configuration VALUES ('x', 'y');

-- Bounds: what was taken out at the edges of a stretch of time is missing, and all of it as well.
SET session_replication_role = replica;
BEGIN;
DELETE FROM ddm.audit_log WHERE chain = :chain AND event_id = :head - 2;
SELECT ok, bad_event = :head - 2 AS named, problem
FROM ddm.audit_verify((SELECT min(event_time) FROM ddm.audit_log WHERE chain = :chain AND event_id >= :head - 4),
                      (SELECT event_time FROM ddm.audit_log WHERE chain = :chain AND event_id = :head - 1))
WHERE chain = :chain;
SELECT ok, bad_event = :head - 2 AS named, problem
FROM ddm.audit_verify((SELECT event_time FROM ddm.audit_log WHERE chain = :chain AND event_id = :head - 1), NULL)
WHERE chain = :chain;
ROLLBACK;
BEGIN;
CREATE TEMP TABLE audit_tamper_times AS
    SELECT event_id, event_time FROM ddm.audit_log WHERE chain = :chain AND event_id IN (:head - 3, :head - 1);
DELETE FROM ddm.audit_log WHERE chain = :chain AND event_id IN (:head - 3, :head - 2);
SELECT ok, bad_event = :head - 3 AS named, problem
FROM ddm.audit_verify((SELECT min(event_time) FROM audit_tamper_times), (SELECT max(event_time) FROM audit_tamper_times))
WHERE chain = :chain;
ROLLBACK;
BEGIN;
-- The first events of all.
DELETE FROM ddm.audit_log WHERE chain = :chain AND event_id <= 2;
SELECT ok, bad_event, problem FROM ddm.audit_verify() WHERE chain = :chain;
ROLLBACK;
BEGIN;
-- Two events that change places, and one whose time moves to another day.
UPDATE ddm.audit_log SET event_id = CASE event_id WHEN :head THEN :head - 1 ELSE :head END
WHERE chain = :chain AND event_id IN (:head, :head - 1);
SELECT ok, bad_event = :head - 1 AS named, problem FROM ddm.audit_verify() WHERE chain = :chain;
ROLLBACK;
BEGIN;
UPDATE ddm.audit_log SET event_time = event_time + interval '1 microsecond' WHERE chain = :chain AND event_id = :head - 1;
SELECT ok, bad_event = :head - 1 AS named, problem FROM ddm.audit_verify() WHERE chain = :chain;
ROLLBACK;
BEGIN;
UPDATE ddm.audit_log SET source = source || ' ' WHERE chain = :chain AND event_id = :head;
SELECT ok, bad_event = :head AS named, problem FROM ddm.audit_verify() WHERE chain = :chain;
ROLLBACK;
BEGIN;
-- Every column is covered.
DO $$
DECLARE
    field name;
    found boolean;
    missed text[];
BEGIN
    FOR field IN SELECT attname FROM pg_attribute WHERE attrelid = 'ddm.audit_log'::regclass AND attnum > 0
                 AND atttypid = 'text'::regtype LOOP
        EXECUTE format('UPDATE ddm.audit_log SET %I = coalesce(%I, '''') || ''x'' WHERE (chain, event_id) = (SELECT chain, event_id FROM ddm.audit_chain ORDER BY created DESC LIMIT 1)', field, field);
        SELECT bool_or(NOT ok) INTO found FROM ddm.audit_verify();
        EXECUTE format('UPDATE ddm.audit_log SET %I = nullif(left(%I, -1), '''') WHERE (chain, event_id) = (SELECT chain, event_id FROM ddm.audit_chain ORDER BY created DESC LIMIT 1)', field, field);
        IF NOT found THEN missed := missed || field::text; END IF;
    END LOOP;
    RAISE WARNING 'not covered: %', missed;
END $$;
ROLLBACK;
BEGIN;
-- A chain of the forger's own.
CREATE TABLE audit_tamper_forged PARTITION OF ddm.audit_log FOR VALUES IN (4711);
INSERT INTO ddm.audit_log (chain, event_id, event_time, kind, user_name, hash)
VALUES (4711, 1, now(), 'unmask', 'somebody else', '\x00');
SELECT ok, bad_event, problem FROM ddm.audit_verify() WHERE chain = 4711;
ROLLBACK;
RESET session_replication_role;
SELECT bool_and(ok) AS whole FROM ddm.audit_verify() WHERE chain = :chain;

SELECT ddm.audit_flush();
SELECT event_id AS before FROM ddm.audit_chain WHERE chain = :chain \gset
SELECT action, object, after, count(*) FROM ddm.policy_history
WHERE event_id BETWEEN :head AND :before AND action LIKE 'trail or policy%' GROUP BY 1, 2, 3 ORDER BY 2, 3;

-- A change of policy that takes back its own event, and what else one might try. All of it is on record, although the
-- transaction is not.
BEGIN;
SET LOCAL session_replication_role = replica;
CREATE ROLE audit_tamper_gone;
DELETE FROM ddm.audit_pending;
TRUNCATE ddm.audit_open;
ALTER TABLE ddm.audit_log DISABLE TRIGGER ALL;
ALTER TABLE ddm.audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY hide ON ddm.audit_log USING (user_name <> 'me');
CREATE RULE hide AS ON DELETE TO ddm.audit_log DO INSTEAD NOTHING;
CREATE FUNCTION public.audit_tamper_trigger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER hide BEFORE INSERT ON ddm.audit_chain FOR EACH ROW EXECUTE FUNCTION public.audit_tamper_trigger();
DROP TRIGGER audit_refuse ON ddm.audit_pending;
CREATE OR REPLACE VIEW ddm.denied_events AS SELECT event_time, user_name, role_name, kind, action, object, reason, query_id,
    columns, sqlstate, authenticated_as, database_name, application_name, client_addr::inet AS client_addr, backend_pid,
    session_id, event_id FROM ddm.audit_log WHERE false;
CREATE OR REPLACE FUNCTION ddm.audit_seal() RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE AS 'SELECT ''''';
GRANT INSERT, DELETE ON ddm.audit_log TO audit_tamper_role;
ALTER TABLE ddm.audit_open RENAME TO audit_shut;
ALTER TABLE ddm.audit_position SET SCHEMA public;
ALTER TABLE ddm.audit_log OWNER TO audit_tamper_role;
ROLLBACK;
SELECT ddm.audit_flush();
SELECT action, object, after FROM ddm.policy_history
WHERE event_id > :before AND action LIKE 'trail or policy%' AND session_id IS NOT NULL AND actor = session_user
ORDER BY event_id;
SELECT bool_and(ok) AS whole FROM ddm.audit_verify() WHERE chain = :chain;
DROP TABLE audit_tamper_people;
DROP ROLE audit_tamper_role;
