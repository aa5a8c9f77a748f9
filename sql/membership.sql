-- Who may only create roles reaches no clearance: not by granting, not by a password, not by a name.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_mb_maker LOGIN CREATEROLE;
CREATE ROLE ddm_mb_compliance NOLOGIN;
CREATE ROLE ddm_mb_through NOLOGIN IN ROLE ddm_mb_compliance;
CREATE ROLE ddm_mb_officer NOLOGIN IN ROLE ddm_mb_through;
CREATE ROLE ddm_mb_plain NOLOGIN;
CREATE ROLE ddm_mb_owner NOLOGIN;
CREATE ROLE ddm_mb_policy NOLOGIN IN ROLE ddm_admin;
CREATE ROLE ddm_mb_head NOLOGIN;
RESET client_min_messages;
CREATE TABLE ddm_mb_customer (id int, email text);
ALTER TABLE ddm_mb_customer OWNER TO ddm_mb_owner;
SECURITY LABEL FOR ddm ON COLUMN ddm_mb_customer.email IS 'MASKED WITH FUNCTION email()';
GRANT UNMASK ON ddm_mb_customer TO ddm_mb_compliance;

\set VERBOSITY terse
SET ROLE ddm_mb_maker;
GRANT ddm_admin TO ddm_mb_maker;
GRANT ddm_approver TO ddm_mb_maker;
GRANT ddm_mb_compliance TO ddm_mb_maker;
GRANT ddm_mb_through TO ddm_mb_maker;
GRANT ddm_mb_owner TO ddm_mb_maker;
GRANT pg_execute_server_program TO ddm_mb_maker;
REVOKE ddm_mb_compliance FROM ddm_mb_through;
ALTER ROLE ddm_mb_officer PASSWORD 'x';
ALTER ROLE ddm_mb_officer LOGIN;
ALTER ROLE ddm_mb_officer SET search_path = 'evil';
ALTER GROUP ddm_mb_compliance ADD USER ddm_mb_maker;
ALTER ROLE ddm_mb_compliance RENAME TO ddm_mb_other;
DROP ROLE ddm_mb_officer;
CREATE ROLE ddm_mb_new IN ROLE ddm_mb_compliance;
CREATE ROLE ddm_mb_new IN ROLE ddm_admin;
\set VERBOSITY sqlstate
SECURITY LABEL FOR ddm ON ROLE ddm_mb_compliance IS NULL;
\set VERBOSITY terse
-- its trade goes on elsewhere
CREATE ROLE ddm_mb_new;
ALTER ROLE ddm_mb_new LOGIN;
DROP ROLE ddm_mb_new;
RESET ROLE;

-- nor a mask of its own: not the one of a label, of a policy or of a rule
SET client_min_messages = error;
CREATE ROLE ddm_mb_for NOLOGIN;
CREATE ROLE ddm_mb_finds NOLOGIN;
CREATE ROLE ddm_mb_ruled NOLOGIN;
RESET client_min_messages;
BEGIN;
SECURITY LABEL FOR ddm ON COLUMN ddm_mb_customer.email IS
    'MASKED WITH FUNCTION email() FOR ddm_mb_for WITH FUNCTION identity() SEARCHABLE FOR ddm_mb_finds';
SELECT ddm.create_policy('ddm_mb_named', 'FUNCTION default() FOR ddm_mb_ruled WITH VALUE NULL');
SET ROLE ddm_mb_maker;
\set ON_ERROR_ROLLBACK on
GRANT ddm_mb_for TO ddm_mb_maker;
GRANT ddm_mb_finds TO ddm_mb_maker;
GRANT ddm_mb_ruled TO ddm_mb_maker;
ALTER ROLE ddm_mb_for LOGIN PASSWORD 'x';
\set ON_ERROR_ROLLBACK off
ROLLBACK;
DROP ROLE ddm_mb_for, ddm_mb_finds, ddm_mb_ruled;

-- one's own ADMIN OPTION counts
GRANT ddm_mb_compliance TO ddm_mb_head WITH ADMIN OPTION;
SET ROLE ddm_mb_head;
GRANT ddm_mb_compliance TO ddm_mb_plain;
REVOKE ddm_mb_compliance FROM ddm_mb_plain;
RESET ROLE;

-- members of ddm_admin give out the extension's own roles, without being their administrators
SET ROLE ddm_mb_policy;
GRANT ddm_auditor, ddm_approver TO ddm_mb_plain;
REVOKE ddm_auditor, ddm_approver FROM ddm_mb_plain;
GRANT ddm_auditor TO CURRENT_USER;
REVOKE ddm_auditor FROM CURRENT_USER;
RESET ROLE;
SELECT r.rolname, m.rolname AS member FROM pg_auth_members JOIN pg_roles r ON r.oid = roleid
  JOIN pg_roles m ON m.oid = member WHERE r.rolname LIKE 'ddm%' AND m.rolname <> 'ddm_mb_maker' ORDER BY 1, 2;

-- the owner of a table that a rule masks
CREATE TABLE ddm_mb_ruled (id int, iban text);
ALTER TABLE ddm_mb_ruled OWNER TO ddm_mb_plain;
SELECT ddm.create_rule('ddm_mb_rule', 'resource.table_name == "ddm_mb_ruled" && resource.column_name == "iban"', 'FUNCTION default()', 1);
SET ROLE ddm_mb_maker;
GRANT ddm_mb_plain TO ddm_mb_maker;
RESET ROLE;
-- nor from the database next door, which does not know of rules here
SELECT current_database() AS here \gset
\c postgres
SET ROLE ddm_mb_maker;
GRANT ddm_mb_plain TO ddm_mb_maker;
ALTER ROLE ddm_mb_plain PASSWORD 'mine';
CREATE ROLE ddm_mb_guest IN ROLE ddm_mb_plain;
CREATE ROLE ddm_mb_guest;
GRANT ddm_mb_guest TO ddm_mb_maker;
DROP ROLE ddm_mb_guest;
\c :here
SELECT ddm.drop_rule('ddm_mb_rule');
DROP TABLE ddm_mb_ruled;

-- names
ALTER ROLE ddm_admin RENAME TO ddm_mb_admin;
\set VERBOSITY default
SELECT provider, label FROM pg_shseclabel JOIN pg_roles ON oid = objoid WHERE rolname = 'ddm_mb_compliance';

DROP TABLE ddm_mb_customer;
DROP ROLE ddm_mb_maker, ddm_mb_through, ddm_mb_officer, ddm_mb_plain, ddm_mb_owner, ddm_mb_policy, ddm_mb_head;
DROP ROLE ddm_mb_compliance;
SELECT count(*) FROM pg_shseclabel WHERE provider = 'ddm' AND objoid NOT IN (SELECT oid FROM pg_roles);
