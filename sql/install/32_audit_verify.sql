-- Is the trail what was written?
CREATE FUNCTION ddm.audit_verify(from_time timestamptz DEFAULT NULL, to_time timestamptz DEFAULT NULL,
    OUT chain bigint, OUT ok boolean, OUT events bigint, OUT bad_event bigint, OUT problem text)
    RETURNS SETOF record LANGUAGE c STABLE CALLED ON NULL INPUT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'ddm_audit_verify';
REVOKE ALL ON FUNCTION ddm.audit_verify(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.audit_verify(timestamptz, timestamptz) TO ddm_auditor;
COMMENT ON FUNCTION ddm.audit_verify(timestamptz, timestamptz) IS
    'Follows each hash chain and names the first event that was changed, put in or taken out; without arguments to its head';

CREATE FUNCTION ddm.audit_seal() RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(format('ddm1:%s:%s:%s', lpad(to_hex(chain), 16, '0'), event_id, encode(hash, 'hex')), ' ' ORDER BY created)
    FROM ddm.audit_chain
$$;
REVOKE ALL ON FUNCTION ddm.audit_seal() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.audit_seal() TO ddm_auditor;
COMMENT ON FUNCTION ddm.audit_seal() IS 'The head of each chain as one line, to be kept where this server''s superusers can''t change it';

CREATE FUNCTION ddm.audit_verify_seal(seal text, OUT chain bigint, OUT event_id bigint, OUT ok boolean)
    RETURNS SETOF record LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.chain, s.event_id,
           s.event_id = 0 OR coalesce((SELECT l.hash = s.hash FROM ddm.audit_log l
                                       WHERE l.chain = s.chain AND l.event_id = s.event_id), false)
    FROM (SELECT ('x' || part[1])::bit(64)::bigint AS chain, part[2]::bigint AS event_id, decode(part[3], 'hex') AS hash
          FROM regexp_split_to_table(btrim(seal), '[[:space:]]+') AS one,
               LATERAL regexp_matches(one, '^ddm1:([0-9a-f]{16}):([0-9]+):([0-9a-f]{64})$') AS part) AS s
$$;
REVOKE ALL ON FUNCTION ddm.audit_verify_seal(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.audit_verify_seal(text) TO ddm_auditor;
COMMENT ON FUNCTION ddm.audit_verify_seal(text) IS
    'Is the event that an earlier ddm.audit_seal() names still there with the same hash (an event dropped by retention is not)';
