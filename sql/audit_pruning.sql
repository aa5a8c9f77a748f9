-- Questions about one day read that day's partitions alone; about one user, they go by an index.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
SET TimeZone = 'UTC';
SET session_replication_role = replica;
INSERT INTO ddm.audit_pending (event_time, kind, user_name, role_name, columns, status, row_count)
SELECT timestamptz '2097-01-01 00:00+00' + d * interval '1 day' + n * interval '1 minute', 'unmask', 'audit_pr_' || n % 500, 'audit_pr', '{t.c}', 'ok', 1
FROM generate_series(0, 9) AS d, generate_series(1, 1000) AS n;
RESET session_replication_role;
SET ddm.audit_timeout = '6s'; -- a change of policy, for which audit_flush() waits
SELECT ddm.audit_flush();
-- What a query reads of the trail: relations of the plan, and how.
CREATE FUNCTION audit_pr_scans(query text) RETURNS TABLE (relation text, how text, index_condition text) LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || query INTO plan;
    RETURN QUERY SELECT (node ->> 'Relation Name'), node ->> 'Node Type',
                        coalesce(node ->> 'Index Cond', node ->> 'Recheck Cond')
    FROM jsonb_path_query(plan::jsonb, 'strict $.** ? (exists(@."Relation Name"))') AS node;
END $$;
-- How a partition is named: by chain, then by day.
SELECT DISTINCT right(relation, 9) AS day
FROM audit_pr_scans($$SELECT * FROM ddm.unmask_events WHERE event_time >= '2097-01-04' AND event_time < '2097-01-05'$$);
SELECT DISTINCT right(relation, 9) AS day
FROM audit_pr_scans($$SELECT columns_unmasked, count(*) FROM ddm.unmask_events WHERE event_time BETWEEN '2097-01-04 10:00' AND '2097-01-05 10:00' GROUP BY 1$$)
ORDER BY 1;
-- Prepared, and in a function: pruned when it runs.
PREPARE one_day(timestamptz) AS SELECT count(*) FROM ddm.unmask_events WHERE event_time >= $1 AND event_time < $1 + interval '1 day';
SET plan_cache_mode = force_generic_plan;
CREATE FUNCTION audit_pr_run(statement text) RETURNS TABLE (day text) LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || statement INTO plan;
    RETURN QUERY SELECT DISTINCT right(node ->> 'Relation Name', 9)
    FROM jsonb_path_query(plan::jsonb, 'strict $.** ? (exists(@."Relation Name") && @."Actual Loops" > 0)') AS node;
END $$;
SELECT * FROM audit_pr_run('EXECUTE one_day(''2097-01-06'')');
RESET plan_cache_mode;
-- One user, over all days: an index of each partition, and none is read from end to end.
SELECT count(*) > 9 AS partitions, bool_and(how <> 'Seq Scan') AS by_index, bool_and(index_condition LIKE '%user_name = ''audit_pr_7''%') AS of_the_user
FROM audit_pr_scans($$SELECT * FROM ddm.unmask_events WHERE user_name = 'audit_pr_7'$$) WHERE right(relation, 9) BETWEEN '_20970101' AND '_20970110';
SELECT count(*), min(event_time), max(event_time) FROM ddm.unmask_events WHERE user_name = 'audit_pr_7';
DROP FUNCTION audit_pr_scans(text), audit_pr_run(text);
