-- The page of evidence: all of evidence_report_json(), and nothing else. No script, no link, no file beside it.
CREATE FUNCTION ddm.html_style() RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT '
:root{--ink:#17212b;--soft:#5a6875;--line:#d5dce3;--band:#f4f7fa;--blue:#1d5a8e;--pale:#9fb6ca;--ok:#0d6832;--bad:#a3161c}
*{box-sizing:border-box}
body{font:14px/1.5 system-ui,"Segoe UI","Liberation Sans",Arial,sans-serif;color:var(--ink);background:#fff;max-width:1080px;margin:0 auto;padding:32px 28px 64px}
header{border-bottom:3px solid var(--blue);padding-bottom:14px;margin-bottom:22px}
h1{font-size:27px;line-height:1.25;margin:0 0 10px}
h2{font-size:19px;margin:44px 0 4px;padding-bottom:5px;border-bottom:1px solid var(--line);color:var(--blue)}
h3{font-size:15px;margin:26px 0 6px}
p{margin:6px 0 10px}
p.say{color:var(--soft);max-width:78ch}
dl{display:grid;grid-template-columns:max-content 1fr max-content 1fr;gap:2px 18px;margin:0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin:18px 0}
.tile{border:1px solid var(--line);border-top:3px solid var(--blue);border-radius:3px;padding:10px 14px;background:var(--band)}
.tile b{display:block;font-size:25px;line-height:1.2;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft)}
.verdict{border-left:5px solid var(--ok);background:#eef7f1;padding:11px 16px;margin:14px 0;overflow-wrap:anywhere}
.verdict.bad{border-color:var(--bad);background:#fcefef}
.verdict b{color:var(--ok)}
.verdict.bad b{color:var(--bad)}
table{border-collapse:collapse;width:100%;margin:10px 0 20px;font-size:12.5px;line-height:1.4}
thead{display:table-header-group}
th{text-align:left;background:var(--band);border-bottom:2px solid var(--blue);padding:6px 8px;vertical-align:bottom}
td{border-bottom:1px solid var(--line);padding:5px 8px;vertical-align:top;overflow-wrap:anywhere;min-width:11ch}
td.c{min-width:15ch}
td.w{min-width:22ch}
tr.total td{border-top:2px solid var(--ink);font-weight:600;background:#fff}
.three{display:grid;grid-template-columns:repeat(3,1fr);gap:0 26px;align-items:start}
tbody tr:nth-child(even){background:#fafbfc}
.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;overflow-wrap:normal}
td.t{white-space:nowrap;font-variant-numeric:tabular-nums;overflow-wrap:normal}
td.c,code{font:11.5px/1.45 ui-monospace,"Liberation Mono",Consolas,monospace}
code{overflow-wrap:anywhere}
td.no,.none{color:var(--soft)}
svg{display:block;width:100%;height:auto;margin:14px 0 6px}
svg text{font:12px system-ui,"Segoe UI","Liberation Sans",Arial,sans-serif;fill:var(--ink);unicode-bidi:isolate}
svg text.h{font-weight:600;font-size:13px}
svg text.l{fill:var(--soft)}
svg rect{fill:var(--blue)}
svg rect.o{fill:var(--pale)}
svg .g{stroke:var(--line);stroke-width:1;fill:none}
svg .a{stroke:var(--soft);stroke-width:1;fill:none}
footer{margin-top:48px;padding-top:10px;border-top:1px solid var(--line);color:var(--soft);font-size:12px}
@media (max-width:720px){.tiles{grid-template-columns:repeat(2,1fr)}dl{grid-template-columns:max-content 1fr}}
@page{size:A4;margin:15mm 13mm}
@media print{
body{max-width:none;padding:0;font-size:9.5pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
h1{font-size:19pt}h2{font-size:13pt;margin-top:22pt}h3{font-size:10.5pt}
table{font-size:7.6pt}td.c,code{font-size:7pt}td,th{padding:2.5pt 4pt}
h2,h3,p.say{break-after:avoid}
tr,svg,.tiles,.verdict,dl{break-inside:avoid}}
'
$$;
REVOKE ALL ON FUNCTION ddm.html_style() FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_style() IS 'internal: the style sheet of the page of evidence';

CREATE FUNCTION ddm.html_fact(name text, value text) RETURNS text
    LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT '<dt>' || ddm.html(name) || '</dt><dd><bdi>' || coalesce(ddm.html(value), '&#8211;') || '</bdi></dd>'
$$;
REVOKE ALL ON FUNCTION ddm.html_fact(text, text) FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_fact(text, text) IS 'internal: a name and its value';

CREATE FUNCTION ddm.html_time(value text) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN value IN ('infinity', '-infinity') THEN value ELSE to_char(value::timestamptz, 'YYYY-MM-DD HH24:MI:SS OF') END
$$;
REVOKE ALL ON FUNCTION ddm.html_time(text) FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_time(text) IS 'internal: a time of the session''s time zone, with its distance from UTC';

CREATE FUNCTION ddm.html_tile(amount text, what text) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT '<div class="tile"><b>' || ddm.html(to_char(amount::numeric, 'FM999,999,999,999,990')) || '</b><span>' || ddm.html(what) || '</span></div>'
$$;
REVOKE ALL ON FUNCTION ddm.html_tile(text, text) FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_tile(text, text) IS 'internal: a number that the page begins with';

CREATE FUNCTION ddm.html_verdict(chain jsonb) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN (chain ->> 'ok')::boolean
        THEN format('<div class="verdict"><b>Whole.</b> Chain %s: %s events of the period, none changed, put in or taken out.</div>',
                    ddm.html(chain ->> 'chain'), ddm.html(to_char((chain ->> 'events')::numeric, 'FM999,999,999,990')))
        ELSE format('<div class="verdict bad"><b>Broken.</b> Chain %s at event %s: %s.</div>', ddm.html(chain ->> 'chain'),
                    ddm.html(coalesce(chain ->> 'bad_event', '?')), ddm.html(coalesce(chain ->> 'problem', '?'))) END
$$;
REVOKE ALL ON FUNCTION ddm.html_verdict(jsonb) FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_verdict(jsonb) IS 'internal: what the verification of a chain came to';

-- Lines of one cell; what is null is left out.
CREATE FUNCTION ddm.html_list(VARIADIC lines text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_jsonb(array_remove(lines, NULL))
$$;
REVOKE ALL ON FUNCTION ddm.html_list(text[]) FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_list(text[]) IS 'internal: the lines of a cell';

CREATE FUNCTION ddm.evidence_page(d jsonb) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws(E'\n',
        '<!DOCTYPE html>', '<html lang="en"><head><meta charset="utf-8"/>',
        '<meta http-equiv="Content-Security-Policy" content="default-src ''none''; style-src ''unsafe-inline''"/>',
        '<meta name="viewport" content="width=device-width"/>',
        '<title>Evidence: access to masked data, ' || ddm.html(d ->> 'database') || '</title>', '<style>' || ddm.html_style() || '</style></head><body>',
        '<header><h1>Access to masked data: evidence</h1><dl>',
        ddm.html_fact('Database', d ->> 'database') || ddm.html_fact('Server', format('PostgreSQL %s, ddm %s', d ->> 'server_version', d ->> 'ddm_version')),
        ddm.html_fact('From', ddm.html_time(d ->> 'from')) || ddm.html_fact('Up to, not including', ddm.html_time(d ->> 'to')),
        ddm.html_fact('Made', ddm.html_time(d ->> 'generated_at')) || ddm.html_fact('Made by', d ->> 'generated_by'),
        ddm.html_fact('Time zone', d ->> 'time_zone') || ddm.html_fact('Masking', format('%s (audit: %s)', d #>> '{status,mode}', d #>> '{status,audit}')),
        '</dl></header>', '<div class="tiles">',
        ddm.html_tile(d #>> '{totals,executions}', 'statements that read in clear'), ddm.html_tile(d #>> '{totals,rows}', 'rows they returned or changed'),
        ddm.html_tile(d #>> '{totals,roles}', 'roles that did'), ddm.html_tile(d #>> '{totals,columns}', 'masked columns read'),
        ddm.html_tile(d #>> '{totals,denied}', 'denied attempts'), ddm.html_tile(d #>> '{totals,changes}', 'changes of policy'),
        ddm.html_tile(d #>> '{totals,masked_columns}', 'masked columns now'), ddm.html_tile(d #>> '{totals,clear_roles}', 'roles that can read in clear now'), '</div>',
        '<h2>1. Is the trail whole?</h2>',
        '<p class="say">Each event carries a hash over itself and the event before. The seal is the head of the chain now: compared with one that was kept elsewhere, it shows whether all of the trail was rewritten.</p>',
        (SELECT coalesce(string_agg(ddm.html_verdict(c), E'\n' ORDER BY n), '<p class="none">There is no event yet.</p>') FROM jsonb_array_elements(d -> 'chains') WITH ORDINALITY AS l(c, n)),
        '<p>Seal: <code>' || coalesce(ddm.html(d ->> 'seal'), '&#8211;') || '</code></p>',
        CASE WHEN d -> 'retention' <> '[]' THEN '<h3>Dropped by retention</h3>' || ddm.html_table(d -> 'retention', '{time:t:Time,action:x:Action,object:x:Partition,reason:x:Reason}', '') END,
        '<h2>2. Who read in clear</h2>',
        '<p class="say">Statements that read stored values of masked columns, conditions included. Rows are those that were really returned or changed.</p>',
        ddm.html_calendar(d -> 'calendar', 'executions', 'Statements per ' || (d ->> 'calendar_step'), initcap(d ->> 'calendar_step') || CASE d ->> 'calendar_step' WHEN 'day' THEN '' ELSE ', by its first day' END),
        ddm.html_calendar(d -> 'calendar', 'rows', 'Rows per ' || (d ->> 'calendar_step'), initcap(d ->> 'calendar_step') || CASE d ->> 'calendar_step' WHEN 'day' THEN '' ELSE ', by its first day' END),
        '<h3>By role</h3>', ddm.html_bars(d -> 'unmask_by_role', 'role', 'executions', 'Statements by role'),
        ddm.html_table(d -> 'unmask_by_role', '{role:x:Role,user:x:Session user,cleared_by:x:Cleared by,executions:n:Statements,rows:n:Rows,first:t:First,last:t:Last}', 'Nobody read masked data in clear.',
            jsonb_build_object('role', 'Total') || (d -> 'unmask_total')),
        '<h3>By column</h3>', '<p class="say">A statement counts for each masked column that it reads.</p>', ddm.html_bars(d -> 'unmask_by_column', 'column', 'executions', 'Statements by column'),
        ddm.html_table(d -> 'unmask_by_column', '{column:x:Column,roles:n:Roles,executions:n:Statements,rows:n:Rows}', 'No masked column was read in clear.'),
        '<h3>By day</h3>', ddm.html_three_tables(d -> 'unmask_by_day', '{day:x:Day,executions:n:Statements,rows:n:Rows}', 'On no day.'),
        CASE WHEN d -> 'unfinished' <> '{}' THEN '<h3>Statements that did not end well</h3>' ||
            (SELECT ddm.html_table(jsonb_agg(jsonb_build_object('status', key, 'n', value) ORDER BY key), '{status:x:How they ended,n:n:Statements}', '') FROM jsonb_each(d -> 'unfinished')) END,
        '<h2>3. Denied attempts</h2>',
        ddm.html_table((SELECT coalesce(jsonb_agg(r || jsonb_build_object('who', ddm.html_list(r ->> 'user', nullif(r ->> 'role', r ->> 'user')),
                'what', ddm.html_list(r ->> 'kind', r ->> 'action'), 'of', ddm.html_list(r ->> 'object', CASE jsonb_typeof(r -> 'columns') WHEN 'array' THEN (SELECT string_agg(c, ', ') FROM jsonb_array_elements_text(r -> 'columns') AS c) END), 'why', ddm.html_list(r ->> 'reason', r ->> 'sqlstate')) ORDER BY n), '[]')
            FROM jsonb_array_elements(d -> 'denied') WITH ORDINALITY AS l(r, n)),
            '{who:x:Who,what:x:What,of:w:On,why:x:Why,attempts:n:Attempts,first:t:First,last:t:Last}', 'Nothing was denied or throttled.'),
        '<h2>4. Who can read in clear now, and why</h2>',
        ddm.html_table(d -> 'who_can_unmask', '{table:w:Table,columns:l:Columns,role:x:Role,why:x:By,through:x:Through,until:t:Until}', 'Nobody can.'),
        CASE WHEN d -> 'exemptions' <> '[]' THEN '<h3>Exemptions</h3>' || ddm.html_table(d -> 'exemptions', '{name:x:Name,members:x:Members,condition:c:Condition,until:t:Until,reason:x:Reason}', '') END,
        CASE WHEN d -> 'access' <> '[]' THEN '<h3>Access for a time, in the period</h3>' || ddm.html_table(d -> 'access', '{time:t:Time,actor:x:By,kind:x:Kind,action:x:Action,object:x:Object,after:x:Access,reason:x:Reason,approver:x:Approver}', '') END,
        '<h2>5. Policy in force now</h2>',
        ddm.html_table(d -> 'masked_columns', '{table:w:Table,column:w:Column,type:x:Type,mask:c:Mask,source:x:Source,why:x:Where it comes from}', 'No column is masked.'),
        '<h3>Settings that are not at their defaults</h3>',
        ddm.html_table(d -> 'settings', '{name:c:Setting,value:c:Value,default:c:Default,set_by:x:Set by}', 'None.'),
        '<h2>6. Changes of policy in the period</h2>',
        ddm.html_table((SELECT coalesce(jsonb_agg(r || jsonb_build_object('who', ddm.html_list(r ->> 'actor', 'as ' || nullif(r ->> 'role', r ->> 'actor')),
                'what', ddm.html_list(r ->> 'action', r ->> 'object'), 'why', ddm.html_list(r ->> 'reason', 'approved by ' || (r ->> 'approver'))) ORDER BY n), '[]')
            FROM jsonb_array_elements(d -> 'changes') WITH ORDINALITY AS l(r, n)),
            '{time:t:Time,who:x:By,what:w:What,before:c:Before,after:c:After,statement:c:Statement,why:x:Why}', 'None.'),
        format('<footer>Made by ddm %s from ddm.audit_log of database %s. The same content as data: ddm.evidence_report_json().</footer>', ddm.html(d ->> 'ddm_version'), ddm.html(d ->> 'database')),
        '</body></html>')
$$;
REVOKE ALL ON FUNCTION ddm.evidence_page(jsonb) FROM PUBLIC;
COMMENT ON FUNCTION ddm.evidence_page(jsonb) IS 'internal: what evidence_report_json() answers, as an HTML page';

CREATE FUNCTION ddm.evidence_report(from_time timestamptz, to_time timestamptz) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT ddm.evidence_page(ddm.evidence_report_json(from_time, to_time))
$$;
REVOKE ALL ON FUNCTION ddm.evidence_report(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ddm.evidence_report(timestamptz, timestamptz) TO ddm_auditor;
COMMENT ON FUNCTION ddm.evidence_report(timestamptz, timestamptz) IS
    'The evidence of a period as one self-contained HTML page';
