-- Each question: how many partitions it reads, and how much of them.
CREATE OR REPLACE FUNCTION question(name text, query text, partitions bigint, share numeric) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
    read_from bigint;
    sequential bigint;
    buffers numeric;
    pages numeric := (SELECT round(sum(pg_relation_size(c.oid)) / 8192) FROM pg_class c WHERE relname LIKE 'audit\_log\_00000000000004d2\_%' AND relkind = 'r');
    ms numeric;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON, TIMING OFF) ' || query INTO plan;
    SELECT count(DISTINCT node ->> 'Relation Name'), count(*) FILTER (WHERE node ->> 'Node Type' = 'Seq Scan'),
           sum((node ->> 'Shared Hit Blocks')::numeric + (node ->> 'Shared Read Blocks')::numeric) -- of scans; a start of parallel workers reads catalogs
    INTO read_from, sequential, buffers
    FROM jsonb_path_query(plan, 'strict $.** ? (exists(@."Relation Name") && @."Actual Loops" > 0)') AS node;
    ms := (plan #>> '{0,Execution Time}')::numeric;
    RETURN format('%s%s: %s partitions, %s of them from end to end, %s of %s pages (%s %%), %s ms',
                  CASE WHEN read_from > partitions OR buffers > pages * share + 3 * partitions + 100 THEN 'too much: ' ELSE '    ' END,
                  name, read_from, sequential, buffers, pages, round(100 * buffers / pages, 2), round(ms, 1));
END $$;
\pset format unaligned
\pset tuples_only
-- Of a hundred partitions one; ten more are today's own. What is read of each index, and the pages at the ends of a
-- range, come on top of the share.
SELECT question('one day', $$SELECT * FROM ddm.unmask_events WHERE event_time >= '2025-02-03 00:00+00' AND event_time < '2025-02-04 00:00+00'$$, 1, 0.0101);
SELECT question('one day, by column', $$SELECT columns_unmasked, count(*) FROM ddm.unmask_events WHERE event_time >= '2025-02-03 00:00+00' AND event_time < '2025-02-04 00:00+00' GROUP BY 1$$, 1, 0.0101);
SELECT question('one hour', $$SELECT * FROM ddm.unmask_events WHERE event_time >= '2025-02-03 10:00+00' AND event_time < '2025-02-03 11:00+00'$$, 1, 0.002);
SELECT question('one user on one day', $$SELECT * FROM ddm.unmask_events WHERE user_name = 'user900' AND event_time >= '2025-02-03 00:00+00' AND event_time < '2025-02-04 00:00+00'$$, 1, 0.001);
SELECT question('one user, ever', $$SELECT * FROM ddm.unmask_events WHERE user_name = 'user900'$$, 110, 0.02);
SELECT question('a user who is not there', $$SELECT * FROM ddm.unmask_events WHERE user_name = 'nobody'$$, 110, 0.001);
\pset format aligned
\pset tuples_only off
EXPLAIN (COSTS OFF) SELECT * FROM ddm.unmask_events WHERE event_time >= '2025-02-03 00:00+00' AND event_time < '2025-02-04 00:00+00';
EXPLAIN (COSTS OFF) SELECT * FROM ddm.unmask_events WHERE user_name = 'user900' AND event_time >= '2025-02-03 00:00+00' AND event_time < '2025-02-05 00:00+00';
