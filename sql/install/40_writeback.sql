-- Write-back protection. Everybody may execute it, for the UPDATEs of masked roles call it; by hand it says nothing
-- that its caller does not hand to it.
CREATE FUNCTION ddm.keep_masked(assigned anyelement, mask anyelement, stored anyelement) RETURNS anyelement
    AS 'MODULE_PATHNAME', 'ddm_keep_masked' LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE;
COMMENT ON FUNCTION ddm.keep_masked(anyelement, anyelement, anyelement) IS
    'internal: the stored value where the mask is what is assigned: what an UPDATE by a masked role stores';

-- What a mask's WHEN says of the row before and after an UPDATE. Both want a value of a type that nobody can write.
CREATE FUNCTION ddm.note_shown(assigned anyelement, shown pg_catalog.bool, number pg_catalog.int4, proof ddm.mask_ref)
    RETURNS anyelement
    AS 'MODULE_PATHNAME', 'ddm_note_shown' LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE;
COMMENT ON FUNCTION ddm.note_shown(anyelement, pg_catalog.bool, pg_catalog.int4, ddm.mask_ref) IS
    'internal: what is assigned; remembers whether the row as it is shows a masked column';
CREATE FUNCTION ddm.check_shown(shown pg_catalog.bool, number pg_catalog.int4, relation pg_catalog.regclass,
                                attnum pg_catalog.int4, proof ddm.mask_ref)
    RETURNS pg_catalog.bool
    AS 'MODULE_PATHNAME', 'ddm_check_shown' LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE;
COMMENT ON FUNCTION ddm.check_shown(pg_catalog.bool, pg_catalog.int4, pg_catalog.regclass, pg_catalog.int4, ddm.mask_ref) IS
    'internal: true, or an error where the row as written would show a masked column that it did not show before';
