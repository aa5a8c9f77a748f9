-- Who tries to change policy and may not, or to have a table masked less, is on record.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE denied_owner;
CREATE ROLE denied_cleared;
CREATE ROLE denied_reader;
GRANT pg_read_all_data TO denied_reader;
RESET client_min_messages;
CREATE SCHEMA denied_changes AUTHORIZATION denied_owner;
CREATE SCHEMA denied_elsewhere AUTHORIZATION denied_owner;
SET search_path = denied_changes;
SET ROLE denied_owner;
CREATE TABLE person (id int, name text);
CREATE FUNCTION upside(text) RETURNS text LANGUAGE sql IMMUTABLE RETURN reverse($1);
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN person.name IS 'MASKED WITH FUNCTION default()';
GRANT UNMASK ON SCHEMA denied_elsewhere TO denied_cleared;
SELECT coalesce(max(event_id), 0) AS start FROM ddm.audit_log \gset

SET ROLE denied_owner;
SECURITY LABEL FOR ddm ON COLUMN person.name IS NULL;
SECURITY LABEL FOR ddm ON COLUMN person.id IS 'MASKED WITH FUNCTION nullify()';
SECURITY LABEL FOR ddm_tag ON TABLE person IS 'pii';
SECURITY LABEL FOR ddm ON FUNCTION upside(text) IS 'TRUSTED MASK';
GRANT UNMASK (name) ON person TO denied_owner;
REVOKE UNMASK ON SCHEMA denied_elsewhere FROM denied_cleared;
SELECT ddm.grant_unmask('denied_owner', tag => 'pii');
ALTER DEFAULT PRIVILEGES GRANT UNMASK ON TABLES TO denied_owner;
BEGIN;
ALTER TABLE person SET SCHEMA denied_elsewhere;
ROLLBACK;
SET ROLE denied_reader;
\set VERBOSITY sqlstate
DO $$ BEGIN EXECUTE format('SELECT chunk_data FROM %s', (SELECT reltoastrelid::regclass FROM pg_class WHERE oid = 'denied_changes.person'::regclass)); END $$;
\set VERBOSITY default
RESET ROLE;

SELECT FROM ddm.audit_flush();
SELECT role_name, action, regexp_replace(object, 'pg_toast_\d+', 'pg_toast_n') AS object, reason, count(*) > 0 AS recorded
  FROM ddm.denied_events WHERE role_name LIKE 'denied\_%' AND event_id > :start GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;

SET client_min_messages = warning;
DROP SCHEMA denied_changes, denied_elsewhere CASCADE;
DROP OWNED BY denied_cleared;
DROP ROLE denied_owner, denied_cleared, denied_reader;
