-- The three roles, and the conditions under which the extension may be installed at all.

CREATE FUNCTION ddm.prepare_roles() RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'ddm_prepare_roles';
COMMENT ON FUNCTION ddm.prepare_roles() IS 'internal: makes the roles of the extension, or accepts those that are there; refuses a schema that is another''s';
REVOKE ALL ON FUNCTION ddm.prepare_roles() FROM PUBLIC;

SELECT ddm.prepare_roles();

GRANT USAGE ON SCHEMA ddm TO PUBLIC;
COMMENT ON SCHEMA ddm IS 'dynamic data masking';
