-- The chain over the audit trail names the first event that was changed, taken out, put in or cut off, and stays
-- whole across what retention drops.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE audit_verify_auditor IN ROLE ddm_auditor;
CREATE TABLE audit_verify_people (id int, email text);
SECURITY LABEL FOR ddm ON COLUMN audit_verify_people.email IS 'MASKED WITH FUNCTION email()';
SELECT email FROM audit_verify_people;
SELECT email FROM audit_verify_people WHERE id = 1;
SELECT email FROM audit_verify_people WHERE id = 2;
SELECT ddm.audit_flush();
SELECT chain, event_id - 2 AS victim, event_id AS head FROM ddm.audit_chain \gset
SELECT ddm.audit_seal() AS seal \gset
SELECT ok, events = :head AS all_of_them, bad_event, problem FROM ddm.audit_verify();
SELECT ok, events > 0 AS some, bad_event, problem FROM ddm.audit_verify(now() - interval '1 hour', now());
SELECT ok, events FROM ddm.audit_verify('1999-01-01', '1999-01-02');
SELECT ok FROM ddm.audit_verify_seal(:'seal');

-- What a superuser does to the rows shows.
SET session_replication_role = replica;
BEGIN;
UPDATE ddm.audit_log SET user_name = 'somebody else' WHERE event_id = :victim;
SELECT ok, bad_event = :victim AS named, problem FROM ddm.audit_verify();
ROLLBACK;
BEGIN;
DELETE FROM ddm.audit_log WHERE event_id = :victim;
SELECT ok, bad_event = :victim AS named, problem FROM ddm.audit_verify();
ROLLBACK;
-- (What was done above is recorded, too: the worker is held up, so that the head stays where it is.)
BEGIN;
SELECT event_id AS head FROM ddm.audit_chain FOR UPDATE \gset
SELECT ddm.audit_seal() AS cut_seal \gset
DELETE FROM ddm.audit_log WHERE event_id = :head;
SELECT ok, bad_event = :head AS named, problem FROM ddm.audit_verify();
SELECT ok FROM ddm.audit_verify_seal(:'cut_seal');
UPDATE ddm.audit_chain c SET event_id = l.event_id, hash = l.hash FROM ddm.audit_log l WHERE l.event_id = :head - 1;
SELECT ok FROM ddm.audit_verify();              -- a cut that was covered up needs the seal
SELECT ok FROM ddm.audit_verify_seal(:'cut_seal');
ROLLBACK;
BEGIN;
INSERT INTO ddm.audit_log SELECT * FROM ddm.audit_log WHERE event_id = :victim;
SELECT ok, bad_event = :victim AS named, problem FROM ddm.audit_verify();
ROLLBACK;
BEGIN;
UPDATE ddm.audit_log SET reason = 'another' WHERE event_id = :victim;
SELECT ok, bad_event = :victim AS named, problem FROM ddm.audit_verify(now() - interval '1 hour', NULL);
ROLLBACK;
RESET session_replication_role;
SELECT ok FROM ddm.audit_verify();

-- Retention drops whole partitions, says so, and the chain holds.
SET session_replication_role = replica;
INSERT INTO ddm.audit_pending (event_time, kind, action) VALUES ('2020-01-01 12:00+00', 'policy', 'long ago');
SELECT ddm.audit_flush();
INSERT INTO ddm.audit_pending (event_time, kind, action) VALUES ('2020-01-02 12:00+00', 'policy', 'long ago');
RESET session_replication_role;
SELECT email FROM audit_verify_people WHERE id = 3;
SELECT ddm.audit_flush();
SELECT count(*) FROM ddm.audit_log WHERE action = 'long ago';
ALTER SYSTEM SET ddm.audit_retention = '3 years';
SELECT pg_reload_conf();
DO $$
BEGIN
    FOR i IN 1 .. 300 LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM ddm.audit_log WHERE action = 'long ago');
        COMMIT; -- no lock on the partitions while the worker drops them
        PERFORM pg_sleep(0.1);
    END LOOP;
END $$;
ALTER SYSTEM RESET ddm.audit_retention;
SELECT pg_reload_conf();
SELECT count(*) FROM ddm.audit_log WHERE action = 'long ago';
SELECT action, right(object, 9) AS partition, reason FROM ddm.audit_log WHERE kind = 'trail' ORDER BY event_id;
SELECT ok, bad_event, problem FROM ddm.audit_verify();
SELECT ok FROM ddm.audit_verify_seal(:'seal');
SET session_replication_role = replica;
BEGIN;
UPDATE ddm.audit_log SET after = replace(after, '-', '-1') WHERE kind = 'trail';
SELECT ok FROM ddm.audit_verify();              -- the gaps that are said to be dropped are in the chain, too
ROLLBACK;
RESET session_replication_role;

SET ROLE audit_verify_auditor;
SELECT ok FROM ddm.audit_verify();
SELECT ddm.audit_seal() <> '' AS sealed;
RESET ROLE;
DROP TABLE audit_verify_people;
DROP ROLE audit_verify_auditor;
