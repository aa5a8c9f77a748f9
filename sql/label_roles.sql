-- Roles that labels, named policies and rules name: whoever had the name when they were set, under whatever name later.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_lr_analyst NOLOGIN;
CREATE ROLE ddm_lr_bot NOLOGIN;
CREATE ROLE ddm_lr_support NOLOGIN;
CREATE ROLE ddm_lr_reader NOLOGIN IN ROLE ddm_lr_analyst;
CREATE SCHEMA ddm_lr;
GRANT USAGE ON SCHEMA ddm_lr TO PUBLIC;
CREATE TABLE ddm_lr.customer (id int, email text, phone text, iban text);
INSERT INTO ddm_lr.customer VALUES (1, 'luis@embraer.com.br', '555-1234', 'DE123');
GRANT SELECT ON ddm_lr.customer TO PUBLIC;
RESET client_min_messages;
SECURITY LABEL FOR ddm ON COLUMN ddm_lr.customer.email IS
  'MASKED WITH VALUE ''base'' FOR ddm_lr_analyst WITH FUNCTION identity() FOR ddm_lr_bot, ddm_lr_support WITH VALUE ''two'' SEARCHABLE FOR ddm_lr_support';
SELECT ddm.create_policy('ddm_lr_contact', 'VALUE ''base'' FOR ddm_lr_analyst WITH VALUE ''analyst''');
SECURITY LABEL FOR ddm ON COLUMN ddm_lr.customer.phone IS 'MASKED WITH POLICY ddm_lr_contact';
SELECT ddm.create_rule('ddm_lr_iban', 'resource.column_name == "iban" && resource.schema_name == "ddm_lr"', 'VALUE ''base'' FOR ddm_lr_analyst WITH VALUE ''analyst''');
CREATE VIEW ddm_lr.texts AS
  SELECT objname AS what, label FROM pg_seclabels WHERE provider = 'ddm' AND objname LIKE 'ddm_lr.%'
  UNION ALL SELECT name, mask FROM ddm.policies WHERE name LIKE 'ddm_lr%'
  UNION ALL SELECT name, mask FROM ddm.rules WHERE name LIKE 'ddm_lr%' ORDER BY 1;
SET ROLE ddm_lr_reader;
PREPARE q AS SELECT * FROM ddm_lr.customer;
EXECUTE q;

-- renamed: the role is the same, and a later one of the old name is another
RESET ROLE;
ALTER ROLE ddm_lr_analyst RENAME TO "ddm_lr Analyst";
CREATE ROLE ddm_lr_analyst NOLOGIN;
SELECT * FROM ddm_lr.texts;
SET ROLE ddm_lr_reader;
EXECUTE q;
SET ROLE ddm_lr_analyst;
EXECUTE q;
RESET ROLE;
-- exchanged
ALTER ROLE ddm_lr_analyst RENAME TO ddm_lr_aside;
ALTER ROLE "ddm_lr Analyst" RENAME TO ddm_lr_analyst;
ALTER ROLE ddm_lr_aside RENAME TO "ddm_lr Analyst";
SET ROLE ddm_lr_reader;
EXECUTE q;
SET ROLE "ddm_lr Analyst";
EXECUTE q;
RESET ROLE;

-- dropped: a branch for nobody else goes, and a later role of that name has none
DROP ROLE ddm_lr_support;
SELECT * FROM ddm_lr.texts WHERE what LIKE '%email';
DROP ROLE ddm_lr_analyst;
CREATE ROLE ddm_lr_analyst NOLOGIN;
CREATE ROLE ddm_lr_support NOLOGIN;
SELECT * FROM ddm_lr.texts;
SET ROLE ddm_lr_analyst;
EXECUTE q;
RESET ROLE;
-- a rollback takes it back
BEGIN;
DROP ROLE ddm_lr_bot;
SELECT label FROM ddm_lr.texts WHERE what LIKE '%email';
ROLLBACK;
SELECT label FROM ddm_lr.texts WHERE what LIKE '%email';
-- set again, it is the new role's
SECURITY LABEL FOR ddm ON COLUMN ddm_lr.customer.email IS 'MASKED WITH VALUE ''base'' FOR ddm_lr_analyst WITH VALUE ''new''';
SET ROLE ddm_lr_analyst;
EXECUTE q;
RESET ROLE;
-- a role that is not there yet is whom somebody who may change the policy gives the name
SECURITY LABEL FOR ddm ON COLUMN ddm_lr.customer.email IS 'MASKED WITH VALUE ''base'' FOR ddm_lr_later WITH VALUE ''later'' SEARCHABLE FOR ddm_lr_later2';
CREATE ROLE ddm_lr_later NOLOGIN;
SET ROLE ddm_lr_later;
EXECUTE q;
RESET ROLE;
-- not whoever may create roles
SELECT ddm.drop_rule('ddm_lr_iban');
SELECT ddm.create_rule('ddm_lr_iban', 'resource.column_name == "iban" && resource.schema_name == "ddm_lr"', 'VALUE ''base'' FOR ddm_lr_later2 WITH VALUE ''later2''');
SECURITY LABEL FOR ddm ON COLUMN ddm_lr.customer.phone IS 'MASKED WITH VALUE ''base'' FOR ddm_lr_later3 WITH FUNCTION identity()';
CREATE ROLE ddm_lr_maker NOLOGIN CREATEROLE;
SET ROLE ddm_lr_maker;
CREATE ROLE ddm_lr_later2 NOLOGIN;
CREATE ROLE ddm_lr_other NOLOGIN;
ALTER ROLE ddm_lr_other RENAME TO ddm_lr_later3;
RESET ROLE;
SET ROLE ddm_lr_later2;
EXECUTE q;
RESET ROLE;
SET ROLE ddm_lr_later3;
EXECUTE q;
RESET ROLE;
-- the name means the next one to whom it is given
ALTER ROLE ddm_lr_later3 RENAME TO ddm_lr_other;
CREATE ROLE ddm_lr_later3 NOLOGIN;
SET ROLE ddm_lr_other;
EXECUTE q;
RESET ROLE;
SET ROLE ddm_lr_later3;
EXECUTE q;
RESET ROLE;
-- a mask that is set again means who is there
SELECT ddm.drop_rule('ddm_lr_iban');
SELECT ddm.create_rule('ddm_lr_iban', 'resource.column_name == "iban" && resource.schema_name == "ddm_lr"', 'VALUE ''base'' FOR ddm_lr_later2 WITH VALUE ''later2''');
SET ROLE ddm_lr_later2;
EXECUTE q;
RESET ROLE;
ALTER ROLE ddm_lr_later RENAME TO ddm_lr_latest;
SELECT label FROM ddm_lr.texts WHERE what LIKE '%email';
SELECT action, object, after, reason FROM ddm.policy_history WHERE (object LIKE '%ddm_lr.customer%' OR after LIKE 'named by%') AND reason LIKE 'role%' ORDER BY event_time, event_id;

SET client_min_messages = warning;
DROP SCHEMA ddm_lr CASCADE;
SELECT ddm.drop_policy('ddm_lr_contact'), ddm.drop_rule('ddm_lr_iban');
DROP ROLE ddm_lr_analyst, ddm_lr_bot, ddm_lr_support, ddm_lr_reader, "ddm_lr Analyst", ddm_lr_latest,
  ddm_lr_maker, ddm_lr_later2, ddm_lr_later3, ddm_lr_other;
SELECT count(*) FROM ddm.named_roles WHERE role <> 0 AND role::oid NOT IN (SELECT oid FROM pg_roles);
