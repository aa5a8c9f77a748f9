-- Every way to change the policy leaves its event, with what was before and what is now, the statement, and why: also
-- ways that go round ddm's own statements, and what a superuser does to catalogs, roles and the trail itself.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE audit_pe_admin IN ROLE ddm_admin;
CREATE ROLE audit_pe_owner;
CREATE ROLE audit_pe_a;
CREATE ROLE audit_pe_b;
CREATE ROLE audit_pe_c;
CREATE SCHEMA audit_pe;
GRANT USAGE, CREATE ON SCHEMA audit_pe TO audit_pe_owner, audit_pe_admin;
GRANT USAGE ON SCHEMA audit_pe TO audit_pe_a;
CREATE TABLE audit_pe.people (id int, email text, ssn text, note text);
SECURITY LABEL FOR ddm ON COLUMN audit_pe.people.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN audit_pe.people.ssn IS 'MASKED WITH FUNCTION default()';
SELECT current_database() AS db \gset
CREATE PROCEDURE audit_pe.show() LANGUAGE plpgsql AS $$ BEGIN PERFORM ddm.audit_flush(); END $$;
-- What happened since the last look.
CREATE TEMP TABLE seen (id bigint);
PREPARE events AS
    WITH new AS (SELECT * FROM ddm.policy_history WHERE event_id > (SELECT max(id) FROM seen)),
         look AS (INSERT INTO seen SELECT max(event_id) FROM new HAVING count(*) > 0)
    SELECT kind, nullif(role_name, session_user) AS role, action, replace(object, current_database(), '(db)') AS object,
           replace(before, current_database(), '(db)') AS before, replace(after, current_database(), '(db)') AS after,
           reason, replace(statement, current_database(), '(db)') AS statement
    FROM new ORDER BY event_time, event_id;
SELECT ddm.audit_flush();
INSERT INTO seen SELECT coalesce(max(event_id), 0) FROM ddm.audit_log;
SET TimeZone = 'UTC';
\pset format unaligned
\pset null -

\echo Labels, tags, policies, rules, exemptions, keys, dictionaries
SECURITY LABEL FOR ddm ON COLUMN audit_pe.people.email IS 'MASKED WITH VALUE NULL';
SECURITY LABEL FOR ddm_tag ON COLUMN audit_pe.people.note IS 'pii, level=3';
SECURITY LABEL FOR ddm_tag ON COLUMN audit_pe.people.note IS NULL;
SECURITY LABEL FOR ddm_tag ON SCHEMA audit_pe IS 'crm';
SET ROLE audit_pe_admin;
\o /dev/null
SELECT ddm.create_policy('audit_pe', 'FUNCTION partial(1, ''***'', 0)');
SELECT ddm.create_policy('audit_pe', 'VALUE NULL');
SELECT ddm.create_rule('audit_pe', 'resource.table_name == "nowhere"', 'POLICY audit_pe', 10);
SELECT ddm.create_exemption('audit_pe', '{audit_pe_c}', 'resource.table_name == "nowhere"', '2999-01-01 00:00+00', 'closing the books');
SELECT ddm.drop_exemption('audit_pe');
SELECT ddm.drop_rule('audit_pe');
SELECT ddm.drop_policy('audit_pe');
SELECT ddm.load_dictionary('audit_pe', '{one,two}');
SELECT ddm.load_dictionary('audit_pe', '{three}');
RESET ROLE;
DELETE FROM ddm.dictionaries WHERE name = 'audit_pe';
CALL audit_pe.show();
\o
EXECUTE events;

\echo Grants
SET ROLE audit_pe_admin;
GRANT UNMASK ON audit_pe.people TO audit_pe_a WITH GRANT OPTION;
GRANT UNMASK (email) ON audit_pe.people TO audit_pe_b;
GRANT UNMASK ON SCHEMA audit_pe TO audit_pe_b;
GRANT UNMASK ON DATABASE :"db" TO audit_pe_c;
ALTER DEFAULT PRIVILEGES FOR ROLE audit_pe_owner IN SCHEMA audit_pe GRANT UNMASK ON TABLES TO audit_pe_b;
SET ROLE audit_pe_owner;
CREATE TABLE audit_pe.fresh (id int);
SET ROLE audit_pe_a;
GRANT UNMASK ON audit_pe.people TO audit_pe_c;
SET ROLE audit_pe_admin;
REVOKE UNMASK ON audit_pe.people FROM audit_pe_a CASCADE;
\o /dev/null
SELECT ddm.grant_unmask('audit_pe_a', tag => 'pii', until => '2999-01-01', reason => 'audit 2026');
RESET ROLE;
DELETE FROM ddm.unmask_grant WHERE grantee = 'audit_pe_a'::regrole;
BEGIN;
REVOKE UNMASK ON SCHEMA audit_pe FROM audit_pe_b;
ROLLBACK;
CALL audit_pe.show();
\o
EXECUTE events;

\echo Settings: of roles, databases, and of the session by whatever way, rolled back or not
ALTER ROLE audit_pe_a SET ddm.audit_detail = summary;
ALTER ROLE audit_pe_a SET ddm.audit_detail = each;
ALTER ROLE audit_pe_a IN DATABASE :"db" SET ddm.audit_detail = summary;
ALTER ROLE audit_pe_a RESET ALL;
ALTER ROLE audit_pe_a IN DATABASE :"db" RESET ddm.audit_detail;
ALTER DATABASE :"db" SET ddm.environment = 'test';
ALTER DATABASE :"db" RESET ddm.environment;
ALTER SYSTEM SET ddm.project = 'one';
ALTER SYSTEM SET ddm.project = 'two';
ALTER SYSTEM RESET ddm.project;
\o /dev/null
SELECT set_config('ddm.exempt_owner', 'off', false);
RESET ALL;
CREATE FUNCTION audit_pe.unmasked() RETURNS bigint LANGUAGE plpgsql SET ddm.mode = off AS
    $$ BEGIN RETURN (SELECT count(email) FROM audit_pe.people); END $$;
SELECT audit_pe.unmasked();
BEGIN;
SET LOCAL ddm.mode = off;
SELECT email FROM audit_pe.people;
ROLLBACK;
BEGIN READ ONLY;
SET LOCAL ddm.mode = observe;
COMMIT;
BEGIN;
SAVEPOINT s;
SET LOCAL ddm.exempt_superuser = off;
ROLLBACK TO s;
COMMIT;
CALL audit_pe.show();
\o
EXECUTE events;
-- each setting that a session can change
DO $$
DECLARE one record; other text;
BEGIN
    FOR one IN SELECT * FROM pg_settings WHERE name LIKE 'ddm.%' AND context = 'superuser' LOOP
        other := CASE one.vartype WHEN 'bool' THEN CASE one.setting WHEN 'on' THEN 'off' ELSE 'on' END
                     WHEN 'enum' THEN (SELECT v FROM unnest(one.enumvals) v WHERE v <> one.setting LIMIT 1)
                     WHEN 'integer' THEN (one.setting::int + 1)::text
                     ELSE CASE one.name WHEN 'ddm.audit' THEN 'policy' ELSE 'audit_pe' END END;
        PERFORM set_config(one.name, other, false);
        EXECUTE 'SELECT 1';
        PERFORM set_config(one.name, one.setting, false);
        EXECUTE 'SELECT 1';
        IF (SELECT count(*) FROM ddm.policy_history
            WHERE action = 'setting' AND object = format('setting %s of this session', one.name) AND event_time >= now()) < 2 THEN
            RAISE EXCEPTION 'setting % left no event', one.name;
        END IF;
    END LOOP;
END $$;
CALL audit_pe.show();
INSERT INTO seen SELECT max(event_id) FROM ddm.policy_history;

\echo Roles
GRANT audit_pe_b TO audit_pe_a;
GRANT audit_pe_b TO audit_pe_a WITH ADMIN OPTION;
REVOKE ADMIN OPTION FOR audit_pe_b FROM audit_pe_a;
CREATE ROLE audit_pe_d IN ROLE audit_pe_b;
DROP ROLE audit_pe_d;
ALTER ROLE audit_pe_b LOGIN PASSWORD 'geheim';
ALTER ROLE audit_pe_b NOLOGIN PASSWORD NULL;
ALTER ROLE audit_pe_b RENAME TO audit_pe_bb;
ALTER ROLE audit_pe_bb RENAME TO audit_pe_b;
CREATE ROLE audit_pe_root SUPERUSER;
ALTER ROLE audit_pe_root NOSUPERUSER;
ALTER ROLE audit_pe_root SUPERUSER;
DROP ROLE audit_pe_root;
\o /dev/null
CALL audit_pe.show();
\o
EXECUTE events;

\echo Tables with masks, functions that are trusted
ALTER TABLE audit_pe.people OWNER TO audit_pe_owner;
ALTER TABLE audit_pe.people RENAME TO persons;
ALTER TABLE audit_pe.persons RENAME COLUMN email TO mail;
ALTER TABLE audit_pe.persons RENAME COLUMN note TO remark;   -- not masked
ALTER TABLE audit_pe.persons ALTER COLUMN mail TYPE varchar(10);
CREATE SCHEMA audit_pe_other;
ALTER TABLE audit_pe.persons SET SCHEMA audit_pe_other;
ALTER SCHEMA audit_pe_other RENAME TO audit_pe_another;
REASSIGN OWNED BY audit_pe_owner TO CURRENT_USER;
CREATE RULE audit_pe AS ON INSERT TO audit_pe_another.persons DO ALSO NOTHING;
ALTER TABLE audit_pe_another.persons DISABLE RULE audit_pe;
ALTER TABLE audit_pe_another.persons ENABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
CREATE TABLE audit_pe.archive (id int, mail text);
CREATE TABLE audit_pe.all_people (LIKE audit_pe_another.persons);
SECURITY LABEL FOR ddm ON COLUMN audit_pe.all_people.ssn IS NULL;
SECURITY LABEL FOR ddm ON COLUMN audit_pe.all_people.mail IS NULL;
CREATE TABLE audit_pe.plain () INHERITS (audit_pe.all_people);
ALTER TABLE audit_pe.plain NO INHERIT audit_pe.all_people;   -- neither has a mask
ALTER TABLE audit_pe_another.persons INHERIT audit_pe.all_people;
BEGIN;
ALTER TABLE audit_pe_another.persons NO INHERIT audit_pe.all_people;
ROLLBACK;
ALTER TABLE audit_pe_another.persons NO INHERIT audit_pe.all_people;
CREATE TABLE audit_pe.parted (id int, mail text) PARTITION BY LIST (id);
SECURITY LABEL FOR ddm ON COLUMN audit_pe.parted.mail IS 'MASKED WITH FUNCTION email()';
ALTER TABLE audit_pe.parted ATTACH PARTITION audit_pe.archive FOR VALUES IN (1);
ALTER TABLE audit_pe.parted DETACH PARTITION audit_pe.archive;
DROP TABLE audit_pe.parted, audit_pe.archive, audit_pe.plain, audit_pe.all_people;
-- What is written anew is not dropped.
\o /dev/null
SELECT ddm.create_rule('audit_pe', 'resource.column_name == "audit_pe_x"', 'VALUE NULL', 10);
\o
CREATE TABLE audit_pe.ruled (id int, audit_pe_x text);
VACUUM FULL audit_pe.ruled;
VACUUM FULL ddm.audit_open;
ALTER TABLE audit_pe.ruled ALTER id TYPE bigint;
DROP TABLE audit_pe.ruled;
\o /dev/null
SELECT ddm.drop_rule('audit_pe');
\o
CREATE FUNCTION audit_pe.initial(value text) RETURNS text LANGUAGE sql IMMUTABLE RETURN left(value, 1);
SECURITY LABEL FOR ddm ON FUNCTION audit_pe.initial(text) IS 'TRUSTED MASK';
CREATE OR REPLACE FUNCTION audit_pe.initial(value text) RETURNS text LANGUAGE sql IMMUTABLE RETURN value;
SECURITY LABEL FOR ddm ON FUNCTION audit_pe.initial(text) IS 'TRUSTED MASK';
DROP FUNCTION audit_pe.initial(text);
\o /dev/null
CALL audit_pe.show();
\o
SELECT kind, action, object, replace(before, session_user, '(superuser)') AS before, replace(after, session_user, '(superuser)') AS after, reason
FROM (SELECT kind, action, object, regexp_replace(before, 'sha256:.*', 'sha256:...') AS before,
             regexp_replace(after, 'sha256:.*', 'sha256:...') AS after, reason, event_time, event_id
      FROM ddm.policy_history WHERE event_id > (SELECT max(id) FROM seen)) AS new ORDER BY event_time, event_id;
INSERT INTO seen SELECT max(event_id) FROM ddm.policy_history;

\echo What superusers do past every command
UPDATE pg_seclabel SET label = 'MASKED WITH VALUE NULL' WHERE objoid = 'audit_pe_another.persons'::regclass AND provider = 'ddm' AND objsubid = 3;
DELETE FROM pg_seclabel WHERE objoid = 'audit_pe_another.persons'::regclass AND provider = 'ddm' AND objsubid = 3;
SECURITY LABEL FOR ddm ON ROLE audit_pe_a IS NULL;
SECURITY LABEL FOR ddm ON ROLE audit_pe_a IS 'guarded';
SECURITY LABEL FOR ddm ON ROLE audit_pe_a IS 'GUARDED';
UPDATE pg_authid SET rolsuper = true WHERE rolname = 'audit_pe_nobody';
ALTER TABLE ddm.audit_log DISABLE TRIGGER audit_refuse_write;
ALTER TABLE ddm.audit_log ENABLE TRIGGER audit_refuse_write;
SET session_replication_role = replica;
DELETE FROM ddm.audit_log WHERE event_id < 0;
TRUNCATE ddm.audit_open;
RESET session_replication_role;
UPDATE ddm.audit_chain SET event_id = 7 WHERE false;
COPY ddm.audit_position FROM '/dev/null';
\o /dev/null
CALL audit_pe.show();
\o
EXECUTE events;

\echo The end of all
SET client_min_messages = error;
DROP SCHEMA audit_pe, audit_pe_another CASCADE;
DROP ROLE audit_pe_c;
DROP OWNED BY audit_pe_a, audit_pe_b, audit_pe_owner, audit_pe_admin;
DROP ROLE audit_pe_admin, audit_pe_owner, audit_pe_a, audit_pe_b;
\o /dev/null
SELECT ddm.audit_flush();
\o
EXECUTE events;
