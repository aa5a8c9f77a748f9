-- A copy of a database, or one with another name, is not what rules that name it or its tags mean: who owns a database
-- and may create others makes neither.
SET client_min_messages = warning;
CREATE ROLE dbg_owner CREATEDB;
CREATE ROLE dbg_admin CREATEDB;
CREATE DATABASE dbg_masked OWNER dbg_owner;
CREATE DATABASE dbg_plain OWNER dbg_owner;
SELECT current_database() AS test_database \gset
\c dbg_masked
SET client_min_messages = warning;
CREATE EXTENSION ddm;
GRANT ddm_admin TO dbg_admin;
CREATE TABLE people (id int, secret text);
INSERT INTO people VALUES (1, 'stored');
GRANT SELECT ON people TO dbg_owner;
SECURITY LABEL FOR ddm_tag ON DATABASE dbg_masked IS 'pii';
SELECT ddm.create_rule('named', 'resource.database_name == "dbg_masked" && resource.column_name == "secret"', 'FUNCTION default()');
\c :test_database
\set VERBOSITY terse
SET ROLE dbg_owner;
CREATE DATABASE dbg_copy TEMPLATE dbg_masked;
CREATE DATABASE dbg_copy TEMPLATE 'dbg_masked';
ALTER DATABASE dbg_masked IS_TEMPLATE true;
CREATE DATABASE dbg_copy WITH OWNER dbg_owner TEMPLATE = dbg_masked STRATEGY = file_copy;
ALTER DATABASE dbg_masked RENAME TO dbg_renamed;
ALTER DATABASE dbg_masked IS_TEMPLATE false;
-- Others as ever.
CREATE DATABASE dbg_copy TEMPLATE dbg_plain;
CREATE DATABASE dbg_other;
ALTER DATABASE dbg_copy RENAME TO dbg_renamed;
CREATE DATABASE dbg_none TEMPLATE dbg_missing;
RESET ROLE;
-- Whoever may change the policy, if the server lets him.
ALTER DATABASE dbg_masked OWNER TO dbg_admin;
SET ROLE dbg_admin;
CREATE DATABASE dbg_again TEMPLATE dbg_masked;
RESET ROLE;
SET ROLE dbg_owner;
CREATE DATABASE dbg_third TEMPLATE dbg_again;
RESET ROLE;
DROP DATABASE dbg_masked;
DROP DATABASE dbg_again;
DROP DATABASE dbg_plain;
DROP DATABASE dbg_other;
DROP DATABASE dbg_renamed;
DROP ROLE dbg_owner, dbg_admin;
