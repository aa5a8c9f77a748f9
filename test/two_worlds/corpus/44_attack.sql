--- searchable: estimates for values that are stored
EXPLAIN SELECT * FROM lookup WHERE code IN ('a' || substr(md5('a0'), 1, 8), 'b' || substr(md5('b7'), 1, 8));
--- strict fetch that prints the variables of a function
SET plpgsql.print_strict_params = on;
CREATE FUNCTION home.atk_strictly() RETURNS text LANGUAGE plpgsql AS $$
DECLARE s text; t text;
BEGIN SELECT secret INTO s FROM shop.desk WHERE id = 3; SELECT 'x' INTO STRICT t FROM shop.desk WHERE secret <> s AND id = 3; RETURN t; END $$;
SELECT home.atk_strictly();
--- holder of MAINTAIN clusters by a masked column
-- since: 17
-- refused: rows would lie in the order of what is masked
BEGIN;
CLUSTER desk USING desk_pkey;
SELECT id FROM desk LIMIT 3;
CLUSTER customers USING customers_salary;
SELECT id FROM customers;
ROLLBACK;
--- holder of MAINTAIN vacuums and analyzes, and is told of it
-- since: 17
-- blind: rows and pages are as many in both worlds
VACUUM (VERBOSE) tenants;
ANALYZE VERBOSE tenants;
VACUUM (VERBOSE, ANALYZE) exotic;
--- statistics put in by hand
-- since: 18
-- blind: what is put in is the same in both worlds
SELECT pg_clear_attribute_stats('shop', 'desk', 'secret', false);
SELECT pg_restore_attribute_stats('schemaname', 'shop', 'relname', 'desk', 'attname', 'secret', 'inherited', false, 'version', 180000, 'n_distinct', -1::real, 'most_common_vals', '{guess}'::text, 'most_common_freqs', '{0.5}'::real[]);
SELECT n_distinct, most_common_vals FROM pg_stats WHERE tablename = 'desk' AND attname = 'secret';
EXPLAIN SELECT * FROM desk WHERE secret = 'guess';
--- composite types, domains over them, ranges and arrays of rows
CREATE TYPE home.atk_rec AS (a text, b int);
CREATE DOMAIN home.atk_drec AS home.atk_rec CHECK ((VALUE).a IS NOT NULL);
CREATE TYPE home.atk_text_range AS RANGE (subtype = text);
SELECT (ROW(secret, amount)::home.atk_rec::home.atk_drec).*, home.atk_text_range(least(secret, 'm'), greatest(secret, 'm')) FROM desk ORDER BY id LIMIT 5;
SELECT ARRAY(SELECT d FROM desk d ORDER BY id LIMIT 3), (SELECT array_agg(d ORDER BY id)::text FROM desk d WHERE id < 4);
SELECT range_agg(home.atk_text_range(least(secret, 'm'), greatest(secret, 'm'))) FROM desk;
--- whole rows cast by way of text to another type of the same shape
CREATE TABLE home.atk_deskish (id int, secret text, amount int, open text);
INSERT INTO home.atk_deskish SELECT (d::text::home.atk_deskish).* FROM desk d;
SELECT * FROM home.atk_deskish ORDER BY id LIMIT 5;
--- rows from functions with ordinality over a masked argument
SELECT d.id, o.* FROM desk d, ROWS FROM (unnest(string_to_array(d.secret, NULL)), generate_series(1, d.amount % 5)) WITH ORDINALITY o
WHERE d.id < 3 ORDER BY d.id, ordinality;
--- own view with rules instead of writes
BEGIN;
CREATE VIEW home.atk_ruled_view AS SELECT id, secret, flag FROM lent;
CREATE TABLE home.atk_caught (a text, b text);
CREATE RULE u AS ON UPDATE TO home.atk_ruled_view DO INSTEAD UPDATE lent SET kind = old.secret || '!' || new.id WHERE id = old.id RETURNING id, secret, flag;
CREATE RULE d AS ON DELETE TO home.atk_ruled_view DO INSTEAD
    INSERT INTO home.atk_caught SELECT old.secret, (SELECT max(secret) FROM lent d WHERE d.id > old.id);
UPDATE home.atk_ruled_view SET id = id WHERE id < 4 RETURNING *;
DELETE FROM home.atk_ruled_view WHERE id < 5;
SELECT id, kind FROM lent WHERE id < 4 ORDER BY id;
SELECT * FROM home.atk_caught ORDER BY 1, 2;
ROLLBACK;
--- own view with an instead of trigger
BEGIN;
CREATE VIEW home.atk_triggered AS SELECT * FROM desk;
CREATE FUNCTION home.atk_instead() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '% -> %', old, new; RETURN new; END $$;
CREATE TRIGGER t INSTEAD OF UPDATE ON home.atk_triggered FOR EACH ROW EXECUTE FUNCTION home.atk_instead();
UPDATE home.atk_triggered SET open = secret WHERE id < 4 RETURNING *;
ROLLBACK;
--- merge, every branch steered by masks
BEGIN;
MERGE INTO home.sink s USING desk d ON s.t = d.secret WHEN NOT MATCHED AND d.amount > 100 THEN INSERT (id, t, n) VALUES (d.id, d.secret, d.amount) WHEN MATCHED AND d.amount < 400 THEN DELETE WHEN MATCHED THEN DO NOTHING;
SELECT count(*), min(t), max(n) FROM home.sink;
MERGE INTO desk t USING desk s ON t.secret = s.secret AND t.id = s.id WHEN MATCHED AND t.secret LIKE 'a%' THEN DELETE WHEN MATCHED AND s.amount > 5 THEN UPDATE SET open = s.secret || t.id WHEN NOT MATCHED THEN DO NOTHING;
SELECT count(*), min(open), max(open) FROM desk;
ROLLBACK;
--- update in a function whose rows a held cursor keeps
CREATE FUNCTION home.atk_touch() RETURNS SETOF text LANGUAGE sql AS $$ UPDATE desk SET open = open WHERE id < 5 RETURNING secret $$;
BEGIN;
SELECT * FROM home.atk_touch() ORDER BY 1;
DECLARE c CURSOR WITH HOLD FOR SELECT home.atk_touch();
COMMIT;
FETCH ALL c;
--- prepared statement over a table that a view takes the place of
CREATE TEMP TABLE dd AS SELECT 1 AS id, 'x' AS secret;
PREPARE q AS SELECT secret FROM dd;
EXECUTE q;
DROP TABLE dd;
CREATE TEMP VIEW dd AS SELECT id, secret FROM shop.desk WHERE id < 4 ORDER BY id;
EXECUTE q;
--- group by the primary key, other columns depend on it
SELECT d.id, d.secret, d, count(*) FROM desk d GROUP BY d.id ORDER BY id LIMIT 5;
--- grouping sets over masked columns
SELECT grouping(secret, amount), secret, amount, count(*) FROM desk GROUP BY GROUPING SETS ((secret), (amount), (secret, amount), ()) ORDER BY 1, 2, 3;
--- xmltable over attributes made of masked columns
SELECT t.* FROM desk d, XMLTABLE('/r' PASSING xmlelement(name r, xmlattributes(d.secret AS s), d.amount) COLUMNS s text PATH '@s', a text PATH '.') t WHERE d.id < 4 ORDER BY d.id;
--- assertion and diagnostics in one block
DO $$ DECLARE c text; n int; BEGIN UPDATE desk SET open = open WHERE secret > 'a8'; GET DIAGNOSTICS n = ROW_COUNT, c = PG_CONTEXT; RAISE NOTICE '% %', n, c; ROLLBACK; END $$;
DO $$ DECLARE s text; BEGIN SELECT secret INTO s FROM desk WHERE id = 3; ASSERT s = 'x', s; END $$;
--- rows that a function read for a cleared role, in a cursor that a masked one reads on
-- role: tw_switch
-- blind: the rows are kept for the role that read them, whoever is cleared
SET ROLE tw_cleared;
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM f_dynamic('EU');
MOVE 1 FROM c;
SET ROLE tw_masked;
FETCH 2 FROM c;
COMMIT;
--- cursors over functions, opened by a cleared role, not read yet
-- role: tw_switch
SET ROLE tw_cleared;
BEGIN;
DECLARE d CURSOR FOR SELECT left(f_loop(), 50);
DECLARE e CURSOR FOR SELECT x FROM (SELECT f_dynamic('EU') AS x) s;
SET ROLE tw_masked;
FETCH 2 FROM d;
FETCH 2 FROM e;
COMMIT;
--- any value, and what is wrong with it
-- since: 16
SELECT any_value(secret), any_value(amount) FROM desk;
SELECT pg_input_is_valid(secret, 'integer'), (pg_input_error_info(secret, 'integer')).message FROM desk ORDER BY id LIMIT 5;
--- predicate locks of a filter over a masked index
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT count(*) FROM big WHERE secret = 5;
SELECT locktype, count(*) > 0 FROM pg_locks WHERE mode = 'SIReadLock' AND pid = pg_backend_pid() GROUP BY 1 ORDER BY 1;
COMMIT;
--- an exception for each guess
DO $$ DECLARE r record; n int := 0; BEGIN FOR r IN SELECT secret FROM desk ORDER BY id LOOP BEGIN PERFORM 1 / (ascii(r.secret) - 97); EXCEPTION WHEN division_by_zero THEN n := n + 1; END; END LOOP; RAISE NOTICE '%', n; END $$;
--- table functions over a whole row
CREATE FUNCTION home.atk_expand(shop.desk) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$ SELECT unnest(string_to_array($1::text, ',')) $$;
SELECT d.id, e FROM desk d, home.atk_expand(d) e WHERE d.id < 3 ORDER BY 1, 2;
SELECT home.atk_expand(d) FROM desk d WHERE id = 5;
--- row types in plpgsql
CREATE FUNCTION home.atk_one(int) RETURNS shop.desk LANGUAGE plpgsql AS $$ DECLARE d shop.desk; e shop.desk%ROWTYPE; BEGIN SELECT * INTO d FROM shop.desk WHERE id = $1; e := d; e.open := d.secret; RETURN e; END $$;
SELECT (home.atk_one(3)).*;
SELECT home.atk_one(id) FROM desk WHERE id < 3 ORDER BY id;
--- rows compared whole
SELECT id FROM desk d WHERE (secret, amount) > ('a9', 200) OR d = ROW(3, 'a12345678', 100, 'o3')::desk ORDER BY id;
--- own view with check option over a masked column
-- refused: what is written is held against the mask
BEGIN;
CREATE VIEW home.atk_checked AS SELECT * FROM lent WHERE secret > 'a5' WITH CASCADED CHECK OPTION;
SELECT id, secret FROM home.atk_checked WHERE id < 10 ORDER BY id;
UPDATE home.atk_checked SET kind = kind || 'x' WHERE id < 10;
INSERT INTO home.atk_checked VALUES (900, 'z', 'b1', true);
ROLLBACK;
--- virtual generated columns
-- since: 18
SELECT id, twice, loud, open_twice FROM computed_late ORDER BY id;
--- virtual generated columns filtered and grouped
-- since: 18
SELECT twice, count(*) FROM computed_late WHERE loud LIKE 'A%' OR twice > 300 GROUP BY twice ORDER BY 1;
--- virtual generated columns in the whole row
-- since: 18
SELECT c, to_jsonb(c) FROM computed_late c ORDER BY id LIMIT 5;
--- virtual generated columns written beside
-- since: 18
BEGIN;
UPDATE computed_late SET id = id + 100 WHERE twice > 300 RETURNING old.twice, new.twice, new.loud;
UPDATE computed_late SET amount = amount WHERE id = 3 RETURNING old.*, new.*;
INSERT INTO computed_late (id, amount, note) SELECT id + 500, twice, loud FROM computed_late RETURNING *;
MERGE INTO computed_late t USING computed_late s ON t.id = s.id AND t.twice = s.twice WHEN MATCHED THEN UPDATE SET note = s.loud RETURNING merge_action(), old.note, new.loud;
ROLLBACK;
--- virtual generated columns copied
-- since: 18
COPY (SELECT * FROM computed_late ORDER BY id) TO STDOUT;
--- virtual generated column that fails
-- since: 18
SELECT id, risky FROM computed_risky WHERE id = 4;
--- temporal keys over masked ranges
-- since: 18
UPDATE stays SET room = room + 1 WHERE room % 2 = 1;
--- temporal keys: insert and foreign key
-- since: 18
INSERT INTO stays VALUES (1, '[1000,9999)', 'x');
INSERT INTO stay_bills VALUES (1, '[5,9)');
UPDATE stays SET stay = '[5,6)' WHERE room = 2 RETURNING old.stay, new.stay;
DELETE FROM stays WHERE room = 4;
--- temporal range filtered
-- since: 18
SELECT room, stay, guest FROM stays WHERE stay && '[2000,3000)'::int4range ORDER BY room;
--- self-join on a masked unique column
-- since: 18
SELECT count(*) FROM members a JOIN members b ON a.badge = b.badge AND a.grp = b.grp AND a.id = b.id WHERE a.pin > 'a5';

--- policies whose sub-selects count, or fail on, what is masked
-- role: tw_switch
BEGIN;
SET ROLE tw_owner;
CREATE TABLE shop.screened (id int);
INSERT INTO shop.screened SELECT generate_series(1, 20);
ALTER TABLE shop.screened ENABLE ROW LEVEL SECURITY;
CREATE POLICY counts ON shop.screened USING (id < 100 OR id IN (SELECT d.id FROM shop.desk d WHERE d.amount > 200));
CREATE POLICY converts ON shop.screened AS RESTRICTIVE USING (CASE WHEN id < 8 THEN true ELSE (SELECT d.secret::int > 0 FROM shop.desk d WHERE d.id = screened.id) END);
CREATE POLICY totals ON shop.screened AS RESTRICTIVE USING ((SELECT count(*) FROM shop.desk d WHERE d.amount > 200) >= 0);
GRANT SELECT, UPDATE ON shop.screened TO tw_masked;
SET ROLE tw_masked;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id FROM shop.screened WHERE id < 8;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF, FORMAT YAML) UPDATE shop.screened SET id = id WHERE id < 8;
SAVEPOINT before;
SELECT id FROM shop.screened;
ROLLBACK TO before;
DO $$ BEGIN PERFORM FROM shop.screened; EXCEPTION WHEN OTHERS THEN RAISE NOTICE '%', sqlerrm; END $$;
ROLLBACK;
