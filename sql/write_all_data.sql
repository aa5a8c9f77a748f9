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
COPY ddm.named_policies FROM STDIN;
mine	VALUE NULL
\.
DELETE FROM ddm.audit_log;
DELETE FROM ddm.audit_pending;
SELECT name FROM ddm.mask_rules WHERE name = 'write_all' FOR UPDATE;
PREPARE rules AS DELETE FROM ddm.mask_rules;
EXECUTE rules;
-- Tables of others it writes, and reads through the mask.
UPDATE write_all_data.people SET id = 3 WHERE secret = 'stored';
UPDATE write_all_data.people SET id = 4 WHERE id = 2;
SELECT * FROM write_all_data.people ORDER BY id;
-- Members of ddm_admin were granted it.
SET ROLE write_policy;
UPDATE ddm.mask_rules SET mask = 'VALUE ''*''' WHERE name = 'write_all';
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
