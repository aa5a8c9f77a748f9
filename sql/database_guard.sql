-- A copy of a database, or one with another name, is not what rules that name it or its tags mean: who owns a database
-- and may create others makes neither.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE dbg_owner CREATEDB;
CREATE ROLE dbg_admin CREATEDB;
CREATE DATABASE dbg_masked OWNER dbg_owner;
CREATE DATABASE dbg_plain OWNER dbg_owner;
SELECT current_database() AS test_database \gset
SELECT FROM ddm.audit_flush();
SELECT coalesce(max(event_id), 0) AS start FROM ddm.audit_log \gset
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
ALTER DATABASE dbg_again RENAME TO dbg_twice;
BEGIN; ALTER DATABASE dbg_twice RENAME TO dbg_again; ROLLBACK;
ALTER DATABASE dbg_twice RENAME TO dbg_again;
DROP DATABASE dbg_masked;
DROP DATABASE dbg_again;
DROP DATABASE dbg_plain;
DROP DATABASE dbg_other;
DROP DATABASE dbg_renamed;
DROP ROLE dbg_owner, dbg_admin;
-- What became of databases that use ddm is in the trail of the others.
SELECT FROM ddm.audit_flush();
SELECT nullif(role_name, session_user) AS role, action, object, before, after FROM ddm.policy_history
 WHERE event_id > :start AND action IN ('rename', 'database') ORDER BY event_id;
