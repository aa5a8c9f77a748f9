--- prepared statement
PREPARE p(int) AS SELECT email, salary FROM customers WHERE id >= $1 ORDER BY id LIMIT 20;
EXECUTE p(1);
EXECUTE p(200);
EXPLAIN (VERBOSE) EXECUTE p(3);
--- prepared statement compared with a parameter
PREPARE p(text, numeric) AS SELECT id FROM customers WHERE ssn = $1 OR salary > $2 ORDER BY id;
EXECUTE p('100-10-0001', 500000);
EXPLAIN EXECUTE p('100-10-0001', 500000);
--- prepared statement, generic and custom plans
PREPARE p(numeric) AS SELECT count(*), max(email) FROM customers WHERE salary > $1;
SET plan_cache_mode = force_generic_plan;
EXPLAIN EXECUTE p(200000);
EXECUTE p(200000);
SET plan_cache_mode = force_custom_plan;
EXPLAIN EXECUTE p(200000);
EXECUTE p(200000);
--- prepared statement, seven times, so that the plan cache chooses
PREPARE p(int) AS SELECT count(*) FROM customers WHERE score > $1;
EXECUTE p(1100);
EXECUTE p(1100);
EXECUTE p(1100);
EXECUTE p(1100);
EXECUTE p(1100);
EXECUTE p(1100);
EXECUTE p(1100);
EXPLAIN EXECUTE p(1100);
SELECT generic_plans, custom_plans FROM pg_prepared_statements;
--- prepared as cleared, executed as masked
-- role: tw_switch
SET ROLE tw_cleared;
PREPARE p AS SELECT id, email, salary FROM customers ORDER BY id LIMIT 30;
PREPARE q AS SELECT count(*) FROM customers WHERE salary > 200000;
SELECT count(*) FROM pg_prepared_statements;
SET ROLE tw_masked;
EXECUTE p;
EXECUTE q;
--- prepared and executed as cleared, then as masked, generic plan
-- role: tw_switch
SET plan_cache_mode = force_generic_plan;
SET ROLE tw_cleared;
PREPARE p(int) AS SELECT count(*) FROM customers WHERE length(email) > $1;
PREPARE s(int) AS SELECT id, email, ssn FROM customers WHERE id = $1;
EXECUTE p(1);
SET ROLE tw_masked;
EXECUTE p(1);
EXECUTE s(5);
RESET ROLE;
SET ROLE tw_masked;
EXECUTE s(6);
--- prepared as the owner, executed as masked
-- role: tw_switch
SET ROLE tw_owner;
PREPARE p AS SELECT id, secret, amount FROM desk ORDER BY id;
SET ROLE tw_masked;
EXECUTE p;
--- set role inside a transaction
-- role: tw_switch
SET ROLE tw_cleared;
PREPARE p AS SELECT id, secret, amount FROM desk ORDER BY id;
BEGIN;
SET LOCAL ROLE tw_masked;
EXECUTE p;
ROLLBACK;
--- set role by set_config in the same statement
-- role: tw_switch
SET ROLE tw_masked;
SELECT set_config('role', 'tw_masked', false), email FROM customers ORDER BY id LIMIT 5;
--- session authorization is not for everybody
-- role: tw_masked
-- blind: an error of the rights of a session
SET SESSION AUTHORIZATION tw_cleared;
SET ROLE tw_cleared;
SELECT current_user, session_user;
--- cursor
BEGIN;
DECLARE c CURSOR FOR SELECT id, email, salary FROM customers ORDER BY id;
FETCH 5 FROM c;
FETCH FORWARD 5 FROM c;
FETCH ALL FROM c;
COMMIT;
--- scroll cursor
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT ssn FROM customers WHERE salary > 150000 ORDER BY id;
FETCH LAST FROM c;
FETCH PRIOR FROM c;
FETCH ABSOLUTE 3 FROM c;
FETCH RELATIVE -1 FROM c;
FETCH BACKWARD ALL FROM c;
COMMIT;
--- cursor with hold
BEGIN;
DECLARE c CURSOR WITH HOLD FOR SELECT email, salary FROM customers ORDER BY id;
COMMIT;
FETCH 30 FROM c;
CLOSE c;
--- binary cursor
BEGIN;
DECLARE c BINARY CURSOR FOR SELECT email, score FROM customers ORDER BY id;
FETCH 10 FROM c;
COMMIT;
--- cursor opened as cleared, fetched as masked
-- refused: the reader is no longer cleared
-- role: tw_switch
BEGIN;
SET LOCAL ROLE tw_cleared;
DECLARE c CURSOR FOR SELECT id, email, salary FROM customers ORDER BY id;
SET LOCAL ROLE tw_masked;
FETCH 5 FROM c;
ROLLBACK;
--- held cursor opened as cleared, fetched as masked
-- refused: the reader is no longer cleared
-- role: tw_switch
SET ROLE tw_cleared;
BEGIN;
DECLARE c CURSOR WITH HOLD FOR SELECT id, email, salary FROM customers ORDER BY id;
COMMIT;
SET ROLE tw_masked;
FETCH 5 FROM c;
--- cursor read in part as cleared, then as masked
-- blind: widths are equal in both worlds
-- refused: the reader is no longer cleared
-- role: tw_switch
BEGIN;
SET LOCAL ROLE tw_cleared;
DECLARE c SCROLL CURSOR FOR SELECT length(email) FROM customers WHERE id > 20 ORDER BY id;
FETCH 2 FROM c;
SET LOCAL ROLE tw_masked;
MOVE BACKWARD 1 FROM c;
FETCH 1 FROM c;
ROLLBACK;
--- cursor name listing
BEGIN;
DECLARE c CURSOR FOR SELECT email FROM customers WHERE salary > 1;
SELECT name, statement FROM pg_cursors;
FETCH 3 FROM c;
COMMIT;
--- fetch in plpgsql
DO $$
DECLARE c CURSOR (n int) FOR SELECT * FROM shop.customers WHERE score > n ORDER BY id; r record;
BEGIN
    OPEN c(1010);
    FETCH c INTO r;
    RAISE NOTICE '%', r;
    MOVE FORWARD 3 FROM c;
    FETCH c INTO r;
    RAISE NOTICE '%', r;
    CLOSE c;
END $$;
--- where current of
BEGIN;
DECLARE c CURSOR FOR SELECT id, secret FROM desk WHERE amount < 5000 ORDER BY id FOR UPDATE;
FETCH 3 FROM c;
UPDATE desk SET open = 'current' WHERE CURRENT OF c RETURNING *;
DELETE FROM desk WHERE CURRENT OF c RETURNING *;
ROLLBACK;
--- where current of, cursor over a filter by a secret
-- refused: no row passes
BEGIN;
DECLARE c CURSOR FOR SELECT id FROM desk WHERE secret > 'a9';
FETCH 1 FROM c;
UPDATE desk SET open = 'current' WHERE CURRENT OF c RETURNING id;
ROLLBACK;
--- where current of in plpgsql
BEGIN;
DO $$
DECLARE c CURSOR FOR SELECT * FROM shop.desk WHERE amount > 150 FOR UPDATE; r record; n int := 0;
BEGIN
    FOR r IN c LOOP UPDATE shop.desk SET open = 'cur ' || id WHERE CURRENT OF c; n := n + 1; END LOOP;
    RAISE NOTICE '% rows', n;
END $$;
SELECT id, open FROM desk WHERE open LIKE 'cur%' ORDER BY id;
ROLLBACK;
--- transaction with savepoints
BEGIN;
SELECT email FROM customers WHERE id = 1;
SAVEPOINT a;
SELECT CAST(email AS int) FROM customers WHERE id = 1;
ROLLBACK TO a;
SELECT ssn FROM customers WHERE id = 2;
COMMIT;
--- read only transaction
BEGIN READ ONLY;
SELECT email, salary FROM customers WHERE score > 1010 ORDER BY id LIMIT 30;
COMMIT;
--- serializable transaction
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT sum(salary) FROM customers WHERE active;
SELECT locktype, relation::regclass, mode FROM pg_locks WHERE locktype = 'relation' AND mode = 'SIReadLock' ORDER BY 2::text;
COMMIT;
--- repeatable read with an exported snapshot
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT pg_export_snapshot() IS NOT NULL;
SELECT max(ssn) FROM customers;
COMMIT;
--- multiple statements in one query string
-- plain: psql sends them as one
SELECT email FROM customers WHERE id = 1\; SELECT salary FROM customers WHERE id = 2\; SELECT ssn FROM customers WHERE id = 3;
--- deallocate and discard
PREPARE p AS SELECT email FROM customers WHERE id < 9 ORDER BY id;
EXECUTE p;
DISCARD PLANS;
EXECUTE p;
DEALLOCATE p;
DISCARD ALL;
SELECT secret FROM shop.desk ORDER BY id;
--- lock
BEGIN;
LOCK TABLE customers IN ACCESS EXCLUSIVE MODE;
SELECT email FROM customers WHERE id = 4;
COMMIT;
--- two-phase commit
BEGIN;
UPDATE desk SET open = 'prepared' WHERE id = 9 RETURNING secret, open;
SELECT count(*) FROM desk WHERE amount > 200;
PREPARE TRANSACTION 'tw';
COMMIT PREPARED 'tw';
--- explain in every format
EXPLAIN (FORMAT JSON) SELECT email FROM customers WHERE salary > 300000;
EXPLAIN (FORMAT XML, VERBOSE) SELECT email FROM customers WHERE salary > 300000;
EXPLAIN (FORMAT YAML, VERBOSE, SETTINGS) SELECT email FROM customers WHERE salary > 300000 ORDER BY ssn;
--- explain of what is written
EXPLAIN (VERBOSE) UPDATE customers SET visits = 1 WHERE salary > 300000 RETURNING *;
EXPLAIN (VERBOSE) DELETE FROM desk WHERE secret > 'a9';
EXPLAIN (VERBOSE) INSERT INTO sink (t, n) SELECT email, salary FROM customers WHERE score > 1100;
EXPLAIN (VERBOSE) MERGE INTO desk d USING ruled r ON d.secret = r.secret WHEN MATCHED THEN UPDATE SET open = r.secret;
--- explain of create table as and others
EXPLAIN (VERBOSE) CREATE TABLE t AS SELECT email FROM customers WHERE salary > 300000;
EXPLAIN (VERBOSE) DECLARE c CURSOR FOR SELECT email FROM customers WHERE salary > 300000;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) CREATE TEMP TABLE t AS SELECT email FROM customers WHERE salary > 300000;
EXPLAIN (VERBOSE) REFRESH MATERIALIZED VIEW mat;
--- explain analyze counts what a filter removed
-- plain: it is an EXPLAIN
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id FROM customers WHERE ssn = '100-10-0001' OR salary > 500000;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id FROM customers WHERE region = 'EU' AND email > 'g';
--- explain generic plan
-- since: 16
EXPLAIN (GENERIC_PLAN, VERBOSE) SELECT email FROM customers WHERE salary > $1 AND ssn = $2;
--- explain with memory and serialization
-- since: 17
-- blind: what it measures is bytes, and the values of both worlds are of one width
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF, SERIALIZE) SELECT email, salary FROM customers WHERE region = 'EU';
--- estimates of equality
-- plain: it is an EXPLAIN
EXPLAIN SELECT 1 FROM customers WHERE ssn = '100-10-0001';
EXPLAIN SELECT 1 FROM customers WHERE score = 1000;
EXPLAIN SELECT 1 FROM big WHERE secret = 26;
EXPLAIN SELECT 1 FROM big WHERE label = 'a0cc175b9c';
EXPLAIN SELECT 1 FROM events WHERE payload = 'x';
EXPLAIN SELECT 1 FROM events_1 WHERE amount = 23;
--- estimates of ranges
-- plain: it is an EXPLAIN
EXPLAIN SELECT 1 FROM customers WHERE salary > 300000;
EXPLAIN SELECT 1 FROM big WHERE secret BETWEEN 100 AND 2000;
EXPLAIN SELECT 1 FROM big WHERE secret < 500 AND label > 'a9';
EXPLAIN SELECT 1 FROM orders WHERE amount * 2 > 4000;
--- estimates of groups
-- plain: it is an EXPLAIN
EXPLAIN SELECT ssn, count(*) FROM customers GROUP BY ssn;
EXPLAIN SELECT grp, secret, count(*) FROM big GROUP BY grp, secret;
EXPLAIN SELECT DISTINCT label FROM big;
EXPLAIN SELECT secret % 100, count(*) FROM big GROUP BY 1;
EXPLAIN SELECT score % 10, lower(name), count(*) FROM customers GROUP BY 1, 2;
--- estimates of joins
-- plain: it is an EXPLAIN
EXPLAIN SELECT 1 FROM customers a JOIN customers b ON a.ssn = b.ssn;
EXPLAIN SELECT 1 FROM big a JOIN big b ON a.secret = b.id;
EXPLAIN SELECT 1 FROM orders o JOIN customers c ON o.customer_id = c.id WHERE c.salary > 300000;
EXPLAIN SELECT 1 FROM customers WHERE EXISTS (SELECT FROM desk WHERE desk.secret = customers.email);
--- estimates by extended statistics
-- plain: it is an EXPLAIN
EXPLAIN SELECT 1 FROM big WHERE grp = 3 AND secret = 26;
EXPLAIN SELECT 1 FROM big WHERE grp = 3 AND secret = 26 AND label = 'a0cc175b9c';
EXPLAIN SELECT 1 FROM customers WHERE region = 'EU' AND ssn = '100-10-0001' AND score = 1000;
EXPLAIN SELECT 1 FROM big WHERE secret % 100 = 26;
--- estimates by expression indexes
-- plain: it is an EXPLAIN
EXPLAIN SELECT 1 FROM customers WHERE lower(email) = 'b1@example.com';
EXPLAIN SELECT 1 FROM customers WHERE salary / 2 > 200000;
EXPLAIN SELECT 1 FROM big WHERE upper(label) = 'A0CC175B9C';
EXPLAIN SELECT upper(label), count(*) FROM big GROUP BY 1;
--- estimates of is null
-- plain: it is an EXPLAIN
-- blind: which values are null is alike in both worlds
EXPLAIN SELECT 1 FROM customers WHERE notes IS NULL;
EXPLAIN SELECT 1 FROM customers WHERE email IS NOT NULL;
--- estimates of widths
-- plain: it is an EXPLAIN
-- blind: values are of equal width in both worlds
EXPLAIN SELECT email FROM customers;
EXPLAIN SELECT * FROM customers ORDER BY 1;
EXPLAIN SELECT c FROM customers c;
--- estimates through views and functions
-- plain: it is an EXPLAIN
EXPLAIN SELECT 1 FROM v_customers WHERE salary > 300000;
EXPLAIN SELECT 1 FROM v_barrier WHERE salary > 300000;
EXPLAIN SELECT * FROM v_filter;
EXPLAIN SELECT * FROM f_atomic_rows();
EXPLAIN SELECT * FROM f_rows('EU') WHERE salary > 300000;
--- estimates of the row-level security's own conditions
-- plain: it is an EXPLAIN
EXPLAIN (VERBOSE) SELECT * FROM tenants;
EXPLAIN (VERBOSE) SELECT count(*) FROM v_rls WHERE secret > 'c';
--- estimates of arrays and ranges and text search
-- plain: it is an EXPLAIN
EXPLAIN SELECT 1 FROM exotic WHERE arr @> ARRAY[10];
EXPLAIN SELECT 1 FROM exotic WHERE rng && int4range(20, 30);
EXPLAIN SELECT 1 FROM exotic WHERE vec @@ 'a0cc175b'::tsquery;
EXPLAIN SELECT 1 FROM exotic WHERE addr << '10.0.0.0/27';
EXPLAIN SELECT 1 FROM exotic WHERE feel = 'sad';
--- estimates of searchable columns
-- plain: it is an EXPLAIN
EXPLAIN SELECT 1 FROM lookup WHERE code = 'c00000000';
EXPLAIN SELECT 1 FROM lookup WHERE code IN ('c00000000', 'd00000000');
EXPLAIN SELECT 1 FROM lookup WHERE code > 'a9';
--- estimates of the written
-- plain: it is an EXPLAIN
EXPLAIN UPDATE big SET filler = 'x' WHERE secret = 26;
EXPLAIN DELETE FROM big WHERE secret > 5000;
--- a member's plans
-- role: tw_member
-- plain: it is an EXPLAIN
EXPLAIN SELECT 1 FROM big WHERE secret = 26;
EXPLAIN SELECT secret, count(*) FROM big GROUP BY 1;
--- settings that the planner obeys
SET enable_hashagg = off;
SET enable_hashjoin = off;
SET random_page_cost = 1;
SET effective_cache_size = '1MB';
EXPLAIN (VERBOSE, SETTINGS) SELECT label, count(*) FROM big a JOIN desk d ON d.amount = a.secret GROUP BY label;
--- constraint exclusion over a masked column
-- blind: constraints are alike in both worlds
SET constraint_exclusion = on;
EXPLAIN SELECT * FROM customers WHERE salary < 0;
SELECT count(*) FROM members WHERE level < 0;
--- calls of a trigger whose condition is over a masked column
BEGIN;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) UPDATE traced SET open = 'x' WHERE id < 4;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT json) UPDATE traced SET secret = 'guess' WHERE id < 4;
ROLLBACK;
--- what scans, locks and a transaction's own counters tell
-- plain: settings stand before it
BEGIN ISOLATION LEVEL SERIALIZABLE;
SET enable_seqscan = off;
SELECT count(*) FROM customers WHERE email = 'bb' OR ssn > '5';
SELECT id FROM lookup WHERE code = 'c00000000';
SELECT relation::regclass::text, page, tuple FROM pg_locks WHERE mode = 'SIReadLock' AND pid = pg_backend_pid()
    AND relation IN (SELECT oid FROM pg_class WHERE relnamespace = 'shop'::regnamespace) ORDER BY 1, 2, 3;
SELECT relname, pg_stat_get_xact_tuples_returned(oid), pg_stat_get_xact_tuples_fetched(oid) FROM pg_class
    WHERE relnamespace = 'shop'::regnamespace AND pg_stat_get_xact_tuples_returned(oid) > 0 ORDER BY 1;
SELECT count(*) FROM customers WHERE email > 'b5';
SELECT DISTINCT ON (grp) grp, id FROM big ORDER BY grp, secret, id;
ROLLBACK;
