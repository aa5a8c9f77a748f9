-- Write-back protection. Everybody may execute it, for the UPDATEs of masked roles call it; by hand it says nothing
-- that its caller does not hand to it.
CREATE FUNCTION ddm.keep_masked(assigned anyelement, mask anyelement, stored anyelement) RETURNS anyelement
    AS 'MODULE_PATHNAME', 'ddm_keep_masked' LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE;
COMMENT ON FUNCTION ddm.keep_masked(anyelement, anyelement, anyelement) IS
    'the stored value where the mask is what is assigned: what an UPDATE by a masked role stores';
