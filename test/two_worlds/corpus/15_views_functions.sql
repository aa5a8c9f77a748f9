--- view
SELECT * FROM v_customers ORDER BY id;
--- view filtered by a masked column
SELECT id FROM v_customers WHERE salary > 300000 ORDER BY id;
--- nested views
SELECT * FROM v_nested ORDER BY id;
--- security barrier
SELECT * FROM v_barrier WHERE salary > 200000 ORDER BY id;
--- security invoker
SELECT * FROM v_invoker WHERE email > 'd' ORDER BY id;
--- view with aggregates
SELECT * FROM v_agg ORDER BY region;
--- view with a join
SELECT * FROM v_join ORDER BY id, card, amount;
--- view with a union
SELECT * FROM v_union ORDER BY id, secret;
--- view that filters by a secret of its own
SELECT * FROM v_filter ORDER BY id;
--- view with a sub-select
SELECT * FROM v_sub ORDER BY id;
--- view with a window
SELECT * FROM v_window ORDER BY id;
--- view over row-level security
SELECT * FROM v_rls ORDER BY id;
--- view over partitions
SELECT * FROM v_events ORDER BY id;
--- recursive view
SELECT * FROM v_recursive ORDER BY depth;
--- superuser's view
SELECT * FROM v_super ORDER BY id;
--- view read by who may not read the table
-- role: tw_viewer
SELECT * FROM v_customers ORDER BY id;
--- superuser's view read by who may not read the table
-- role: tw_viewer
SELECT max(email), sum(salary), count(DISTINCT email) FROM v_super;
--- view with a filter, by who may not read the table
-- role: tw_viewer
SELECT count(*) FROM v_filter;
--- own view
CREATE VIEW own_view AS SELECT id, email, salary FROM customers;
SELECT * FROM own_view ORDER BY id;
SELECT id FROM own_view WHERE salary > 200000 ORDER BY id;
--- own view replaced under a prepared statement
CREATE VIEW own_changing AS SELECT id, region AS r FROM customers;
PREPARE p AS SELECT * FROM own_changing ORDER BY id LIMIT 5;
EXECUTE p;
CREATE OR REPLACE VIEW own_changing AS SELECT id, email AS r FROM customers;
EXECUTE p;
--- temporary view
CREATE TEMP VIEW tv AS SELECT * FROM customers;
SELECT email, salary FROM tv ORDER BY id;
--- updatable view
UPDATE v_auto SET open = 'view ' || id WHERE amount > 300 RETURNING *;
--- updatable view, delete by a secret
BEGIN;
DELETE FROM v_auto WHERE secret > 'a9' RETURNING id;
ROLLBACK;
--- updatable view, insert
-- blind: the values are the client's own
BEGIN;
INSERT INTO v_auto VALUES (900, 'written', 5, 'by view') RETURNING *;
ROLLBACK;
--- view with check option
BEGIN;
UPDATE v_check SET amount = -1 WHERE id = 3;
ROLLBACK;
BEGIN;
UPDATE v_check SET open = 'checked ' || id WHERE id < 5 RETURNING id, secret, amount;
ROLLBACK;
--- instead of trigger
UPDATE v_instead SET open = 'instead ' || id WHERE secret > 'a9' OR id = 7;
SELECT id, open FROM desk WHERE open LIKE 'instead%' ORDER BY id;
--- view definitions
-- plain: a plan over the catalog follows the size of the catalog
-- blind: a definition holds no data
SELECT pg_get_viewdef('v_nested'::regclass), pg_get_viewdef('v_whole', true), definition FROM pg_views WHERE viewname = 'v_filter';
--- materialized view of the owner
SELECT * FROM mat ORDER BY id;
--- materialized aggregates of the owner
SELECT * FROM mat_agg ORDER BY region;
--- materialized view filtered
SELECT id FROM mat WHERE salary > 300000 OR email > 'f' ORDER BY id;
--- table made by the owner
SELECT * FROM copied ORDER BY id;
--- table made by the owner, computed columns
SELECT * FROM computed ORDER BY id;
--- table made by the owner, filtered
SELECT id FROM computed WHERE mail > 'g' OR twice > 900000 ORDER BY id;
--- select into by the owner
SELECT * FROM taken ORDER BY id;
--- create table like
SELECT email, ssn, salary FROM like_customers ORDER BY id;
--- sql function
SELECT f_sql(id) FROM customers ORDER BY id;
--- sql function that returns rows, inlined
SELECT * FROM f_rows('EU') WHERE salary > 200000 ORDER BY id;
--- sql function that returns rows, in the select list
SELECT f_rows('US') LIMIT 40;
--- sql function, set of the table's rows
SELECT * FROM f_setof();
--- sql function, set of rows, joined
SELECT s.email, o.amount FROM f_setof() s JOIN orders o ON o.customer_id = s.id ORDER BY o.id;
--- begin atomic
SELECT f_atomic(id) FROM customers WHERE id < 40 ORDER BY id;
--- begin atomic that returns rows
SELECT * FROM f_atomic_rows();
--- plpgsql function
SELECT f_plpgsql(id) FROM customers WHERE id < 40 ORDER BY id;
--- plpgsql with dynamic sql
SELECT * FROM f_dynamic('APAC');
--- plpgsql loop
SELECT f_loop();
--- plpgsql function that raises what it read
SELECT f_raise(7);
--- plpgsql that catches and tells
SELECT f_catch('SELECT shop.f_raise(9)');
--- function that returns a cursor
BEGIN;
SELECT f_cursor();
FETCH 10 FROM the_cursor;
MOVE 5 FROM the_cursor;
FETCH ALL FROM the_cursor;
COMMIT;
--- definer function of a masked role
SELECT f_definer_masked(id) FROM customers WHERE id < 30 ORDER BY id;
--- definer function of a masked role, rows
SELECT * FROM f_definer_rows();
--- definer function of a masked role, called by a cleared one
-- role: tw_cleared
-- blind: the definer is masked, whoever calls
SELECT f_definer_masked(id) FROM customers WHERE id < 30 ORDER BY id;
--- definer function of the owner where a definer's exemptions do not count
-- blind: the owner holds no UNMASK either
-- role: tw_strict
SELECT f_definer_owner(3), f_definer_owner_pl(3), f_definer_super(3);
--- procedure that commits
CALL p_commit();
--- do block
DO $$
DECLARE r record; n int := 0;
BEGIN
    FOR r IN SELECT * FROM shop.customers WHERE salary > 200000 ORDER BY id LOOP n := n + r.score; END LOOP;
    RAISE NOTICE 'sum %, last %', n, r;
END $$;
--- do block with assertions and exceptions
DO $$
BEGIN
    ASSERT (SELECT max(salary) FROM shop.customers) < 500000, 'rich';
    RAISE NOTICE 'poor';
EXCEPTION WHEN assert_failure THEN RAISE NOTICE 'caught %', sqlerrm;
END $$;
--- own sql function
CREATE FUNCTION home.own_sql() RETURNS SETOF text LANGUAGE sql AS 'SELECT email || ssn FROM shop.customers ORDER BY id';
SELECT * FROM own_sql();
--- own immutable function over a masked column
CREATE FUNCTION home.leaky(text, numeric) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 0.0001 AS $$
BEGIN RAISE NOTICE 'seen % %', $1, $2; RETURN true; END $$;
SELECT id FROM customers WHERE leaky(email, salary) AND id < 10 ORDER BY id;
SELECT id FROM v_barrier WHERE leaky(email, salary) AND id < 10 ORDER BY id;
--- own function in a row-level secured query
CREATE FUNCTION home.leaky2(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 0.0001 AS $$
BEGIN RAISE NOTICE 'seen %', $1; RETURN true; END $$;
SELECT id FROM tenants WHERE leaky2(secret) ORDER BY id;
--- own function that is inlined into a join
CREATE FUNCTION home.inlined(int) RETURNS TABLE (e text, s numeric) LANGUAGE sql STABLE AS 'SELECT email, salary FROM shop.customers WHERE id >= $1';
SELECT o.id, i.e FROM orders o, inlined(290) i WHERE o.amount * 200 > i.s ORDER BY 1, 2 LIMIT 50;
--- own begin atomic function
CREATE FUNCTION home.own_atomic(int) RETURNS SETOF shop.desk LANGUAGE sql STABLE BEGIN ATOMIC SELECT * FROM shop.desk WHERE id > $1 ORDER BY id; END;
SELECT * FROM own_atomic(30);
SELECT (own_atomic(50)).secret;
--- nested functions
CREATE FUNCTION home.outer_f(int) RETURNS text LANGUAGE sql STABLE AS 'SELECT shop.f_sql($1) || shop.f_plpgsql($1)';
SELECT outer_f(5), outer_f(6);
--- own aggregate over a masked column
CREATE FUNCTION home.step(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT coalesce($1, '''') || left($2, 3)';
CREATE AGGREGATE home.glue (text) (SFUNC = home.step, STYPE = text);
SELECT glue(ssn ORDER BY id), glue(name) FROM customers;
--- own operator over masked columns
CREATE FUNCTION home.near(numeric, numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 50000';
CREATE OPERATOR home.~~~ (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = home.near, RESTRICT = eqsel, JOIN = eqjoinsel);
SELECT id FROM customers WHERE salary OPERATOR(home.~~~) 150000 ORDER BY id;
--- trigger function by hand
-- blind: a trigger's function can't be called
SELECT journal();
--- variadic and polymorphic functions
CREATE FUNCTION home.poly(VARIADIC anyarray) RETURNS anyelement LANGUAGE sql IMMUTABLE AS 'SELECT $1[array_upper($1, 1)]';
SELECT poly(VARIADIC tags), poly(ssn, ssn) FROM customers ORDER BY id LIMIT 30;
--- function inside an index condition
SELECT id FROM orders WHERE customer_id = ascii(substr(f_sql(3), 3)) ORDER BY id;
--- function texts
-- plain: a plan over the catalog follows the size of the catalog
-- blind: a definition holds no data
SELECT pg_get_functiondef('shop.f_atomic(int)'::regprocedure), prosrc FROM pg_proc WHERE proname = 'f_sql';
--- transform of rows by plpgsql into records
CREATE FUNCTION home.rec(OUT a text, OUT b numeric) RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN FOR a, b IN SELECT email, salary FROM shop.customers ORDER BY id LIMIT 20 LOOP RETURN NEXT; END LOOP; END $$;
SELECT * FROM rec();
--- plpgsql row types and percent types
DO $$
DECLARE r shop.customers%ROWTYPE; e shop.customers.email%TYPE;
BEGIN
    SELECT * INTO STRICT r FROM shop.customers WHERE id = 11;
    SELECT email INTO e FROM shop.customers WHERE id = 12;
    RAISE NOTICE '% %', r, e;
END $$;
--- plpgsql strict into by a secret
DO $$
DECLARE r record;
BEGIN SELECT * INTO STRICT r FROM shop.desk WHERE amount = 113; EXCEPTION WHEN OTHERS THEN RAISE NOTICE '% %', sqlstate, sqlerrm; END $$;
--- plpgsql perform and found
DO $$
BEGIN PERFORM 1 FROM shop.customers WHERE ssn = '100-10-0001'; RAISE NOTICE 'found %', found; END $$;
--- plpgsql simple expressions over a sub-select
DO $$
DECLARE t text;
BEGIN t := (SELECT string_agg(secret, ',' ORDER BY id) FROM shop.desk); RAISE NOTICE '%', t; END $$;
--- plpgsql cached plan before and after set role
-- role: tw_switch
SET ROLE tw_cleared;
SELECT f_plpgsql(3) <> '' AS cleared;
SET ROLE tw_masked;
SELECT f_plpgsql(3);
SELECT f_loop();
RESET ROLE;
--- plpgsql cached plan inside one transaction
-- role: tw_switch
BEGIN;
SET LOCAL ROLE tw_cleared;
SELECT length(f_plpgsql(3)), length(f_sql(3)), length(f_atomic(3));
SET LOCAL ROLE tw_masked;
SELECT f_plpgsql(3), f_sql(3), f_atomic(3);
COMMIT;
