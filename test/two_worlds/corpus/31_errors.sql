--- not null
UPDATE members SET badge = NULL WHERE id = 3;
--- not null by insert
-- blind: the row is the client's own
INSERT INTO members VALUES (900, 1, NULL, 'a0000000', 5, 1, '[5000,9999)', 900);
--- check over a masked column
UPDATE members SET rank = 95 WHERE id = 3;
--- check over a masked column, many rows
UPDATE members SET rank = 95;
--- check broken by arithmetic on a masked column
UPDATE desk SET open = NULL WHERE 1 / (amount - 113) > 1;
--- check by insert select
INSERT INTO accounts SELECT id + 500, holder, pin, -balance FROM accounts;
--- unique over a masked column
UPDATE members SET grp = 1 WHERE id = 2;
--- unique over a masked column, insert
INSERT INTO members SELECT id + 100, grp, badge, pin, level, rank + 5, stay, room + 100 FROM members WHERE id = 1;
--- unique, on conflict on another constraint
BEGIN;
UPDATE members SET grp = 7 WHERE id = 1;
UPDATE members SET grp = 7 WHERE id = 2;
ROLLBACK;
--- exclusion over a masked range
UPDATE members SET room = 1 WHERE id = 2;
--- domain
-- blind: the message shows no value
UPDATE members SET pin = 'not a pin' WHERE id = 3;
--- domain cast of a masked column
-- blind: the message shows no value
SELECT (badge || 'zz')::pin_code FROM members WHERE id = 3;
--- domain cast of another column
SELECT secret::pin_code FROM desk WHERE id > 30 ORDER BY id;
--- deferred unique, explicit commit
BEGIN;
SET CONSTRAINTS members_deferred DEFERRED;
UPDATE members SET rank = 3 WHERE id = 2;
COMMIT;
--- deferred unique, set immediate
BEGIN;
SET CONSTRAINTS members_deferred DEFERRED;
UPDATE members SET rank = 3 WHERE id = 4;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;
--- unique checked at the end of the statement
UPDATE members SET rank = 3 WHERE id = 6;
--- foreign key, parent side
DELETE FROM parents WHERE title = 'title 5';
--- foreign key, update of the parent's open column
BEGIN;
UPDATE parents SET title = 'x' WHERE code > 'a9' RETURNING title;
ROLLBACK;
--- foreign key, child side
-- blind: the value is the client's own
UPDATE children SET code = 'nowhere' WHERE id = 3;
--- foreign key, child side, copied from a masked column
UPDATE children SET code = (SELECT secret FROM desk WHERE id = 20) WHERE id = 3;
--- foreign key, deferred, implicit commit
-- blind: the value is the client's own
UPDATE children SET late = 'nowhere' WHERE id = 3;
--- foreign key, deferred, explicit commit
-- blind: the value is the client's own
BEGIN;
UPDATE children SET late = 'nowhere' WHERE id = 3;
COMMIT;
--- foreign key, deferred, parent goes
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
UPDATE children SET code = NULL;
DELETE FROM parents WHERE title = 'title 7';
COMMIT;
--- foreign key, deferred, parent goes, implicit commit in a function
DO $$
BEGIN
    UPDATE shop.children SET code = NULL;
    DELETE FROM shop.parents WHERE title = 'title 8';
END $$;
--- foreign key, cascade
-- blind: the value written is the client's own
BEGIN;
UPDATE children SET late = NULL;
UPDATE parents SET code = 'moved' WHERE title = 'title 9' RETURNING code;
SELECT count(*) FROM children WHERE code = 'moved';
ROLLBACK;
--- partition routing
-- blind: the partition key is open
UPDATE events SET id = 9999, kind = payload WHERE id = 3;
--- partition constraint
UPDATE events_1 SET id = 9999 WHERE id = 3;
--- partition routing by insert select
-- blind: the partition key is open
INSERT INTO events SELECT id + 9000, payload, amount, kind FROM events WHERE id < 3;
--- partition check constraint
UPDATE events SET amount = -amount;
--- view check option
UPDATE v_check SET amount = -5 WHERE id = 11;
--- row-level security check
-- blind: the message shows no value
UPDATE tenants SET tenant = 't0' WHERE id = 1;
--- row-level security check over a secret
-- blind: the message shows no value
UPDATE tenants SET secret = 'changed' WHERE id = 1;
--- caught by plpgsql
SELECT f_catch('UPDATE members SET badge = NULL WHERE id = 3');
--- caught by plpgsql, check
SELECT f_catch('UPDATE members SET rank = 95 WHERE id = 5');
--- caught by plpgsql, unique
SELECT f_catch('UPDATE members SET grp = 1 WHERE id = 2');
--- caught by plpgsql, exclusion
SELECT f_catch('UPDATE members SET room = 1 WHERE id = 2');
--- caught by plpgsql, foreign key
SELECT f_catch($$DELETE FROM parents WHERE title = 'title 5'$$);
--- caught by plpgsql, deferred made immediate
SELECT f_catch($$SET CONSTRAINTS members_deferred DEFERRED; UPDATE members SET rank = 3 WHERE id = 8; SET CONSTRAINTS ALL IMMEDIATE$$);
--- caught by plpgsql, cast
SELECT f_catch('SELECT CAST(email AS int) FROM customers WHERE id = 3');
--- caught by plpgsql, partition
-- blind: the partition key is open
SELECT f_catch('UPDATE events SET id = 9999 WHERE id = 3');
--- caught by plpgsql, domain
-- blind: the message shows no value
SELECT f_catch('SELECT secret::pin_code FROM tenants WHERE id > 3');
--- caught in a function of the masked role that keeps the context
DO $$
DECLARE c text;
BEGIN
    UPDATE shop.members SET rank = 95 WHERE id = 3;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS c = PG_EXCEPTION_DETAIL;
    RAISE NOTICE 'detail: %, message: %', c, sqlerrm;
    RAISE;
END $$;
--- prepared statement that breaks a check
PREPARE p(int) AS UPDATE members SET rank = 95 WHERE id = $1;
EXECUTE p(3);
--- cast to integer
SELECT CAST(ssn AS int) FROM customers ORDER BY id;
--- cast to date
SELECT name::date FROM customers ORDER BY id;
--- cast to json
SELECT email::json FROM customers ORDER BY id;
--- cast to numeric in a condition
SELECT id FROM customers WHERE email::numeric > 1;
--- cast to an enum
SELECT code::mood FROM exotic ORDER BY id;
--- cast to bit and boolean
SELECT ssn::bit(3), ssn::boolean FROM customers;
--- cast to xml
SELECT ('<' || secret)::xml FROM desk ORDER BY id;
--- cast to regclass
SELECT secret::regclass FROM desk ORDER BY id;
--- cast to regtype and regrole
SELECT secret::regrole FROM desk ORDER BY id;
--- cast of a row
SELECT (d::text)::customers FROM desk d ORDER BY id;
--- cast to array
SELECT email::int[] FROM customers ORDER BY id;
--- cast to timestamp with a format
SELECT to_timestamp(ssn, 'YYYY-MM-DD'), to_date(name, 'Mon'), to_number(ssn, '999') FROM customers ORDER BY id LIMIT 3;
--- division by a masked number
SELECT 1 / (secret - 26) FROM big ORDER BY id LIMIT 5;
--- division by zero at a guessed value
SELECT count(*) FROM customers WHERE 1 / (score - 1013) >= 0;
--- division by zero in a case
SELECT count(CASE WHEN salary = 100013.25 THEN 1 / (id - id) END) FROM customers;
--- overflow
SELECT (score * 1000000)::int FROM customers WHERE id = 4;
--- overflow in an aggregate
SELECT sum((score * 300000000000000)::bigint * 10) FROM customers;
--- numeric field overflow
SELECT max((salary * 5)::numeric(8, 2)) FROM customers;
--- string too long
SELECT CAST(email AS varchar(3)) FROM customers ORDER BY id LIMIT 3;
--- insert that is too long
-- blind: the message shows no value
INSERT INTO members SELECT id + 300, grp, badge || badge, repeat(pin, 9), level, rank, stay, room FROM members;
--- invalid regular expression out of a secret
SELECT 'a' ~ ('[' || left(secret, 1) || '-a]') FROM desk ORDER BY id;
--- invalid json path out of a secret
SELECT ('$[' || translate(left(secret, 1), 'aX', '12') || ']')::jsonpath FROM desk ORDER BY id;
--- invalid like pattern out of a secret
SELECT 'aa' LIKE (left(secret, 1) || '%\') FROM desk ORDER BY id;
--- text search query out of a secret
SELECT to_tsquery('simple', secret || ' &') FROM desk ORDER BY id;
--- format with a secret as its pattern
SELECT format('%' || secret) FROM desk ORDER BY id;
--- interval and time zone out of a secret
SELECT now() AT TIME ZONE secret FROM desk ORDER BY id;
--- convert and decode a secret
SELECT decode(translate(left(secret, 1), 'aX', 'z1') || '0', 'hex'), convert_from(secret::bytea, 'UTF8') FROM desk ORDER BY id;
--- set_config with a secret
SELECT set_config('work_mem', secret, true) FROM desk WHERE id = 20;
--- set_config of a client's own setting
SELECT set_config('tw.own', secret, true), current_setting('tw.own') FROM desk WHERE id = 20;
--- more than one row in a sub-select
SELECT (SELECT email FROM customers WHERE salary > 200000);
--- more than one row chosen by a guess
SELECT (SELECT id FROM customers WHERE ssn = '100-10-0001');
--- array subscript and dimension errors
SELECT array_fill(1, ARRAY[score, score, score]) FROM customers WHERE id = 4;
--- generate_series with a masked step
SELECT count(*) FROM desk d, generate_series(1, 10, d.amount - 113) g;
--- repeat and limits
SELECT length(repeat(secret, amount)) FROM desk ORDER BY id;
--- limit negative by a secret
SELECT id FROM desk ORDER BY id LIMIT (SELECT 300 - max(amount) FROM desk);
--- tablesample out of range by a secret
SELECT count(*) FROM orders TABLESAMPLE SYSTEM ((SELECT greatest(max(amount) - 200, 0) FROM desk)) REPEATABLE (1);
--- error inside an aggregate
SELECT json_object_agg(nullif(score, 1013), id ORDER BY id) FROM customers;
--- error inside an ordered set
SELECT percentile_cont(score) WITHIN GROUP (ORDER BY salary) FROM customers GROUP BY score;
--- error inside a window
SELECT nth_value(id, abs(score - 1013)) OVER (ORDER BY id), ntile(abs(score - 1013)) OVER (ORDER BY id) FROM customers;
--- error inside a window frame
SELECT count(*) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND (SELECT 1500 - max(score) FROM customers) FOLLOWING) FROM customers;
--- error inside an SQL function
CREATE FUNCTION home.broken(int) RETURNS int LANGUAGE sql STABLE AS 'SELECT email::int FROM shop.customers WHERE id = $1';
SELECT broken(3);
--- error inside a plpgsql function, context included
CREATE FUNCTION home.broken_pl(int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE n int;
BEGIN SELECT ssn INTO n FROM shop.customers WHERE id = $1; RETURN n; END $$;
SELECT broken_pl(3);
--- error in a cursor
BEGIN;
DECLARE c CURSOR FOR SELECT id, 1 / (secret - 26) FROM big ORDER BY id;
FETCH 200 FROM c;
ROLLBACK;
--- error in create table as
CREATE TABLE home.never AS SELECT email::int FROM customers;
--- error in copy
COPY (SELECT email::int FROM customers) TO STDOUT;
--- error in a unique index on an own table filled with masks
CREATE TABLE home.uniq (e text UNIQUE);
INSERT INTO uniq SELECT ssn FROM customers;
--- error when an index is built on own masks
CREATE TABLE home.uniq2 AS SELECT score FROM customers;
CREATE UNIQUE INDEX ON uniq2 (score);
--- error of a check on an own table
CREATE TABLE home.checked (n numeric CHECK (n < 200000));
INSERT INTO checked SELECT salary FROM customers;
--- error of a partition of an own table
CREATE TABLE home.parted (n int) PARTITION BY RANGE (n);
CREATE TABLE home.parted1 PARTITION OF home.parted FOR VALUES FROM (0) TO (1013);
INSERT INTO parted SELECT score FROM customers;
--- concurrent refresh of an own view with doubles
CREATE MATERIALIZED VIEW home.doubles AS SELECT id, score FROM customers;
CREATE UNIQUE INDEX ON home.doubles (id);
REFRESH MATERIALIZED VIEW CONCURRENTLY home.doubles;
SELECT max(score) FROM doubles;
--- statement timeouts and assertions in a loop steered by a secret
DO $$
DECLARE n int;
BEGIN
    SELECT max(amount) INTO n FROM shop.desk;
    IF n > 500 THEN RAISE EXCEPTION USING message = 'large', detail = n::text, hint = 'h', errcode = '22000'; END IF;
    RAISE NOTICE 'small';
END $$;
--- raise with a secret in every field
DO $$
DECLARE s text;
BEGIN
    SELECT secret INTO s FROM shop.desk WHERE id = 20;
    RAISE WARNING USING message = s, detail = s, hint = s, column = s, constraint = s, datatype = s, table = s, schema = s;
END $$;
--- error of a generated column
-- blind: the message shows no value
UPDATE ledger SET gross = 2147483647 - gross WHERE id < 3;
--- error of a generated column over a secret
-- blind: the message shows no value
UPDATE ledger SET gross = -2147483648 WHERE id < 3;
--- error of an expression index
UPDATE customers SET email = NULL, salary = -1 WHERE id = 4;
--- error in an exclusion of rows
INSERT INTO members SELECT id + 400, grp + 2, badge, pin, level, rank + 9, stay, room FROM members WHERE id = 3;
--- notices of a truncated identifier
-- blind: it is the client's own
SELECT 1 AS "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
--- log of plans and statements
-- role: tw_logged
SELECT email, salary FROM customers WHERE salary > 300000 ORDER BY id LIMIT 10;
--- log of plans of functions and of writing
-- role: tw_logged
SELECT f_plpgsql(3), f_loop();
UPDATE desk SET open = 'logged' WHERE id = 30 AND amount < 5000;
--- log of parameters
-- role: tw_logged
PREPARE p(text) AS SELECT count(*) FROM customers WHERE ssn > $1;
EXECUTE p('5');
--- log of errors
-- role: tw_logged
SELECT email::int FROM customers WHERE id = 3;
UPDATE members SET rank = 95 WHERE id = 3;
--- messages of the client's own settings
SET client_min_messages = debug1;
SET debug_print_plan = on;
SET debug_print_rewritten = on;
SET debug_print_parse = on;
SELECT secret FROM desk WHERE id = 20;
