-- Keys of keyed masks. The keys themselves are in a file or come from a command, and show nowhere.

CREATE FUNCTION ddm.rotate_key(name pg_catalog.text DEFAULT 'default') RETURNS pg_catalog.int4
    AS 'MODULE_PATHNAME', 'ddm_rotate_key' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION ddm.rotate_key(pg_catalog.text) IS 'makes the key, or its next generation; answers the generation';
REVOKE ALL ON FUNCTION ddm.rotate_key(pg_catalog.text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.rotate_key(pg_catalog.text) TO ddm_admin;

CREATE FUNCTION ddm.list_keys(OUT name pg_catalog.text, OUT generation pg_catalog.int4) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'ddm_list_keys' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION ddm.list_keys() IS 'internal: names and generations of the keys there are';
REVOKE ALL ON FUNCTION ddm.list_keys() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.list_keys() TO ddm_admin, ddm_auditor;

CREATE VIEW ddm.keys AS SELECT name, generation FROM ddm.list_keys();
COMMENT ON VIEW ddm.keys IS 'names and generations of the keys there are';
REVOKE ALL ON ddm.keys FROM PUBLIC;
GRANT SELECT ON ddm.keys TO ddm_admin, ddm_auditor;

CREATE FUNCTION ddm.make_default_key() RETURNS pg_catalog.bool
    AS 'MODULE_PATHNAME', 'ddm_make_default_key' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION ddm.make_default_key() IS 'internal: makes the key "default" where there is none';
REVOKE ALL ON FUNCTION ddm.make_default_key() FROM PUBLIC;
SELECT ddm.make_default_key();
