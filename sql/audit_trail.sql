-- One event for each execution that touched masked columns, with the rows it really returned or changed, however
-- it was run and however it ended.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE audit_trail_reader;
CREATE ROLE audit_trail_support;
CREATE ROLE audit_trail_auditor IN ROLE ddm_auditor;
CREATE TABLE audit_trail_people (id int PRIMARY KEY, email text, ssn text, city text);
INSERT INTO audit_trail_people
    SELECT g, 'p' || g || '@example.com', '123-45-' || to_char(g, 'FM0000'), 'Oslo' FROM generate_series(1, 100) g;
SECURITY LABEL FOR ddm ON COLUMN audit_trail_people.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN audit_trail_people.ssn IS 'MASKED WITH FUNCTION default()';
GRANT SELECT, UPDATE ON audit_trail_people TO audit_trail_reader, audit_trail_support;
GRANT UNMASK ON audit_trail_people TO audit_trail_reader;
CREATE FUNCTION audit_trail_count() RETURNS bigint LANGUAGE plpgsql AS
    $$ BEGIN RETURN (SELECT count(email) FROM audit_trail_people); END $$;
CREATE FUNCTION audit_trail_define() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN RETURN QUERY SELECT ssn FROM audit_trail_people WHERE id <= 3; END $$;
GRANT EXECUTE ON FUNCTION audit_trail_count(), audit_trail_define() TO audit_trail_reader, audit_trail_support;
SELECT ddm.audit_flush();
SELECT coalesce(max(event_id), 0) AS start FROM ddm.audit_log \gset

SET ROLE audit_trail_reader;
SELECT email FROM audit_trail_people WHERE id = 7;
SELECT id FROM audit_trail_people WHERE id = 8;            -- reads nothing that is masked
SELECT id FROM audit_trail_people WHERE ssn = 'none';      -- a condition reads, too
SELECT count(*) FROM audit_trail_people;                   -- reads nothing that is masked
PREPARE q(int) AS SELECT ssn, email FROM audit_trail_people WHERE id <= $1 ORDER BY id;
EXECUTE q(2);
BEGIN;
DECLARE c CURSOR FOR SELECT email FROM audit_trail_people ORDER BY id;
FETCH 2 FROM c;
FETCH 3 FROM c;
CLOSE c;
DECLARE never CURSOR FOR SELECT email FROM audit_trail_people;  -- no row was asked for
DECLARE dropped CURSOR FOR SELECT ssn FROM audit_trail_people ORDER BY id;
FETCH 1 FROM dropped;
ROLLBACK;
BEGIN;
DECLARE held CURSOR WITH HOLD FOR SELECT email FROM audit_trail_people;
COMMIT;
CLOSE held;
COPY (SELECT email FROM audit_trail_people WHERE id < 3 ORDER BY id) TO STDOUT;
\set VERBOSITY sqlstate
COPY audit_trail_people (id, ssn) TO PROGRAM 'cat > /dev/null';
\set VERBOSITY default
SET ROLE audit_trail_reader;
UPDATE audit_trail_people SET city = 'Rome' WHERE email LIKE 'p1_@%';
UPDATE audit_trail_people SET city = 'Rome' WHERE id = 1 RETURNING email;
BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY;
SELECT email FROM audit_trail_people WHERE id = 9;
ROLLBACK;
BEGIN;
SAVEPOINT s;
SELECT 1 / (id - 5) AS x FROM audit_trail_people WHERE length(email) > 0 ORDER BY id;
ROLLBACK TO s;
COMMIT;
SET statement_timeout = '50ms';
SELECT email, pg_sleep(10) FROM audit_trail_people;
RESET statement_timeout;
SELECT audit_trail_count();
DO $$ BEGIN PERFORM email FROM audit_trail_people WHERE id < 5; END $$;
\o /dev/null
EXPLAIN ANALYZE SELECT email FROM audit_trail_people WHERE id = 3;
EXPLAIN SELECT email FROM audit_trail_people;              -- runs nothing
\o
SET ROLE audit_trail_support;
SELECT email FROM audit_trail_people WHERE id = 7;
SELECT * FROM audit_trail_define();
RESET ROLE;
SELECT ssn FROM audit_trail_people WHERE id = 1;           -- the owner, and superuser

SELECT ddm.audit_flush();
SELECT columns_unmasked, row_count, replace(role_name, current_user, '(superuser)') AS role_name, invoked_by,
       replace(cleared_by, current_user, '(superuser)') AS cleared_by, command, status, sqlstate, nested
FROM ddm.unmask_events WHERE event_id > :start ORDER BY event_id;
SELECT bool_and(user_name = session_user AND query_id <> 0 AND database_name = current_database()
                AND backend_pid = pg_backend_pid() AND event_time <= finished_at
                AND session_id ~ '^[0-9a-f]+\.[0-9a-f]+$' AND query IS NULL
                AND nested = (outer_query_id IS NOT NULL)) AS complete
FROM ddm.unmask_events WHERE event_id > :start;
SELECT role_name, columns_masked, sum(executions) AS executions, sum(row_count) AS rows FROM ddm.mask_events
WHERE event_id > :start GROUP BY 1, 2 ORDER BY 1, 2;
-- The statement's text holds no literal.
SET ddm.audit_query_text = on;
SELECT email FROM audit_trail_people WHERE email = 'p5@example.com' /* p6@example.com */ AND id = 5; SELECT ssn FROM audit_trail_people WHERE id = 6;
DO $$ BEGIN PERFORM ssn FROM audit_trail_people WHERE ssn = '123-45-0009'; END $$;
RESET ddm.audit_query_text;
SELECT ddm.audit_flush();
SELECT query, nested FROM ddm.unmask_events WHERE query IS NOT NULL ORDER BY event_id;

-- A service may be counted instead.
ALTER ROLE audit_trail_reader SET ddm.audit_detail = 'summary';
SET ddm.audit_detail = 'summary';
SET ROLE audit_trail_reader;
\o /dev/null
SELECT email FROM audit_trail_people WHERE id <= 3 \; SELECT email FROM audit_trail_people WHERE id <= 3;
SELECT email FROM audit_trail_people WHERE id <= 3;
\o
RESET ROLE;
RESET ddm.audit_detail;
SELECT ddm.audit_flush();
SELECT columns_unmasked, sum(executions) AS executions, sum(row_count) AS rows, min(role_name) AS role, bool_and(query_id <> 0) AS has_query_id
FROM ddm.unmask_events WHERE status = 'summary' AND role_name ~ '^audit_trail_' GROUP BY 1;

-- No event has a value in it.
SELECT count(*) FROM ddm.audit_log e WHERE e::text LIKE '%@example.com%' OR e::text LIKE '%123-45-%';

-- Policy changes show at once, and go with their transaction.
BEGIN;
SECURITY LABEL FOR ddm ON COLUMN audit_trail_people.city IS 'MASKED WITH VALUE NULL';
SELECT action, object, before, after FROM ddm.policy_history WHERE object LIKE '%city of table public.audit_trail_people';
ROLLBACK;
SELECT action, object, before, after FROM ddm.policy_history WHERE object LIKE '%city of table public.audit_trail_people';
SELECT ddm.audit_flush();
SELECT kind, action, object, before, after FROM ddm.policy_history
WHERE event_id <= :start AND object LIKE '%audit_trail%' ORDER BY event_id;

-- Nobody writes the trail, and who is no auditor does not read it.
DELETE FROM ddm.audit_log;
UPDATE ddm.audit_log SET user_name = 'somebody';
INSERT INTO ddm.audit_log SELECT * FROM ddm.audit_log LIMIT 1;
TRUNCATE ddm.audit_log;
SET ROLE audit_trail_reader;
SELECT count(*) FROM ddm.unmask_events;
SELECT count(*) FROM ddm.audit_log;
SELECT ddm.audit_flush();
SET ddm.audit = '';
SET ROLE audit_trail_auditor;
SELECT count(*) > 0 AS reads FROM ddm.unmask_events;
DELETE FROM ddm.audit_log;
RESET ROLE;

SET ddm.audit = 'unmask, everything';
SET ddm.audit_retention = '90 days';
ALTER SYSTEM SET ddm.audit_retention = 'long';

DROP FUNCTION audit_trail_count(), audit_trail_define();
DROP TABLE audit_trail_people;
DROP ROLE audit_trail_reader, audit_trail_support, audit_trail_auditor;
