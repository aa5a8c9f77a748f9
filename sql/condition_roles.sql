-- Roles that a WHEN condition names: whoever may create roles gets none of them, nor their names.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_cr_auditor NOLOGIN;
CREATE ROLE ddm_cr_boss NOLOGIN;
CREATE ROLE ddm_cr_chief NOLOGIN;
CREATE ROLE "ddm_cr Chief" NOLOGIN;
CREATE ROLE ddm_cr_plain NOLOGIN;
CREATE ROLE ddm_cr_maker NOLOGIN CREATEROLE;
CREATE SCHEMA ddm_cr;
GRANT USAGE ON SCHEMA ddm_cr TO PUBLIC;
CREATE TABLE ddm_cr.person (id int, a text, b text, c text, d text, e text);
INSERT INTO ddm_cr.person VALUES (1, 'stored', 'stored', 'stored', 'stored', 'stored');
GRANT SELECT ON ddm_cr.person TO PUBLIC;
SECURITY LABEL FOR ddm ON COLUMN ddm_cr.person.a IS 'MASKED WITH FUNCTION default() WHEN (NOT pg_has_role(current_user, ''ddm_cr_auditor'', ''member''))';
SECURITY LABEL FOR ddm ON COLUMN ddm_cr.person.b IS 'MASKED WITH FUNCTION default() WHEN (current_user NOT IN (''ddm_cr_boss'', ''ddm_cr_later''))';
SECURITY LABEL FOR ddm ON COLUMN ddm_cr.person.c IS 'MASKED WITH FUNCTION default() WHEN (current_user <> ALL (''{ddm_cr_chief, "ddm_cr Chief"}''))';
SELECT ddm.create_rule('ddm_cr', 'resource.column_name == "d" && resource.schema_name == "ddm_cr"', 'FUNCTION default() WHEN (NOT pg_has_role(''ddm_cr_auditor'', ''usage''))');
SELECT ddm.create_policy('ddm_cr', 'FUNCTION default() FOR ddm_cr_plain WITH VALUE ''plain'' WHEN (id > 0 AND session_user <> ''ddm_cr_boss'') ');
SECURITY LABEL FOR ddm ON COLUMN ddm_cr.person.e IS 'MASKED WITH POLICY ddm_cr';
PREPARE q AS SELECT * FROM ddm_cr.person;
SET ROLE ddm_cr_auditor;
EXECUTE q;
SET ROLE ddm_cr_boss;
EXECUTE q;
SET ROLE "ddm_cr Chief";
EXECUTE q;
SET ROLE ddm_cr_plain;
EXECUTE q;

-- none of them is to be had
\set VERBOSITY sqlstate
SET ROLE ddm_cr_maker;
EXECUTE q;
GRANT ddm_cr_auditor TO ddm_cr_maker;
GRANT ddm_cr_boss TO ddm_cr_maker;
GRANT ddm_cr_chief TO ddm_cr_maker;
GRANT "ddm_cr Chief" TO ddm_cr_maker;
ALTER ROLE ddm_cr_boss RENAME TO ddm_cr_gone;
EXECUTE q;
-- nor a name that nobody had, or has any more
CREATE ROLE ddm_cr_later NOLOGIN;
RESET ROLE;
SET ROLE ddm_cr_later;
EXECUTE q;
-- then the condition is asked of nobody, until somebody has set it again
RESET ROLE;
SET ROLE ddm_cr_boss;
EXECUTE q;
RESET ROLE;
DROP ROLE ddm_cr_later;
SET ROLE ddm_cr_boss;
EXECUTE q;
RESET ROLE;
ALTER ROLE ddm_cr_auditor RENAME TO ddm_cr_gone;
SET ROLE ddm_cr_maker;
CREATE ROLE ddm_cr_auditor NOLOGIN;
RESET ROLE;
SET ROLE ddm_cr_auditor;
EXECUTE q;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_cr.person.a IS 'MASKED WITH FUNCTION default() WHEN (NOT pg_has_role(''ddm_cr_gone'', ''member''))';
SET ROLE ddm_cr_gone;
EXECUTE q;
RESET ROLE;

SET client_min_messages = warning;
DROP SCHEMA ddm_cr CASCADE;
SELECT ddm.drop_policy('ddm_cr'), ddm.drop_rule('ddm_cr');
DROP ROLE ddm_cr_auditor, ddm_cr_boss, ddm_cr_chief, "ddm_cr Chief", ddm_cr_plain, ddm_cr_maker, ddm_cr_gone;
