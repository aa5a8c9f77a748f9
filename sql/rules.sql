-- Rules: every column that a condition matches is masked, by whomever and whenever it is made.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_ru_admin NOLOGIN IN ROLE ddm_admin;
CREATE ROLE ddm_ru_maker NOLOGIN;
CREATE ROLE ddm_ru_reader NOLOGIN;
CREATE ROLE ddm_ru_dpo NOLOGIN;
CREATE ROLE ddm_ru_group NOLOGIN;
CREATE ROLE ddm_ru_auditor NOLOGIN IN ROLE ddm_ru_group;
RESET client_min_messages;
CREATE SCHEMA ddm_ru AUTHORIZATION ddm_ru_maker;
GRANT USAGE ON SCHEMA ddm_ru TO PUBLIC;
SET ROLE ddm_ru_admin;
SELECT ddm.create_rule('ddm_ru_ssn', 'resource.column_name == "ssn" && resource.schema_name == "ddm_ru"',
                       'FUNCTION ssn()', 10);
-- a table made a second ago, by anyone
SET ROLE ddm_ru_maker;
CREATE TABLE ddm_ru.person (id int, ssn text, city text, salary int);
INSERT INTO ddm_ru.person VALUES (1, '123-45-6789', 'Lyon', 5000);
GRANT SELECT ON ddm_ru.person TO PUBLIC;
SET ROLE ddm_ru_reader;
PREPARE q AS SELECT * FROM ddm_ru.person;
EXECUTE q;

-- classification: the nearest level wins, tags add up
SET ROLE ddm_ru_admin;
SECURITY LABEL FOR ddm_tag ON SCHEMA ddm_ru IS 'hr, level=2';
SECURITY LABEL FOR ddm_tag ON TABLE ddm_ru.person IS 'people, level=Confidential';
SECURITY LABEL FOR ddm_tag ON COLUMN ddm_ru.person.city IS 'place, level=1';
SELECT column_name, tags, level, level_name, level_from FROM ddm.classified_columns WHERE schema_name = 'ddm_ru' ORDER BY 1;
SELECT ddm.create_rule('ddm_ru_level', 'resource.classification_level >= 3', 'FUNCTION default()', 5);
SET ROLE ddm_ru_reader;
EXECUTE q;
SET ROLE ddm_ru_admin;
SELECT ddm.create_rule('ddm_ru_place', '"place" in resource.tags && "hr" in resource.tags', 'VALUE ''somewhere''', 5);
SET ROLE ddm_ru_reader;
EXECUTE q;
SELECT column_name, verdict, mask, why FROM ddm.preview('ddm_ru_reader', 'ddm_ru.person');

-- a label beats every rule, NOT MASKED too; of one priority the first name wins
SET ROLE ddm_ru_admin;
SECURITY LABEL FOR ddm ON COLUMN ddm_ru.person.salary IS 'MASKED WITH VALUE 7';
SECURITY LABEL FOR ddm ON COLUMN ddm_ru.person.id IS 'NOT MASKED';
SELECT ddm.create_rule('ddm_ru_a', 'resource.table_name == "person"', 'VALUE ''first''', 10);
SET ROLE ddm_ru_reader;
EXECUTE q;
SET ROLE ddm_ru_admin;
SELECT name, priority FROM ddm.rules WHERE name LIKE 'ddm_ru%';
SELECT ddm.drop_rule('ddm_ru_a');
-- a mask that does not fit the column's type is default()
SELECT ddm.create_rule('ddm_ru_misfit', 'resource.column_name == "salary"', 'FUNCTION email()', 99);
SECURITY LABEL FOR ddm ON COLUMN ddm_ru.person.salary IS NULL;
SET ROLE ddm_ru_reader;
EXECUTE q;
SELECT column_name, mask, why FROM ddm.preview('ddm_ru_reader', 'ddm_ru.person') WHERE column_name = 'salary';
SET ROLE ddm_ru_admin;
SELECT ddm.drop_rule('ddm_ru_misfit');

-- a partition is masked as its parent, read directly too
SET ROLE ddm_ru_maker;
CREATE TABLE ddm_ru.parent (id int, ssn text) PARTITION BY LIST (id);
CREATE TABLE ddm_ru.child PARTITION OF ddm_ru.parent FOR VALUES IN (1);
INSERT INTO ddm_ru.parent VALUES (1, '987-65-4321');
GRANT SELECT ON ddm_ru.parent, ddm_ru.child TO PUBLIC;
SET ROLE ddm_ru_reader;
SELECT ssn FROM ddm_ru.parent;
SELECT ssn FROM ddm_ru.child;

-- this server's name; where nobody said, a rule masks
RESET ROLE;
SELECT ddm.create_rule('ddm_ru_env', '(resource.environment_id == "prod" || (resource.environment_id == "staging" && resource.classification_level >= 3)) && resource.column_name == "city"', 'VALUE ''env''', 50);
SET ROLE ddm_ru_reader;
SELECT city FROM ddm_ru.person;
RESET ROLE;
SET ddm.environment = 'dev';
SET ROLE ddm_ru_reader;
SELECT city FROM ddm_ru.person;
RESET ROLE;
SET ddm.environment = 'prod';
SET ROLE ddm_ru_reader;
SELECT city FROM ddm_ru.person;
SET ddm.environment = 'dev';
RESET ROLE;
RESET ddm.environment;
SELECT ddm.drop_rule('ddm_ru_env');

-- exemptions: members, what they inherit, and for how long
SET ROLE ddm_ru_admin;
SELECT ddm.create_exemption('ddm_ru_dpo', ARRAY['ddm_ru_dpo', 'ddm_ru_group'], 'resource.column_name == "ssn"', now() + '1 day', 'audit');
SELECT ddm.create_exemption('ddm_ru_app', ARRAY['ddm_ru_reader'], 'request.application_name == "ddm_ru_tool" && resource.column_name == "city"');
SELECT name, members, condition, until > now() AS lives, reason FROM ddm.exemptions WHERE name LIKE 'ddm_ru%' ORDER BY 1;
SET ROLE ddm_ru_auditor;
SELECT ssn, salary FROM ddm_ru.person;
SELECT column_name, verdict, why FROM ddm.preview('ddm_ru_auditor', 'ddm_ru.person') WHERE column_name = 'ssn';
PREPARE exempt AS SELECT ssn FROM ddm_ru.person;
EXECUTE exempt;
SET ROLE ddm_ru_reader;
SELECT ssn, city FROM ddm_ru.person;
SET application_name = 'ddm_ru_tool';
SELECT ssn, city FROM ddm_ru.person;
SET application_name = 'other';
SELECT ssn, city FROM ddm_ru.person;
RESET application_name;
SET ROLE ddm_ru_admin;
SELECT ddm.drop_exemption('ddm_ru_dpo');
SELECT ddm.drop_exemption('ddm_ru_app');
SET ROLE ddm_ru_auditor;
EXECUTE exempt;

-- UNMASK by tag
RESET ROLE;
SELECT ddm.grant_unmask('ddm_ru_dpo', tag => 'place');
SET ROLE ddm_ru_dpo;
SELECT ssn, city FROM ddm_ru.person;
RESET ROLE;
SELECT ddm.revoke_unmask('ddm_ru_dpo', tag => 'place');

-- bad input changes nothing
\set VERBOSITY terse
SET ROLE ddm_ru_admin;
SELECT ddm.create_rule('ddm_ru_bad', 'resource.colum_name == "ssn"', 'VALUE NULL', 1);
SELECT ddm.create_rule('ddm_ru_bad', 'resource.column_name', 'VALUE NULL', 1);
SELECT ddm.create_rule('ddm_ru_bad', 'resource.column_name.matches("(")', 'VALUE NULL', 1);
SELECT ddm.create_rule('ddm_ru_bad', 'request.time > timestamp("2026-01-01")', 'VALUE NULL', 1);
SELECT ddm.create_rule('ddm_ru_bad', 'true', 'VALUE', 1);
SELECT ddm.create_rule('ddm_ru_bad', 'true', 'NOT MASKED', 1);
SELECT ddm.create_rule('ddm_ru_ssn', 'true', 'VALUE NULL', 1);
SELECT ddm.drop_rule('ddm_ru_none');
SELECT ddm.create_exemption('ddm_ru_bad', ARRAY['ddm_ru_nobody'], 'true', NULL, NULL);
SELECT ddm.create_exemption('ddm_ru_bad', '{}', 'true', NULL, NULL);
SELECT ddm.create_exemption('ddm_ru_bad', ARRAY['ddm_ru_dpo'], 'true', '2001-01-01', NULL);
SELECT ddm.create_exemption('ddm_ru_bad', ARRAY['ddm_ru_dpo'], 'maybe', NULL, NULL);
SELECT ddm.drop_exemption('ddm_ru_none');
SECURITY LABEL FOR ddm_tag ON COLUMN ddm_ru.person.city IS 'level=high=1';
SECURITY LABEL FOR ddm_tag ON COLUMN ddm_ru.person.city IS 'level=dubious';
SECURITY LABEL FOR ddm_tag ON FUNCTION now() IS 'pii';
INSERT INTO ddm.mask_rules VALUES ('ddm_ru_bad', '???', 'VALUE NULL', 1);
-- who is no policy admin changes nothing
SET ROLE ddm_ru_maker;
SECURITY LABEL FOR ddm_tag ON TABLE ddm_ru.person IS NULL;
SELECT ddm.create_rule('ddm_ru_mine', 'false', 'VALUE NULL', 100);
SELECT ddm.drop_rule('ddm_ru_ssn');
SELECT ddm.create_exemption('ddm_ru_mine', ARRAY['ddm_ru_maker'], 'true', NULL, NULL);
SELECT * FROM ddm.rules;
RESET ROLE;
SELECT name FROM ddm.rules WHERE name LIKE 'ddm_ru%';
SELECT ddm.drop_rule(name) FROM ddm.rules WHERE name LIKE 'ddm_ru%';

SET client_min_messages = warning;
DROP SCHEMA ddm_ru CASCADE;
DROP ROLE ddm_ru_admin, ddm_ru_maker, ddm_ru_reader, ddm_ru_dpo, ddm_ru_auditor, ddm_ru_group;
