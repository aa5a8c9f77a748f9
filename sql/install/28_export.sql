-- The whole policy as one document, and its fingerprint. Names, never oids; every list in the order of its bytes;
-- texts in canonical form; times in UTC: the same policy gives the same bytes on every server.

CREATE FUNCTION ddm.canonical(given pg_catalog.text, kind pg_catalog.text) RETURNS pg_catalog.text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ddm_canonical';
COMMENT ON FUNCTION ddm.canonical(pg_catalog.text, pg_catalog.text)
    IS 'internal: the canonical text of a label, a mask, tags or a condition; what cannot be read stays as it is';

-- Roles through which a clearance or the policy is reached, and every membership that leads to them.
CREATE FUNCTION ddm.clearing_memberships()
    RETURNS TABLE (role pg_catalog.text, member pg_catalog.text, admin_option pg_catalog.bool,
                   inherits pg_catalog.bool)
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE reached (oid) AS (
        SELECT r.oid FROM pg_roles r
         WHERE r.rolname IN ('ddm_admin', 'ddm_approver', 'ddm_auditor')
            OR EXISTS (SELECT FROM ddm.unmask_grants g WHERE g.grantee = r.rolname)
            OR EXISTS (SELECT FROM ddm.exemptions e WHERE r.rolname = ANY (e.members))
        UNION
        SELECT m.member FROM pg_auth_members m JOIN reached ON m.roleid = reached.oid
    )
    -- Before PostgreSQL 16 it is the member that inherits or not, for all its memberships.
    SELECT r.rolname::text, u.rolname::text, bool_or(m.admin_option),
           bool_or(coalesce((to_jsonb(m) ->> 'inherit_option')::bool, u.rolinherit))
      FROM pg_auth_members m JOIN reached ON m.roleid = reached.oid
      JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
     GROUP BY 1, 2
$$;
COMMENT ON FUNCTION ddm.clearing_memberships() IS 'internal: memberships of every role that reaches a clearance or the policy';

CREATE FUNCTION ddm.export_labels(provider pg_catalog.text) RETURNS pg_catalog.jsonb
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_agg(o.entry ORDER BY convert_to(o.entry::text, 'UTF8')), '[]')
      FROM (SELECT jsonb_strip_nulls(jsonb_build_object('schema', n.nspname, 'table', c.relname, 'column', a.attname,
                   'label', ddm.canonical(l.label, CASE provider WHEN 'ddm' THEN 'label' ELSE 'tags' END))) AS entry
              FROM pg_seclabel l
              JOIN pg_class c ON c.oid = l.objoid AND c.relpersistence <> 't'
              JOIN pg_namespace n ON n.oid = c.relnamespace
              LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = l.objsubid AND l.objsubid <> 0
             WHERE l.provider = export_labels.provider AND l.classoid = 'pg_class'::regclass
            UNION ALL
            SELECT jsonb_build_object('schema', n.nspname, 'label', ddm.canonical(l.label, 'tags'))
              FROM pg_seclabel l JOIN pg_namespace n ON n.oid = l.objoid
             WHERE l.provider = export_labels.provider AND l.classoid = 'pg_namespace'::regclass
            UNION ALL
            SELECT jsonb_build_object('database', true, 'label', ddm.canonical(l.label, 'tags'))
              FROM pg_shseclabel l JOIN pg_database d ON d.oid = l.objoid AND d.datname = current_database()
             WHERE l.provider = export_labels.provider AND l.classoid = 'pg_database'::regclass) o
$$;
COMMENT ON FUNCTION ddm.export_labels(pg_catalog.text) IS 'internal: labels of a provider, for ddm.export()';

CREATE FUNCTION ddm.export_policy() RETURNS pg_catalog.jsonb
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
    SELECT jsonb_build_object(
        'format', 1,
        'labels', ddm.export_labels('ddm'),
        'tags', ddm.export_labels('ddm_tag'),
        'trusted_masks', (
            SELECT coalesce(jsonb_agg(f.name ORDER BY convert_to(f.name, 'UTF8')), '[]')
              FROM (SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS name
                      FROM pg_seclabel l JOIN pg_proc p ON p.oid = l.objoid JOIN pg_namespace n ON n.oid = p.pronamespace
                     WHERE l.provider = 'ddm' AND l.classoid = 'pg_proc'::regclass) f),
        'levels', (SELECT jsonb_agg(jsonb_build_object('level', l.level, 'name', l.name) ORDER BY l.level)
                     FROM ddm.classification_levels l),
        'policies', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', p.name, 'mask', ddm.canonical(p.mask, 'mask'))
                                               ORDER BY convert_to(p.name::text, 'UTF8')), '[]') FROM ddm.policies p),
        'rules', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', r.name, 'condition', ddm.canonical(r.condition, 'condition'),
                                                               'mask', ddm.canonical(r.mask, 'mask'), 'priority', r.priority)
                                            ORDER BY convert_to(r.name::text, 'UTF8')), '[]') FROM ddm.rules r),
        'exemptions', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                                  'name', e.name, 'condition', ddm.canonical(e.condition, 'condition'), 'until', e.until, 'reason', e.reason,
                                  'members', (SELECT jsonb_agg(m ORDER BY convert_to(m, 'UTF8')) FROM unnest(e.members) m)))
                                  ORDER BY convert_to(e.name::text, 'UTF8')), '[]') FROM ddm.exemptions e
                         WHERE e.members <> '{}'),
        'unmask', (SELECT coalesce(jsonb_agg(g.entry ORDER BY convert_to(g.entry::text, 'UTF8')), '[]')
                     FROM (SELECT jsonb_strip_nulls(jsonb_build_object(
                                  'kind', u.kind, 'schema', u.schema_name, 'table', u.table_name, 'column', u.column_name,
                                  'tag', u.tag, 'creator', u.creator, 'grantee', u.grantee, 'grantor', u.grantor,
                                  'grant_option', u.grant_option, 'until', u.until, 'reason', u.reason)) AS entry
                             FROM (SELECT g.*, g.valid_until AS until FROM ddm.unmask_grants g) u
                            WHERE u.grantor IS NOT NULL AND (u.kind <> 'default' OR u.creator IS NOT NULL)
                              AND (u.schema_name IS NULL OR NOT starts_with(u.schema_name::text, 'pg_temp_'))) g),
        'dictionaries', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', d.name, 'words', d.words)
                                                   ORDER BY convert_to(d.name, 'UTF8')), '[]')
                           FROM (SELECT w.name, jsonb_agg(w.word ORDER BY w.position) AS words
                                   FROM ddm.dictionaries w WHERE NOT w.shipped GROUP BY w.name) d),
        'memberships', (SELECT coalesce(jsonb_agg(m.entry ORDER BY convert_to(m.entry::text, 'UTF8')), '[]')
                          FROM (SELECT to_jsonb(c) AS entry FROM ddm.clearing_memberships() c) m),
        'settings', (SELECT jsonb_object_agg(s.name, current_setting(s.name, true))
                       FROM unnest(ARRAY['ddm.exempt_superuser', 'ddm.exempt_owner', 'ddm.exempt_in_definer',
                                         'ddm.grants_to_login_roles', 'ddm.masked_writes', 'ddm.derived_masks',
                                         'ddm.change_control', 'ddm.max_access_duration']) AS s (name)
                      WHERE current_setting(s.name, true) IS NOT NULL))
$$;
COMMENT ON FUNCTION ddm.export_policy() IS 'internal: what of the policy is the same on servers that agree';

CREATE FUNCTION ddm.export() RETURNS pg_catalog.jsonb
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT ddm.export_policy() || jsonb_build_object('server', jsonb_build_object(
        'environment', current_setting('ddm.environment', true), 'instance', current_setting('ddm.instance', true),
        'project', current_setting('ddm.project', true), 'mode', current_setting('ddm.mode', true)))
$$;
COMMENT ON FUNCTION ddm.export() IS 'the whole policy, canonical: the same policy gives the same bytes on every server';

CREATE FUNCTION ddm.fingerprint() RETURNS pg_catalog.text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(convert_to(ddm.export_policy()::text, 'UTF8')), 'hex')
$$;
COMMENT ON FUNCTION ddm.fingerprint()
    IS 'SHA-256 of the policy without environment, mode and keys: equal on servers that agree';
