-- Who sees what, and why: of a query, and of everybody.

CREATE FUNCTION ddm.query_relations(query pg_catalog.text,
        OUT relation pg_catalog.regclass, OUT via pg_catalog.text, OUT not_followed pg_catalog.regprocedure)
    RETURNS SETOF record LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ddm_query_relations';
COMMENT ON FUNCTION ddm.query_relations(pg_catalog.text)
    IS 'internal: relations that a query would read, views and SQL functions followed, and the functions that cannot be';

CREATE FUNCTION ddm.explain(role pg_catalog.name, query pg_catalog.text)
    RETURNS TABLE (relation pg_catalog.regclass, column_name pg_catalog.name, verdict pg_catalog.text,
                   mask pg_catalog.text, why pg_catalog.text, until pg_catalog.timestamptz, via pg_catalog.text)
    LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
BEGIN ATOMIC -- the query's own names are those of the caller's search_path
    SELECT r.relation, p.column_name, p.verdict, p.mask, p.why, p.until, r.via
      FROM ddm.query_relations(query) AS r
     CROSS JOIN LATERAL ddm.preview(role, r.relation) AS p
     WHERE r.relation IS NOT NULL AND p.verdict OPERATOR(pg_catalog.<>) 'open'
    UNION ALL
    SELECT NULL, NULL, 'unknown', NULL,
           'what it reads is decided when it runs', NULL,
           pg_catalog.concat('function ', r.not_followed)
      FROM ddm.query_relations(query) AS r
     WHERE r.not_followed IS NOT NULL;
END;
COMMENT ON FUNCTION ddm.explain(pg_catalog.name, pg_catalog.text)
    IS 'what a role would see of each masked column that a query would read, and why, without running it';

CREATE FUNCTION ddm.who_can_unmask(relation pg_catalog.regclass)
    RETURNS TABLE (role_name pg_catalog.name, column_name pg_catalog.name, cleared_by pg_catalog.text,
                   why pg_catalog.text, through pg_catalog.text, until pg_catalog.timestamptz)
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'ddm_who_can_unmask';
COMMENT ON FUNCTION ddm.who_can_unmask(pg_catalog.regclass)
    IS 'every role that reads a masked column of the table as stored: by what, through which memberships, until when';

DO $do$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid FROM pg_catalog.pg_proc p
              WHERE p.pronamespace OPERATOR(pg_catalog.=) 'ddm'::pg_catalog.regnamespace
                AND p.proname IN ('who_can_unmask', 'export', 'export_policy', 'export_labels', 'fingerprint',
                                  'clearing_memberships')
    LOOP
        EXECUTE pg_catalog.format(
            'REVOKE ALL ON FUNCTION %s FROM PUBLIC; GRANT EXECUTE ON FUNCTION %s TO ddm_admin, ddm_auditor', f, f);
    END LOOP;
END
$do$;
