-- pg_write_all_data writes every table, and neither the policy nor the trail: who could would clear himself.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE write_all IN ROLE pg_read_all_data, pg_write_all_data;
CREATE ROLE write_policy IN ROLE ddm_admin;
CREATE SCHEMA write_all_data;
CREATE TABLE write_all_data.people (id int PRIMARY KEY, secret text);
INSERT INTO write_all_data.people VALUES (1, 'stored'), (2, 'stored too');
SELECT ddm.create_rule('write_all', 'resource.schema_name == "write_all_data" && resource.column_name == "secret"', 'FUNCTION default()');
\set VERBOSITY terse
SET ROLE write_all;
DELETE FROM ddm.mask_rules WHERE name = 'write_all';
UPDATE ddm.mask_rules SET condition = 'false';
UPDATE ddm.unmask_grant SET grantee = 'write_all'::regrole;
INSERT INTO ddm.unmask_grant SELECT * FROM ddm.unmask_grant;
INSERT INTO ddm.exemption_members VALUES ('none', 'write_all');
INSERT INTO ddm.dictionaries SELECT * FROM ddm.dictionaries;
MERGE INTO ddm.mask_rules USING (VALUES (1)) AS v ON true WHEN MATCHED THEN DELETE;
WITH gone AS (DELETE FROM ddm.mask_rules RETURNING name) SELECT * FROM gone;
\copy ddm.named_policies FROM '/dev/null'
DELETE FROM ddm.audit_log;
DELETE FROM ddm.audit_pending;
SELECT name FROM ddm.mask_rules WHERE name = 'write_all' FOR UPDATE;
PREPARE rules AS DELETE FROM ddm.mask_rules;
EXECUTE rules;
-- Nor does it, or pg_maintain, lock them: look-ups of the policy and the trail's worker would wait for it.
RESET ROLE;
DO $$ BEGIN IF to_regrole('pg_maintain') IS NOT NULL THEN GRANT pg_maintain TO write_all; END IF; END $$;
SET ROLE write_all;
CREATE TEMP VIEW of_policy AS SELECT FROM (SELECT) AS v WHERE EXISTS (SELECT FROM ddm.mask_rules);
CREATE TEMP VIEW of_view AS SELECT FROM of_policy;
BEGIN;
LOCK TABLE ddm.mask_rules IN ACCESS SHARE MODE;
LOCK TABLE of_view IN ACCESS SHARE MODE;
LOCK TABLE write_all_data.people IN ACCESS EXCLUSIVE MODE;
SAVEPOINT s;
LOCK TABLE ddm.unmask_grant IN ACCESS EXCLUSIVE MODE NOWAIT;
ROLLBACK TO s;
LOCK TABLE write_all_data.people, ddm.audit_chain IN ROW SHARE MODE;
ROLLBACK TO s;
LOCK TABLE ddm.audit_log IN SHARE UPDATE EXCLUSIVE MODE;
ROLLBACK TO s;
LOCK TABLE ddm.unmask_events;
ROLLBACK TO s;
LOCK TABLE of_policy;
ROLLBACK TO s;
LOCK TABLE of_view;
ROLLBACK TO s;
\set VERBOSITY sqlstate
REINDEX TABLE ddm.mask_rules;
ROLLBACK TO s;
REINDEX INDEX ddm.mask_rules_pkey;
ROLLBACK TO s;
CLUSTER ddm.mask_rules USING mask_rules_pkey;
ROLLBACK TO s;
ANALYZE ddm.audit_log;
ROLLBACK TO s;
\set VERBOSITY terse
DO $$ BEGIN LOCK TABLE ddm.mask_rules; END $$;
ROLLBACK;
DROP VIEW of_view, of_policy;
-- Tables of others it writes, and reads through the mask.
UPDATE write_all_data.people SET id = 3 WHERE secret = 'stored';
UPDATE write_all_data.people SET id = 4 WHERE id = 2;
SELECT * FROM write_all_data.people ORDER BY id;
-- Members of ddm_admin were granted it.
SET ROLE write_policy;
UPDATE ddm.mask_rules SET mask = 'VALUE ''*''' WHERE name = 'write_all';
BEGIN;
LOCK TABLE ddm.mask_rules;
ROLLBACK;
-- What may not be null is refused, and no more than that.
INSERT INTO ddm.role_exemptions DEFAULT VALUES;
INSERT INTO ddm.exemption_members DEFAULT VALUES;
INSERT INTO ddm.named_policies (name) VALUES ('write_all');
INSERT INTO ddm.named_policies (mask) VALUES ('VALUE NULL');
INSERT INTO ddm.mask_rules (name, mask) VALUES ('write_all_2', 'VALUE NULL');
INSERT INTO ddm.mask_rules DEFAULT VALUES;
INSERT INTO ddm.classification_level DEFAULT VALUES;
UPDATE ddm.mask_rules SET mask = NULL WHERE name = 'write_all';
UPDATE ddm.mask_rules SET name = NULL WHERE name = 'write_all';
SET ROLE write_all;
SELECT * FROM write_all_data.people ORDER BY id;
RESET ROLE;
\set VERBOSITY default
SELECT ddm.drop_rule('write_all');
DROP SCHEMA write_all_data CASCADE;
DROP ROLE write_all, write_policy;
