-- Whatever way a masked role reads, it reads the masks; what is not masked comes out as it is stored.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE reads_masked;
CREATE TABLE reads_people (
    id int PRIMARY KEY, gone int, name text, email text, salary numeric(10,2), born date, tags text[]);
ALTER TABLE reads_people DROP COLUMN gone;
INSERT INTO reads_people VALUES
    (1, 'Ada', 'ada@example.com', 100, '1815-12-10', '{a,b}'),
    (2, 'Bob', 'bob@example.org', 200, '1980-01-02', NULL),
    (3, 'Eve', NULL, 300, NULL, '{c}');
CREATE TABLE reads_orders (number int PRIMARY KEY, person int, amount numeric);
INSERT INTO reads_orders VALUES (10, 1, 5), (11, 1, 7), (12, 2, 9), (13, 99, 1);
SECURITY LABEL FOR ddm ON COLUMN reads_people.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN reads_people.salary IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN reads_people.born IS 'MASKED WITH VALUE ''2000-01-01''';
CREATE VIEW reads_view AS SELECT id, email AS address, name FROM reads_people WHERE id < 3;
CREATE VIEW reads_barrier WITH (security_barrier) AS SELECT * FROM reads_people;
GRANT SELECT ON reads_people, reads_orders, reads_view, reads_barrier TO reads_masked;
GRANT UPDATE (name) ON reads_people TO reads_masked;
SET ROLE reads_masked;

-- Select lists, whole rows, system columns.
TABLE reads_people;
SELECT p FROM reads_people p ORDER BY id;
SELECT pg_typeof(p), (p).email, p.salary, to_jsonb(p) -> 'email' AS json FROM reads_people p WHERE id = 1;
SELECT p.ctid, p.tableoid::regclass, p FROM reads_people p WHERE ctid = '(0,2)';
SELECT count(p), count(p.*), count(*), count(email) FROM reads_people p;
SELECT (SELECT p) FROM reads_people p WHERE id = 2;
SELECT id, p IS NULL AS no_field, p IS NOT NULL AS every_field FROM reads_people p ORDER BY id;
SELECT number, p IS NULL AS no_field, p IS NOT NULL AS every_field FROM reads_orders LEFT JOIN reads_people p ON p.id = person ORDER BY 1;

-- Conditions see the mask, not the value.
SELECT id FROM reads_people WHERE email = 'ada@example.com';
SELECT id FROM reads_people WHERE email = 'a***@example.com';
SELECT id FROM reads_people WHERE salary > 150;
SELECT id FROM reads_people WHERE born < '1900-01-01' OR salary BETWEEN 100 AND 300;
SELECT id FROM reads_people p WHERE p = ROW(1, 'Ada', 'ada@example.com', 100.00, '1815-12-10', '{a,b}')::reads_people;

-- Grouping, ordering, distinct, windows, aggregates.
SELECT salary, count(*) FROM reads_people GROUP BY salary;
SELECT max(salary), min(born), string_agg(email, ',' ORDER BY email DESC) FROM reads_people;
SELECT DISTINCT born FROM reads_people;
SELECT id, sum(salary) OVER (ORDER BY email), lag(email) OVER (ORDER BY id) FROM reads_people ORDER BY id;
SELECT name, salary FROM reads_people GROUP BY id HAVING max(salary) = 0 ORDER BY name;
SELECT email, born, count(*) FROM reads_people GROUP BY ROLLUP (email, born) ORDER BY 1, 2, 3;
SELECT id FROM reads_people ORDER BY salary, email DESC NULLS LAST, id;
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY salary), max(salary) FILTER (WHERE email LIKE 'ada%') FROM reads_people;

-- Joins: what is not there is NULL, mask or not.
SELECT o.number, p.email, p.born, p FROM reads_orders o LEFT JOIN reads_people p ON p.id = o.person ORDER BY 1;
SELECT o.number, p.born FROM reads_people p RIGHT JOIN reads_orders o ON p.id = o.person ORDER BY 1;
SELECT o.number, p.born, p.ctid IS NULL AS none FROM reads_orders o FULL JOIN reads_people p ON p.id = o.person ORDER BY 1, p.id;
SELECT a.id, b.id FROM reads_people a JOIN reads_people b ON a.salary = b.salary AND a.id < b.id ORDER BY 1, 2;
SELECT id, email FROM reads_people NATURAL JOIN (SELECT id FROM reads_people WHERE salary = 0) s ORDER BY id;
SELECT * FROM reads_people a JOIN reads_people b USING (id, email) WHERE id = 1;
SELECT j.email FROM (reads_people p JOIN reads_orders o ON o.person = p.id) AS j ORDER BY j.number;
SELECT o.number, x.e FROM reads_orders o, LATERAL (SELECT email AS e FROM reads_people WHERE id = o.person) x ORDER BY 1;
SELECT p.id, v.* FROM reads_people p, LATERAL (VALUES (p.email, p.ctid), (p.salary::text, p.ctid)) v ORDER BY 1, 2;
SELECT p.id, u FROM reads_people p, unnest(ARRAY[p.email, p.born::text]) u ORDER BY 1, 2;
SELECT p.id, j.value FROM reads_people p, jsonb_each_text(to_jsonb(p)) j WHERE j.key = 'email' ORDER BY 1;

-- Sub-selects.
SELECT id FROM reads_orders o JOIN reads_people p ON p.id = o.person WHERE EXISTS (SELECT FROM reads_people WHERE salary = o.amount * 0);
SELECT number, (SELECT email FROM reads_people WHERE id = o.person) FROM reads_orders o ORDER BY 1;
SELECT id FROM reads_people WHERE 'ada@example.com' IN (SELECT email FROM reads_people);
SELECT ARRAY(SELECT email FROM reads_people ORDER BY id), (SELECT max(salary) FROM reads_people);
SELECT id FROM reads_people p WHERE salary = (SELECT max(q.salary) FROM reads_people q WHERE q.email IS NOT DISTINCT FROM p.email) ORDER BY id;
SELECT id FROM reads_people LIMIT (SELECT count(*) FROM reads_people WHERE salary > 150);
SELECT x FROM generate_series(1, (SELECT count(*)::int FROM reads_people WHERE salary > 0)) x;
VALUES ((SELECT email FROM reads_people WHERE id = 1)), ('other');
SELECT id FROM reads_people TABLESAMPLE bernoulli ((SELECT 100 + max(salary) FROM reads_people)) ORDER BY id;
SELECT sum(amount) OVER (ORDER BY number ROWS (SELECT max(salary)::int FROM reads_people) PRECEDING) FROM reads_orders;

-- WITH, set operations, views.
WITH p AS (SELECT * FROM reads_people) SELECT p.email, p FROM p WHERE id = 1;
WITH p AS MATERIALIZED (TABLE reads_people) SELECT email, born FROM p ORDER BY id;
WITH RECURSIVE r AS (SELECT id, email FROM reads_people WHERE id = 1
    UNION ALL SELECT p.id, p.email FROM reads_people p JOIN r ON p.id = r.id + 1) TABLE r;
SELECT email FROM reads_people UNION SELECT address FROM reads_view ORDER BY 1;
SELECT salary FROM reads_people INTERSECT SELECT 100;
SELECT name FROM reads_people EXCEPT SELECT name FROM reads_people WHERE salary = 0;
SELECT * FROM reads_view ORDER BY id;
SELECT v FROM reads_view v WHERE address LIKE 'ada%' OR id = 2;
SELECT email, salary FROM reads_barrier WHERE id = 1;
SELECT id, email FROM reads_barrier b WHERE b.email = 'ada@example.com';

-- Row locks; the lock is on the relation itself.
SELECT id, email FROM reads_people WHERE id = 1 FOR UPDATE;
SELECT o.number, p.email FROM reads_orders o LEFT JOIN reads_people p ON p.id = o.person WHERE number = 13;
SELECT p.email FROM reads_people p JOIN reads_orders o ON o.person = p.id WHERE o.number = 12 FOR NO KEY UPDATE OF p;

-- What is made of it holds masks.
CREATE TEMP TABLE reads_copy AS SELECT * FROM reads_people;
SELECT id, email, salary, born FROM reads_copy ORDER BY id;
SELECT id, email INTO TEMP reads_into FROM reads_people;
TABLE reads_into;
CREATE TEMP TABLE reads_insert (LIKE reads_copy);
INSERT INTO reads_insert SELECT * FROM reads_people;
SELECT id, email FROM reads_insert ORDER BY id;
RESET ROLE;
-- Also for who is cleared: they are masks, not values shown masked.
SELECT id, email, salary, born FROM reads_copy ORDER BY id;

-- Foreign rights are unchanged.
REVOKE SELECT ON reads_people FROM reads_masked;
GRANT SELECT (id, email) ON reads_people TO reads_masked;
SET ROLE reads_masked;
SELECT id, email FROM reads_people ORDER BY id;
SELECT name FROM reads_people;
SELECT p FROM reads_people p;
SELECT id FROM reads_people WHERE salary = 0;
SELECT o.number, p.email FROM reads_orders o LEFT JOIN reads_people p ON p.id = o.person AND p.name = 'Ada';
SELECT address FROM reads_view ORDER BY id;
RESET ROLE;

DROP TABLE reads_people, reads_orders, reads_copy, reads_into, reads_insert CASCADE;
DROP ROLE reads_masked;
