-- pgaudit beside ddm: its object auditing logs the statements that touch what its role may read or update.

-- What was granted here, to be taken back here alone. Not dumped: after a restore, what is there counts as the user's own.
CREATE TABLE ddm.pgaudit_granted (
    role      pg_catalog.oid  NOT NULL,
    relation  pg_catalog.oid  NOT NULL,
    attnum    pg_catalog.int2 NOT NULL,
    privilege pg_catalog.text NOT NULL,
    PRIMARY KEY (role, relation, attnum, privilege)
);
COMMENT ON TABLE ddm.pgaudit_granted IS 'internal: column privileges that ddm.pgaudit_sync() gave to pgaudit.role';
REVOKE ALL ON ddm.pgaudit_granted FROM PUBLIC;

-- Runs as the extension's owner, because a member of ddm_admin need not own the tables.
CREATE FUNCTION ddm.pgaudit_sync(OUT relation regclass, OUT column_name name, OUT action text)
    RETURNS SETOF record LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    auditor oid;
    step record;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_settings s WHERE s.name = 'pgaudit.role') THEN
        RAISE EXCEPTION USING errcode = 'object_not_in_prerequisite_state', message = 'pgaudit is not loaded',
            hint = 'Add pgaudit to shared_preload_libraries and restart the server.';
    END IF;
    SELECT r.oid INTO auditor FROM pg_roles r WHERE r.rolname = current_setting('pgaudit.role');
    IF auditor IS NULL THEN
        RAISE EXCEPTION USING errcode = 'object_not_in_prerequisite_state',
            message = CASE current_setting('pgaudit.role') WHEN '' THEN 'pgaudit has no role for object auditing'
                      ELSE format('pgaudit.role "%s" does not exist', current_setting('pgaudit.role')) END,
            hint = 'Create a role without members and set pgaudit.role to it.';
    END IF;
    LOCK TABLE ddm.pgaudit_granted IN SHARE ROW EXCLUSIVE MODE;
    FOR step IN
        WITH held AS ( -- by whomever
            SELECT acl.grantee AS role, a.attrelid, a.attnum, acl.privilege_type AS privilege
            FROM pg_attribute a, LATERAL aclexplode(a.attacl) AS acl
            WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
        ), wanted AS (
            SELECT auditor AS role, a.attrelid, a.attnum, p.privilege
            FROM ddm.masked_columns m
            JOIN pg_attribute a ON a.attrelid = m.relation AND a.attname = m.column_name,
                 (VALUES ('SELECT'), ('UPDATE')) AS p (privilege)
        ), steps AS (
            SELECT w.role, w.attrelid, w.attnum, w.privilege, 'grant' AS action
            FROM wanted w LEFT JOIN held h USING (role, attrelid, attnum, privilege) WHERE h.role IS NULL
            UNION ALL
            SELECT g.role, g.relation, g.attnum, g.privilege, 'revoke'
            FROM ddm.pgaudit_granted g
            JOIN held h ON h.role = g.role AND h.attrelid = g.relation AND h.attnum = g.attnum AND h.privilege = g.privilege
            LEFT JOIN wanted w ON w.role = g.role AND w.attrelid = g.relation AND w.attnum = g.attnum AND w.privilege = g.privilege
            WHERE w.role IS NULL
        )
        SELECT s.action, r.rolname, s.attrelid::regclass AS relation, a.attname,
               string_agg(format('%s (%I)', s.privilege, a.attname), ', ' ORDER BY s.privilege) AS privileges,
               s.role, s.attnum, array_agg(s.privilege) AS list
        FROM steps s JOIN pg_roles r ON r.oid = s.role
        JOIN pg_attribute a ON a.attrelid = s.attrelid AND a.attnum = s.attnum
        GROUP BY s.action, r.rolname, s.attrelid, a.attname, s.role, s.attnum
        ORDER BY s.attrelid::regclass::text, a.attname, s.action
    LOOP
        EXECUTE format(CASE step.action WHEN 'grant' THEN 'GRANT %s ON %s TO %I' ELSE 'REVOKE %s ON %s FROM %I' END,
                       step.privileges, step.relation, step.rolname);
        IF step.action = 'grant' THEN
            INSERT INTO ddm.pgaudit_granted SELECT step.role, step.relation, step.attnum, unnest(step.list) ON CONFLICT DO NOTHING;
        END IF;
        relation := step.relation;
        column_name := step.attname;
        action := step.action;
        RETURN NEXT;
    END LOOP;
    -- What was taken back, here or by others, and what went with its table.
    DELETE FROM ddm.pgaudit_granted g WHERE NOT EXISTS (
        SELECT FROM pg_attribute a, LATERAL aclexplode(a.attacl) AS acl
        WHERE a.attrelid = g.relation AND a.attnum = g.attnum AND NOT a.attisdropped AND a.attacl IS NOT NULL
          AND acl.grantee = g.role AND acl.privilege_type = g.privilege);
END
$$;
REVOKE ALL ON FUNCTION ddm.pgaudit_sync() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.pgaudit_sync() TO ddm_admin;
COMMENT ON FUNCTION ddm.pgaudit_sync() IS
    'Gives pgaudit.role SELECT and UPDATE on the masked columns, and takes back what it gave on others, so that pgaudit logs statements that touch them';
