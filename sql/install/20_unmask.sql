-- The privilege UNMASK: who holds it on what. Written by GRANT and REVOKE alone, never by hand.

CREATE TABLE ddm.unmask_grant (
    relation     pg_catalog.regclass NOT NULL, -- of kinds table and column, else 0
    schema_name  pg_catalog.name NOT NULL,     -- of kinds schema and default, else empty
    column_name  pg_catalog.name NOT NULL,     -- of kind column, else empty
    tag          pg_catalog.text NOT NULL,     -- of kind tag, else empty
    creator      pg_catalog.regrole NOT NULL,  -- of kind default: of whose new tables; else 0
    kind         pg_catalog.text NOT NULL CHECK (kind IN ('column', 'table', 'schema', 'database', 'default', 'tag')),
    grantee      pg_catalog.regrole NOT NULL,
    grantor      pg_catalog.regrole NOT NULL,
    grant_option pg_catalog.bool NOT NULL,
    granted_at   pg_catalog.timestamptz NOT NULL,
    valid_until  pg_catalog.timestamptz NOT NULL, -- infinity where it does not end
    reason       pg_catalog.text NOT NULL,
    CONSTRAINT unmask_grant_key
        UNIQUE (relation, schema_name, column_name, tag, creator, kind, grantee, grantor)
);
ALTER TABLE ddm.unmask_grant REPLICA IDENTITY USING INDEX unmask_grant_key;
COMMENT ON TABLE ddm.unmask_grant IS 'internal: holders of the privilege UNMASK; see the view ddm.unmask_grants';
REVOKE ALL ON ddm.unmask_grant FROM PUBLIC;

-- Roles live in the cluster, rows in the database: what names a role or a table that is gone is not dumped, nor what
-- names a temporary table, which is no dump's.
SELECT pg_catalog.pg_extension_config_dump('ddm.unmask_grant', $$
    WHERE grantee::pg_catalog.oid IN (SELECT oid FROM pg_catalog.pg_roles)
      AND grantor::pg_catalog.oid IN (SELECT oid FROM pg_catalog.pg_roles)
      AND (creator::pg_catalog.oid = 0 OR creator::pg_catalog.oid IN (SELECT oid FROM pg_catalog.pg_roles))
      AND (relation::pg_catalog.oid = 0 OR relation::pg_catalog.oid IN (SELECT oid FROM pg_catalog.pg_class WHERE relpersistence <> 't'))$$);

CREATE FUNCTION ddm.policy_touched() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ddm_policy_touched';
COMMENT ON FUNCTION ddm.policy_touched() IS 'tells every session that the policy changed';
REVOKE ALL ON FUNCTION ddm.policy_touched() FROM PUBLIC;

-- Rows that a restore or logical replication brings must count at once too.
CREATE TRIGGER policy_touched AFTER INSERT OR UPDATE OR DELETE ON ddm.unmask_grant
    FOR EACH ROW EXECUTE FUNCTION ddm.policy_touched();
CREATE TRIGGER policy_truncated AFTER TRUNCATE ON ddm.unmask_grant
    FOR EACH STATEMENT EXECUTE FUNCTION ddm.policy_touched();
ALTER TABLE ddm.unmask_grant ENABLE ALWAYS TRIGGER policy_touched;
ALTER TABLE ddm.unmask_grant ENABLE ALWAYS TRIGGER policy_truncated;
