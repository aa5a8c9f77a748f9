--- merge source is a masked join with whole rows
BEGIN;
MERGE INTO home.sink k USING (SELECT d, r.secret AS rs FROM desk d LEFT JOIN ruled r USING (id)) s ON k.id = (s.d).id WHEN NOT MATCHED THEN INSERT (id, t, j) VALUES ((s.d).id, s.d::text || coalesce(rs, '-'), to_jsonb(s.d));
SELECT * FROM home.sink ORDER BY id;
ROLLBACK;
--- merge into inheritance tree
-- since: 17
BEGIN;
MERGE INTO assets a USING desk d ON d.id = a.id AND a.serial = d.secret WHEN MATCHED THEN UPDATE SET id = -a.id WHEN NOT MATCHED BY SOURCE AND a.price < 50 THEN DELETE RETURNING merge_action(), a.tableoid::regclass, a.*;
ROLLBACK;
--- merge into a view
-- since: 17
BEGIN;
MERGE INTO v_auto v USING ruled r ON v.id = r.id AND v.secret >= r.secret WHEN MATCHED AND v.amount >= 0 THEN UPDATE SET open = v.secret || v.id WHEN NOT MATCHED BY SOURCE THEN DELETE RETURNING merge_action(), v.*, r.secret;
ROLLBACK;
--- merge into a view that an instead trigger writes
-- since: 17
BEGIN;
MERGE INTO v_instead v USING ruled r ON v.id = r.id WHEN MATCHED AND v.secret >= 'X' THEN UPDATE SET open = r.secret || v.id RETURNING merge_action(), v.*;
ROLLBACK;
--- merge into an own view with a filter over masks
-- since: 17
BEGIN;
CREATE VIEW home.mv AS SELECT id, secret, open FROM desk WHERE secret > 'b';
MERGE INTO home.mv v USING ruled r ON v.id = r.id WHEN MATCHED THEN UPDATE SET open = 'x' || v.id WHEN NOT MATCHED BY TARGET THEN INSERT VALUES (r.id + 900, 'c', 'n' || r.id) RETURNING merge_action(), v.*;
ROLLBACK;
--- merge copied out
-- since: 17
BEGIN;
COPY (MERGE INTO desk d USING ruled r ON d.id = r.id WHEN MATCHED THEN DELETE RETURNING merge_action(), d, r) TO STDOUT;
ROLLBACK;
--- merge writes a masked column from the source
BEGIN;
MERGE INTO desk d USING (SELECT id, holder, balance FROM accounts) a ON d.id = a.id WHEN MATCHED AND d.id < 5 THEN UPDATE SET secret = a.holder, amount = a.balance;
SELECT * FROM desk WHERE id < 7 ORDER BY id;
ROLLBACK;
--- returning with sub-selects and old and new aliases
-- since: 18
BEGIN;
UPDATE desk d SET secret = 'mine', open = 'x' || id WHERE id < 4 RETURNING WITH (OLD AS o, NEW AS n) o.secret, n.secret, o.secret = n.secret, (SELECT max(r.secret) FROM ruled r WHERE r.secret > o.secret), o = n, to_jsonb(o), hash_record(n);
ROLLBACK;
--- returning old of an insert and new of a delete
-- since: 18
BEGIN;
INSERT INTO desk VALUES (800, 'a', 5, 'z') RETURNING old.secret, new.secret, old, new, old.ctid IS NULL, old.tableoid;
DELETE FROM desk WHERE id IN (1, 800) RETURNING old.secret, new.secret, coalesce(new.secret, old.secret), old, new;
ROLLBACK;
--- returning old through a view and a partitioned table
-- since: 18
BEGIN;
UPDATE v_auto SET open = open || '!' WHERE secret >= 'a' AND id < 4 RETURNING old.*, new.*, old, new;
UPDATE events SET id = id + 100 WHERE id IN (3, 150) RETURNING old.payload, new.payload, old.tableoid::regclass, new.tableoid::regclass, old, new;
ROLLBACK;
--- returning old of a condition table
-- since: 18
BEGIN;
UPDATE cond SET bonus = 5 WHERE id < 5 RETURNING old.*, new.*, old.region, new.secret, old;
DELETE FROM cond WHERE id < 5 RETURNING old.secret, new.secret;
ROLLBACK;
--- on conflict do update of what a join feeds
BEGIN;
INSERT INTO desk (id, secret, amount, open) SELECT d.id, d.secret, d.amount, 'j' || r.secret || d.id FROM desk d JOIN ruled r ON r.id = d.id ORDER BY d.id ON CONFLICT (id) DO UPDATE SET (secret, open) = (SELECT excluded.secret, desk.secret || excluded.open) WHERE desk.secret = excluded.secret RETURNING *, (SELECT count(*) FROM ruled r WHERE r.secret = desk.secret);
ROLLBACK;
--- update with nested self references
BEGIN;
UPDATE desk d SET open = (SELECT string_agg(e.secret, ',' ORDER BY e.id) FROM desk e WHERE e.secret = d.secret AND e.id <= d.id) || d.id WHERE d.ctid IN (SELECT ctid FROM desk WHERE amount >= 0 AND id < 6) RETURNING open;
ROLLBACK;
--- update whole row assignment
BEGIN;
UPDATE desk SET (secret, amount, open) = ROW('m', amount, 'w' || secret || id) WHERE id < 4 RETURNING *;
UPDATE desk d SET (secret, amount) = (SELECT e.secret, e.amount FROM desk e WHERE e.id = d.id + 1) WHERE id < 4 RETURNING *;
SELECT * FROM desk WHERE id < 6 ORDER BY id;
ROLLBACK;
--- update with a cte that updates the same rows
BEGIN;
WITH u AS (UPDATE desk SET amount = 5 WHERE secret > 'a' AND id < 10 RETURNING id, secret, amount), v AS (DELETE FROM ruled WHERE id IN (SELECT id FROM u) RETURNING *) SELECT u.*, v.secret FROM u LEFT JOIN v USING (id) ORDER BY u.id;
ROLLBACK;
--- delete where current of a held and scrolled cursor
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT * FROM desk WHERE secret >= 'X' ORDER BY id;
FETCH ABSOLUTE 3 c;
SAVEPOINT s;
DELETE FROM desk WHERE CURRENT OF c RETURNING secret, open;
ROLLBACK TO s;
MOVE ABSOLUTE 0 c;
FETCH FORWARD 2 c;
FETCH BACKWARD 1 c;
ROLLBACK;
--- where current of over a masked view and child
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM assets WHERE price >= 0 FOR UPDATE;
FETCH 25 c;
UPDATE machines SET price = 7 WHERE CURRENT OF c RETURNING *;
ROLLBACK;
--- held cursor over a writing cte is refused, over a reading one kept
BEGIN;
DECLARE h CURSOR WITH HOLD FOR WITH x AS MATERIALIZED (SELECT secret, amount FROM desk) SELECT * FROM x ORDER BY amount, secret;
COMMIT;
FETCH ABSOLUTE 5 h;
FETCH BACKWARD 2 h;
MOVE LAST h;
FETCH RELATIVE 0 h;
CLOSE h;
--- insert through a view with a masked filter in its select
BEGIN;
INSERT INTO v_auto SELECT id + 3000, secret, amount, open || secret FROM v_auto WHERE amount < 500 AND id < 6 RETURNING *;
ROLLBACK;
--- update of a composite's parts from masked parts
BEGIN;
UPDATE exotic SET comp.x = (comp).x + 1, comp.y = code WHERE id < 4 RETURNING comp;
ROLLBACK;
--- update of an array's parts from masked parts
-- refused: whether an element can be assigned tells what is stored
BEGIN;
UPDATE exotic SET arr[2:3] = ARRAY[arr[1], tiny], lines[1] = (comps[1]).y WHERE id < 4 RETURNING comp, arr, lines;
ROLLBACK;
--- update of parts of an array's composites
-- refused: whether an element can be assigned tells what is stored
BEGIN;
UPDATE exotic SET comps[1].y = code, comps[2] = comp WHERE id < 3 RETURNING comps;
ROLLBACK;
--- update ranges by their own parts
BEGIN;
UPDATE exotic SET rng = rng * int4range(1, 50), feel = enum_first(feel), span = span * 2, bits = ~bits WHERE id < 4 RETURNING rng, feel, span, bits;
ROLLBACK;
--- explain analyze of writes with figures
BEGIN;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF, WAL OFF) UPDATE desk SET open = secret || id WHERE amount < 300;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) INSERT INTO desk SELECT id, secret, amount, open FROM desk ON CONFLICT (id) DO UPDATE SET amount = 5 WHERE desk.secret > 'b';
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) MERGE INTO desk d USING ruled r ON d.secret = r.secret WHEN MATCHED AND d.amount > 100 THEN UPDATE SET open = 'e' || d.id WHEN NOT MATCHED THEN DO NOTHING;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) DELETE FROM desk WHERE secret LIKE 'a%';
ROLLBACK;
--- explain analyze of loops, caches and hashes
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT * FROM customers c, LATERAL (SELECT count(*) FROM desk d WHERE d.amount = c.score) l;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT count(*) FROM orders o WHERE o.quantity NOT IN (SELECT amount FROM desk) OR o.card IN (SELECT secret FROM desk);
SET enable_hashjoin = off;
SET enable_sort = off;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT count(*) FROM customers c JOIN orders o ON o.amount = c.salary;
SET enable_nestloop = off;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT count(*) FROM customers c JOIN orders o ON o.amount = c.salary;
--- parsed function bodies over masked tables, inserted and returned
BEGIN;
CREATE FUNCTION home.body(i int) RETURNS SETOF desk LANGUAGE sql BEGIN ATOMIC UPDATE desk SET open = secret || id WHERE id = i RETURNING *; END;
SELECT * FROM home.body(3);
CREATE FUNCTION home.body2() RETURNS bigint LANGUAGE sql STABLE RETURN (SELECT count(*) FROM desk WHERE secret > 'b');
SELECT home.body2(), (SELECT count(*) FROM desk WHERE home.body2() > amount);
ROLLBACK;
--- diagnostics in nested blocks
DO $$
DECLARE t text; d text; c text; n int;
BEGIN
  FOR n IN 1 .. 3 LOOP
    BEGIN
      IF n = 1 THEN PERFORM secret::int FROM shop.desk WHERE id = 3; ELSIF n = 2 THEN UPDATE shop.members SET grp = 1 WHERE id = 2; ELSE PERFORM (SELECT secret FROM shop.desk); END IF;
    EXCEPTION WHEN data_exception OR integrity_constraint_violation OR cardinality_violation THEN
      GET STACKED DIAGNOSTICS t = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, c = PG_EXCEPTION_CONTEXT;
      RAISE NOTICE '% / % / % / %', SQLSTATE, t, d, c;
    END;
  END LOOP;
END $$;
--- record variables, arrays of rows and loops backwards
DO $$
DECLARE r record; a shop.desk[]; d shop.desk; x text;
BEGIN
  SELECT array_agg(t ORDER BY id) INTO a FROM shop.desk t WHERE id < 4;
  FOREACH d IN ARRAY a LOOP RAISE NOTICE '% %', d, d.secret; END LOOP;
  a[1].secret := 'own'; RAISE NOTICE '%', a[1];
  SELECT t.* INTO d FROM shop.desk t WHERE secret >= '' ORDER BY id DESC LIMIT 1; RAISE NOTICE '%', d;
  FOR r IN SELECT secret AS s, t AS w FROM shop.desk t WHERE id < 3 ORDER BY id LOOP RAISE NOTICE '% %', r.s, (r.w).amount; END LOOP;
  SELECT secret INTO STRICT x FROM shop.desk WHERE id = 2; RAISE NOTICE '%', x;
  x := (SELECT min(secret) FROM shop.desk); RAISE NOTICE '%', x;
  RETURN;
END $$;
--- bound cursors with arguments out of masked columns
DO $$ DECLARE c CURSOR (k text, n int) FOR SELECT id, secret FROM shop.desk WHERE secret >= k AND amount >= n ORDER BY id; r record; k text;
BEGIN SELECT secret INTO k FROM shop.desk WHERE id = 9;
  FOR r IN c(k, 0) LOOP EXIT WHEN r.id > 3; RAISE NOTICE '%', r; END LOOP;
  OPEN c(k, (SELECT amount FROM shop.desk WHERE id = 8)); FETCH ABSOLUTE 2 FROM c INTO r; RAISE NOTICE '%', r; MOVE LAST FROM c; FETCH PRIOR FROM c INTO r; RAISE NOTICE '%', r; CLOSE c;
END $$;
--- table of the row type as a column
BEGIN;
CREATE TABLE home.col (d shop.desk, a shop.desk[]);
INSERT INTO home.col SELECT d, ARRAY[d, d] FROM desk d;
SELECT (d).secret, (a[2]).amount, d FROM home.col ORDER BY (d).id LIMIT 5;
UPDATE home.col SET d.open = (d).secret WHERE (d).id = 3 RETURNING d;
SELECT attname, most_common_vals FROM pg_stats WHERE tablename = 'col';
ROLLBACK;
--- own rules that select into others
BEGIN;
CREATE TABLE home.rt (id int, s text);
CREATE RULE r AS ON INSERT TO home.rt DO ALSO INSERT INTO home.sink (id, t) SELECT new.id, d.secret || new.s FROM desk d WHERE d.id = new.id;
INSERT INTO home.rt SELECT id, secret FROM ruled WHERE id < 4;
SELECT id, t FROM home.sink ORDER BY id;
ROLLBACK;
--- own constraints with functions over masked tables, and validated later
BEGIN;
CREATE FUNCTION home.chk(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT EXISTS (SELECT FROM shop.desk WHERE id = $1 AND secret > ''b'')';
CREATE TABLE home.ck (id int);
INSERT INTO home.ck SELECT generate_series(1, 3);
ALTER TABLE home.ck ADD CHECK (home.chk(id)) NOT VALID;
SAVEPOINT s;
ALTER TABLE home.ck VALIDATE CONSTRAINT ck_id_check;
ROLLBACK TO s;
ALTER TABLE home.ck ADD s text GENERATED ALWAYS AS (home.chk(id)::text) STORED;
SELECT * FROM home.ck ORDER BY 1;
ALTER TABLE home.ck ALTER id TYPE text USING (SELECT 'x');
ROLLBACK;
--- alter type using a function over masked tables
BEGIN;
CREATE TABLE home.al (id int);
INSERT INTO home.al VALUES (3), (4);
CREATE FUNCTION home.get(int) RETURNS text LANGUAGE sql AS 'SELECT secret FROM shop.desk WHERE id = $1';
ALTER TABLE home.al ALTER id TYPE text USING home.get(id);
TABLE home.al;
ALTER TABLE home.al ADD n text DEFAULT home.get(7);
TABLE home.al;
CREATE INDEX ON home.al ((id || 'x'));
ROLLBACK;
--- expression index and statistics over functions that read masked tables
BEGIN;
CREATE FUNCTION home.getx(int) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT secret FROM shop.desk WHERE id = $1';
CREATE TABLE home.ei AS SELECT generate_series(1, 30) id;
CREATE INDEX eii ON home.ei (home.getx(id));
CREATE STATISTICS home.eis ON (home.getx(id)) FROM home.ei;
ANALYZE home.ei;
SELECT tablename, attname, n_distinct, most_common_vals::text FROM pg_stats WHERE tablename IN ('ei', 'eii') ORDER BY 1, 2;
SELECT expr, n_distinct, most_common_vals::text FROM pg_stats_ext_exprs WHERE statistics_name = 'eis';
EXPLAIN SELECT * FROM home.ei WHERE home.getx(id) = 'a';
ROLLBACK;
--- temp functions and operators over masked rows
CREATE FUNCTION pg_temp.eq(shop.desk, shop.desk) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.secret = $2.secret';
SELECT count(*) FROM desk a, desk b WHERE pg_temp.eq(a, b);
CREATE OPERATOR home.=~= (LEFTARG = shop.desk, RIGHTARG = shop.desk, FUNCTION = pg_temp.eq);
--- casts of the row type by a function of one's own
BEGIN;
CREATE FUNCTION home.desk_text(shop.desk) RETURNS home.sink LANGUAGE sql AS 'SELECT $1.id, $1.secret, $1.amount, NULL::date, to_jsonb($1)';
SELECT (home.desk_text(d)).* FROM desk d ORDER BY id LIMIT 3;
SELECT d.desk_text FROM desk d WHERE id = 3;
ROLLBACK;
