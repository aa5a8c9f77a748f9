-- What stands on the masked tables: views, functions, copies made by cleared roles, foreign tables, statistics.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
SET search_path = shop, public;

SET ROLE tw_owner;
CREATE VIEW v_customers AS SELECT id, name, email, ssn, salary, region FROM customers;
CREATE VIEW v_nested AS SELECT v.*, upper(v.email) AS loud FROM v_customers v WHERE v.region <> 'APAC';
CREATE VIEW v_barrier WITH (security_barrier) AS SELECT id, email, salary, region FROM customers WHERE region = 'EU';
CREATE VIEW v_invoker WITH (security_invoker) AS SELECT id, email, salary, region FROM customers;
CREATE VIEW v_check AS SELECT id, secret, amount, open FROM desk WHERE amount > 0 WITH CHECK OPTION;
CREATE VIEW v_agg AS SELECT region, count(*) AS n, avg(salary) AS pay, max(email) AS top FROM customers GROUP BY region;
CREATE VIEW v_join AS SELECT c.id, c.email, o.card, o.amount FROM customers c JOIN orders o ON o.customer_id = c.id;
CREATE VIEW v_union AS SELECT id, secret FROM desk UNION ALL SELECT id, secret FROM tenants;
CREATE VIEW v_whole AS SELECT c AS whole, c.region FROM customers c;
CREATE VIEW v_filter AS SELECT id, region FROM customers WHERE salary > 300000;
CREATE VIEW v_sub AS SELECT o.id, (SELECT max(c.email) FROM customers c WHERE c.id = o.customer_id) AS mail FROM orders o;
CREATE VIEW v_window AS SELECT id, rank() OVER (ORDER BY salary) AS r, region FROM customers;
CREATE VIEW v_rls AS SELECT id, tenant, secret, budget FROM tenants;
CREATE VIEW v_events AS SELECT * FROM events;
CREATE VIEW v_auto AS SELECT id, secret, amount, open FROM desk;
CREATE VIEW v_instead AS SELECT id, secret, open FROM desk;
CREATE FUNCTION instead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN UPDATE shop.desk SET open = new.open WHERE id = old.id; RETURN new; END $$;
CREATE TRIGGER v_instead INSTEAD OF UPDATE ON v_instead FOR EACH ROW EXECUTE FUNCTION instead();
CREATE RECURSIVE VIEW v_recursive (id, email, depth) AS
    SELECT id, email, 1 FROM customers WHERE id = 1
    UNION ALL SELECT c.id, c.email, r.depth + 1 FROM customers c JOIN v_recursive r ON c.id = r.id + 1 AND r.depth < 5;
RESET ROLE;
CREATE VIEW v_super AS SELECT id, email, salary, region FROM customers;
CREATE VIEW v_statistics AS SELECT tablename, attname, n_distinct, most_common_vals::text FROM pg_stats WHERE schemaname = 'shop';

-- Copies made by a role that is cleared as the owner carry masks on.
SET ROLE tw_owner;
CREATE TABLE copied AS SELECT * FROM customers;
CREATE TABLE computed AS SELECT id, lower(email) AS mail, salary * 2 AS twice, region, count(*) OVER () AS n FROM customers;
SELECT id, secret, amount INTO taken FROM desk;
CREATE MATERIALIZED VIEW mat AS SELECT id, email, salary, region FROM customers;
CREATE UNIQUE INDEX mat_id ON mat (id);
CREATE MATERIALIZED VIEW mat_agg AS SELECT region, max(email) AS top, avg(salary) AS pay, count(*) AS n FROM customers GROUP BY region;
CREATE TABLE like_customers (LIKE customers INCLUDING ALL);
INSERT INTO like_customers SELECT * FROM customers;
CREATE TABLE detached (id int, payload text, amount int);
RESET ROLE;
SET ROLE tw_cleared;
CREATE TEMP TABLE t_cleared AS SELECT email FROM customers;
RESET ROLE;

-- A late partition, a late child and a detached one: the labels are those of the parent.
SET ROLE tw_owner;
CREATE TABLE events_4 PARTITION OF events FOR VALUES FROM (301) TO (401);
INSERT INTO events SELECT i, gen.s(i, 3, 12), 10 + gen.n(i, 4, 80), 'k' || i % 4 FROM generate_series(301, 400) i;
CREATE TABLE late_machines (wheels int) INHERITS (machines);
INSERT INTO late_machines SELECT 400 + i, gen.s(i, 3, 10), 10 + gen.n(i, 4, 80), gen.s(i, 3, 4), 4 FROM generate_series(1, 20) i;
CREATE TABLE events_5 PARTITION OF events FOR VALUES FROM (401) TO (501);
INSERT INTO events SELECT i, gen.s(i, 3, 12), 10 + gen.n(i, 4, 80), 'k' || i % 4 FROM generate_series(401, 420) i;
ALTER TABLE events DETACH PARTITION events_5;

SELECT current_setting('server_version_num')::int >= 180000 AS is_18 \gset
\if :is_18
SET ROLE tw_owner;
CREATE TABLE forked_1 PARTITION OF forked FOR VALUES FROM (1) TO (100);
CREATE TABLE forked_2 PARTITION OF forked (flag GENERATED ALWAYS AS (n < 0) VIRTUAL) FOR VALUES FROM (100) TO (200);
INSERT INTO forked (id, secret, n) SELECT i, gen.s(i, 5, 8), 1 FROM generate_series(1, 20) i;
RESET ROLE;
\endif

-- Functions. Whose rights they have and how the planner treats them differs; the caller is masked in all.
CREATE FUNCTION f_sql(int) RETURNS text LANGUAGE sql STABLE AS $$ SELECT email FROM shop.customers WHERE id = $1 $$;
CREATE FUNCTION f_rows(text) RETURNS TABLE (id int, email text, salary numeric) LANGUAGE sql STABLE AS $$
    SELECT id, email, salary FROM shop.customers WHERE region = $1 ORDER BY id $$;
CREATE FUNCTION f_setof() RETURNS SETOF shop.customers LANGUAGE sql STABLE AS $$ SELECT * FROM shop.customers ORDER BY id LIMIT 20 $$;
CREATE FUNCTION f_atomic(int) RETURNS text LANGUAGE sql STABLE BEGIN ATOMIC SELECT email FROM shop.customers WHERE id = $1; END;
CREATE FUNCTION f_atomic_rows() RETURNS SETOF text LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT email FROM shop.customers WHERE salary > 300000 ORDER BY id; END;
CREATE FUNCTION f_plpgsql(int) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE r record;
BEGIN SELECT * INTO r FROM shop.customers WHERE id = $1; RETURN r.email || ' ' || r.salary; END $$;
CREATE FUNCTION f_dynamic(text) RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN QUERY EXECUTE 'SELECT email FROM shop.customers WHERE region = $1 ORDER BY id' USING $1; END $$;
CREATE FUNCTION f_loop() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE r record; s text := '';
BEGIN
    FOR r IN SELECT c FROM shop.customers c WHERE salary < 300000 ORDER BY id LOOP s := s || (r.c).ssn; END LOOP;
    RETURN s;
END $$;
CREATE FUNCTION f_cursor() RETURNS refcursor LANGUAGE plpgsql AS $$
DECLARE c refcursor := 'the_cursor';
BEGIN OPEN c FOR SELECT id, email, salary FROM shop.customers ORDER BY id; RETURN c; END $$;
CREATE FUNCTION f_whole(shop.customers) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT $1.email || $1.salary $$;
CREATE FUNCTION f_raise(int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE s text;
BEGIN SELECT ssn INTO s FROM shop.customers WHERE id = $1; RAISE EXCEPTION 'ssn is %', s; END $$;
CREATE FUNCTION f_catch(q text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a text; b text; c text; d text; e text; f text;
BEGIN
    EXECUTE q;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS a = RETURNED_SQLSTATE, b = MESSAGE_TEXT, c = PG_EXCEPTION_DETAIL, d = PG_EXCEPTION_HINT,
        e = PG_EXCEPTION_CONTEXT, f = CONSTRAINT_NAME;
    RETURN concat_ws(' | ', a, b, c, d, e, f);
END $$;
CREATE PROCEDURE p_commit() LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
    FOR r IN SELECT id, email FROM shop.customers WHERE salary > 200000 ORDER BY id LIMIT 5 LOOP
        RAISE NOTICE '% %', r.id, r.email;
        COMMIT;
    END LOOP;
END $$;
RESET ROLE;

SET ROLE tw_definer;
CREATE FUNCTION f_definer_masked(int) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT email || salary FROM shop.customers WHERE id = $1 $$;
CREATE FUNCTION f_definer_rows() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN RETURN QUERY SELECT email FROM shop.customers ORDER BY id LIMIT 10; END $$;
RESET ROLE;
SET ROLE tw_owner;
CREATE FUNCTION f_definer_owner(int) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT email || salary FROM shop.customers WHERE id = $1 $$;
CREATE FUNCTION f_definer_owner_pl(int) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN RETURN (SELECT email || salary FROM shop.customers WHERE id = $1); END $$;
RESET ROLE;
CREATE FUNCTION f_definer_super(int) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = shop, pg_temp AS $$
    SELECT email || salary FROM shop.customers WHERE id = $1 $$;

-- The same table through postgres_fdw: read as a role that is cleared at the far end and masked here, and as
-- one that is masked at the far end by a foreign table without labels.
CREATE EXTENSION postgres_fdw SCHEMA public;
SELECT format('CREATE SERVER loop FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L, application_name ''loop'')',
              current_setting('unix_socket_directories'), current_setting('port'), current_database()) \gexec
GRANT USAGE ON FOREIGN SERVER loop TO tw_owner, tw_masked;
CREATE USER MAPPING FOR PUBLIC SERVER loop OPTIONS (user 'tw_remote', password_required 'false');
CREATE FOREIGN TABLE far_customers (id int NOT NULL, email text, salary numeric(10,2), region text)
    SERVER loop OPTIONS (schema_name 'shop', table_name 'customers');
CREATE FOREIGN TABLE far_estimated (id int NOT NULL, email text, salary numeric(10,2), region text)
    SERVER loop OPTIONS (schema_name 'shop', table_name 'customers', use_remote_estimate 'true');
CREATE FOREIGN TABLE far_desk (id int NOT NULL, secret text, amount int, open text)
    SERVER loop OPTIONS (schema_name 'shop', table_name 'desk');
SECURITY LABEL FOR ddm ON COLUMN far_customers.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN far_customers.salary IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN far_estimated.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN far_estimated.salary IS 'MASKED WITH FUNCTION default()';
GRANT SELECT, UPDATE ON desk TO tw_remote;

CREATE EXTENSION pg_stat_statements SCHEMA public;
SELECT format('CREATE EXTENSION %I SCHEMA public', name) FROM pg_available_extensions
WHERE name IN ('hstore', 'tablefunc', 'dblink', 'pg_trgm', 'amcheck', 'pageinspect', 'pgstattuple', 'pg_visibility',
    'pg_freespacemap', 'pg_buffercache', 'pgrowlocks', 'xml2', 'refint', 'moddatetime', 'tcn', 'lo', 'intarray', 'unaccent',
    'citext', 'fuzzystrmatch', 'cube', 'ltree', 'bloom', 'btree_gin', 'tsm_system_rows', 'pgcrypto', 'intagg') \gexec
SELECT format('CREATE EXTENSION %I', name) FROM pg_available_extensions WHERE name IN ('plperl', 'plpython3u', 'pltcl') \gexec
-- What looks below the tables is granted to the masked role, as a DBA's tool would be.
SELECT format('GRANT EXECUTE ON FUNCTION %s TO tw_masked', d.objid::regprocedure)
FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
WHERE d.classid = 'pg_proc'::regclass AND e.extname IN ('amcheck', 'pageinspect', 'pgstattuple', 'pg_visibility',
    'pg_freespacemap', 'pg_buffercache', 'pgrowlocks') \gexec

-- Triggers that come with the server, on masked columns.
CREATE TABLE wired (id int PRIMARY KEY, secret text, image oid, words tsvector, code text, at timestamptz);
INSERT INTO wired SELECT i, gen.s(i, 3, 8), 900000000 + gen.n(i, 3, 90000), NULL, gen.u(1 + i % 20, 8), '2020-01-01 00:00+00'
FROM generate_series(1, 20) i;
CREATE TRIGGER words BEFORE INSERT OR UPDATE OF secret ON wired FOR EACH ROW
    EXECUTE FUNCTION tsvector_update_trigger(words, 'pg_catalog.simple', secret);
UPDATE wired SET secret = secret;
CREATE TRIGGER same BEFORE UPDATE OF code ON wired FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
SELECT count(*) FILTER (WHERE extname = 'lo') = 1 AS has_lo, count(*) FILTER (WHERE extname = 'refint') = 1 AS has_refint,
    count(*) FILTER (WHERE extname = 'plpython3u') = 1 AS has_python
FROM pg_extension \gset
\if :has_lo
CREATE TRIGGER image BEFORE UPDATE OF image OR DELETE ON wired FOR EACH ROW EXECUTE FUNCTION lo_manage(image);
\endif
\if :has_refint
CREATE TRIGGER known AFTER INSERT OR UPDATE OF at ON wired FOR EACH ROW EXECUTE FUNCTION check_primary_key('code', 'parents', 'code');
CREATE TRIGGER used AFTER DELETE OR UPDATE OF code ON wired FOR EACH ROW
    EXECUTE FUNCTION check_foreign_key(1, 'restrict', 'code', 'children', 'code');
\endif
ALTER TABLE wired OWNER TO tw_owner;
SECURITY LABEL FOR ddm ON COLUMN wired.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN wired.image IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN wired.words IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN wired.code IS 'MASKED WITH FUNCTION default()';
\if :has_python
CREATE FUNCTION f_python(q text) RETURNS SETOF text LANGUAGE plpython3u AS $$
r = plpy.execute(q)
GD['last'] = [str(x) for x in r]
for x in r: yield str(sorted(x.items()))
$$;
CREATE FUNCTION f_python_plan(int) RETURNS text LANGUAGE plpython3u AS $$
if 'plan' not in SD: SD['plan'] = plpy.prepare('SELECT email, salary FROM shop.customers WHERE id = $1', ['int'])
return str([sorted(x.items()) for x in plpy.execute(SD['plan'], [args[0]])])
$$;
CREATE FUNCTION f_python_cursor() RETURNS SETOF text LANGUAGE plpython3u AS $$
for x in plpy.cursor('SELECT id, ssn FROM shop.customers ORDER BY id LIMIT 5'): yield str(sorted(x.items()))
$$;
CREATE FUNCTION f_python_row(c shop.customers) RETURNS text LANGUAGE plpython3u AS $$ return str(sorted(c.items())) $$;
\endif
SELECT format('GRANT EXECUTE ON FUNCTION %s TO tw_masked', oid::regprocedure) FROM pg_proc WHERE proname = 'dblink_connect_u' \gexec

DO $$
DECLARE r record;
BEGIN
    FOR r IN SELECT c.oid::regclass AS t, c.relkind FROM pg_class c
             WHERE relnamespace = 'shop'::regnamespace AND relkind IN ('v', 'm', 'r', 'p', 'f') LOOP
        EXECUTE format('GRANT ALL ON %s TO tw_masked, tw_cleared, tw_definer, tw_switch', r.t);
        EXECUTE format('GRANT SELECT ON %s TO tw_owner', r.t);
        IF r.relkind IN ('v', 'm') THEN EXECUTE format('GRANT SELECT ON %s TO tw_viewer', r.t); END IF;
    END LOOP;
END $$;
GRANT CREATE ON SCHEMA home TO tw_owner;
DROP SCHEMA gen CASCADE;
VACUUM ANALYZE;
ANALYZE far_customers;

-- Holds back the horizon of removable rows for as long as the test lasts. Without it a page is pruned, or not,
-- depending on what a background worker's snapshot happens to see, and rows come out in another order.
BEGIN;
SELECT pg_current_xact_id();
SELECT format('PREPARE TRANSACTION %L', 'horizon of ' || current_database()) \gexec
