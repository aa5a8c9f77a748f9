-- Conditions that reads of pg_statistic and pg_statistic_ext_data are given, through pg_stats and the like. They say
-- what the caller's own masks are, which anybody may know.
CREATE FUNCTION ddm.statistics_visible(relation pg_catalog.oid, attnum pg_catalog.int2) RETURNS pg_catalog.bool
    AS 'MODULE_PATHNAME', 'ddm_statistics_visible' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ddm.statistics_visible(pg_catalog.oid, pg_catalog.int2) IS
    'internal: does the current role read this column of a table or index as stored, so that it may see its statistics?';

CREATE FUNCTION ddm.statistics_visible(statistics pg_catalog.oid) RETURNS pg_catalog.bool
    AS 'MODULE_PATHNAME', 'ddm_extended_statistics_visible' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ddm.statistics_visible(pg_catalog.oid) IS
    'internal: does the current role read all that these extended statistics are about as stored?';

-- References to the values in those catalogs, and to pg_attribute.attmissingval, go through this. It answers its third
-- argument, whose type the planner's hook knows and SQL can't say. The last keeps it from being called by hand.
CREATE FUNCTION ddm.value_as_seen(object pg_catalog.oid, attnum pg_catalog.int2, value pg_catalog."any", pg_catalog.internal)
    RETURNS pg_catalog.internal AS 'MODULE_PATHNAME', 'ddm_value_as_seen' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED;
COMMENT ON FUNCTION ddm.value_as_seen(pg_catalog.oid, pg_catalog.int2, pg_catalog."any", pg_catalog.internal) IS
    'internal: what the current role sees of a value that a catalog keeps of a column; writes the event of it';
