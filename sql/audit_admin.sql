-- A member of ddm_admin says what is recorded of a role: he need be no superuser for it, and may have no right to make
-- roles. Who may set what is on record, and so is who asks for what is ddm's and may not.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE audit_adm_admin IN ROLE ddm_admin;
CREATE ROLE audit_adm_service;
CREATE ROLE audit_adm_super SUPERUSER;
CREATE ROLE audit_adm_other;
CREATE SCHEMA audit_adm;
GRANT USAGE, CREATE ON SCHEMA audit_adm TO audit_adm_admin, audit_adm_other;
SELECT FROM ddm.audit_flush();
SELECT coalesce(max(event_id), 0) AS start FROM ddm.audit_log \gset
\pset null -
RESET client_min_messages;
\set VERBOSITY sqlstate

SET ROLE audit_adm_admin;
ALTER ROLE audit_adm_service SET ddm.audit_detail = 'summary';
ALTER ROLE audit_adm_service IN DATABASE :DBNAME SET "DDM.Audit_Durability" = 'sync';
SELECT r.rolname, d.datname = current_database() AS here, s.setconfig FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase WHERE r.rolname LIKE 'audit_adm%' ORDER BY 1, 2;
ALTER ROLE audit_adm_service IN DATABASE :DBNAME RESET ddm.audit_durability;
ALTER ROLE audit_adm_service SET ddm.audit_detail TO DEFAULT;
SET ddm.audit_detail = 'summary';
ALTER ROLE audit_adm_service SET ddm.audit_detail FROM CURRENT;
RESET ddm.audit_detail;
SET ddm.audit_durability = 'sync';
RESET ddm.audit_durability;
ALTER ROLE audit_adm_service SET ddm.audit_durability = 'whenever';
-- Nothing else, and of no superuser.
ALTER ROLE audit_adm_service SET ddm.audit = 'policy';
ALTER ROLE audit_adm_service SET work_mem = '1MB';
ALTER ROLE audit_adm_service RESET ALL;
ALTER ROLE audit_adm_super SET ddm.audit_detail = 'summary';
ALTER ROLE ALL SET ddm.audit_detail = 'summary';
SET ddm.audit = 'policy';
SELECT current_user;
SET ROLE audit_adm_other;
ALTER ROLE audit_adm_service SET ddm.audit_detail = 'summary';
ALTER ROLE audit_adm_other SET ddm.audit_detail = 'summary';
SET ddm.audit_durability = 'async';
SELECT set_config('ddm.audit_detail', 'summary', false);
RESET ROLE;
GRANT SET ON PARAMETER ddm.audit, "DDM.audit_to_log", work_mem TO audit_adm_other;
REVOKE SET ON PARAMETER ddm.audit, ddm.audit_to_log, work_mem FROM audit_adm_other;

-- What the server refuses, and ddm hears of by the error alone.
SET ROLE audit_adm_other;
SELECT ddm.create_rule('audit_adm', 'true', 'VALUE NULL', 10);
SELECT ddm.audit_seal();
SELECT ddm.evidence_report(now(), now());
DO $$ BEGIN PERFORM ddm.export(); EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;
SELECT count(*) FROM ddm.unmask_events;
SELECT count(*) FROM ddm.audit_log;
DELETE FROM ddm.audit_log;
TRUNCATE ddm.audit_pending;
DROP TABLE ddm.audit_log;
DROP FUNCTION ddm.audit_seal();
CREATE TABLE ddm.mine (i int);
ALTER ROLE audit_adm_super SET ddm.audit = 'policy';
ALTER ROLE ALL SET ddm.audit = 'policy';
ALTER ROLE ALL IN DATABASE :DBNAME SET ddm.mode = 'off';
ALTER DATABASE :DBNAME SET ddm.mode = 'off';
ALTER DATABASE :DBNAME RESET ddm.mode;
ALTER SYSTEM SET ddm.mode = 'off';
ALTER ROLE audit_adm_service SET work_mem = '1MB'; -- not ddm's
GRANT SET ON PARAMETER ddm.mode TO audit_adm_other;
ALTER EXTENSION ddm UPDATE;
DROP EXTENSION ddm;
DROP SCHEMA ddm CASCADE;
-- Not ddm's; and what may be either.
CREATE TABLE audit_adm.audit_log (i int); REVOKE ALL ON audit_adm.audit_log FROM audit_adm_other;
CREATE TABLE audit_adm.people (i int); REVOKE ALL ON audit_adm.people FROM audit_adm_other;
SELECT FROM audit_adm.people;
SELECT FROM audit_adm.audit_log;
RESET ROLE;
SELECT FROM ddm.audit_flush();
SELECT role_name, action, replace(object, current_database(), '(db)') AS object, before, after, replace(statement, current_database(), '(db)') AS statement FROM ddm.policy_history WHERE event_id > :start AND object LIKE 'setting%of role%' ORDER BY event_id;
SELECT object, before ~ 'audit_adm_other=s/' AS before, after ~ 'audit_adm_other=s/' AS after FROM ddm.policy_history WHERE event_id > :start AND object LIKE 'right to set%' ORDER BY event_id;
SELECT user_name = session_user AS me, role_name, kind, action, object, reason FROM ddm.denied_events WHERE event_id > :start ORDER BY event_id;

SET client_min_messages = error;
DROP SCHEMA audit_adm CASCADE;
DROP ROLE audit_adm_admin, audit_adm_service, audit_adm_super, audit_adm_other;
