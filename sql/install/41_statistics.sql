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
