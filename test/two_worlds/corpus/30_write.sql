--- insert select
INSERT INTO sink (id, t, n) SELECT id, email, salary FROM customers RETURNING *;
--- insert select filtered by a secret
INSERT INTO sink (id, t) SELECT id, ssn FROM customers WHERE salary > 300000;
SELECT id, t FROM sink WHERE t LIKE '%-%' ORDER BY id, t;
--- insert select whole row
INSERT INTO sink (id, j) SELECT id, to_jsonb(c) FROM customers c WHERE id < 30;
SELECT id, j FROM sink WHERE j IS NOT NULL ORDER BY id;
--- insert select into the same masked table
BEGIN;
INSERT INTO desk SELECT id + 1000, secret, amount, 'copy ' || id FROM desk WHERE amount > 200 RETURNING *;
SELECT * FROM desk WHERE id > 1000 ORDER BY id;
ROLLBACK;
--- insert values with a sub-select
INSERT INTO sink (t, n) VALUES ((SELECT max(email) FROM customers), (SELECT sum(salary) FROM customers)) RETURNING t, n;
--- insert with a cte
WITH s AS (SELECT id, secret FROM desk WHERE secret > 'a9') INSERT INTO sink (id, t) SELECT * FROM s RETURNING id;
--- insert returning masked columns
-- blind: the values are the client's own
BEGIN;
INSERT INTO desk VALUES (700, 'i wrote', 5, 'mine') RETURNING *;
INSERT INTO desk VALUES (701, 'i wrote', 5, 'mine too') RETURNING secret, amount * 2, desk;
ROLLBACK;
--- on conflict do nothing
-- blind: the conflict is over an open column
INSERT INTO desk VALUES (1, 'x', 5, 'o1') ON CONFLICT DO NOTHING RETURNING *;
--- on conflict do update
BEGIN;
INSERT INTO desk VALUES (1, 'x', 5, 'new') ON CONFLICT (id) DO UPDATE SET open = desk.secret || excluded.open RETURNING *;
SELECT open FROM desk WHERE id = 1;
ROLLBACK;
--- on conflict do update where a secret
BEGIN;
INSERT INTO desk SELECT i, 'x', 5, 'new ' || i FROM generate_series(1, 60) i
    ON CONFLICT (id) DO UPDATE SET open = excluded.open WHERE desk.amount > 200 RETURNING id;
ROLLBACK;
--- on conflict writes back what was seen
BEGIN;
INSERT INTO desk SELECT * FROM desk WHERE true ON CONFLICT (id) DO UPDATE SET secret = excluded.secret, amount = excluded.amount, open = 'saved ' || excluded.id RETURNING id, secret;
SELECT id, secret, amount, open FROM desk ORDER BY id;
ROLLBACK;
--- on conflict whole row of excluded and of the target
BEGIN;
INSERT INTO desk VALUES (2, 'x', 5, 'new') ON CONFLICT (id) DO UPDATE SET open = desk::text || excluded::text RETURNING open;
ROLLBACK;
--- on conflict with a sub-select over a secret
BEGIN;
INSERT INTO desk VALUES (2, 'x', 5, 'new') ON CONFLICT (id) DO UPDATE SET open = (SELECT max(email) FROM customers c WHERE c.score > desk.amount) RETURNING open;
ROLLBACK;
--- on conflict on an expression of a masked column
-- blind: there is no such index
INSERT INTO desk VALUES (3, 'x', 5, 'n') ON CONFLICT (lower(secret)) DO NOTHING;
--- on conflict through an own view that filters by a secret
-- refused: the row is not one that the view shows, as a masked role sees it
BEGIN;
CREATE VIEW home.part AS SELECT id, secret, open FROM desk WHERE secret > 'a9';
CREATE VIEW home.nested AS SELECT id, open, secret FROM home.part WHERE id > 0 AND EXISTS (SELECT FROM desk d WHERE d.id = part.id AND d.secret > 'a');
SAVEPOINT s;
INSERT INTO home.part VALUES (1, 'zz', 'w') ON CONFLICT (id) DO UPDATE SET open = 'k' RETURNING *;
ROLLBACK TO s;
INSERT INTO home.nested VALUES (1, 'w', 'zz') ON CONFLICT (id) DO UPDATE SET open = 'k' RETURNING *;
ROLLBACK TO s;
INSERT INTO v_check VALUES (1, 'zz', 1, 'w') ON CONFLICT (id) DO UPDATE SET open = 'k' RETURNING *;
ROLLBACK;
--- update an open column, filter by a secret
BEGIN;
UPDATE desk SET open = 'hit ' || id WHERE amount > 200;
SELECT id, open FROM desk WHERE open LIKE 'hit%' ORDER BY id;
ROLLBACK;
--- update an open column from a secret
BEGIN;
UPDATE desk SET open = secret || id RETURNING id, open;
SELECT open FROM desk ORDER BY id;
ROLLBACK;
--- update an open column from a secret, committed
UPDATE accounts SET open = balance RETURNING id, open;
SELECT id, open FROM accounts ORDER BY id;
--- update from
BEGIN;
UPDATE desk d SET open = 'from ' || d.id || c.email FROM customers c WHERE c.id = d.id AND c.salary > 200000 RETURNING d.*, c.ssn;
ROLLBACK;
--- update from itself
BEGIN;
UPDATE desk d SET open = 'self ' || d.id || e.secret FROM desk e WHERE e.id = d.id AND e.secret = d.secret RETURNING d.id, d.open;
ROLLBACK;
--- update with a sub-select
BEGIN;
UPDATE desk SET open = (SELECT string_agg(c.ssn, ',' ORDER BY c.id) FROM customers c WHERE c.score = desk.amount + 900) || id RETURNING id, open;
ROLLBACK;
--- update several columns from a row
BEGIN;
UPDATE desk SET (open, amount) = (SELECT c.email || desk.id, c.score FROM customers c WHERE c.id = desk.id) WHERE id < 15 RETURNING *;
ROLLBACK;
--- update a masked column to itself
BEGIN;
UPDATE desk SET secret = secret, amount = amount RETURNING id, secret, amount;
ROLLBACK;
--- update a masked column to something else
-- blind: the values are the client's own
BEGIN;
UPDATE desk SET secret = 'new', amount = 7 WHERE id = 5 RETURNING *;
SELECT secret, amount FROM desk WHERE id = 5;
ROLLBACK;
--- update a masked column by arithmetic on itself
BEGIN;
UPDATE desk SET amount = amount + 1, secret = secret || '!' WHERE id < 20 RETURNING id, secret, amount;
ROLLBACK;
--- update a masked column from another masked column
BEGIN;
UPDATE accounts SET holder = pin, pin = left(holder, 4) WHERE id < 10 RETURNING *;
SELECT * FROM accounts WHERE id < 10 ORDER BY id;
ROLLBACK;
--- update saves the whole row as an orm does
-- blind: the values are the client's own
UPDATE desk SET id = 6, secret = 'XXXX', amount = 0, open = 'orm' WHERE id = 6;
SELECT * FROM desk WHERE id = 6;
--- update saves the whole row with parameters
-- blind: the values are the client's own
PREPARE p(text, int, text) AS UPDATE desk SET secret = $1, amount = $2, open = $3 WHERE id = 7 RETURNING *;
EXECUTE p('XXXX', 0, 'orm 7');
EXECUTE p('XXXX', 0, 'orm 7 again');
--- update under deny
-- blind: the value written is the client's own
SET ddm.masked_writes = 'deny';
UPDATE desk SET secret = 'XXXX' WHERE id = 8;
UPDATE desk SET open = secret WHERE id = 8;
SELECT open FROM desk WHERE id = 8;
--- update guess at a kept value
-- blind: the written value is no mask
BEGIN;
UPDATE desk SET secret = 'guess' WHERE id = 9;
ROLLBACK;
--- update of a column with a partial mask, guess
-- blind: what was written is what comes back
BEGIN;
UPDATE customers SET ssn = '100-10-0001' WHERE id = 1;
UPDATE customers SET ssn = 'XXX-XX-0001' WHERE id = 1;
SELECT ssn FROM customers WHERE id = 1;
ROLLBACK;
--- update with a default
BEGIN;
UPDATE accounts SET open = DEFAULT, balance = DEFAULT WHERE balance > 200 RETURNING id, balance;
ROLLBACK;
--- update by a partial order
BEGIN;
UPDATE desk SET open = 'first ' || id WHERE id IN (SELECT id FROM desk ORDER BY amount DESC, id LIMIT 3) RETURNING id;
ROLLBACK;
--- update generated columns' base
BEGIN;
UPDATE ledger SET gross = gross + 1 WHERE id < 4 RETURNING *;
UPDATE ledger SET memo = 'm' WHERE net > 300 RETURNING id;
ROLLBACK;
--- update of row-level secured rows
BEGIN;
UPDATE tenants SET tenant = tenant WHERE budget > 1500 RETURNING *;
UPDATE tenants SET tenant = 't9' WHERE id = 1;
ROLLBACK;
--- update fires the owner's journal
BEGIN;
UPDATE accounts SET open = 9 WHERE id < 6;
SELECT * FROM accounts_journal ORDER BY id, what;
ROLLBACK;
--- update fires the owner's rule
BEGIN;
UPDATE ruled SET id = id + 100 WHERE secret > 'a9' RETURNING *;
SELECT * FROM ruled_log ORDER BY id;
ROLLBACK;
--- update with returning old and new
-- since: 18
BEGIN;
UPDATE desk SET open = 'on' || id WHERE id < 5 RETURNING old.secret, new.secret, old.*, new.*, old, new;
ROLLBACK;
--- delete by a secret
BEGIN;
DELETE FROM desk WHERE secret > 'a9';
SELECT count(*) FROM desk;
ROLLBACK;
--- delete returning
BEGIN;
DELETE FROM desk WHERE id < 20 RETURNING *, amount / 2, desk;
ROLLBACK;
--- delete using
BEGIN;
DELETE FROM desk d USING orders o WHERE o.quantity = d.amount - 90 RETURNING d.id, o.amount;
ROLLBACK;
--- delete using itself
BEGIN;
DELETE FROM desk d USING desk e WHERE d.secret = e.secret AND d.id > e.id RETURNING d.id;
ROLLBACK;
--- delete with a sub-select
BEGIN;
DELETE FROM desk WHERE amount < (SELECT avg(amount) FROM desk) RETURNING id;
ROLLBACK;
--- delete of what others point at
DELETE FROM parents WHERE title = 'title 3';
--- merge
BEGIN;
MERGE INTO desk d USING ruled r ON d.id = r.id
    WHEN MATCHED AND d.amount > 200 THEN UPDATE SET open = 'rich ' || d.secret || d.id
    WHEN MATCHED AND r.secret > 'a9' THEN DELETE
    WHEN MATCHED THEN DO NOTHING
    WHEN NOT MATCHED THEN INSERT VALUES (r.id, r.secret, 1, 'merged');
SELECT * FROM desk ORDER BY id;
ROLLBACK;
--- merge on a secret
BEGIN;
MERGE INTO desk d USING (SELECT DISTINCT left(secret, 8) AS secret FROM ruled) r ON d.secret = r.secret
    WHEN MATCHED THEN UPDATE SET open = 'matched ' || d.id
    WHEN NOT MATCHED THEN DO NOTHING;
SELECT count(*) FILTER (WHERE open LIKE 'matched%') FROM desk;
ROLLBACK;
--- merge writes back what was seen
BEGIN;
MERGE INTO desk d USING (SELECT * FROM desk) s ON d.id = s.id
    WHEN MATCHED THEN UPDATE SET secret = s.secret, amount = s.amount, open = 'merged ' || s.id;
SELECT * FROM desk ORDER BY id;
ROLLBACK;
--- merge into a partitioned table
BEGIN;
MERGE INTO events e USING desk d ON e.id = d.id
    WHEN MATCHED AND e.amount > 30 THEN UPDATE SET kind = 'big'
    WHEN MATCHED AND e.payload > 'a9' THEN DELETE;
SELECT count(*), count(*) FILTER (WHERE kind = 'big') FROM events;
ROLLBACK;
--- merge returning
-- since: 17
BEGIN;
MERGE INTO desk d USING ruled r ON d.id = r.id WHEN MATCHED AND d.amount > 150 THEN UPDATE SET open = 'm' || d.id RETURNING merge_action(), d.*, r.*;
ROLLBACK;
--- merge not matched by source
-- since: 17
BEGIN;
MERGE INTO desk d USING ruled r ON d.id = r.id WHEN NOT MATCHED BY SOURCE AND d.amount > 200 THEN DELETE WHEN MATCHED THEN DO NOTHING;
SELECT count(*) FROM desk;
ROLLBACK;
--- data-modifying cte
BEGIN;
WITH gone AS (DELETE FROM desk WHERE amount > 200 RETURNING *) SELECT id, secret, amount FROM gone ORDER BY id;
ROLLBACK;
--- data-modifying cte moved into another table
BEGIN;
WITH gone AS (DELETE FROM desk WHERE id < 30 RETURNING id, secret) INSERT INTO sink (id, t) SELECT * FROM gone RETURNING id, t;
ROLLBACK;
--- data-modifying cte, update and select
BEGIN;
WITH u AS (UPDATE desk SET open = 'cte ' || id WHERE secret > 'a9' RETURNING secret, id) SELECT count(*), max(secret) FROM u;
ROLLBACK;
--- data-modifying cte that joins the same table
BEGIN;
WITH u AS (UPDATE desk SET open = 'cte ' || id WHERE id < 9 RETURNING *) SELECT u.id, u.secret, d.secret, d.open FROM u JOIN desk d ON d.id = u.id ORDER BY 1;
ROLLBACK;
--- truncate
-- blind: nothing is read
BEGIN;
TRUNCATE desk;
SELECT count(*) FROM desk;
ROLLBACK;
--- update returning a sub-select
BEGIN;
UPDATE desk SET open = 'rs' || id WHERE id < 5 RETURNING (SELECT max(ssn) FROM customers c WHERE c.score > desk.amount), secret;
ROLLBACK;
--- update returning through a function
BEGIN;
UPDATE desk SET open = 'rf' || id WHERE id < 5 RETURNING f_sql(id), f_plpgsql(id), desk.secret;
ROLLBACK;
--- insert whose select is a function
INSERT INTO sink (t) SELECT f_dynamic('EU');
SELECT count(DISTINCT t), max(t) FROM sink WHERE t LIKE '%@%';
--- large update over a join
BEGIN;
UPDATE orders o SET status = 'q' FROM customers c WHERE c.id = o.customer_id AND c.email > 'k' AND o.amount > 2000;
SELECT count(*) FROM orders WHERE status = 'q';
ROLLBACK;
--- writes through a view that carries a secret
BEGIN;
UPDATE v_customers SET region = 'XX' WHERE salary > 300000;
SELECT count(*) FROM customers WHERE region = 'XX';
ROLLBACK;
--- prepared write
PREPARE p(numeric) AS UPDATE customers SET visits = visits + 1 WHERE salary > $1 RETURNING id;
BEGIN;
EXECUTE p(300000);
SET LOCAL plan_cache_mode = force_generic_plan;
EXECUTE p(300000);
ROLLBACK;
--- prepared write by a cleared role, executed as masked
-- role: tw_switch
SET ROLE tw_cleared;
PREPARE p AS UPDATE desk SET open = 'sw ' || secret || id WHERE id < 10 RETURNING secret, open;
SET ROLE tw_masked;
BEGIN;
EXECUTE p;
ROLLBACK;
--- hot updates of this transaction are not told
BEGIN;
UPDATE hotspot SET secret = 'a' || substr(md5('a1'), 1, 7) WHERE id % 5 = 1;
SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'hotspot';
SELECT pg_stat_get_xact_tuples_hot_updated('hotspot'::regclass);
COMMIT;
--- hot updates of all time are not told
-- (the session before reports what it did when it has gone)
SET stats_fetch_consistency = none;
DO $$ BEGIN
    FOR i IN 1 .. 300 LOOP
        EXIT WHEN (SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'hotspot') >= 12;
        PERFORM pg_sleep(0.1);
    END LOOP;
END $$;
SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'hotspot';
SELECT n_tup_hot_upd FROM pg_stat_all_tables WHERE relname = 'hotspot';
SELECT pg_stat_get_tuples_hot_updated('hotspot'::regclass);
--- rows written so that a mask's condition would let go
-- refused: what a condition says of the new row decides over its mask
UPDATE cond SET region = 'EU' WHERE id = 3 RETURNING *;
SELECT * FROM cond ORDER BY id;
--- rows written so that a mask's condition would let go, by a function that changes its mind
-- refused: what a condition says of the new row decides over its mask
CREATE TEMP SEQUENCE asked;
CREATE FUNCTION pg_temp.liar() RETURNS text LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (ARRAY['US', 'EU'])[1 + nextval('asked') % 2]; END $$;
BEGIN;
UPDATE cond SET region = pg_temp.liar() WHERE id = 5 RETURNING *;
UPDATE cond SET region = pg_temp.liar() WHERE id = 5 RETURNING *;
UPDATE cond SET region = pg_temp.liar() WHERE id = 5 RETURNING *;
ROLLBACK;
--- parts of a masked document
-- refused: whether a part can be assigned depends on what the document holds
BEGIN;
UPDATE customers SET profile['plan'] = '"x"' WHERE id = 3 RETURNING profile;
UPDATE customers SET profile['pin']['digits'] = '4' WHERE id = 3 RETURNING profile;
ROLLBACK;
--- parts of masked arrays and rows
-- refused: whether an element can be assigned tells what is stored
BEGIN;
UPDATE customers SET tags[1] = 'x', tags[3] = email WHERE id = 3 RETURNING tags;
UPDATE exotic SET comp.x = 5, arr[1] = amount FROM desk WHERE exotic.id = 3 AND desk.id = 3 RETURNING comp, arr;
ROLLBACK;
