-- Evidence for an auditor: what the page shows, as jsonb. Days are those of the session's time zone, which it names.
CREATE FUNCTION ddm.evidence_report_json(from_time timestamptz, to_time timestamptz) RETURNS jsonb
    LANGUAGE sql STABLE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH reads AS MATERIALIZED ( -- one pass over the events of the period: what follows counts these
        SELECT event_time::date AS day, user_name, role_name, cleared_by, status, columns,
               sum(coalesce(executions, 1))::bigint AS executions, coalesce(sum(row_count), 0)::bigint AS rows,
               min(event_time) AS first, max(coalesce(finished_at, event_time)) AS last
        FROM ddm.audit_log WHERE kind = 'unmask' AND event_time >= from_time AND event_time < to_time
        GROUP BY 1, 2, 3, 4, 5, 6
    ), denials AS MATERIALIZED (
        SELECT kind, user_name, role_name, action, object, columns, reason, sqlstate, count(*) AS attempts,
               min(event_time) AS first, max(event_time) AS last
        FROM ddm.audit_log WHERE kind IN ('denied', 'throttled') AND event_time >= from_time AND event_time < to_time
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    ), changes AS MATERIALIZED (
        SELECT * FROM ddm.policy_history WHERE event_time >= from_time AND event_time < to_time
    ), access AS (
        SELECT * FROM ddm.access_history WHERE event_time >= from_time AND event_time < to_time
    ), clear AS MATERIALIZED (
        SELECT m.schema_name, m.table_name, w.role_name::text AS role, w.cleared_by, w.why, w.through, w.until,
               array_agg(w.column_name::text ORDER BY w.column_name) AS columns
        FROM (SELECT DISTINCT relation, schema_name, table_name FROM ddm.masked_columns) AS m,
             LATERAL ddm.who_can_unmask(m.relation) AS w
        GROUP BY 1, 2, 3, 4, 5, 6, 7
    ), chains AS MATERIALIZED (
        SELECT * FROM ddm.audit_verify(from_time, to_time)
    ), span AS ( -- of the calendar: the period, or of a long one what there is to show
        SELECT CASE WHEN long THEN first ELSE from_time END::date AS first_day,
               CASE WHEN long THEN last ELSE greatest(last, least(to_time - interval '1 microsecond', now())) END::date AS last_day
        FROM (SELECT min(first) AS first, max(first) AS last,
                     NOT isfinite(from_time) OR NOT isfinite(to_time) OR to_time - from_time > interval '800 days' AS long
              FROM reads HAVING count(*) > 0) AS s
    ), unit AS (
        SELECT first_day, last_day,
               CASE WHEN last_day - first_day <= 92 THEN 'day' WHEN last_day - first_day <= 640 THEN 'week' ELSE 'month' END AS step
        FROM span
    )
    SELECT jsonb_build_object(
        'database', current_database(),
        'server_version', current_setting('server_version'),
        'ddm_version', (SELECT extversion FROM pg_extension WHERE extname = 'ddm'),
        'generated_at', now(),
        'generated_by', session_user,
        'from', from_time,
        'to', to_time,
        'time_zone', current_setting('TimeZone'),
        'status', (SELECT to_jsonb(s) FROM ddm.status() AS s),
        'totals', jsonb_build_object(
            'executions', (SELECT coalesce(sum(executions), 0) FROM reads),
            'rows', (SELECT coalesce(sum(rows), 0) FROM reads),
            'roles', (SELECT count(DISTINCT role_name) FROM reads),
            'columns', (SELECT count(DISTINCT c) FROM reads, unnest(columns) AS c),
            'denied', (SELECT coalesce(sum(attempts), 0) FROM denials),
            'changes', (SELECT count(*) FROM changes),
            'masked_columns', (SELECT count(*) FROM ddm.masked_columns),
            'clear_roles', (SELECT count(DISTINCT role) FROM clear)),
        'chains', (SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY v.chain), '[]') FROM chains AS v),
        'whole', (SELECT coalesce(bool_and(ok), true) FROM chains),
        'seal', ddm.audit_seal(),
        'unmask_total', (SELECT jsonb_build_object('executions', coalesce(sum(executions), 0), 'rows', coalesce(sum(rows), 0)) FROM reads),
        'unmask_by_day', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.day), '[]') FROM (
            SELECT day, sum(executions)::bigint AS executions, sum(rows)::bigint AS rows FROM reads GROUP BY 1) AS r),
        'calendar_step', (SELECT step FROM unit),
        'calendar', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.starts), '[]') FROM ( -- without gaps
            SELECT s::date AS starts, coalesce(sum(executions), 0)::bigint AS executions, coalesce(sum(rows), 0)::bigint AS rows
            FROM unit CROSS JOIN generate_series(date_trunc(step, first_day::timestamp), last_day::timestamp, ('1 ' || step)::interval) AS s
            LEFT JOIN reads ON date_trunc(step, reads.day::timestamp) = s
            GROUP BY 1) AS r),
        'unmask_by_role', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.executions DESC, r.role, r."user", r.cleared_by), '[]') FROM (
            SELECT role_name AS role, user_name AS "user", cleared_by, sum(executions)::bigint AS executions, sum(rows)::bigint AS rows,
                   min(first) AS first, max(last) AS last FROM reads GROUP BY 1, 2, 3) AS r),
        'unmask_by_column', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.executions DESC, r.column), '[]') FROM (
            SELECT c AS column, count(DISTINCT role_name) AS roles, sum(executions)::bigint AS executions, sum(rows)::bigint AS rows
            FROM reads, unnest(columns) AS c GROUP BY 1) AS r),
        'unfinished', (SELECT coalesce(jsonb_object_agg(status, n), '{}') FROM (
            SELECT status, sum(executions)::bigint AS n FROM reads WHERE status NOT IN ('ok', 'summary') GROUP BY 1) AS r),
        'who_can_unmask', (SELECT coalesce(jsonb_agg(jsonb_build_object('table', format('%I.%I', schema_name, table_name), 'role', role,
            'columns', columns, 'cleared_by', cleared_by, 'why', why, 'through', through, 'until', nullif(until, 'infinity'))
            ORDER BY schema_name, table_name, role, why), '[]') FROM clear),
        'denied', (SELECT coalesce(jsonb_agg(jsonb_build_object('first', first, 'last', last, 'attempts', attempts, 'kind', kind,
            'user', user_name, 'role', role_name, 'action', action, 'object', object, 'columns', columns, 'reason', reason, 'sqlstate', sqlstate)
            ORDER BY first, object, reason), '[]') FROM denials),
        'masked_columns', (SELECT coalesce(jsonb_agg(jsonb_build_object('table', format('%I.%I', schema_name, table_name),
            'column', column_name, 'type', data_type, 'mask', mask, 'source', source, 'why', why)
            ORDER BY schema_name, table_name, column_name), '[]') FROM ddm.masked_columns),
        'exemptions', (SELECT coalesce(jsonb_agg(to_jsonb(e) ORDER BY e.name), '[]') FROM ddm.exemptions AS e),
        'settings', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', name, 'value', current_setting(name), 'default', boot_val, 'set_by', source)
            ORDER BY name), '[]') FROM pg_settings WHERE name LIKE 'ddm.%' AND source <> 'default'),
        'changes', (SELECT coalesce(jsonb_agg(jsonb_build_object('time', event_time, 'actor', actor, 'role', role_name, 'action', action,
            'object', object, 'before', before, 'after', after, 'reason', reason, 'approver', approver, 'statement', statement)
            ORDER BY event_time, event_id), '[]') FROM changes),
        'access', (SELECT coalesce(jsonb_agg(jsonb_build_object('time', event_time, 'actor', actor, 'kind', kind, 'action', action,
            'object', object, 'before', before, 'after', after, 'reason', reason, 'approver', approver) ORDER BY event_time, event_id), '[]') FROM access),
        'retention', (SELECT coalesce(jsonb_agg(jsonb_build_object('time', event_time, 'action', action, 'object', object, 'reason', reason)
            ORDER BY event_id), '[]') FROM ddm.audit_log WHERE kind = 'trail' AND event_time >= from_time AND event_time < to_time))
$$;
REVOKE ALL ON FUNCTION ddm.evidence_report_json(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.evidence_report_json(timestamptz, timestamptz) TO ddm_auditor;
COMMENT ON FUNCTION ddm.evidence_report_json(timestamptz, timestamptz) IS
    'Policy in force and its changes, who can read in clear and who did, denials, and whether the trail is whole';
