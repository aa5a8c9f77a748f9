-- Named policies, rules, exemptions: the tables, and what is asked of every row that is written to them.

CREATE TABLE ddm.named_policies (
    name pg_catalog.name PRIMARY KEY CHECK (name OPERATOR(pg_catalog.<>) ''),
    mask pg_catalog.text NOT NULL
);
COMMENT ON TABLE ddm.named_policies IS 'internal: masks under a name; see the view ddm.policies';

CREATE TABLE ddm.mask_rules (
    name      pg_catalog.name PRIMARY KEY CHECK (name OPERATOR(pg_catalog.<>) ''),
    condition pg_catalog.text NOT NULL,
    mask      pg_catalog.text NOT NULL,
    priority  pg_catalog.int4 NOT NULL
);
COMMENT ON TABLE ddm.mask_rules IS 'internal: masks for every column that a condition matches; see the view ddm.rules';

CREATE TABLE ddm.role_exemptions (
    name        pg_catalog.name PRIMARY KEY CHECK (name OPERATOR(pg_catalog.<>) ''),
    condition   pg_catalog.text NOT NULL,
    valid_until pg_catalog.timestamptz NOT NULL, -- infinity where it does not end
    reason      pg_catalog.text NOT NULL
);
COMMENT ON TABLE ddm.role_exemptions IS 'internal: roles that read stored values where a condition holds; see the view ddm.exemptions';

-- A row each, so that a dump can leave out the ones that were dropped and keep the others.
CREATE TABLE ddm.exemption_members (
    exemption pg_catalog.name NOT NULL,
    member    pg_catalog.regrole NOT NULL,
    PRIMARY KEY (exemption, member)
);
COMMENT ON TABLE ddm.exemption_members IS 'internal: the roles of each exemption; see the view ddm.exemptions';

CREATE TABLE ddm.classification_level (
    level pg_catalog.int4 PRIMARY KEY CHECK (level OPERATOR(pg_catalog.>=) 0 AND level OPERATOR(pg_catalog.<=) 1000),
    name  pg_catalog.text NOT NULL UNIQUE CHECK (name OPERATOR(pg_catalog.<>) '')
);
COMMENT ON TABLE ddm.classification_level IS 'names of classification levels beside those shipped; see the view ddm.classification_levels';

-- Whom labels, policies and rules mean by a role's name: who had it when they were set, not a later role of that name.
-- Where nobody had it, role is 0, also after a restore.
CREATE TABLE ddm.named_roles (
    name pg_catalog.name PRIMARY KEY,
    role pg_catalog.regrole NOT NULL
);
COMMENT ON TABLE ddm.named_roles IS 'internal: which roles are meant by the names in labels, named policies and rules';
REVOKE ALL ON ddm.named_roles FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('ddm.named_roles', $$
    WHERE role::pg_catalog.oid OPERATOR(pg_catalog.=) 0
       OR role::pg_catalog.oid IN (SELECT oid FROM pg_catalog.pg_roles)$$);

-- A dump has labels before these rows: what it says of a name replaces what was made of it then.
CREATE FUNCTION ddm.named_role_restored() RETURNS trigger
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM ddm.named_roles n WHERE n.name = NEW.name;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION ddm.named_role_restored() IS 'lets the row of a dump replace the one of that name';
REVOKE ALL ON FUNCTION ddm.named_role_restored() FROM PUBLIC;
CREATE TRIGGER named_role_restored BEFORE INSERT ON ddm.named_roles
    FOR EACH ROW EXECUTE FUNCTION ddm.named_role_restored();
CREATE TRIGGER policy_touched AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ddm.named_roles
    FOR EACH STATEMENT EXECUTE FUNCTION ddm.policy_touched();
ALTER TABLE ddm.named_roles ENABLE ALWAYS TRIGGER named_role_restored;
ALTER TABLE ddm.named_roles ENABLE ALWAYS TRIGGER policy_touched;

CREATE FUNCTION ddm.follow_roles() RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ddm_follow_roles';
COMMENT ON FUNCTION ddm.follow_roles()
    IS 'brings labels, policies and rules up to date with roles that were renamed or dropped in another database';
REVOKE ALL ON FUNCTION ddm.follow_roles() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.follow_roles() TO ddm_admin;

CREATE FUNCTION ddm.policy_row_check() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ddm_policy_row_check';
COMMENT ON FUNCTION ddm.policy_row_check() IS 'refuses rows of the policy that cannot be read';
REVOKE ALL ON FUNCTION ddm.policy_row_check() FROM PUBLIC;

CREATE FUNCTION ddm.policy_row_changed() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ddm_policy_row_changed';
COMMENT ON FUNCTION ddm.policy_row_changed() IS 'records a change of the policy and tells every session';
REVOKE ALL ON FUNCTION ddm.policy_row_changed() FROM PUBLIC;

-- Also for rows that a restore or logical replication brings.
DO $do$
DECLARE
    kind record;
BEGIN
    FOR kind IN SELECT * FROM (VALUES ('named_policies', 'policy'), ('mask_rules', 'rule'),
                                      ('role_exemptions', 'exemption'), ('exemption_members', 'member'),
                                      ('classification_level', 'level')) AS k (relation, word)
    LOOP
        EXECUTE pg_catalog.format(
            'CREATE TRIGGER policy_row_check BEFORE INSERT OR UPDATE ON ddm.%1$I
                 FOR EACH ROW EXECUTE FUNCTION ddm.policy_row_check(%2$L);
             CREATE TRIGGER policy_row_changed AFTER INSERT OR UPDATE OR DELETE ON ddm.%1$I
                 FOR EACH ROW EXECUTE FUNCTION ddm.policy_row_changed(%2$L);
             CREATE TRIGGER policy_truncated AFTER TRUNCATE ON ddm.%1$I
                 FOR EACH STATEMENT EXECUTE FUNCTION ddm.policy_touched();
             ALTER TABLE ddm.%1$I ENABLE ALWAYS TRIGGER policy_row_check;
             ALTER TABLE ddm.%1$I ENABLE ALWAYS TRIGGER policy_row_changed;
             ALTER TABLE ddm.%1$I ENABLE ALWAYS TRIGGER policy_truncated;
             REVOKE ALL ON ddm.%1$I FROM PUBLIC;
             GRANT SELECT, INSERT, UPDATE, DELETE ON ddm.%1$I TO ddm_admin;
             GRANT SELECT ON ddm.%1$I TO ddm_auditor', kind.relation, kind.word);
    END LOOP;
END
$do$;

SELECT pg_catalog.pg_extension_config_dump('ddm.named_policies', '');
SELECT pg_catalog.pg_extension_config_dump('ddm.mask_rules', '');
SELECT pg_catalog.pg_extension_config_dump('ddm.classification_level', '');
-- Roles are dropped from other databases too: what names one that is gone is not dumped, nor what is left empty by it.
SELECT pg_catalog.pg_extension_config_dump('ddm.exemption_members', $$
    WHERE member::pg_catalog.oid IN (SELECT oid FROM pg_catalog.pg_roles)$$);
SELECT pg_catalog.pg_extension_config_dump('ddm.role_exemptions', $$
    WHERE name IN (SELECT exemption FROM ddm.exemption_members
                    WHERE member::pg_catalog.oid IN (SELECT oid FROM pg_catalog.pg_roles))$$);

CREATE FUNCTION ddm.policies_named_in(mask pg_catalog.text, is_label pg_catalog.bool) RETURNS pg_catalog.text[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ddm_policies_named_in';
COMMENT ON FUNCTION ddm.policies_named_in(pg_catalog.text, pg_catalog.bool)
    IS 'internal: the named policies that a label, or the mask of a rule, stands on';
