-- The policy as users ask for it.

CREATE FUNCTION ddm.preview(role pg_catalog.name, relation pg_catalog.regclass)
    RETURNS TABLE (column_name pg_catalog.name, verdict pg_catalog.text, mask pg_catalog.text,
                   why pg_catalog.text, until pg_catalog.timestamptz)
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'ddm_preview';
COMMENT ON FUNCTION ddm.preview(pg_catalog.name, pg_catalog.regclass)
    IS 'what a role sees of each column of a table now (open, cleared or masked), through which mask, and why';

CREATE FUNCTION ddm.masked_column_list()
    RETURNS TABLE (relation pg_catalog.regclass, column_name pg_catalog.name, mask pg_catalog.text,
                   source pg_catalog.text, why pg_catalog.text)
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'ddm_masked_columns';
COMMENT ON FUNCTION ddm.masked_column_list() IS 'internal: every column with a mask in force';

CREATE VIEW ddm.masked_columns AS
    SELECT n.nspname AS schema_name, c.relname AS table_name, m.column_name,
           pg_catalog.format_type(a.atttypid, a.atttypmod) AS data_type,
           m.mask, m.source, m.why, m.relation
      FROM ddm.masked_column_list() AS m
      JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) m.relation
      JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
                                       AND a.attname OPERATOR(pg_catalog.=) m.column_name;
COMMENT ON VIEW ddm.masked_columns IS 'every column with a mask in force: which mask, and where it comes from';
GRANT SELECT ON ddm.masked_columns TO PUBLIC;

CREATE VIEW ddm.unmask_grants AS
    SELECT r.rolname AS grantee, g.kind,
           CASE WHEN g.kind IN ('table', 'column') THEN n.nspname
                WHEN g.kind IN ('schema', 'default') THEN g.schema_name END AS schema_name,
           c.relname AS table_name,
           NULLIF(g.column_name, '') AS column_name,
           NULLIF(g.tag, '') AS tag,
           d.rolname AS creator,
           o.rolname AS grantor, g.grant_option, g.granted_at,
           NULLIF(g.valid_until, 'infinity') AS valid_until,
           NULLIF(g.reason, '') AS reason
      FROM ddm.unmask_grant AS g
      JOIN pg_catalog.pg_roles AS r ON r.oid OPERATOR(pg_catalog.=) g.grantee
      LEFT JOIN pg_catalog.pg_roles AS o ON o.oid OPERATOR(pg_catalog.=) g.grantor
      LEFT JOIN pg_catalog.pg_roles AS d ON d.oid OPERATOR(pg_catalog.=) g.creator
      LEFT JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) g.relation
      LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace;
COMMENT ON VIEW ddm.unmask_grants IS 'who holds UNMASK on what, from whom, until when';
GRANT SELECT ON ddm.unmask_grants TO ddm_admin, ddm_auditor;

CREATE FUNCTION ddm.library_status(OUT library_version pg_catalog.text, OUT catalog_version pg_catalog.text,
                                   OUT of_one_mind pg_catalog.bool, OUT preloaded pg_catalog.bool,
                                   OUT enforces pg_catalog.bool)
    LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'ddm_library_status';
COMMENT ON FUNCTION ddm.library_status() IS 'internal: what the loaded library knows of itself; see ddm.status()';

CREATE FUNCTION ddm.status(
        OUT library_version pg_catalog.text, OUT catalog_version pg_catalog.text, OUT of_one_mind pg_catalog.bool,
        OUT preloaded pg_catalog.bool, OUT mode pg_catalog.text, OUT enforces pg_catalog.bool,
        OUT audits pg_catalog.bool, OUT audit pg_catalog.text, OUT audit_durability pg_catalog.text,
        OUT audit_on_failure pg_catalog.text, OUT exempt_superuser pg_catalog.bool,
        OUT exempt_owner pg_catalog.bool, OUT masked_columns pg_catalog.int8)
    LANGUAGE sql VOLATILE STRICT PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT l.library_version, l.catalog_version, l.of_one_mind, l.preloaded,
           pg_catalog.current_setting('ddm.mode', true), l.enforces,
           l.preloaded AND pg_catalog.current_setting('ddm.audit', true) <> '',
           pg_catalog.current_setting('ddm.audit', true), pg_catalog.current_setting('ddm.audit_durability', true),
           pg_catalog.current_setting('ddm.audit_on_failure', true),
           pg_catalog.current_setting('ddm.exempt_superuser', true)::pg_catalog.bool,
           pg_catalog.current_setting('ddm.exempt_owner', true)::pg_catalog.bool,
           (SELECT pg_catalog.count(*) FROM ddm.masked_column_list())
      FROM ddm.library_status() AS l
    $$;
COMMENT ON FUNCTION ddm.status()
    IS 'in one row: does this server enforce masks and audit, and do the library and the catalog belong together';
