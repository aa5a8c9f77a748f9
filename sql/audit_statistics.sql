-- Most common values and histogram bounds are stored values: who is shown those of a masked column leaves an event,
-- and what is made of them is masked.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE audit_stats_cleared;
CREATE ROLE audit_stats_masked;
CREATE ROLE audit_stats_owner;
GRANT audit_stats_owner TO audit_stats_masked, audit_stats_cleared;
CREATE SCHEMA audit_stats;
GRANT USAGE, CREATE ON SCHEMA audit_stats TO audit_stats_cleared, audit_stats_masked, audit_stats_owner;
SET search_path = audit_stats;
SET ddm.exempt_owner = off;
CREATE TABLE people (id int, email text, ssn text, tags text[], open text);
INSERT INTO people SELECT g, 'mail-' || g % 3, 'ssn-' || g, ARRAY['tag-' || g % 2], 'open-' || g % 3 FROM generate_series(1, 300) g;
CREATE INDEX people_lower ON people (lower(ssn));
CREATE STATISTICS people_both (mcv) ON email, open FROM people;
CREATE STATISTICS people_expr ON upper(ssn) FROM people;
ANALYZE people;
ALTER TABLE people ADD COLUMN late text DEFAULT 'late-value';
SELECT format('SECURITY LABEL FOR ddm ON COLUMN people.%s IS %L', one, 'MASKED WITH FUNCTION default()')
FROM unnest('{email, ssn, tags, late}'::text[]) AS one \gexec
GRANT SELECT ON people TO audit_stats_cleared, audit_stats_masked;
ALTER TABLE people OWNER TO audit_stats_owner;
GRANT UNMASK ON people TO audit_stats_cleared;
SELECT FROM ddm.audit_flush();
SELECT coalesce(max(event_id), 0) AS start FROM ddm.audit_log \gset
SET application_name = 'by hand';
SELECT stavalues1 FROM pg_statistic WHERE starelid = 'people'::regclass AND staattnum = 2;
GRANT SELECT ON pg_statistic TO audit_stats_cleared;

SET ROLE audit_stats_cleared;
SET application_name = 'one column'; SELECT most_common_vals FROM pg_stats WHERE schemaname = 'audit_stats' AND attname = 'email';
SET application_name = 'histogram'; SELECT histogram_bounds::text <> '' AS bounds FROM pg_stats WHERE schemaname = 'audit_stats' AND attname = 'ssn';
SET application_name = 'elements'; SELECT most_common_elems FROM pg_stats WHERE schemaname = 'audit_stats' AND attname = 'tags';
SET application_name = 'index'; SELECT histogram_bounds::text <> '' AS bounds FROM pg_stats WHERE schemaname = 'audit_stats' AND tablename = 'people_lower';
SET application_name = 'condition'; SELECT attname FROM pg_stats WHERE schemaname = 'audit_stats' AND most_common_vals::text ~ 'mail-1';
SET application_name = 'extended'; SELECT most_common_vals FROM pg_stats_ext WHERE statistics_schemaname = 'audit_stats' AND statistics_name = 'people_both';
SET application_name = 'expression'; SELECT histogram_bounds::text <> '' AS bounds FROM pg_stats_ext_exprs WHERE statistics_schemaname = 'audit_stats';
SET application_name = 'whole row'; SELECT s::text ~ 'mail-1' AS shown FROM pg_statistic s WHERE starelid = 'people'::regclass AND staattnum = 2;
SET application_name = 'outer join'; SELECT s.stavalues1, s.stavalues2 FROM (VALUES (2), (9)) v (n) LEFT JOIN pg_statistic s ON s.starelid = 'people'::regclass AND s.staattnum = v.n ORDER BY n;
PREPARE both_columns AS SELECT attname, most_common_vals FROM pg_stats WHERE schemaname = 'audit_stats' AND attname IN ('email', 'open') ORDER BY 1;
SET application_name = 'prepared'; EXECUTE both_columns;
SET application_name = 'prepared again'; EXECUTE both_columns;
SET application_name = 'copied'; CREATE TABLE copied AS SELECT attname, n_distinct, most_common_vals::text AS vals FROM pg_stats WHERE schemaname = 'audit_stats' AND attname = 'email';
SET application_name = 'grouped'; SELECT most_common_vals::text, count(*) FROM pg_stats WHERE schemaname = 'audit_stats' AND attname = 'email' GROUP BY 1 HAVING most_common_vals::text <> '';
SET application_name = 'lateral'; SELECT m.* FROM (SELECT most_common_vals AS v FROM pg_stats WHERE schemaname = 'audit_stats' AND attname = 'email' OFFSET 0) s, LATERAL unnest(v::text::text[]) m WHERE m IN (SELECT 'mail-2' WHERE v IS NOT NULL);
SET application_name = 'copied out'; COPY (SELECT most_common_vals FROM pg_stats WHERE schemaname = 'audit_stats' AND attname = 'email') TO STDOUT;
RESET ROLE; SET ddm.audit_detail = 'summary'; SET ROLE audit_stats_cleared;
SELECT attname, most_common_vals FROM pg_stats WHERE schemaname = 'audit_stats' AND attname IN ('email', 'tags') ORDER BY 1;
SELECT attname, most_common_vals FROM pg_stats WHERE schemaname = 'audit_stats' AND attname IN ('email', 'tags') ORDER BY 1;
RESET ROLE; RESET ddm.audit_detail; SET ROLE audit_stats_cleared;
SET application_name = 'earlier rows'; SELECT attmissingval FROM pg_attribute WHERE attrelid = 'people'::regclass AND attname = 'late';
SET application_name = 'earlier, whole row'; SELECT a::text ~ 'late-value' AS shown FROM pg_attribute a WHERE attrelid = 'people'::regclass AND attname IN ('id', 'late') ORDER BY attnum;
SET application_name = 'earlier, copied'; CREATE TABLE copied_late AS SELECT attname, attmissingval::text AS vals FROM pg_attribute WHERE attrelid = 'people'::regclass AND atthasmissing;
SET application_name = 'cursor'; BEGIN;
DECLARE parts CURSOR FOR SELECT attname, most_common_vals FROM pg_stats WHERE schemaname = 'audit_stats' AND attname IN ('email', 'open') ORDER BY attname DESC;
FETCH 1 FROM parts;
FETCH 1 FROM parts;
CLOSE parts;
SAVEPOINT undone;
SET LOCAL application_name = 'undone'; SELECT most_common_vals FROM pg_stats WHERE schemaname = 'audit_stats' AND attname = 'email';
ROLLBACK TO undone;
ROLLBACK;
SET application_name = 'caught';
DO $$ BEGIN
    PERFORM (most_common_vals::text)::int FROM pg_stats WHERE schemaname = 'audit_stats' AND attname = 'email';
EXCEPTION WHEN data_exception THEN NULL; END $$;
-- None: nothing of a masked column's values.
SET application_name = 'numbers'; SELECT attname, n_distinct > 0 AS few, most_common_freqs FROM pg_stats WHERE schemaname = 'audit_stats' AND attname = 'email';
SET application_name = 'planned'; EXPLAIN (COSTS OFF) SELECT most_common_vals FROM pg_stats \g /dev/null
-- What a cursor keeps of it is for the role that was shown it.
SET application_name = 'held'; BEGIN; DECLARE shown CURSOR WITH HOLD FOR SELECT most_common_vals FROM pg_stats WHERE schemaname = 'audit_stats' AND attname = 'email'; COMMIT;
SET ROLE audit_stats_masked;
FETCH 1 FROM shown;
SET ROLE audit_stats_cleared;
FETCH 1 FROM shown;
RESET ROLE; REVOKE UNMASK ON people FROM audit_stats_cleared; SET ROLE audit_stats_cleared;
FETCH 1 FROM shown;
RESET ROLE; GRANT UNMASK ON people TO audit_stats_cleared; SET ROLE audit_stats_cleared;
SET application_name = 'open'; SELECT most_common_vals FROM pg_stats WHERE schemaname = 'audit_stats' AND attname = 'open';
CREATE TABLE copied_open AS SELECT most_common_vals::text AS vals FROM pg_stats WHERE schemaname = 'audit_stats' AND attname = 'open';
SET ROLE audit_stats_masked;
SET application_name = 'masked'; SELECT attname, most_common_vals FROM pg_stats WHERE schemaname = 'audit_stats' ORDER BY 1;
RESET ROLE;
RESET application_name;
SELECT FROM ddm.audit_flush();
SELECT application_name AS statement, replace(c.list, 'audit_stats.', '') AS columns_unmasked, row_count AS rows,
       command, status, cleared_by, nested, query_id <> 0 AS id
FROM ddm.unmask_events,
     LATERAL (SELECT string_agg(one, ' ' ORDER BY one) AS list FROM unnest(columns_unmasked) AS one) c
WHERE event_id > :start AND (role_name ~ '^audit_stats_' OR application_name <> '') AND status <> 'summary' ORDER BY event_id;
SELECT columns_unmasked, sum(executions) AS executions, sum(row_count) AS rows, command, status FROM ddm.unmask_events
WHERE event_id > :start AND role_name = 'audit_stats_cleared' AND status = 'summary' GROUP BY 1, 4, 5;
SELECT objname, label FROM pg_seclabels WHERE objname ~ '^(audit_stats\.)?copied' ORDER BY 1;

-- As is what a materialized view keeps, whoever refreshes it.
CREATE MATERIALIZED VIEW kept AS SELECT most_common_vals::text AS vals FROM pg_stats WHERE schemaname = 'audit_stats' AND attname = 'email' WITH NO DATA;
SELECT label FROM pg_seclabels WHERE objname ~ '^(audit_stats\.)?kept';
REFRESH MATERIALIZED VIEW kept;
SELECT label FROM pg_seclabels WHERE objname ~ '^(audit_stats\.)?kept';
-- Nobody calls it by hand, nor reads the pieces of what is too long for a row.
DO $$ BEGIN
    PERFORM ddm.value_as_seen('people'::regclass, 2::int2, 'x'::text, 'null'::internal);
EXCEPTION WHEN cannot_coerce OR feature_not_supported THEN RAISE WARNING 'refused'; -- by the parser, or by what reads such a value
END $$;
SELECT count(*) FROM pg_toast.pg_toast_2619;
-- Where the event can't be written nothing is shown: see test/t/audit_fail.pl.
REVOKE SELECT ON pg_statistic FROM audit_stats_cleared;
DROP SCHEMA audit_stats CASCADE;
DROP OWNED BY audit_stats_cleared, audit_stats_masked, audit_stats_owner;
DROP ROLE audit_stats_cleared, audit_stats_masked, audit_stats_owner;
