-- Evidence for an auditor: one self-contained HTML page, or the same as jsonb. No script, no outside link; every
-- value that comes from the database is escaped where it enters the page.
CREATE FUNCTION ddm.evidence_report_json(from_time timestamptz, to_time timestamptz) RETURNS jsonb
    LANGUAGE sql STABLE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH unmasked AS MATERIALIZED (
        SELECT event_time, user_name, role_name, columns, cleared_by, status, row_count,
               coalesce(executions, 1) AS executions
        FROM ddm.audit_log WHERE kind = 'unmask' AND event_time >= from_time AND event_time < to_time
    ), changes AS (
        SELECT * FROM ddm.policy_history WHERE event_time >= from_time AND event_time < to_time
    ), denied AS (
        SELECT * FROM ddm.denied_events WHERE event_time >= from_time AND event_time < to_time
    )
    SELECT jsonb_build_object(
        'database', current_database(),
        'server_version', current_setting('server_version'),
        'generated_at', now(),
        'generated_by', session_user,
        'from', from_time,
        'to', to_time,
        'masked_columns', (SELECT coalesce(jsonb_agg(jsonb_build_object('table', format('%s.%s', schema_name, table_name),
                'column', column_name, 'type', data_type, 'mask', mask, 'source', source, 'why', why)
                ORDER BY schema_name, table_name, column_name), '[]') FROM ddm.masked_columns),
        'who_can_unmask', (SELECT coalesce(jsonb_agg(jsonb_build_object('table', m.relation::text, 'column', w.column_name,
                'role', w.role_name::text, 'cleared_by', w.cleared_by, 'why', w.why, 'through', w.through, 'until', w.until)
                ORDER BY m.relation::text, w.role_name::text, w.column_name), '[]')
                FROM (SELECT DISTINCT relation FROM ddm.masked_columns) AS m, LATERAL ddm.who_can_unmask(m.relation) AS w),
        'changes', (SELECT coalesce(jsonb_agg(jsonb_build_object('time', event_time, 'actor', actor, 'action', action,
                'object', object, 'before', before, 'after', after, 'reason', reason, 'approver', approver)
                ORDER BY event_time, event_id), '[]') FROM changes),
        'unmask_total', (SELECT jsonb_build_object('executions', coalesce(sum(executions), 0), 'rows', coalesce(sum(row_count), 0)) FROM unmasked),
        'unmask_by_role', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.executions DESC, r.role), '[]') FROM (
                SELECT role_name AS role, user_name AS "user", cleared_by, sum(executions) AS executions, sum(row_count) AS rows,
                       min(event_time) AS first, max(event_time) AS last FROM unmasked GROUP BY 1, 2, 3) AS r),
        'unmask_by_column', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.executions DESC, r.column), '[]') FROM (
                SELECT c AS column, sum(executions) AS executions, sum(row_count) AS rows
                FROM unmasked, unnest(columns) AS c GROUP BY 1) AS r),
        'unmask_by_day', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.day), '[]') FROM (
                SELECT (event_time AT TIME ZONE 'UTC')::date AS day, sum(executions) AS executions, sum(row_count) AS rows
                FROM unmasked GROUP BY 1) AS r),
        'unfinished', (SELECT coalesce(jsonb_object_agg(status, n), '{}') FROM (
                SELECT status, count(*) AS n FROM unmasked WHERE status NOT IN ('ok', 'summary') GROUP BY 1) AS r),
        'denied', (SELECT coalesce(jsonb_agg(jsonb_build_object('time', event_time, 'user', user_name, 'role', role_name,
                'kind', kind, 'action', action, 'object', object, 'reason', reason) ORDER BY event_time), '[]') FROM denied),
        'chains', (SELECT coalesce(jsonb_agg(to_jsonb(v)), '[]') FROM ddm.audit_verify() AS v),
        'seal', ddm.audit_seal())
$$;
REVOKE ALL ON FUNCTION ddm.evidence_report_json(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.evidence_report_json(timestamptz, timestamptz) TO ddm_auditor;
COMMENT ON FUNCTION ddm.evidence_report_json(timestamptz, timestamptz) IS
    'Policy in force and its changes, who can read in clear and who did, denials, and whether the trail is whole';

CREATE FUNCTION ddm.html(value text) RETURNS text
    LANGUAGE sql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
        coalesce(value, ''), '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;')
$$;
COMMENT ON FUNCTION ddm.html(text) IS 'The text as it may stand in an HTML page, in an attribute too';

CREATE FUNCTION ddm.html_table(list jsonb, fields text[], titles text[], nothing text) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN jsonb_array_length(list) = 0 THEN '<p class="none">' || ddm.html(nothing) || '</p>' ELSE
        '<table><thead><tr>' || (SELECT string_agg('<th>' || ddm.html(t) || '</th>', '' ORDER BY n) FROM unnest(titles) WITH ORDINALITY AS h(t, n))
        || '</tr></thead><tbody>'
        || (SELECT string_agg('<tr>' || (SELECT string_agg('<td>' || ddm.html(item ->> f) || '</td>', '' ORDER BY fn)
                                         FROM unnest(fields) WITH ORDINALITY AS c(f, fn)) || '</tr>', E'\n' ORDER BY n)
            FROM jsonb_array_elements(list) WITH ORDINALITY AS rows(item, n))
        || '</tbody></table>' END
$$;
REVOKE ALL ON FUNCTION ddm.html_table(jsonb, text[], text[], text) FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_table(jsonb, text[], text[], text) IS 'A list of objects as an HTML table, every value escaped';

CREATE FUNCTION ddm.html_bars(list jsonb, label text, value text, title text) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    WITH bars AS (
        SELECT n, item ->> label AS name, (item ->> value)::numeric AS amount,
               max((item ->> value)::numeric) OVER () AS most
        FROM jsonb_array_elements(list) WITH ORDINALITY AS rows(item, n) WHERE n <= 60
    )
    SELECT coalesce(format('<svg role="img" width="720" height="%s" viewBox="0 0 720 %s"><title>%s</title>%s</svg>',
        max(n) * 22 + 4, max(n) * 22 + 4, ddm.html(title),
        string_agg(format('<text x="225" y="%s" text-anchor="end">%s</text><rect x="232" y="%s" width="%s" height="15"/><text x="%s" y="%s">%s</text>',
            n * 22 - 5, ddm.html(CASE WHEN length(name) > 36 THEN left(name, 33) || '...' ELSE name END), n * 22 - 17,
            round(400 * amount / greatest(most, 1), 1), 238 + round(400 * amount / greatest(most, 1), 1), n * 22 - 5,
            amount::text), '' ORDER BY n)), '')
    FROM bars
$$;
REVOKE ALL ON FUNCTION ddm.html_bars(jsonb, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_bars(jsonb, text, text, text) IS 'A list of objects as a bar chart, inline SVG';

CREATE FUNCTION ddm.evidence_report(from_time timestamptz, to_time timestamptz) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws(E'\n',
        '<!DOCTYPE html>', '<html lang="en"><head><meta charset="utf-8">',
        '<meta http-equiv="Content-Security-Policy" content="default-src ''none''; style-src ''unsafe-inline''">',
        '<title>Evidence: who read masked data in clear</title>',
        '<style>body{font:14px/1.45 system-ui,sans-serif;color:#1c2733;max-width:1100px;margin:2em auto;padding:0 1em}'
        'h1{font-size:1.6em}h2{margin-top:2em;border-bottom:2px solid #2b5d8a;padding-bottom:.2em}'
        'table{border-collapse:collapse;width:100%;margin:.6em 0}th,td{border:1px solid #c8d2dc;padding:.3em .5em;text-align:left;'
        'vertical-align:top;overflow-wrap:anywhere}th{background:#eef3f8}rect{fill:#2b5d8a}text{font:12px system-ui,sans-serif;fill:#1c2733}'
        '.ok{color:#0a6b2d;font-weight:bold}.bad{color:#a4161a;font-weight:bold}.none{color:#5b6875}code{overflow-wrap:anywhere}'
        '@media print{body{margin:0;max-width:none;font-size:10pt}h2{break-after:avoid}tr,svg{break-inside:avoid}}</style></head><body>',
        '<h1>Who read masked data in clear</h1>',
        format('<p>Database <b>%s</b>, PostgreSQL %s. From %s to %s. Made %s by %s.</p>', ddm.html(d ->> 'database'),
            ddm.html(d ->> 'server_version'), ddm.html(d ->> 'from'), ddm.html(d ->> 'to'), ddm.html(d ->> 'generated_at'),
            ddm.html(d ->> 'generated_by')),
        format('<p><b>%s</b> executions read stored values of masked columns, <b>%s</b> rows in all.</p>',
            ddm.html(d #>> '{unmask_total,executions}'), ddm.html(d #>> '{unmask_total,rows}')),
        '<h2>The trail itself</h2>',
        (SELECT string_agg(CASE WHEN (c ->> 'ok')::boolean
                THEN format('<p class="ok">Chain %s: %s events, whole.</p>', ddm.html(c ->> 'chain'), ddm.html(c ->> 'events'))
                ELSE format('<p class="bad">Chain %s is broken at event %s: %s.</p>', ddm.html(c ->> 'chain'),
                            ddm.html(c ->> 'bad_event'), ddm.html(c ->> 'problem')) END, E'\n')
         FROM jsonb_array_elements(d -> 'chains') AS c),
        '<p>Seal: <code>' || ddm.html(d ->> 'seal') || '</code></p>',
        '<h2>Who did</h2>', '<h3>By day</h3>', ddm.html_bars(d -> 'unmask_by_day', 'day', 'executions', 'Executions by day'),
        '<h3>By role</h3>', ddm.html_bars(d -> 'unmask_by_role', 'role', 'executions', 'Executions by role'),
        ddm.html_table(d -> 'unmask_by_role', '{role,user,cleared_by,executions,rows,first,last}',
            '{Role,Session user,Cleared by,Executions,Rows,First,Last}', 'Nobody read masked data in clear.'),
        '<h3>By column</h3>', ddm.html_bars(d -> 'unmask_by_column', 'column', 'executions', 'Executions by column'),
        ddm.html_table(d -> 'unmask_by_column', '{column,executions,rows}', '{Column,Executions,Rows}', 'None.'),
        '<h2>Who can, and why</h2>',
        ddm.html_table(d -> 'who_can_unmask', '{table,column,role,cleared_by,why,through,until}',
            '{Table,Column,Role,Cleared by,Why,Through,Until}', 'Nobody.'),
        '<h2>Denied</h2>',
        ddm.html_table(d -> 'denied', '{time,user,role,kind,action,object,reason}',
            '{Time,User,Role,Kind,Action,Object,Reason}', 'Nothing was denied.'),
        '<h2>Policy in force</h2>',
        ddm.html_table(d -> 'masked_columns', '{table,column,type,mask,source,why}', '{Table,Column,Type,Mask,Source,Why}', 'No column is masked.'),
        '<h2>Changes of policy</h2>',
        ddm.html_table(d -> 'changes', '{time,actor,action,object,before,after,reason,approver}',
            '{Time,Actor,Action,Object,Before,After,Reason,Approver}', 'None.'),
        '</body></html>')
    FROM (SELECT ddm.evidence_report_json(from_time, to_time)) AS report(d)
$$;
REVOKE ALL ON FUNCTION ddm.evidence_report(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.evidence_report(timestamptz, timestamptz) TO ddm_auditor;
COMMENT ON FUNCTION ddm.evidence_report(timestamptz, timestamptz) IS
    'The evidence of a period as one self-contained HTML page';
