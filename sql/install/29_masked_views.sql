-- Ordinary views with the masks in them, for tools that need views and as a second line. They show masks to
-- everybody, cleared or not, and need nothing of the library but the masks' own functions. Masks with a key show
-- default(): a view that anybody may read would answer guesses.

CREATE TABLE ddm.masked_view_schemas (
    source pg_catalog.name NOT NULL,
    target pg_catalog.name NOT NULL,
    PRIMARY KEY (source, target)
);
COMMENT ON TABLE ddm.masked_view_schemas IS 'internal: schemas that ddm.create_masked_views() was asked for';
REVOKE ALL ON ddm.masked_view_schemas FROM PUBLIC;
GRANT SELECT, INSERT, DELETE ON ddm.masked_view_schemas TO ddm_admin;
SELECT pg_catalog.pg_extension_config_dump('ddm.masked_view_schemas', '');

CREATE FUNCTION ddm.view_expression(relation pg_catalog.regclass, attnum pg_catalog.int2) RETURNS pg_catalog.text
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'ddm_view_expression';
COMMENT ON FUNCTION ddm.view_expression(pg_catalog.regclass, pg_catalog.int2)
    IS 'internal: a masked column as a generated view shows it; null where it has no mask';
REVOKE ALL ON FUNCTION ddm.view_expression(pg_catalog.regclass, pg_catalog.int2) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.view_expression(pg_catalog.regclass, pg_catalog.int2) TO ddm_admin;

-- Of the role that asks. Everybody may, for the views do; it says what the role sees anyway.
CREATE FUNCTION ddm.shows_mask(relation pg_catalog.regclass, column_name pg_catalog.name) RETURNS pg_catalog.bool
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'ddm_shows_mask';
COMMENT ON FUNCTION ddm.shows_mask(pg_catalog.regclass, pg_catalog.name)
    IS 'internal: whether the server shows the current role the mask of a column, so that a generated view need not mask it again';

CREATE FUNCTION ddm.masked_view_query(relation pg_catalog.regclass) RETURNS pg_catalog.text
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE -- EXPLAIN is not for stable functions
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET transform_null_equals = off
    SET datestyle = 'ISO, MDY' SET intervalstyle = 'postgres' SET timezone = 'GMT' AS $$ -- as conditions are read
DECLARE
    table_name name := (SELECT c.relname FROM pg_class c WHERE c.oid = relation);
    source text := (SELECT format('%I.%I', n.nspname, c.relname)
                      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation);
    attribute record;
    shown text;
    items text[] := '{}';
BEGIN
    FOR attribute IN SELECT a.attname, a.attnum, format_type(a.atttypid, a.atttypmod) AS type,
                            ddm.view_expression(relation, a.attnum) AS masked
                       FROM pg_attribute a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
                      ORDER BY a.attnum
    LOOP
        shown := coalesce(attribute.masked, quote_ident(attribute.attname));
        IF attribute.masked IS NOT NULL THEN
            IF NOT has_column_privilege(relation, attribute.attnum, 'SELECT') THEN
                RAISE insufficient_privilege USING MESSAGE = format('permission denied for table %s', table_name);
            END IF;
            BEGIN -- over a row without a table: to plan a table's would run its policies and index expressions
                EXECUTE format('EXPLAIN SELECT %s FROM (SELECT (NULL::%s).* OFFSET 0) AS %I', shown, source, table_name);
            EXCEPTION WHEN insufficient_privilege THEN
                RAISE;
            WHEN syntax_error_or_access_rule_violation OR data_exception OR feature_not_supported THEN
                shown := format('(ddm."default"(%I))::%s', attribute.attname, attribute.type);
            END;
        END IF;
        items := items || format('%s AS %I', shown, attribute.attname);
    END LOOP;
    RETURN format('SELECT %s FROM %s', array_to_string(items, ', '), source);
END
$$;
COMMENT ON FUNCTION ddm.masked_view_query(pg_catalog.regclass) IS 'internal: the query of the generated view over a table';

-- Who reads the table, or columns of it, reads the same of the view; nobody else does.
CREATE FUNCTION ddm.grant_masked_view(relation pg_catalog.regclass, view pg_catalog.regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT format('REVOKE SELECT ON %s FROM %s', view, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
          FROM pg_class c CROSS JOIN aclexplode(c.relacl) a
         WHERE c.oid = view AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner
        UNION ALL
        SELECT format('REVOKE SELECT (%I) ON %s FROM %s', t.attname, view, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
          FROM pg_attribute t CROSS JOIN aclexplode(t.attacl) a
         WHERE t.attrelid = view AND a.privilege_type = 'SELECT'
    LOOP
        EXECUTE statement;
    END LOOP;
    FOR statement IN
        SELECT format('GRANT SELECT ON %s TO %s', view, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
          FROM pg_class c CROSS JOIN aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
         WHERE c.oid = relation AND a.privilege_type = 'SELECT'
        UNION ALL
        SELECT format('GRANT SELECT (%I) ON %s TO %s', t.attname, view, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
          FROM pg_attribute t CROSS JOIN aclexplode(t.attacl) a
         WHERE t.attrelid = relation AND t.attnum > 0 AND NOT t.attisdropped AND a.privilege_type = 'SELECT'
    LOOP
        EXECUTE statement;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ddm.grant_masked_view(pg_catalog.regclass, pg_catalog.regclass)
    IS 'internal: gives the readers of a table the same of its generated view';

-- A comment anybody may write: a view of somebody else's stays his, who would replace what it shows.
CREATE FUNCTION ddm.is_masked_view(relation pg_catalog.oid, source pg_catalog.text) RETURNS pg_catalog.bool
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pg_class c WHERE c.oid = relation AND c.relkind = 'v'
                      AND starts_with(obj_description(c.oid, 'pg_class'), 'ddm: masked view of ' || source)
                      AND (c.relowner = current_user::regrole OR pg_has_role(c.relowner, 'ddm_admin', 'USAGE')))
$$;
COMMENT ON FUNCTION ddm.is_masked_view(pg_catalog.oid, pg_catalog.text)
    IS 'internal: whether ddm made the view, over a table whose name begins so, for whoever runs this or another who changes policy';

CREATE FUNCTION ddm.create_masked_view(relation pg_catalog.regclass, into_schema pg_catalog.name) RETURNS pg_catalog.text
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET transform_null_equals = off
    SET datestyle = 'ISO, MDY' SET intervalstyle = 'postgres' SET timezone = 'GMT' AS $$
DECLARE
    table_name name := (SELECT c.relname FROM pg_class c WHERE c.oid = relation);
    view text := format('%I.%I', into_schema, table_name);
    mark text := 'ddm: masked view of ' || relation::text;
    query text := ddm.masked_view_query(relation);
    there oid := to_regclass(format('%I.%I', into_schema, table_name));
    before text;
BEGIN
    IF there IS NOT NULL AND NOT ddm.is_masked_view(there, '') THEN
        RAISE WARNING '%', format('%s is not a view that ddm made', view)
            USING DETAIL = format('It belongs to role %I, and is left as it is.',
                                  (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = there)),
                  HINT = 'Choose a schema of its own for masked views, in which nobody else may create.';
        RETURN 'skipped';
    END IF;
    IF there IS NULL THEN
        EXECUTE format('CREATE VIEW %s AS %s', view, query);
    ELSE
        before := pg_get_viewdef(there);
        BEGIN
            EXECUTE format('CREATE OR REPLACE VIEW %s AS %s', view, query);
        EXCEPTION WHEN invalid_table_definition THEN -- columns went, or have another type
            EXECUTE format('DROP VIEW %s', view);
            EXECUTE format('CREATE VIEW %s AS %s', view, query);
        END;
    END IF;
    EXECUTE format('COMMENT ON VIEW %s IS %L', view, mark);
    PERFORM ddm.grant_masked_view(relation, to_regclass(view));
    RETURN CASE WHEN before IS NULL THEN 'created' WHEN before = pg_get_viewdef(to_regclass(view)) THEN 'unchanged'
                ELSE 'changed' END;
END
$$;
COMMENT ON FUNCTION ddm.create_masked_view(pg_catalog.regclass, pg_catalog.name)
    IS 'internal: makes or renews the generated view over one table';

CREATE FUNCTION ddm.create_masked_views(schema pg_catalog.name, into_schema pg_catalog.name)
    RETURNS TABLE (view_name pg_catalog.name, action pg_catalog.text)
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    relation record;
BEGIN
    IF schema = into_schema THEN
        RAISE invalid_parameter_value USING MESSAGE = 'masked views need a schema of their own',
            DETAIL = 'Their names are those of the tables.';
    END IF;
    IF to_regnamespace(quote_ident(schema)) IS NULL THEN
        RAISE invalid_schema_name USING MESSAGE = format('schema "%s" does not exist', schema);
    END IF;
    IF to_regnamespace(quote_ident(into_schema)) IS NULL THEN
        EXECUTE format('CREATE SCHEMA %I', into_schema);
    END IF;
    INSERT INTO ddm.masked_view_schemas VALUES (schema, into_schema) ON CONFLICT DO NOTHING;
    FOR relation IN SELECT c.oid::regclass AS oid, c.relname FROM pg_class c
                     WHERE c.relnamespace = to_regnamespace(quote_ident(schema)) AND c.relkind IN ('r', 'p', 'f', 'm')
                       AND NOT c.relispartition ORDER BY c.relname
    LOOP
        view_name := relation.relname;
        action := ddm.create_masked_view(relation.oid, into_schema);
        RETURN NEXT;
    END LOOP;
    -- views whose table is gone
    FOR relation IN SELECT v.relname FROM pg_class v
                     WHERE v.relnamespace = to_regnamespace(quote_ident(into_schema))
                       AND ddm.is_masked_view(v.oid, quote_ident(schema) || '.')
                       AND NOT EXISTS (SELECT FROM pg_class c WHERE c.relname = v.relname AND c.relkind IN ('r', 'p', 'f', 'm')
                                          AND c.relnamespace = to_regnamespace(quote_ident(schema)))
                     ORDER BY v.relname
    LOOP
        EXECUTE format('DROP VIEW %I.%I', into_schema, relation.relname);
        view_name := relation.relname;
        action := 'dropped';
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ddm.create_masked_views(pg_catalog.name, pg_catalog.name)
    IS 'writes an ordinary view with the masks in it for every table of a schema';

CREATE FUNCTION ddm.refresh_masked_views(schema pg_catalog.name DEFAULT NULL, into_schema pg_catalog.name DEFAULT NULL)
    RETURNS TABLE (schema_name pg_catalog.name, view_name pg_catalog.name, action pg_catalog.text)
    LANGUAGE sql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.target, v.view_name, v.action
      FROM ddm.masked_view_schemas s CROSS JOIN LATERAL ddm.create_masked_views(s.source, s.target) v
     WHERE (schema IS NULL OR s.source = schema) AND (into_schema IS NULL OR s.target = into_schema)
     ORDER BY 1, 2
$$;
COMMENT ON FUNCTION ddm.refresh_masked_views(pg_catalog.name, pg_catalog.name)
    IS 'brings generated views up to date with the tables and the policy';

DO $do$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid FROM pg_catalog.pg_proc p
              WHERE p.pronamespace OPERATOR(pg_catalog.=) 'ddm'::pg_catalog.regnamespace
                AND p.proname IN ('masked_view_query', 'grant_masked_view', 'is_masked_view', 'create_masked_view', 'create_masked_views',
                                  'refresh_masked_views')
    LOOP
        EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM PUBLIC; GRANT EXECUTE ON FUNCTION %s TO ddm_admin', f, f);
    END LOOP;
END
$do$;
