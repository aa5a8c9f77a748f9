-- Changes of policy are events: settings, dropped columns and tables with masks, switches, by superusers as well.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE audit_pc_service;
CREATE TABLE audit_pc_people (id int, email text, ssn text, note text);
SECURITY LABEL FOR ddm ON COLUMN audit_pc_people.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN audit_pc_people.ssn IS 'MASKED WITH FUNCTION default()';
SELECT ddm.audit_flush();
SELECT max(event_id) AS start FROM ddm.audit_log \gset
SET ddm.audit = '';
RESET ddm.audit;
SET ddm.audit_durability = 'commit';
RESET ddm.audit_durability;
ALTER ROLE audit_pc_service SET ddm.audit_detail = 'summary';
ALTER ROLE audit_pc_service RESET ddm.audit_detail;
BEGIN;
ALTER ROLE audit_pc_service SET ddm.audit_detail = 'summary';
ROLLBACK;
ALTER ROLE audit_pc_service SET work_mem = '1MB';
ALTER TABLE audit_pc_people ENABLE ROW LEVEL SECURITY, DISABLE TRIGGER ALL;
ALTER TABLE audit_pc_people DISABLE ROW LEVEL SECURITY;
ALTER TABLE audit_pc_people DROP COLUMN note;
ALTER TABLE audit_pc_people DROP COLUMN ssn;
DROP TABLE audit_pc_people;
SELECT ddm.audit_flush();
SELECT action, object, before, after FROM ddm.policy_history
WHERE event_id > :start AND action IN ('setting', 'alter table', 'drop column', 'drop table')
ORDER BY event_time, event_id;
SELECT bool_and(actor = session_user AND session_id IS NOT NULL) AS by_whom FROM ddm.policy_history WHERE event_id > :start;
DROP ROLE audit_pc_service;
