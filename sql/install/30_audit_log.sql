-- The audit trail. Partitioned by chain first (a restored dump or a cloned database brings the trail of the
-- server that wrote it, with a chain of its own), then by day of event_time. The worker makes the partitions;
-- the rows are written by the worker alone.
CREATE TABLE ddm.audit_log (
    chain            bigint      NOT NULL,
    event_id         bigint      NOT NULL,
    event_time       timestamptz NOT NULL,
    kind             text        NOT NULL,
    user_name        text,
    role_name        text,
    invoked_by       text,
    authenticated_as text,
    database_name    text,
    application_name text,
    client_addr      text,
    backend_pid      integer,
    session_id       text,
    query_id         bigint,
    outer_query_id   bigint,
    nested           boolean,
    command          text,
    status           text,
    sqlstate         text,
    columns          text[],
    cleared_by       text,
    row_count        bigint,
    executions       bigint,
    finished_at      timestamptz,
    would            boolean,
    query            text,
    action           text,
    object           text,
    before           text,
    after            text,
    reason           text,
    approver         text,
    source           text,
    hash             bytea       NOT NULL
) PARTITION BY LIST (chain);

COMMENT ON TABLE ddm.audit_log IS 'Every event of the audit trail, each with a hash over itself and the one before';
COMMENT ON COLUMN ddm.audit_log.chain IS 'Which hash chain the event belongs to: one per database and server';
COMMENT ON COLUMN ddm.audit_log.event_id IS 'Place in the chain, from 1, without gaps';
COMMENT ON COLUMN ddm.audit_log.event_time IS 'When the statement began, or the change was made';
COMMENT ON COLUMN ddm.audit_log.kind IS 'unmask, mask, probe, denied, throttled, policy, grant, revoke, request, approval, expiry, trail';
COMMENT ON COLUMN ddm.audit_log.user_name IS 'session_user';
COMMENT ON COLUMN ddm.audit_log.role_name IS 'current_user: the role whose clearance counted';
COMMENT ON COLUMN ddm.audit_log.invoked_by IS 'Inside a SECURITY DEFINER function, the role that called it';
COMMENT ON COLUMN ddm.audit_log.authenticated_as IS 'Who was authenticated when the session began';
COMMENT ON COLUMN ddm.audit_log.session_id IS '%c of log_line_prefix';
COMMENT ON COLUMN ddm.audit_log.query_id IS 'As in pg_stat_statements and %Q of log_line_prefix';
COMMENT ON COLUMN ddm.audit_log.outer_query_id IS 'Of a nested statement: the query id of the statement that the client sent';
COMMENT ON COLUMN ddm.audit_log.columns IS 'schema.table.column of every column concerned';
COMMENT ON COLUMN ddm.audit_log.cleared_by IS 'What let the role see stored values, and the role through which it holds it';
COMMENT ON COLUMN ddm.audit_log.row_count IS 'Rows returned or changed, of a probe the values searched for; null where the statement was interrupted by a crash';
COMMENT ON COLUMN ddm.audit_log.executions IS 'How many executions a summary stands for';
COMMENT ON COLUMN ddm.audit_log.would IS 'In observe mode: what enforce would have recorded';
COMMENT ON COLUMN ddm.audit_log.source IS 'Stream and position in the spool, or the transaction, that brought the event here';
COMMENT ON COLUMN ddm.audit_log.hash IS 'SHA-256 over the hash before, event_id and the event';

-- Policy events, in the transaction that changes policy; the worker moves them into the chain.
CREATE TABLE ddm.audit_pending (LIKE ddm.audit_log);
ALTER TABLE ddm.audit_pending REPLICA IDENTITY FULL; -- the worker deletes from it, also under a publication FOR ALL TABLES
ALTER TABLE ddm.audit_pending ALTER chain DROP NOT NULL, ALTER event_id DROP NOT NULL, ALTER hash DROP NOT NULL;
COMMENT ON TABLE ddm.audit_pending IS 'internal: Events of committed transactions that the worker has yet to chain';

CREATE TABLE ddm.audit_chain (
    chain             bigint      PRIMARY KEY,
    system_identifier bigint      NOT NULL,
    database_id       oid         NOT NULL,
    event_id          bigint      NOT NULL,
    hash              bytea       NOT NULL,
    created           timestamptz NOT NULL
);
COMMENT ON TABLE ddm.audit_chain IS 'internal: The head of each chain: its last event and hash';
SELECT pg_catalog.pg_extension_config_dump('ddm.audit_chain', '');

CREATE TABLE ddm.audit_position (
    stream   text   PRIMARY KEY,
    position bigint NOT NULL
);
COMMENT ON TABLE ddm.audit_position IS 'internal: How far each stream of the spool has got into the table';

CREATE TABLE ddm.audit_open (
    stream   text   NOT NULL,
    position bigint NOT NULL,
    event    bytea  NOT NULL,
    PRIMARY KEY (stream, position)
);
COMMENT ON TABLE ddm.audit_open IS 'internal: Statements under way that were recorded before their first row left';

CREATE TABLE ddm.audit_configuration (
    setting text PRIMARY KEY,
    value   text NOT NULL
);
COMMENT ON TABLE ddm.audit_configuration IS 'internal: Settings of ddm in the server''s configuration, as the trail last recorded them';

CREATE FUNCTION ddm.audit_refuse_write() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ddm_audit_refuse_write';
REVOKE ALL ON FUNCTION ddm.audit_refuse_write() FROM PUBLIC;
COMMENT ON FUNCTION ddm.audit_refuse_write() IS 'Nobody but the extension writes the audit trail';

CREATE TRIGGER audit_refuse_write BEFORE INSERT OR UPDATE OR DELETE ON ddm.audit_log
    FOR EACH ROW EXECUTE FUNCTION ddm.audit_refuse_write();
CREATE TRIGGER audit_refuse_truncate BEFORE TRUNCATE ON ddm.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION ddm.audit_refuse_write();

-- What the worker keeps beside it. A dump brings the heads of chains along; nothing else writes these tables but the
-- worker, and the transactions that change policy, below triggers.
CREATE FUNCTION ddm.audit_refuse_all() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ddm_audit_refuse_all';
REVOKE ALL ON FUNCTION ddm.audit_refuse_all() FROM PUBLIC;
COMMENT ON FUNCTION ddm.audit_refuse_all() IS 'Nobody but the worker writes what the audit trail keeps beside the events';

CREATE TRIGGER audit_refuse BEFORE INSERT OR UPDATE OR DELETE ON ddm.audit_pending
    FOR EACH ROW EXECUTE FUNCTION ddm.audit_refuse_all();
CREATE TRIGGER audit_refuse_truncate BEFORE TRUNCATE ON ddm.audit_pending
    FOR EACH STATEMENT EXECUTE FUNCTION ddm.audit_refuse_all();
CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE ON ddm.audit_chain
    FOR EACH ROW EXECUTE FUNCTION ddm.audit_refuse_all();
CREATE TRIGGER audit_refuse_truncate BEFORE TRUNCATE ON ddm.audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION ddm.audit_refuse_all();
CREATE TRIGGER audit_refuse BEFORE INSERT OR UPDATE OR DELETE ON ddm.audit_position
    FOR EACH ROW EXECUTE FUNCTION ddm.audit_refuse_all();
CREATE TRIGGER audit_refuse_truncate BEFORE TRUNCATE ON ddm.audit_position
    FOR EACH STATEMENT EXECUTE FUNCTION ddm.audit_refuse_all();
CREATE TRIGGER audit_refuse BEFORE INSERT OR UPDATE OR DELETE ON ddm.audit_open
    FOR EACH ROW EXECUTE FUNCTION ddm.audit_refuse_all();
CREATE TRIGGER audit_refuse_truncate BEFORE TRUNCATE ON ddm.audit_open
    FOR EACH STATEMENT EXECUTE FUNCTION ddm.audit_refuse_all();
CREATE TRIGGER audit_refuse BEFORE INSERT OR UPDATE OR DELETE ON ddm.audit_configuration
    FOR EACH ROW EXECUTE FUNCTION ddm.audit_refuse_all();
CREATE TRIGGER audit_refuse_truncate BEFORE TRUNCATE ON ddm.audit_configuration
    FOR EACH STATEMENT EXECUTE FUNCTION ddm.audit_refuse_all();

CREATE FUNCTION ddm.audit_flush(timeout interval DEFAULT '60s') RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ddm_audit_flush';
REVOKE ALL ON FUNCTION ddm.audit_flush(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.audit_flush(interval) TO ddm_auditor, ddm_admin;
COMMENT ON FUNCTION ddm.audit_flush(interval) IS
    'Waits until every event of this database that happened before the call is in ddm.audit_log';

REVOKE ALL ON ddm.audit_log, ddm.audit_pending, ddm.audit_chain, ddm.audit_position, ddm.audit_open, ddm.audit_configuration
    FROM PUBLIC;
GRANT SELECT ON ddm.audit_log, ddm.audit_pending, ddm.audit_chain TO ddm_auditor;
