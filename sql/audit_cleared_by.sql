-- What let a role read in clear: superuser, ownership, a grant and on what, an exemption, and through which membership it
-- was held. Within SECURITY DEFINER functions both roles: whose clearance counted, and who called.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE audit_cleared_owner;
CREATE ROLE audit_cleared_deputy IN ROLE audit_cleared_owner;
CREATE ROLE audit_cleared_super SUPERUSER;
CREATE ROLE audit_cleared_group;
CREATE ROLE audit_cleared_member IN ROLE audit_cleared_group;
CREATE ROLE audit_cleared_indirect IN ROLE audit_cleared_member;
CREATE ROLE audit_cleared_column;
CREATE ROLE audit_cleared_schema;
CREATE ROLE audit_cleared_database;
CREATE ROLE audit_cleared_tag;
CREATE ROLE audit_cleared_exempt;
CREATE ROLE audit_cleared_both;
CREATE ROLE audit_cleared_nobody;
CREATE SCHEMA audit_cleared AUTHORIZATION audit_cleared_owner;
SET ROLE audit_cleared_owner;
CREATE TABLE audit_cleared.p (id int, a text, b text);
CREATE TABLE audit_cleared.q (id int, a text);
INSERT INTO audit_cleared.p VALUES (1, 'a', 'b');
INSERT INTO audit_cleared.q VALUES (1, 'a');
GRANT USAGE ON SCHEMA audit_cleared TO PUBLIC;
GRANT SELECT ON audit_cleared.p, audit_cleared.q TO PUBLIC;
RESET ROLE;
SET search_path = audit_cleared;
SECURITY LABEL FOR ddm ON COLUMN p.a IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN p.b IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN q.a IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm_tag ON COLUMN p.a IS 'audit_cleared';
GRANT UNMASK ON p TO audit_cleared_group;
GRANT UNMASK (a) ON p TO audit_cleared_column, audit_cleared_both;
GRANT UNMASK ON SCHEMA audit_cleared TO audit_cleared_schema;
GRANT UNMASK ON DATABASE :DBNAME TO audit_cleared_database;
SELECT FROM ddm.grant_unmask('audit_cleared_tag', tag => 'audit_cleared', until => now() + '90 days', reason => 'audit');
SELECT FROM ddm.create_exemption('audit_cleared', '{audit_cleared_exempt, audit_cleared_both}',
    'resource.schema_name == "audit_cleared" && resource.column_name == "b"', now() + '1 day', 'test');
CREATE FUNCTION one() RETURNS text SECURITY DEFINER LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT a FROM audit_cleared.p); END';
ALTER FUNCTION one() OWNER TO audit_cleared_column;
CREATE FUNCTION two() RETURNS text SECURITY DEFINER LANGUAGE plpgsql AS
    'BEGIN PERFORM b FROM audit_cleared.p; RETURN audit_cleared.one(); END';
ALTER FUNCTION two() OWNER TO audit_cleared_owner;
CREATE FUNCTION every() RETURNS text SECURITY DEFINER LANGUAGE sql AS 'SELECT a FROM audit_cleared.p';
ALTER FUNCTION every() OWNER TO audit_cleared_super;
SELECT FROM ddm.audit_flush();
SELECT coalesce(max(event_id), 0) AS start FROM ddm.audit_log \gset

SET ROLE audit_cleared_owner; SELECT a FROM p;
SET ROLE audit_cleared_deputy; SELECT a FROM p;
SET ROLE audit_cleared_super; SELECT a FROM p;
SET ROLE audit_cleared_group; SELECT a, b FROM p;
SET ROLE audit_cleared_member; SELECT a, b FROM p;
SET ROLE audit_cleared_indirect; SELECT a, b FROM p;
SET ROLE audit_cleared_column; SELECT a, b FROM p;
SET ROLE audit_cleared_schema; SELECT p.a, q.a FROM p, q;
SET ROLE audit_cleared_database; SELECT a, b FROM p;
SET ROLE audit_cleared_tag; SELECT a, b FROM p;
SET ROLE audit_cleared_exempt; SELECT a, b FROM p;
SET ROLE audit_cleared_both; SELECT a, b FROM p;
-- Called by who sees nothing, and by who sees one column himself.
SET ROLE audit_cleared_nobody;
SELECT one();
SELECT two();
SELECT every();
SET ROLE audit_cleared_tag;
SELECT two() FROM p WHERE a > '';
-- What let it through goes, and so does what is on record.
RESET ROLE;
ALTER ROLE audit_cleared_super NOSUPERUSER;
ALTER TABLE p OWNER TO audit_cleared_super;
SET ROLE audit_cleared_nobody;
SELECT every();
RESET ROLE;
ALTER TABLE p OWNER TO CURRENT_USER;
GRANT SELECT ON p TO audit_cleared_super;
SET ROLE audit_cleared_nobody;
SELECT every();
SET ROLE audit_cleared_owner;
SELECT a FROM p;
RESET ROLE;

SELECT FROM ddm.audit_flush();
SELECT replace(role_name, 'audit_cleared_', '') AS role_name, replace(invoked_by, 'audit_cleared_', '') AS invoked_by,
       columns_unmasked, replace(replace(cleared_by, 'audit_cleared_', ''), current_database(), 'this') AS cleared_by, nested
FROM ddm.unmask_events WHERE event_id > :start ORDER BY event_id;
SELECT replace(role_name, 'audit_cleared_', '') AS role_name, replace(invoked_by, 'audit_cleared_', '') AS invoked_by,
       columns_masked, sum(executions) AS executions
FROM ddm.mask_events WHERE event_id > :start GROUP BY 1, 2, 3 ORDER BY 1, 2;

SELECT FROM ddm.drop_exemption('audit_cleared');
DROP SCHEMA audit_cleared CASCADE;
SELECT format('DROP OWNED BY %1$I; DROP ROLE %1$I', rolname) FROM pg_roles WHERE rolname LIKE 'audit\_cleared\_%' ORDER BY 1 \gexec
