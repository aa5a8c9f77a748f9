-- What a cleared role makes of masked columns carries masks on: ddm.derived_masks.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_dv_cleared;
CREATE ROLE ddm_dv_masked;
CREATE ROLE ddm_dv_partly;
CREATE SCHEMA derived_masks;
GRANT USAGE, CREATE ON SCHEMA derived_masks TO ddm_dv_cleared, ddm_dv_masked, ddm_dv_partly;
SET search_path = derived_masks;
CREATE TABLE person (id int PRIMARY KEY, email text, ssn varchar(11), phone text, salary int, region text);
CREATE TABLE visit (person_id int, at date);
INSERT INTO person VALUES
    (1, 'one@example.com', '123-45-6781', '555-1', 1000, 'EU'), (2, 'two@example.com', '123-45-6782', '555-2', 2000, 'US');
INSERT INTO visit VALUES (1, '2026-01-01'), (2, '2026-01-02');
SECURITY LABEL FOR ddm ON COLUMN person.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN person.ssn IS 'MASKED WITH FUNCTION partial(0, ''XXX-XX-'', 4)';
SECURITY LABEL FOR ddm ON COLUMN person.phone IS 'MASKED WITH VALUE NULL';
SECURITY LABEL FOR ddm ON COLUMN person.salary IS 'MASKED WITH FUNCTION default()';
GRANT SELECT ON ALL TABLES IN SCHEMA derived_masks TO ddm_dv_cleared, ddm_dv_masked, ddm_dv_partly;
GRANT UNMASK ON person TO ddm_dv_cleared;
GRANT UNMASK (email) ON person TO ddm_dv_partly;
CREATE VIEW person_view AS SELECT id, email AS mail, upper(email) AS shout, region FROM person;
CREATE FUNCTION inlined() RETURNS TABLE (m text, n int) LANGUAGE sql STABLE AS
    'SELECT email, 1 FROM derived_masks.person';
CREATE FUNCTION given() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'SELECT left(email, 1) FROM derived_masks.person';
GRANT SELECT ON person_view TO ddm_dv_cleared, ddm_dv_masked;
CREATE VIEW labels AS
    SELECT c.relname, a.attname, l.label
    FROM pg_seclabel l JOIN pg_class c ON c.oid = l.objoid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = l.objsubid
    WHERE l.provider = 'ddm' AND l.classoid = 'pg_class'::regclass AND c.relname LIKE 'd\_%'
        AND c.relnamespace = 'derived_masks'::regnamespace
    ORDER BY 1, a.attnum;

SET ROLE ddm_dv_cleared;
CREATE TABLE d_pass AS SELECT id, email, ssn AS number, phone, salary, region FROM person;
CREATE TABLE d_computed AS
    SELECT lower(email) AS low, salary * 12 AS year, ssn || phone AS pair, salary > 1500 AS rich, region || 'x' AS open,
           p AS whole_row, id FROM person p;
CREATE TABLE d_aggregate AS
    SELECT region, count(*) AS n, count(ssn) AS numbers, count(DISTINCT email) AS mails, max(salary) AS top,
           array_agg(email) AS list, row_number() OVER (ORDER BY max(salary)) AS place FROM person GROUP BY region;
SELECT email AS into_mail, id INTO d_into FROM person;
CREATE TABLE d_sub AS
    SELECT s.x, (SELECT ssn FROM person WHERE id = s.id) AS scalar, EXISTS (SELECT ssn FROM person) AS is_there,
           s.id IN (SELECT salary FROM person) AS in_there
    FROM (SELECT email AS x, id FROM person) s;
CREATE TABLE d_with AS
    WITH RECURSIVE w(n, e) AS (SELECT 1, email FROM person UNION ALL SELECT n + 1, e FROM w WHERE n < 2),
         unused AS (SELECT ssn FROM person)
    SELECT n, e FROM w;
CREATE TABLE d_union AS
    SELECT email AS same, email AS other, 'a' AS half, 'a' AS open FROM person
    UNION SELECT email, ssn, phone, 'b' FROM person;
CREATE TABLE d_join AS SELECT * FROM person JOIN visit ON person.id = visit.person_id;
CREATE TABLE d_using AS SELECT ssn, a.email FROM person a LEFT JOIN person b USING (ssn);
CREATE TABLE d_view AS SELECT * FROM person_view;
CREATE TABLE d_renamed (a, b) AS SELECT id, email FROM person ORDER BY salary;
CREATE TABLE d_lateral AS SELECT u, v.column1 FROM person, LATERAL unnest(ARRAY[email]) u, LATERAL (VALUES (ssn)) v;
CREATE TABLE d_function AS SELECT * FROM inlined();
-- What functions answer that are not inlined, if they read stored values under the name of whoever makes the table.
CREATE FUNCTION called() RETURNS TABLE (m text, n int) LANGUAGE sql AS 'SELECT email, 1 FROM derived_masks.person';
CREATE FUNCTION called_one(int) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT ssn FROM derived_masks.person WHERE id = $1); END $$;
CREATE FUNCTION folded() RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT max(ssn) FROM derived_masks.person';
CREATE FUNCTION called_open(int) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT region FROM derived_masks.person WHERE id = $1); END $$;
CREATE TABLE d_called AS SELECT c.*, id AS plain, count(*) OVER () AS total FROM called() c, visit, person WHERE person_id = id;
CREATE TABLE d_called_one AS SELECT id, called_one(id) AS one, upper(called_one(id)) AS upper_one, (SELECT called_one(2)) AS sub FROM person;
CREATE TABLE d_folded AS SELECT folded() AS f, 1 AS one;
CREATE TABLE d_called_open AS SELECT id, called_open(id) AS open FROM person;
CREATE TABLE d_text AS SELECT query_to_xml('SELECT ssn FROM derived_masks.person', true, false, '')::text AS x, now() AS at;
CREATE TABLE d_given AS SELECT * FROM given();
CREATE MATERIALIZED VIEW d_called_view AS SELECT id, called_one(id) AS one FROM person;
CREATE TABLE d_cast AS SELECT ssn::varchar(4) AS short, ssn::text AS long, email::varchar AS bare FROM person;
CREATE TABLE d_empty AS SELECT email FROM person WITH NO DATA;
CREATE TABLE IF NOT EXISTS d_empty AS SELECT id::text AS email FROM person;
CREATE TEMP TABLE d_temp AS SELECT email FROM person;
CREATE MATERIALIZED VIEW d_mat AS SELECT id, email, length(ssn) AS n FROM person;
CREATE MATERIALIZED VIEW d_mat_empty AS SELECT email FROM person WITH NO DATA;
PREPARE p(int) AS SELECT email, id FROM person WHERE id = $1;
CREATE TABLE d_execute AS EXECUTE p(1);
DO $$ BEGIN CREATE TABLE derived_masks.d_plpgsql AS SELECT email FROM derived_masks.person; END $$;
DO $$ BEGIN EXECUTE 'EXPLAIN ANALYZE CREATE TABLE derived_masks.d_explained AS SELECT email FROM derived_masks.person'; END $$;
EXPLAIN (COSTS OFF) CREATE TABLE d_not_made AS SELECT email FROM person;
RESET ROLE;
SELECT * FROM labels;
SELECT label FROM pg_seclabel WHERE objoid = 'd_temp'::regclass;

-- The masks hold; their maker reads what he made.
GRANT SELECT ON ALL TABLES IN SCHEMA derived_masks TO ddm_dv_masked;
SET ROLE ddm_dv_masked;
SELECT * FROM d_pass ORDER BY id;
SELECT low, year, pair, rich, open FROM d_computed ORDER BY id;
SELECT region, n, numbers, mails, top, list FROM d_aggregate ORDER BY 1;
SELECT * FROM d_mat ORDER BY id;
SET ROLE ddm_dv_cleared;
REFRESH MATERIALIZED VIEW d_mat;
SELECT * FROM d_mat ORDER BY id;

-- A masked role makes copies of the mask: nothing to mask twice. One that is cleared for a column carries that one on.
RESET ROLE;
DROP TABLE d_pass, d_computed, d_aggregate, d_into, d_sub, d_with, d_union, d_join, d_using, d_view, d_renamed,
    d_lateral, d_function, d_called, d_called_one, d_folded, d_called_open, d_text, d_given, d_cast, d_empty, d_temp, d_execute, d_plpgsql, d_explained;
DROP MATERIALIZED VIEW d_mat, d_mat_empty, d_called_view;
SET ROLE ddm_dv_masked;
CREATE TABLE d_copy AS SELECT * FROM person;
CREATE TABLE d_copy_view AS SELECT * FROM person_view;
SELECT email, ssn FROM d_copy ORDER BY id;
SET ROLE ddm_dv_partly;
CREATE TABLE d_partly AS SELECT id, email, ssn, email || ssn AS pair FROM person;
-- Materialized views made before there was a mask, or while their owner was masked.
RESET ROLE;
CREATE TABLE later (a text, b text);
GRANT SELECT ON later TO ddm_dv_masked;
SET ROLE ddm_dv_masked;
CREATE MATERIALIZED VIEW d_early AS SELECT a, b || '!' AS c FROM later;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN later.a IS 'MASKED WITH FUNCTION full(''-'')';
SECURITY LABEL FOR ddm ON COLUMN later.b IS 'MASKED WITH FUNCTION default()';
REFRESH MATERIALIZED VIEW d_early;
SELECT * FROM labels;
GRANT UNMASK ON later TO ddm_dv_masked;
REFRESH MATERIALIZED VIEW d_early;
REFRESH MATERIALIZED VIEW d_early;
SELECT * FROM labels WHERE relname = 'd_early';
-- Those that are there when a mask comes hold what is stored, through views and one over the other.
CREATE TABLE unmasked (id int, a text);
CREATE VIEW over_unmasked AS SELECT id, a AS renamed FROM unmasked;
CREATE MATERIALIZED VIEW d_there AS SELECT id, renamed, upper(renamed) AS loud, count(*) OVER () AS n FROM over_unmasked;
CREATE MATERIALIZED VIEW d_there_too AS SELECT renamed || '!' AS called FROM d_there;
CREATE MATERIALIZED VIEW d_elsewhere AS SELECT id FROM unmasked;
SECURITY LABEL FOR ddm ON COLUMN unmasked.a IS 'MASKED WITH FUNCTION full(''-'')';
SELECT * FROM labels WHERE relname IN ('d_there', 'd_there_too', 'd_elsewhere');
DROP TABLE unmasked CASCADE;
-- Computed from what stands in other places than the select list: the order and the parts of a window, the conditions of
-- EXISTS. Counts stay open, but for those that say which rows come before.
CREATE TABLE sorted (id int, a text, open int);
SECURITY LABEL FOR ddm ON COLUMN sorted.a IS 'MASKED WITH FUNCTION default()';
CREATE TABLE d_window AS SELECT id, rank() OVER (ORDER BY a) AS ranked, row_number() OVER w AS numbered, lag(id) OVER w AS before,
    first_value(id) OVER (PARTITION BY a ORDER BY id) AS first_alike, count(*) OVER (PARTITION BY a) AS alike,
    count(*) OVER (PARTITION BY open ORDER BY a) AS as_rank, sum(open) OVER (ORDER BY id) AS total, ntile(4) OVER (ORDER BY upper(a)) AS part
    FROM sorted WINDOW w AS (ORDER BY a DESC);
CREATE TABLE d_exists AS SELECT id, EXISTS (SELECT FROM sorted s WHERE s.id = t.id AND s.a > 'm') AS found,
    NOT EXISTS (SELECT FROM sorted s WHERE s.a = t.a) AS alone, EXISTS (SELECT 1 FROM (SELECT id FROM sorted WHERE a > 'm') s) AS below,
    EXISTS (WITH c AS (SELECT id FROM sorted WHERE a > 'm') SELECT FROM c) AS by_with, EXISTS (SELECT a FROM sorted s WHERE s.open = t.id) AS open,
    EXISTS (SELECT FROM sorted GROUP BY open HAVING max(a) > 'm') AS by_having,
    t.id IN (SELECT id FROM sorted WHERE a > 'm') AS by_in, t.id <> ALL (SELECT id FROM sorted WHERE open > 0) AS open_too,
    (t.id, t.open) IN (SELECT id, open FROM (SELECT * FROM sorted WHERE a > 'm') s) AS by_row,
    (SELECT count(*) FROM sorted s WHERE s.a = t.a) AS counted FROM sorted t;
SELECT * FROM labels WHERE relname IN ('d_window', 'd_exists');
-- What was taken off on purpose stays off.
SECURITY LABEL FOR ddm ON COLUMN d_early.a IS 'NOT MASKED';
REFRESH MATERIALIZED VIEW d_early;
SELECT * FROM labels WHERE relname = 'd_early';
-- The superuser and the owner are exempt, and what they make is masked for others.
CREATE TABLE d_super AS SELECT email FROM person;
SELECT * FROM labels WHERE relname = 'd_super';
-- A trigger makes a table of its transition table.
CREATE FUNCTION keep_old() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CREATE TABLE d_old AS SELECT id, email, region FROM old_rows;
    EXECUTE 'CREATE TABLE d_old_computed AS SELECT region, to_jsonb(o) AS whole, max(salary) AS top, count(ssn) AS n FROM old_rows o GROUP BY region, o';
    RETURN NULL;
END $$;
CREATE TRIGGER keep_old AFTER UPDATE ON person REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_old();
UPDATE person SET region = region;
DROP TRIGGER keep_old ON person;
SELECT * FROM labels WHERE relname LIKE 'd\_old%';

-- What functions read in parallel workers nobody counts: there are none.
CREATE TABLE numbers WITH (parallel_workers = 2) AS SELECT i FROM generate_series(1, 1000) i;
GRANT SELECT ON numbers TO ddm_dv_cleared;
ANALYZE numbers;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SET max_parallel_workers_per_gather = 2;
SET ROLE ddm_dv_cleared;
CREATE FUNCTION email_of(which int) RETURNS text STABLE PARALLEL SAFE LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT email FROM derived_masks.person WHERE id = which); END';
EXPLAIN (COSTS OFF) SELECT i, email_of(i) FROM numbers WHERE i < 3;
CREATE TABLE d_worker AS SELECT i, email_of(i) FROM numbers WHERE i < 3;
CREATE MATERIALIZED VIEW d_worker_view AS SELECT i, email_of(i) FROM numbers WHERE i < 3 WITH NO DATA;
REFRESH MATERIALIZED VIEW d_worker_view;
RESET ROLE;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET parallel_leader_participation;
RESET max_parallel_workers_per_gather;
SELECT * FROM labels WHERE relname LIKE 'd\_worker%';

-- The setting.
SET ROLE ddm_dv_cleared;
SET ddm.derived_masks = 'off';
RESET ROLE;
SET ddm.derived_masks = 'passthrough';
SET ROLE ddm_dv_cleared;
CREATE TABLE d_setting_pass AS SELECT email, lower(email) AS low FROM person;
RESET ROLE;
SET ddm.derived_masks = 'off';
SET ROLE ddm_dv_cleared;
CREATE TABLE d_setting_off AS SELECT email, lower(email) AS low FROM person;
RESET ROLE;
RESET ddm.derived_masks;
SELECT * FROM labels WHERE relname LIKE 'd\_setting%';

-- A condition goes along where the columns are that it is on: a label that could not be set would not be restored.
SECURITY LABEL FOR ddm ON COLUMN person.email IS
    'MASKED WITH FUNCTION email() WHEN (region <> ''US'') FOR ddm_dv_partly WITH VALUE NULL';
SECURITY LABEL FOR ddm ON COLUMN person.ssn IS
    'MASKED WITH FUNCTION default() FOR ddm_dv_masked WITH VALUE NULL WHEN (region <> ''EU'')';
SET ROLE ddm_dv_cleared;
CREATE TABLE d_when_here AS SELECT email, ssn, region FROM person;
CREATE TABLE d_when_gone AS SELECT email, ssn, region AS place FROM person;
-- Nor where a column of that name is of another row, or of none.
CREATE TABLE d_when_other AS SELECT a.email, a.ssn, b.region FROM person a, person b;
CREATE TABLE d_when_made AS SELECT email, ssn, 'US'::text AS region FROM person;
CREATE TABLE d_when_renamed (email, ssn, place, region) AS SELECT email, ssn, region, 'US'::text FROM person;
CREATE MATERIALIZED VIEW d_when_viewed (email, ssn, place, region) AS SELECT email, ssn, region, 'US'::text FROM person;
CREATE TABLE d_when_nested AS SELECT (SELECT min(b.ssn) FROM person b), (SELECT b.email FROM person b LIMIT 1), region FROM person;
CREATE TABLE d_when_grouped AS SELECT email, ssn, region FROM person GROUP BY GROUPING SETS ((email, ssn), (region));
CREATE TABLE d_when_turned (region, ssn, email) AS SELECT region, ssn, email FROM person;
RESET ROLE;
SELECT * FROM labels WHERE relname LIKE 'd\_when%';

DEALLOCATE p;
DROP SCHEMA derived_masks CASCADE;
DROP ROLE ddm_dv_cleared, ddm_dv_masked, ddm_dv_partly;
