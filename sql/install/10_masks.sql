-- A bound mask, as it stands in plans. Only the extension makes values of this type: its input function always
-- raises, it has no receive function, no send function and no cast.
CREATE TYPE ddm.mask_ref;

CREATE FUNCTION ddm.mask_ref_in(cstring) RETURNS ddm.mask_ref
    AS 'MODULE_PATHNAME', 'ddm_mask_ref_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ddm.mask_ref_in(cstring) IS 'internal: always an error: nobody writes a mask reference';

CREATE FUNCTION ddm.mask_ref_out(ddm.mask_ref) RETURNS cstring
    AS 'MODULE_PATHNAME', 'ddm_mask_ref_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ddm.mask_ref_out(ddm.mask_ref) IS 'internal: the mask as a label would say it';

CREATE TYPE ddm.mask_ref (
    INPUT = ddm.mask_ref_in,
    OUTPUT = ddm.mask_ref_out,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = plain
);
COMMENT ON TYPE ddm.mask_ref IS 'a mask bound to a column, as it stands in plans';

-- Everybody may execute it, for the queries of masked roles call it; nobody can, for want of a mask_ref.
CREATE FUNCTION ddm.apply_mask(anyelement, ddm.mask_ref) RETURNS anyelement
    AS 'MODULE_PATHNAME', 'ddm_apply_mask' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ddm.apply_mask(anyelement, ddm.mask_ref) IS 'internal: the value as the mask shows it';

-- Where a domain's checks call what a parallel plan can't run, neither its workers nor its leader.
CREATE FUNCTION ddm.apply_mask_serially(anyelement, ddm.mask_ref) RETURNS anyelement
    AS 'MODULE_PATHNAME', 'ddm_apply_mask' LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION ddm.apply_mask_serially(anyelement, ddm.mask_ref) IS 'internal: the value as the mask shows it, in no parallel plan';
