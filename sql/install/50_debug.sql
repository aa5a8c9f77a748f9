-- Test aids: see ddm.debug_mask_everything.

CREATE FUNCTION ddm.debug_call(anyelement) RETURNS anyelement
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ddm_debug_call';
COMMENT ON FUNCTION ddm.debug_call(anyelement) IS 'internal: returns its argument: what ddm.debug_mask_everything = call puts on every column';
