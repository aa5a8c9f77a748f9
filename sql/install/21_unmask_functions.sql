-- UNMASK with what GRANT has no grammar for: a tag, an end, a reason. They ask who may as GRANT does.

CREATE FUNCTION ddm.grant_unmask(
        role pg_catalog.name, relation pg_catalog.regclass DEFAULT NULL, columns pg_catalog.text[] DEFAULT NULL,
        schema pg_catalog.name DEFAULT NULL, tag pg_catalog.text DEFAULT NULL,
        until pg_catalog.timestamptz DEFAULT NULL, reason pg_catalog.text DEFAULT NULL,
        with_grant_option pg_catalog.bool DEFAULT false)
    RETURNS void LANGUAGE c VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ddm_grant_unmask';
COMMENT ON FUNCTION ddm.grant_unmask(pg_catalog.name, pg_catalog.regclass, pg_catalog.text[], pg_catalog.name,
        pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.bool)
    IS 'grants UNMASK on a relation, some of its columns, a schema, or every column with a tag, for a time if said';

CREATE FUNCTION ddm.revoke_unmask(
        role pg_catalog.name, relation pg_catalog.regclass DEFAULT NULL, columns pg_catalog.text[] DEFAULT NULL,
        schema pg_catalog.name DEFAULT NULL, tag pg_catalog.text DEFAULT NULL,
        reason pg_catalog.text DEFAULT NULL, cascade pg_catalog.bool DEFAULT false)
    RETURNS void LANGUAGE c VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ddm_revoke_unmask';
COMMENT ON FUNCTION ddm.revoke_unmask(pg_catalog.name, pg_catalog.regclass, pg_catalog.text[], pg_catalog.name,
        pg_catalog.text, pg_catalog.text, pg_catalog.bool)
    IS 'takes back what ddm.grant_unmask() or GRANT UNMASK gave';
