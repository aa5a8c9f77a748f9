-- What the rest stands on. Asked first: an extension without its hooks would mask nothing and say so to nobody.
CREATE FUNCTION ddm.require_preload() RETURNS void
    AS 'MODULE_PATHNAME', 'ddm_require_preload' LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION ddm.require_preload() IS 'internal: raises an error unless ddm was loaded by shared_preload_libraries';
SELECT ddm.require_preload();

CREATE FUNCTION ddm.test_error_boundary(what text) RETURNS void
    AS 'MODULE_PATHNAME', 'ddm_test_error_boundary' LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION ddm.test_error_boundary(text) FROM PUBLIC;
COMMENT ON FUNCTION ddm.test_error_boundary(text) IS
    'internal: makes the masking core throw (exception, memory, other): an ordinary error comes out of it';
