-- What the system views show in the place of the server's own counters of heap-only updates.
CREATE FUNCTION ddm.tuples_hot_updated(relation pg_catalog.oid) RETURNS pg_catalog.int8
    AS 'MODULE_PATHNAME', 'ddm_tuples_hot_updated' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION ddm.tuples_hot_updated(pg_catalog.oid) IS
    'internal: heap-only updates of the table; NULL where a column of it is masked for the current role';

CREATE FUNCTION ddm.xact_tuples_hot_updated(relation pg_catalog.oid) RETURNS pg_catalog.int8
    AS 'MODULE_PATHNAME', 'ddm_xact_tuples_hot_updated' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION ddm.xact_tuples_hot_updated(pg_catalog.oid) IS
    'internal: heap-only updates of the table in this transaction; NULL where a column of it is masked for the current role';
