-- The three roles, and the conditions under which the extension may be installed at all.

CREATE FUNCTION ddm.prepare_roles() RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ddm_prepare_roles';
COMMENT ON FUNCTION ddm.prepare_roles() IS 'internal: makes the roles of the extension, or accepts those that are there; refuses a schema that is another''s';
REVOKE ALL ON FUNCTION ddm.prepare_roles() FROM PUBLIC;

SELECT ddm.prepare_roles();

-- What is recorded of a role is for policy admins to say: an event each, or counts, and when it is on disk. Where another
-- database's extension has granted it, nothing is written that two installations at a time would wait for.
DO $$ BEGIN
    IF NOT (has_parameter_privilege('ddm_admin', 'ddm.audit_detail', 'SET') AND has_parameter_privilege('ddm_admin', 'ddm.audit_durability', 'SET')) THEN
        GRANT SET ON PARAMETER ddm.audit_detail, ddm.audit_durability TO ddm_admin;
    END IF;
END $$;

GRANT USAGE ON SCHEMA ddm TO PUBLIC;
COMMENT ON SCHEMA ddm IS 'dynamic data masking';
