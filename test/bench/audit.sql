-- Roles that read the same table in clear, each audited in its way; pgaudit's and the hand-written trail beside.
CREATE EXTENSION pgaudit;
CREATE ROLE object_auditing;
CREATE TABLE raw_audited AS TABLE raw;
ALTER TABLE raw_audited ADD PRIMARY KEY (id);
GRANT SELECT (email, ssn) ON raw_audited TO object_auditing;
SET ddm.grants_to_login_roles = allow;
CREATE ROLE clear_none LOGIN;
CREATE ROLE clear_async LOGIN;
CREATE ROLE clear_commit LOGIN;
CREATE ROLE clear_sync LOGIN;
CREATE ROLE clear_pgaudit LOGIN;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO clear_none, clear_async, clear_commit, clear_sync, clear_pgaudit;
GRANT UNMASK ON masked TO clear_none, clear_async, clear_commit, clear_sync, clear_pgaudit;
ALTER ROLE clear_none SET ddm.audit = '';
ALTER ROLE clear_async SET ddm.audit_durability = async;
ALTER ROLE clear_commit SET ddm.audit_durability = commit;
ALTER ROLE clear_sync SET ddm.audit_durability = sync;
CREATE TABLE audit_by_hand (
    event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_time timestamptz NOT NULL DEFAULT clock_timestamp(),
    user_name text, role_name text, client_addr inet DEFAULT inet_client_addr(), application_name text DEFAULT current_setting('application_name'),
    backend_pid int DEFAULT pg_backend_pid(), columns text[], row_count bigint, query text);
GRANT INSERT ON audit_by_hand TO clear_none;
VACUUM (FREEZE, ANALYZE) raw_audited;
