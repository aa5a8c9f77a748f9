-- pgaudit beside ddm: its object auditing logs the statements that read what its role may read. Runs as the
-- extension's owner, because a member of ddm_admin need not own the tables.
CREATE FUNCTION ddm.pgaudit_sync(OUT relation regclass, OUT column_name name, OUT action text)
    RETURNS SETOF record LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    auditor name := current_setting('pgaudit.role', true);
BEGIN
    IF coalesce(auditor, '') = '' OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = auditor) THEN
        RAISE EXCEPTION USING errcode = 'object_not_in_prerequisite_state',
            message = 'pgaudit has no role for object auditing',
            hint = 'Create a role without members and set pgaudit.role to it.';
    END IF;
    FOR relation, column_name, action IN
        WITH masked AS (
            SELECT a.attrelid, a.attnum, a.attname
            FROM ddm.masked_columns m
            JOIN pg_attribute a ON a.attrelid = m.relation AND a.attname = m.column_name
        ), granted AS (
            SELECT a.attrelid, a.attnum, a.attname
            FROM pg_attribute a, LATERAL aclexplode(a.attacl) AS acl
            WHERE acl.grantee = (SELECT r.oid FROM pg_roles r WHERE r.rolname = auditor)
              AND acl.privilege_type = 'SELECT'
        )
        SELECT coalesce(m.attrelid, g.attrelid)::regclass, coalesce(m.attname, g.attname),
               CASE WHEN g.attrelid IS NULL THEN 'grant' ELSE 'revoke' END
        FROM masked m FULL JOIN granted g ON g.attrelid = m.attrelid AND g.attnum = m.attnum
        WHERE m.attrelid IS NULL OR g.attrelid IS NULL
        ORDER BY 1, 2
    LOOP
        IF action = 'grant' THEN
            EXECUTE format('GRANT SELECT (%I), UPDATE (%I) ON %s TO %I', column_name, column_name, relation, auditor);
        ELSE
            EXECUTE format('REVOKE SELECT (%I), UPDATE (%I) ON %s FROM %I', column_name, column_name, relation, auditor);
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION ddm.pgaudit_sync() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.pgaudit_sync() TO ddm_admin;
COMMENT ON FUNCTION ddm.pgaudit_sync() IS
    'Gives pgaudit.role SELECT and UPDATE on exactly the masked columns, so that pgaudit logs statements that touch them';
