--- temporary table that shadows a masked one
CREATE TEMP TABLE customers (id int, email text);
INSERT INTO customers VALUES (1, 'mine');
SELECT * FROM customers;
SELECT email FROM shop.customers ORDER BY id LIMIT 10;
SELECT f_plpgsql(3);
--- own table that shadows a masked one
CREATE TABLE home.desk AS SELECT 1 AS id, 'mine'::text AS secret;
SELECT * FROM desk;
SELECT * FROM shop.desk ORDER BY id;
PREPARE p AS SELECT secret FROM desk ORDER BY id;
EXECUTE p;
DROP TABLE home.desk;
EXECUTE p;
--- search path changed under a prepared statement
CREATE SCHEMA tw_other CREATE TABLE orders (card text, amount numeric(10,2));
SET search_path = tw_other, shop;
PREPARE p AS SELECT card, amount FROM orders ORDER BY 1, 2 LIMIT 20;
EXECUTE p;
SET search_path = shop;
EXECUTE p;
--- planted pg_catalog names first in the path
CREATE SCHEMA tw_first;
CREATE FUNCTION tw_first.upper(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'upper %', $1; RETURN $1; END $$;
CREATE FUNCTION tw_first.length(text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'length %', $1; RETURN 0; END $$;
CREATE FUNCTION tw_first.substr(text, int, int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'substr %', $1; RETURN $1; END $$;
CREATE FUNCTION tw_first.textcat(text, text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'textcat % %', $1, $2; RETURN $1; END $$;
CREATE OPERATOR tw_first.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = tw_first.textcat);
SET search_path = tw_first, pg_catalog, shop;
SELECT id, email, ssn FROM customers ORDER BY id LIMIT 5;
SELECT upper(email), email || 'x' FROM customers WHERE id = 3;
SELECT id, padded, lettered FROM formats ORDER BY id LIMIT 5;
--- planted operators on the types of masked columns
CREATE SCHEMA tw_ops;
CREATE FUNCTION tw_ops.eq(text, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'eq % %', $1, $2; RETURN true; END $$;
CREATE OPERATOR tw_ops.= (LEFTARG = text, RIGHTARG = text, FUNCTION = tw_ops.eq);
CREATE OPERATOR tw_ops.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = tw_ops.eq);
SET search_path = tw_ops, pg_catalog, shop;
SELECT id FROM customers WHERE email = 'x' AND id < 4 ORDER BY id;
SELECT id, region, secret FROM cond WHERE id < 5 ORDER BY id;
SELECT id FROM lookup WHERE code = 'c00000000' AND id < 4 ORDER BY id;
--- planted functions named like the extension's
CREATE SCHEMA tw_ddm;
CREATE FUNCTION tw_ddm.email(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'email %', $1; RETURN $1; END $$;
CREATE FUNCTION tw_ddm.partial(text, int, text, int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'partial %', $1; RETURN $1; END $$;
SET search_path = tw_ddm, shop;
SELECT email, ssn FROM customers ORDER BY id LIMIT 5;
--- planted casts
CREATE TYPE home.secretive AS (v text);
CREATE FUNCTION home.to_secretive(text) RETURNS home.secretive LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'cast %', $1; RETURN ROW($1); END $$;
CREATE CAST (text AS home.secretive) WITH FUNCTION home.to_secretive(text) AS ASSIGNMENT;
SELECT email::home.secretive FROM customers WHERE id < 4 ORDER BY id;
--- planted domain over a masked type
CREATE FUNCTION home.domain_check(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'domain %', $1; RETURN true; END $$;
CREATE DOMAIN home.spying AS text CHECK (home.domain_check(VALUE));
SELECT email::home.spying FROM customers WHERE id < 4 ORDER BY id;
--- planted operator class
CREATE FUNCTION home.cmp(text, text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'cmp % %', $1, $2; RETURN bttextcmp($1, $2); END $$;
CREATE TABLE home.sorted AS SELECT email FROM customers WHERE id < 5;
SELECT * FROM sorted ORDER BY email USING OPERATOR(pg_catalog.<);
--- casts of masked columns to the row's text and back
SELECT (regexp_match(c::text, '\(([^)]*)'))[1] FROM customers c ORDER BY id LIMIT 30;
--- function that returns the table's row type from text
SELECT (json_populate_record(NULL::customers, to_json(c))).email FROM customers c ORDER BY id LIMIT 30;
--- row-level trick: a view with a leaky function
CREATE FUNCTION home.peek(text) RETURNS text LANGUAGE plpgsql IMMUTABLE COST 1 AS $$ BEGIN RAISE NOTICE 'peek %', $1; RETURN $1; END $$;
SELECT peek(email) FROM customers WHERE id < 6 ORDER BY id;
SELECT count(peek(secret)) FROM desk;
SELECT id FROM desk WHERE peek(secret) > '' AND id < 6 ORDER BY peek(secret);
--- peek in a join condition and in having
CREATE FUNCTION home.peek2(text) RETURNS text LANGUAGE plpgsql IMMUTABLE COST 0.0001 AS $$ BEGIN RAISE NOTICE 'peek2 %', $1; RETURN $1; END $$;
SELECT count(*) FROM desk d JOIN ruled r ON peek2(d.secret) = peek2(r.secret) WHERE d.id < 4 AND r.id < 4;
SELECT peek2(max(secret)) FROM desk GROUP BY id % 3 HAVING peek2(min(secret)) > '' ORDER BY 1;
--- peek as a constant-folded call over a masked constant
CREATE FUNCTION home.peek3(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 0.0001 AS $$ BEGIN RAISE NOTICE 'peek3 %', $1; RETURN true; END $$;
SELECT id FROM customers WHERE peek3((SELECT ssn FROM customers WHERE id = 5)) AND id < 3 ORDER BY id;
--- peek in tablesample, limit and values
CREATE FUNCTION home.peek4(int) RETURNS int LANGUAGE plpgsql IMMUTABLE COST 0.0001 AS $$ BEGIN RAISE NOTICE 'peek4 %', $1; RETURN $1; END $$;
SELECT id FROM customers ORDER BY id LIMIT peek4((SELECT quantity FROM orders WHERE id = 3));
VALUES (peek4((SELECT amount FROM desk WHERE id = 40)));
--- peek inside an update
CREATE FUNCTION home.peek5(text) RETURNS text LANGUAGE plpgsql IMMUTABLE COST 0.0001 AS $$ BEGIN RAISE NOTICE 'peek5 %', $1; RETURN $1; END $$;
BEGIN;
UPDATE desk SET open = peek5(secret) || id WHERE peek5(secret) > '' AND id < 4 RETURNING peek5(secret);
DELETE FROM desk WHERE peek5(secret) = 'x';
ROLLBACK;
--- peek in merge and on conflict
CREATE FUNCTION home.peek6(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 0.0001 AS $$ BEGIN RAISE NOTICE 'peek6 %', $1; RETURN true; END $$;
BEGIN;
MERGE INTO desk d USING ruled r ON d.id = r.id AND peek6(d.secret) WHEN MATCHED AND peek6(d.secret) AND d.id < 5 THEN UPDATE SET open = 'p' || d.id;
INSERT INTO desk VALUES (21, 'x', 5, 'y') ON CONFLICT (id) DO UPDATE SET open = 'z' WHERE peek6(desk.secret);
ROLLBACK;
--- peek under row-level security
CREATE FUNCTION home.peek7(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 0.0001 AS $$ BEGIN RAISE NOTICE 'peek7 %', $1; RETURN true; END $$;
SELECT count(*) FROM tenants WHERE peek7(secret);
UPDATE tenants SET tenant = tenant WHERE peek7(secret);
--- peek with a planner support function is not for everybody
-- blind: refused to whoever is no superuser
CREATE FUNCTION home.supported(text) RETURNS boolean LANGUAGE sql SUPPORT pg_catalog.textlike_support AS 'SELECT true';
--- security definer function of the masked role, called by a cleared one
-- role: tw_switch
SET ROLE tw_masked;
CREATE FUNCTION home.stolen() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN QUERY SELECT secret FROM shop.desk ORDER BY id; END $$;
SET ROLE tw_cleared;
SELECT * FROM home.stolen();
--- invoker function prepared to run for a cleared role leaves nothing behind
-- role: tw_switch
SET ROLE tw_masked;
CREATE FUNCTION home.twice(int) RETURNS text LANGUAGE sql STABLE AS 'SELECT email FROM shop.customers WHERE id = $1';
SET ROLE tw_cleared;
SELECT length(home.twice(3));
SET ROLE tw_masked;
SELECT home.twice(3);
--- set role inside a function
-- role: tw_switch
SET ROLE tw_masked;
DO $$ BEGIN RAISE NOTICE '%', (SELECT secret FROM shop.desk WHERE id = 20); SET LOCAL ROLE tw_masked; RAISE NOTICE '%', (SELECT secret FROM shop.desk WHERE id = 20); END $$;
--- immutable function folded at plan time
CREATE FUNCTION home.folded() RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT max(secret) FROM shop.desk';
SELECT folded();
SELECT id FROM desk WHERE secret = folded() ORDER BY id;
EXPLAIN (VERBOSE) SELECT id FROM desk WHERE secret = folded();
--- immutable function folded in an index expression of an own table
-- blind: a definition holds no data
CREATE TABLE home.folded_t (t text);
CREATE FUNCTION home.folded2(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT max(secret) FROM shop.desk';
CREATE INDEX folded_i ON folded_t (folded2(t));
INSERT INTO folded_t VALUES ('x');
SELECT pg_get_indexdef('folded_i'::regclass);
--- check constraint of an own table that reads a masked one
-- refused: a guess is not the mask
CREATE FUNCTION home.known(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT EXISTS (SELECT 1 FROM shop.customers WHERE ssn = $1)';
CREATE TABLE home.knowing (t text CHECK (known(t)));
INSERT INTO knowing VALUES ('100-10-0001');
INSERT INTO knowing VALUES ('113-23-0002');
--- default and generated columns of an own table that read a masked one
CREATE FUNCTION home.fetched(int) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT secret FROM shop.desk WHERE id = $1';
CREATE TABLE home.fetching (id int, d text DEFAULT home.fetched(20), g text GENERATED ALWAYS AS (home.fetched(id)) STORED);
INSERT INTO fetching (id) SELECT generate_series(1, 20);
SELECT * FROM fetching ORDER BY id;
--- partition of an own table chosen by a masked value
CREATE TABLE home.spread (s text, n int) PARTITION BY HASH (s);
CREATE TABLE home.spread0 PARTITION OF home.spread FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE home.spread1 PARTITION OF home.spread FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO spread SELECT ssn, score FROM customers;
SELECT tableoid::regclass, count(*) FROM spread GROUP BY 1 ORDER BY 1;
--- policy of an own table that reads a masked one
CREATE TABLE home.policed (id int);
INSERT INTO policed SELECT generate_series(1, 60);
ALTER TABLE policed ENABLE ROW LEVEL SECURITY;
ALTER TABLE policed FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON policed USING (EXISTS (SELECT 1 FROM desk d WHERE d.id = policed.id AND d.amount > 200));
SELECT * FROM policed ORDER BY id;
--- statistics target, storage and attributes of own copies
CREATE TABLE home.stored AS SELECT secret FROM big;
ALTER TABLE stored ALTER secret SET STATISTICS 1000;
ANALYZE stored;
SELECT n_distinct, most_common_vals::text FROM pg_stats WHERE tablename = 'stored';
--- alias named like a system column or the whole row
SELECT t.ctid, t.email FROM (SELECT email AS ctid, ssn AS email FROM customers) t ORDER BY 1, 2 LIMIT 20;
--- column named like its table
SELECT desk.desk FROM (SELECT secret AS desk FROM desk) desk ORDER BY 1;
--- join using a masked column, merged column
SELECT secret, count(*) FROM desk a JOIN desk b USING (secret) GROUP BY secret ORDER BY 1, 2;
--- group by alias that hides a column
SELECT left(email, 2) AS email, count(*) FROM customers GROUP BY email ORDER BY 1, 2;
--- cross-check by an unmasked copy of the key
SELECT c.id FROM customers c JOIN (VALUES (1, '113-23-0001'), (2, '152-62-0002')) v (id, s) ON v.id = c.id AND v.s = c.ssn;
--- guesses by case and count in one pass
SELECT count(CASE WHEN left(ssn, 1) = '1' THEN 1 END), count(CASE WHEN left(ssn, 1) = '2' THEN 1 END), count(CASE WHEN left(ssn, 1) = '3' THEN 1 END) FROM customers;
--- large objects out of masked text
-- unordered: the object's number depends on what other sessions made
SELECT lo_from_bytea(0, convert_to(string_agg(secret, ',' ORDER BY id), 'UTF8')) > 0 FROM desk;
SELECT convert_from(lo_get(loid), 'UTF8') FROM (SELECT oid AS loid FROM pg_largeobject_metadata ORDER BY oid DESC LIMIT 1) l;
--- notify with a masked payload
LISTEN tw;
SELECT pg_notify('tw', string_agg(secret, ',' ORDER BY id)) FROM desk WHERE id < 20;
--- advisory locks by masked numbers
SELECT pg_advisory_lock(amount) FROM desk WHERE id IN (20, 21, 22);
SELECT objid FROM pg_locks WHERE locktype = 'advisory' ORDER BY 1;
--- application name out of a masked value
SELECT set_config('application_name', secret, false) IS NOT NULL FROM desk WHERE id = 20;
SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid();
--- rows as arguments of an own variadic any
SELECT json_build_array(email, salary, c), jsonb_build_object('k', ssn), concat_ws(',', email, ssn, c) FROM customers c ORDER BY id LIMIT 20;
--- window functions written as own aggregates
CREATE AGGREGATE home.collect (text) (SFUNC = array_append, STYPE = text[], INITCOND = '{}');
SELECT id, collect(secret) OVER (ORDER BY id ROWS 2 PRECEDING) FROM desk ORDER BY id;
--- moving aggregates with an own state
CREATE FUNCTION home.acc(int, int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'acc % %', $1, $2; RETURN $1 + $2; END $$;
CREATE AGGREGATE home.noisy (int) (SFUNC = home.acc, STYPE = int, INITCOND = '0');
SELECT noisy(amount) FROM desk WHERE id < 6;
--- cube of all tricks: view, function, cte and cursor
CREATE VIEW home.deep AS WITH x AS (SELECT v.id, v.email, f.salary FROM v_nested v JOIN f_rows('EU') f ON f.id = v.id) SELECT * FROM x WHERE email > 'c';
BEGIN;
DECLARE c CURSOR FOR SELECT d, to_jsonb(d) FROM home.deep d ORDER BY id;
FETCH 10 FROM c;
COMMIT;
--- check added to the domain of a masked column by the domain's owner
-- refused: the check would see stored values
CREATE FUNCTION home.checked(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'checked %', $1; RETURN true; END $$;
ALTER DOMAIN home.lent ADD CHECK (home.checked(VALUE));
ALTER DOMAIN home.lent ADD CHECK (home.checked(VALUE)) NOT VALID;
SELECT * FROM lent ORDER BY id;
--- order of rows out of an index over a masked column
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_sort = off;
SELECT id FROM lent WHERE kind = 'k1';
SELECT id FROM lent WHERE kind = 'k1' AND id BETWEEN 5 AND 90;
SELECT id FROM customers WHERE lower(email) <> '' AND region = 'EU' LIMIT 30;
--- cache of a lateral reference to a masked column
SELECT l.id, x.n FROM lent l, LATERAL (SELECT count(*) AS n FROM generate_series(1, 50) g WHERE (g % 3 = 1) = l.flag) x WHERE l.id IN (1, 2, 3, 4, 5, 6, 7, 8) ORDER BY l.id;
SELECT count(x.n) FROM lent l CROSS JOIN generate_series(1, 100) d, LATERAL (SELECT count(*) AS n FROM generate_series(1, 50) g WHERE (g % 3 = 1) = l.flag) x WHERE l.id IN (1, 2);
--- owner's trigger finds what the masked role put in its way
BEGIN;
CREATE SCHEMA way;
CREATE TEMP TABLE traces (id int, secret text);
CREATE FUNCTION way.trap(text, text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'seen % %', $1, $2; RETURN $1; END $$;
CREATE OPERATOR way.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = way.trap);
CREATE FUNCTION way.lower(varchar) RETURNS text LANGUAGE sql AS $$ SELECT way.trap($1, 'lower') $$;
SET search_path = way, pg_catalog, shop;
UPDATE shop.traced SET open = 'x' WHERE id OPERATOR(pg_catalog.<) 4 RETURNING id;
TABLE pg_temp.traces;
SELECT count(*) FROM shop.traces;
ROLLBACK;
