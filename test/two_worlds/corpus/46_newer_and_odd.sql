--- not enforced foreign key made enforced later
-- since: 18
-- refused: a masked role may not have the server read the column for it
BEGIN;
CREATE TABLE home.ne (code text, FOREIGN KEY (code) REFERENCES parents (code) NOT ENFORCED);
INSERT INTO home.ne VALUES ('a' || substr(md5('a1'), 1, 7));
ALTER TABLE home.ne ALTER CONSTRAINT ne_code_fkey ENFORCED;
ROLLBACK;
--- temporal foreign key of one's own to masked periods
-- since: 18
-- refused: a masked role may not have the server read the column for it
BEGIN;
CREATE TABLE home.tf (room int, stay int4range, FOREIGN KEY (room, PERIOD stay) REFERENCES stays (room, PERIOD stay));
INSERT INTO home.tf VALUES (1, '[2000,2001)');
ROLLBACK;
--- temporal key on conflict and merge
-- since: 18
BEGIN;
INSERT INTO stays VALUES (1, '[1,5)', 'x') ON CONFLICT DO NOTHING RETURNING *;
MERGE INTO stays s USING stay_bills b ON s.room = b.room AND s.stay = b.stay WHEN MATCHED THEN UPDATE SET guest = 'm' RETURNING merge_action(), old.guest, new.stay, b.*;
ROLLBACK;
--- temporal ranges saved whole
-- since: 18
BEGIN;
UPDATE stays s SET (room, stay, guest) = (SELECT room, stay, guest FROM stays t WHERE t.room = s.room) RETURNING *;
SELECT count(*) FROM stays WHERE NOT isempty(stay);
ROLLBACK;
--- virtual columns in every place
-- since: 18
SELECT c.id, c.twice, l.t, (SELECT max(x.loud) FROM computed_late x WHERE x.twice >= c.twice), c, ROW(c.*) FROM computed_late c LEFT JOIN computed_late d ON d.twice = c.twice AND d.id = c.id, LATERAL (SELECT d.loud AS t, d AS w) l GROUP BY c.id, c.twice, l.t, c ORDER BY c.id LIMIT 10;
--- virtual columns in windows, grouping sets and distinct
-- since: 18
SELECT DISTINCT ON (twice) twice, loud, count(*) OVER (PARTITION BY loud ORDER BY twice, id) FROM computed_late ORDER BY twice, loud, 3;
--- virtual columns grouped by sets
-- since: 18
SELECT twice, loud, open_twice, count(*), grouping(twice, loud) FROM computed_late GROUP BY GROUPING SETS ((twice), (loud, open_twice), ()) ORDER BY 1, 2, 3, 4;
--- virtual columns copied, dumped and made into tables
-- since: 18
BEGIN;
COPY computed_late TO STDOUT;
COPY (SELECT twice, loud, c FROM computed_late c ORDER BY id) TO STDOUT;
CREATE TABLE home.cl AS SELECT * FROM computed_late;
SELECT * FROM home.cl ORDER BY id LIMIT 5;
CREATE TABLE home.cl2 (LIKE computed_late INCLUDING ALL);
INSERT INTO home.cl2 (id, amount, note) SELECT id, amount, note FROM computed_late;
SELECT * FROM home.cl2 ORDER BY id LIMIT 5;
ROLLBACK;
--- virtual columns in on conflict, with excluded
-- since: 18
BEGIN;
INSERT INTO computed_late (id, amount, note) VALUES (3, 5, 'x') ON CONFLICT (id) DO UPDATE SET note = excluded.loud || computed_late.loud WHERE computed_late.twice >= 0 RETURNING old.twice, new.twice, new.note, new.loud;
ROLLBACK;
--- uuid, casefold, array and json functions of a release
-- since: 18
SELECT casefold(name), array_sort(tags), array_reverse(tags), reverse(profile::text::bytea), crc32(ssn::bytea), json_strip_nulls(profile::json, true) FROM customers ORDER BY id LIMIT 5;
--- returning in plpgsql of old and new
-- since: 18
BEGIN;
DO $$ DECLARE a text; b text; BEGIN UPDATE shop.desk SET secret = 'v', open = 'pl' WHERE id = 3 RETURNING old.secret, new.secret INTO a, b; RAISE NOTICE '% %', a, b; END $$;
ROLLBACK;
--- merge returning old and new
-- since: 18
BEGIN;
MERGE INTO desk d USING (VALUES (1, 'q1'), (900, 'q2')) v(i, o) ON d.id = v.i AND d.secret >= 'X' WHEN MATCHED THEN UPDATE SET open = v.o, secret = 'set' WHEN NOT MATCHED THEN INSERT VALUES (v.i, 'in', 1, v.o) RETURNING merge_action(), old.*, new.*, old, new, old.ctid IS NULL;
ROLLBACK;
--- json_table nested, with paths and errors
-- since: 17
SELECT c.id, j.* FROM customers c, JSON_TABLE(jsonb_build_object('a', jsonb_build_array(c.email, c.ssn), 'p', c.profile), '$' PASSING c.score AS s COLUMNS (n FOR ORDINALITY, p jsonb PATH '$.p' NULL ON ERROR, NESTED PATH '$.a[*]' COLUMNS (e text PATH '$'), x int PATH '$.a[0]' DEFAULT 7 ON ERROR, k boolean EXISTS PATH '$ ? ($s > 1000)')) j WHERE c.id < 6 ORDER BY 1, 2, 4;
--- json_table that raises
-- since: 17
SELECT j.* FROM customers c, JSON_TABLE(to_jsonb(c), '$' COLUMNS (x int PATH '$.email' ERROR ON ERROR)) j WHERE c.id < 4;
--- json_value with the error that it asks for
-- since: 17
SELECT JSON_VALUE(to_jsonb(email), '$' RETURNING int ERROR ON ERROR) FROM customers ORDER BY id;
--- json constructors with nulls, keys and formats
-- since: 16
SELECT JSON_OBJECT(ssn: email, 'k': c ABSENT ON NULL WITH UNIQUE KEYS RETURNING jsonb), JSON_ARRAY(email, notes, tags NULL ON NULL), ssn IS JSON, profile::text IS JSON OBJECT FROM customers c ORDER BY id LIMIT 10;
--- json object aggregates with unique keys
-- since: 16
SELECT JSON_OBJECTAGG(ssn: id WITH UNIQUE KEYS) FROM customers;
--- predicate locks of joins and groupings over masks
BEGIN ISOLATION LEVEL SERIALIZABLE;
SET LOCAL enable_seqscan = off;
SELECT count(*) FROM customers c JOIN orders o ON o.amount = c.salary WHERE c.ssn > '5';
SELECT DISTINCT salary FROM customers ORDER BY salary LIMIT 2;
SELECT max(email) FROM customers WHERE email < 'm';
SELECT relation::regclass::text, locktype, count(*) FROM pg_locks WHERE mode = 'SIReadLock' AND pid = pg_backend_pid() AND relation::regclass::text !~ '^pg_' GROUP BY 1, 2 ORDER BY 1, 2;
ROLLBACK;
--- constraint errors of one's own tables over masks, with every field
DO $$
DECLARE a text; b text; c text; d text; e text; f text; g text;
BEGIN
  CREATE TEMP TABLE ce (id int PRIMARY KEY, s text UNIQUE CHECK (s <> 'XXXX'));
  INSERT INTO ce SELECT id, secret FROM shop.desk WHERE id > 12 ORDER BY id;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS a = MESSAGE_TEXT, b = PG_EXCEPTION_DETAIL, c = COLUMN_NAME, d = CONSTRAINT_NAME, e = TABLE_NAME, f = SCHEMA_NAME, g = PG_DATATYPE_NAME;
  RAISE NOTICE '% | % | % | % | % | %', a, b, c, d, e, g;
END $$;
--- asserts and case not found
DO $$ BEGIN CASE (SELECT secret FROM shop.desk WHERE id = 4) WHEN 'a' THEN NULL; END CASE; END $$;
DO $$ BEGIN ASSERT (SELECT secret FROM shop.desk WHERE id = 4) = 'b', (SELECT d::text FROM shop.desk d WHERE id = 4); END $$;
DO $$ DECLARE i int; BEGIN SELECT secret INTO STRICT i FROM shop.desk WHERE secret >= ''; END $$;
DO $$ DECLARE i int; BEGIN i := (SELECT secret FROM shop.desk WHERE id = 4); END $$;
DO $$ DECLARE i varchar(2); d shop.desk; BEGIN SELECT * INTO d FROM shop.desk WHERE id = 4; i := d.secret; END $$;
--- recursion without end stopped by a masked comparison
WITH RECURSIVE r AS (SELECT 0 n UNION ALL SELECT n + 1 FROM r WHERE n < (SELECT 5 + max(amount) % 7 FROM desk)) SELECT count(*) FROM r;
--- money, name and oid arrays from masked values
SELECT array_agg(secret::name ORDER BY id), array_agg(amount::oid ORDER BY id), array_agg(amount::money ORDER BY id) FROM desk;
--- intarray, ltree, cube and citext over masks
-- needs: intarray ltree cube citext
SELECT id, sort(arr), arr + 5, icount(arr), cube(arr::float8[]), code::citext = 'xxxx', text2ltree(translate(code, ' ', '')) FROM exotic ORDER BY id LIMIT 5;
--- a whole row as a query's parameter and back
PREPARE p(desk) AS SELECT $1, ($1).secret, d = $1, d FROM desk d WHERE d.id = ($1).id;
EXECUTE p((SELECT d FROM desk d WHERE id = 12));
EXECUTE p(ROW(12, 'XXXX', 0, 'o12'));
--- update of an array's slice from a sub-select
-- refused: whether an element can be assigned tells what is stored
BEGIN;
UPDATE customers SET tags[1:2] = (SELECT array_agg(secret ORDER BY id) FROM desk WHERE id < 3) WHERE id = 4 RETURNING tags;
ROLLBACK;
--- nested data-modifying ctes that hand masks on
BEGIN;
WITH a AS (UPDATE desk SET open = 'n1' || id WHERE id < 4 RETURNING id, secret, amount), b AS (INSERT INTO home.sink (id, t, n) SELECT * FROM a RETURNING *), c AS (DELETE FROM ruled USING b WHERE ruled.id = b.id RETURNING ruled.secret || b.t AS st) SELECT * FROM c ORDER BY 1;
ROLLBACK;
--- own trigger on a temporary table that looks masked rows up
CREATE TEMP TABLE looked (id int, s text);
CREATE FUNCTION pg_temp.look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN SELECT secret INTO new.s FROM shop.desk WHERE id = new.id; RETURN new; END $$;
CREATE TRIGGER t BEFORE INSERT ON looked FOR EACH ROW EXECUTE FUNCTION pg_temp.look();
INSERT INTO looked (id) SELECT id FROM desk WHERE secret <> 'q' RETURNING *;
--- own deferred trigger that looks masked rows up at commit
CREATE TEMP TABLE late (id int);
CREATE FUNCTION pg_temp.late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '% %', new.id, (SELECT secret FROM shop.desk WHERE id = new.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER t AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pg_temp.late();
BEGIN;
INSERT INTO late VALUES (3), (4);
COMMIT;
--- aggregates of one's own over whole rows
CREATE FUNCTION home.rowacc(text, shop.desk) RETURNS text LANGUAGE sql AS $$ SELECT $1 || ($2).secret || ($2).amount $$;
CREATE AGGREGATE home.rowagg (shop.desk) (SFUNC = home.rowacc, STYPE = text, INITCOND = '');
SELECT home.rowagg(d ORDER BY id) FROM desk d;
SELECT id, home.rowagg(d) OVER (ORDER BY id ROWS 1 PRECEDING) FROM desk d ORDER BY id LIMIT 4;
--- aggregates of one's own with moving state over masks
CREATE FUNCTION home.addm(int, int) RETURNS int LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RAISE NOTICE '+ %', $2; RETURN $1 + $2; END $$;
CREATE FUNCTION home.subm(int, int) RETURNS int LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RAISE NOTICE '- %', $2; RETURN $1 - $2; END $$;
CREATE AGGREGATE home.moving (int) (SFUNC = home.addm, STYPE = int, INITCOND = '0', MSFUNC = home.addm, MINVFUNC = home.subm, MSTYPE = int, MINITCOND = '0');
SELECT id, home.moving(amount) OVER (ORDER BY id ROWS 1 PRECEDING) FROM desk WHERE id < 5;
--- recursion in plpgsql with masked rows on every level
CREATE FUNCTION home.down(i int) RETURNS text LANGUAGE plpgsql AS $$ DECLARE d shop.desk; BEGIN SELECT * INTO d FROM shop.desk WHERE id = i; RETURN CASE WHEN i < 4 THEN d.secret || home.down(i + 1) ELSE d::text END; END $$;
SELECT home.down(1);
--- dynamic statements pasted from masked values
DO $$ DECLARE s text; r record; BEGIN SELECT string_agg(format('SELECT %L AS s, %s AS a', secret, amount), ' UNION ALL ' ORDER BY id) INTO s FROM shop.desk WHERE id < 4; FOR r IN EXECUTE s LOOP RAISE NOTICE '%', r; END LOOP; END $$;
--- cursors handed from one function to the next
CREATE FUNCTION home.open_it() RETURNS refcursor LANGUAGE plpgsql AS $$ DECLARE c refcursor := 'given'; BEGIN OPEN c SCROLL FOR SELECT d, secret FROM shop.desk d ORDER BY id; RETURN c; END $$;
CREATE FUNCTION home.take(c refcursor) RETURNS text LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN FETCH ABSOLUTE 4 FROM c INTO r; RETURN r::text; END $$;
BEGIN;
SELECT home.take(home.open_it());
FETCH BACKWARD 2 FROM given;
SELECT cursor_to_xml('given', 2, true, true, ''), cursor_to_xmlschema('given', true, true, '');
ROLLBACK;
--- returning into arrays of rows
BEGIN;
DO $$ DECLARE a shop.desk[]; d shop.desk; BEGIN WITH u AS (UPDATE shop.desk SET open = 'arr' || id WHERE id < 4 RETURNING desk) SELECT array_agg(desk) INTO a FROM u; FOREACH d IN ARRAY a LOOP RAISE NOTICE '% %', d.secret, d; END LOOP; END $$;
ROLLBACK;
--- own view with a whole row, written through
BEGIN;
CREATE VIEW home.wv AS SELECT d AS whole, d.* FROM desk d;
SELECT whole, (whole).secret FROM home.wv ORDER BY id LIMIT 3;
UPDATE home.wv SET open = (whole).secret || id WHERE (whole).amount >= 0 AND id < 4 RETURNING whole, open;
ROLLBACK;
--- own view over a join is not written, through a rule it is
BEGIN;
CREATE VIEW home.jv AS SELECT d.id, d.secret, r.secret AS rs FROM desk d JOIN ruled r USING (id);
CREATE RULE u AS ON UPDATE TO home.jv DO INSTEAD UPDATE desk SET open = old.rs || new.secret || old.id WHERE id = old.id;
UPDATE home.jv SET secret = 'via' WHERE rs >= 'X' AND id < 5;
SELECT id, open FROM desk WHERE id < 5 ORDER BY id;
ROLLBACK;
--- savepoints that take back what was written
BEGIN;
SAVEPOINT a;
UPDATE desk SET secret = 'x', open = secret || 'a' WHERE id = 3 RETURNING secret, open;
SAVEPOINT b;
UPDATE desk SET open = secret || 'b' WHERE id = 3 RETURNING secret, open;
ROLLBACK TO b;
SELECT secret, open FROM desk WHERE id = 3;
ROLLBACK TO a;
SELECT secret, open FROM desk WHERE id = 3;
COMMIT;
--- a column named like a system column's alias, wholerow and others
SELECT w.wholerow, w."?column?" FROM (SELECT d AS wholerow, d.secret || 'x' AS "?column?", d.id FROM desk d LEFT JOIN ruled r USING (id)) w ORDER BY w.id LIMIT 4;
--- constant masks under outer joins and grouping sets
SELECT o.quantity, c.notes, count(*) FROM desk d LEFT JOIN orders o ON o.id = d.id * 20 LEFT JOIN customers c ON c.id = o.customer_id AND o.quantity = 1 GROUP BY GROUPING SETS ((o.quantity, c.notes), (c.notes), ()) ORDER BY 1, 2, 3;
