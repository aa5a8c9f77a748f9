-- The policy as code: what makes and drops named policies, rules and exemptions. Members of ddm_admin may; the
-- tables' triggers check what is written.

CREATE FUNCTION ddm.create_policy(name pg_catalog.name, mask pg_catalog.text) RETURNS void
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    there text;
BEGIN
    PERFORM ddm.follow_roles();
    SELECT p.mask INTO there FROM ddm.named_policies p WHERE p.name = create_policy.name FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO ddm.named_policies VALUES (create_policy.name, create_policy.mask);
    ELSIF there <> create_policy.mask THEN
        UPDATE ddm.named_policies p SET mask = create_policy.mask WHERE p.name = create_policy.name;
        RAISE NOTICE 'masking policy "%" has a new mask, and so has every column that uses it', create_policy.name;
    END IF;
END
$$;
COMMENT ON FUNCTION ddm.create_policy(pg_catalog.name, pg_catalog.text)
    IS 'makes a named mask for many columns, or gives the one of that name another mask';

CREATE FUNCTION ddm.policy_uses(policy pg_catalog.name) RETURNS SETOF pg_catalog.text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_describe_object(l.classoid, l.objoid, l.objsubid)
      FROM pg_seclabel l
     WHERE l.provider = 'ddm' AND l.classoid = 'pg_class'::regclass AND l.objsubid > 0
       AND policy = ANY (ddm.policies_named_in(l.label, true))
    UNION ALL
    SELECT format('rule %I', r.name) FROM ddm.mask_rules r WHERE policy = ANY (ddm.policies_named_in(r.mask, false))
     ORDER BY 1
$$;
COMMENT ON FUNCTION ddm.policy_uses(pg_catalog.name) IS 'the columns and rules that use a named policy';

CREATE FUNCTION ddm.drop_policy(name pg_catalog.name) RETURNS void
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    uses text;
BEGIN
    PERFORM FROM ddm.named_policies p WHERE p.name = drop_policy.name FOR UPDATE;
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('masking policy "%s" does not exist', drop_policy.name),
            HINT = 'See ddm.policies.';
    END IF;
    SELECT string_agg(u, ', ') INTO uses FROM (SELECT u FROM ddm.policy_uses(drop_policy.name) u LIMIT 10) s;
    IF uses IS NOT NULL THEN
        RAISE dependent_objects_still_exist
            USING MESSAGE = format('cannot drop masking policy "%s" because it is in use', drop_policy.name),
                  DETAIL = format('It masks %s.', uses),
                  HINT = 'Give those another mask first; ddm.policy_uses() lists them all.';
    END IF;
    DELETE FROM ddm.named_policies p WHERE p.name = drop_policy.name;
END
$$;
COMMENT ON FUNCTION ddm.drop_policy(pg_catalog.name) IS 'drops a named mask that nothing uses any more';

CREATE FUNCTION ddm.create_rule(name pg_catalog.name, condition pg_catalog.text, mask pg_catalog.text,
                                priority pg_catalog.int4 DEFAULT 0) RETURNS void
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    missing text;
BEGIN
    PERFORM ddm.follow_roles();
    IF EXISTS (SELECT FROM ddm.mask_rules r WHERE r.name = create_rule.name) THEN
        RAISE duplicate_object USING MESSAGE = format('masking rule "%s" already exists', create_rule.name),
            HINT = 'Drop it with ddm.drop_rule() in the same transaction.';
    END IF;
    INSERT INTO ddm.mask_rules VALUES (create_rule.name, create_rule.condition, create_rule.mask, create_rule.priority);
    FOR missing IN SELECT unnest(ddm.policies_named_in(create_rule.mask, false)) EXCEPT SELECT p.name FROM ddm.named_policies p
    LOOP
        RAISE WARNING 'masking policy "%" does not exist', missing
            USING DETAIL = 'Until it does, what the rule matches is masked with default().';
    END LOOP;
END
$$;
COMMENT ON FUNCTION ddm.create_rule(pg_catalog.name, pg_catalog.text, pg_catalog.text, pg_catalog.int4)
    IS 'masks every column that the condition matches, now or later; the highest priority wins, then the first name';

CREATE FUNCTION ddm.drop_rule(name pg_catalog.name) RETURNS void
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM ddm.mask_rules r WHERE r.name = drop_rule.name;
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('masking rule "%s" does not exist', drop_rule.name),
            HINT = 'See ddm.rules.';
    END IF;
END
$$;
COMMENT ON FUNCTION ddm.drop_rule(pg_catalog.name) IS 'drops a masking rule';

CREATE FUNCTION ddm.create_exemption(name pg_catalog.name, members pg_catalog.text[],
                                     condition pg_catalog.text DEFAULT 'true',
                                     until pg_catalog.timestamptz DEFAULT NULL,
                                     reason pg_catalog.text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    unknown text;
BEGIN
    IF create_exemption.name IS NULL OR create_exemption.members IS NULL OR create_exemption.condition IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'an exemption needs a name, members and a condition';
    END IF;
    IF create_exemption.members = '{}' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'an exemption without members',
            DETAIL = 'It would exempt nobody.', HINT = 'Name the roles that it is for.';
    END IF;
    IF until <= statement_timestamp() THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the end of the exemption is in the past',
            HINT = 'Leave until out for an exemption that does not end.';
    END IF;
    SELECT m INTO unknown FROM unnest(create_exemption.members) m
     WHERE m IS NULL OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = m) LIMIT 1;
    IF FOUND THEN
        RAISE undefined_object USING MESSAGE = format('role "%s" does not exist', coalesce(unknown, 'null')),
            DETAIL = 'It is named as a member of the exemption.';
    END IF;
    IF EXISTS (SELECT FROM ddm.role_exemptions e WHERE e.name = create_exemption.name) THEN
        RAISE duplicate_object USING MESSAGE = format('exemption "%s" already exists', create_exemption.name),
            HINT = 'Drop it with ddm.drop_exemption() in the same transaction.';
    END IF;
    -- Members first, so that the event of the exemption names them; left-overs of its name are nobody's.
    DELETE FROM ddm.exemption_members m WHERE m.exemption = create_exemption.name;
    INSERT INTO ddm.exemption_members
    SELECT DISTINCT create_exemption.name, r.oid::regrole
      FROM pg_roles r WHERE r.rolname = ANY (create_exemption.members);
    INSERT INTO ddm.role_exemptions
    VALUES (create_exemption.name, create_exemption.condition, coalesce(create_exemption.until, 'infinity'),
            coalesce(create_exemption.reason, ''));
END
$$;
COMMENT ON FUNCTION ddm.create_exemption(pg_catalog.name, pg_catalog.text[], pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text)
    IS 'clears roles where the condition holds, until an end if said';

CREATE FUNCTION ddm.drop_exemption(name pg_catalog.name) RETURNS void
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM ddm.role_exemptions e WHERE e.name = drop_exemption.name;
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('exemption "%s" does not exist', drop_exemption.name),
            HINT = 'See ddm.exemptions.';
    END IF;
    DELETE FROM ddm.exemption_members m WHERE m.exemption = drop_exemption.name;
END
$$;
COMMENT ON FUNCTION ddm.drop_exemption(pg_catalog.name) IS 'drops an exemption; it ends at once';

DO $do$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid FROM pg_catalog.pg_proc p
              WHERE p.pronamespace OPERATOR(pg_catalog.=) 'ddm'::pg_catalog.regnamespace
                AND p.proname IN ('create_policy', 'drop_policy', 'create_rule', 'drop_rule', 'create_exemption',
                                  'drop_exemption', 'policy_uses')
    LOOP
        EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM PUBLIC; GRANT EXECUTE ON FUNCTION %s TO ddm_admin', f, f);
    END LOOP;
END
$do$;
