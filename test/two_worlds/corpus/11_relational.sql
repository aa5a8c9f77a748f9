--- inner join on open keys
SELECT c.email, o.card, o.amount FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY o.id;
--- join on masked columns
SELECT count(*) FROM customers a JOIN customers b ON a.email = b.email;
--- join masked with open
SELECT count(*) FROM customers c JOIN orders o ON c.score - 1000 = o.id;
--- join by using
SELECT count(*), min(ruled.secret) FROM (SELECT amount - 100 AS id, secret FROM desk) d JOIN ruled USING (id);
--- natural join
SELECT count(*) FROM desk NATURAL JOIN taken;
--- left join with nulls
SELECT o.id, c.email, c.salary FROM orders o LEFT JOIN customers c ON c.id = o.customer_id AND c.salary > 300000 ORDER BY o.id LIMIT 80;
--- right join
SELECT c.id, o.card FROM orders o RIGHT JOIN customers c ON o.customer_id = c.id AND o.quantity > 50 ORDER BY c.id, o.id LIMIT 80;
--- full join on masked
SELECT count(*), count(a.id), count(b.id) FROM desk a FULL JOIN tenants b ON a.secret = b.secret;
--- full join with a coalesced key
SELECT * FROM desk a FULL JOIN ruled b USING (secret) ORDER BY a.id, b.id LIMIT 100;
--- outer join whose masked side is null
SELECT c.id, c.email, d.secret, d.amount FROM customers c LEFT JOIN desk d ON d.id = c.id + 250 ORDER BY c.id;
--- outer join with a constant mask on the nullable side
SELECT c.id, o.quantity, o.quantity IS NULL FROM customers c LEFT JOIN orders o ON o.id = c.id + 500 ORDER BY c.id;
--- semi join
SELECT id FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE amount > 3000) ORDER BY id;
--- anti join
SELECT id FROM customers c WHERE NOT EXISTS (SELECT FROM orders o WHERE o.quantity = c.score - 1000) ORDER BY id;
--- cross join with a filter over both
SELECT count(*) FROM desk a, desk b WHERE a.amount < b.amount;
--- self join to rank by a secret
SELECT a.id, count(*) FROM desk a JOIN desk b ON b.amount <= a.amount GROUP BY a.id ORDER BY 1;
--- lateral
SELECT c.id, l.amount FROM customers c, LATERAL (SELECT amount FROM orders o WHERE o.customer_id = c.id ORDER BY amount DESC LIMIT 1) l ORDER BY 1;
--- lateral with a masked outer reference
SELECT c.id, l.n FROM customers c LEFT JOIN LATERAL (SELECT count(*) AS n FROM orders o WHERE o.amount * 100 > c.salary) l ON true ORDER BY 1;
--- lateral function over a masked column
SELECT c.id, s FROM customers c, LATERAL string_to_table(c.email, '@') s ORDER BY 1, 2 LIMIT 90;
--- whole row of an outer join
SELECT o.id, c FROM orders o LEFT JOIN customers c ON c.id = o.customer_id AND c.score > 1010 ORDER BY o.id LIMIT 60;
--- join alias
SELECT j.email, j.amount FROM (customers c JOIN orders o ON o.customer_id = c.id) AS j (cid, name, email) WHERE j.cid < 10 ORDER BY 1, 2;
--- three tables and an aggregate
SELECT c.region, sum(o.amount), max(d.secret) FROM customers c JOIN orders o ON o.customer_id = c.id LEFT JOIN desk d ON d.id = o.quantity GROUP BY c.region ORDER BY 1;
--- hash join on masked columns
SET enable_mergejoin = off;
SET enable_nestloop = off;
EXPLAIN (VERBOSE) SELECT count(*) FROM customers a JOIN customers b ON a.ssn = b.ssn;
SELECT count(*) FROM customers a JOIN customers b ON a.ssn = b.ssn;
--- merge join on masked columns
SET enable_hashjoin = off;
SET enable_nestloop = off;
EXPLAIN (VERBOSE) SELECT count(*) FROM customers a JOIN customers b ON a.salary = b.salary;
SELECT count(*) FROM customers a JOIN customers b ON a.salary = b.salary;
--- nested loop with an inner index on a masked column
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_seqscan = off;
EXPLAIN (VERBOSE) SELECT count(*) FROM desk d JOIN customers b ON d.amount + 100000.25 = b.salary;
SELECT count(*) FROM desk d JOIN customers b ON d.amount + 100000.25 = b.salary;
--- memoize over a masked key
SET enable_hashjoin = off;
SET enable_mergejoin = off;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT count(*) FROM orders o JOIN customers c ON c.id = o.quantity;
--- union
SELECT email FROM customers UNION SELECT card FROM orders ORDER BY 1;
--- union all
SELECT id, secret FROM desk UNION ALL SELECT id, secret FROM tenants ORDER BY 1, 2;
--- intersect
SELECT secret FROM desk INTERSECT SELECT secret FROM ruled ORDER BY 1;
--- intersect all
SELECT amount % 5 FROM desk INTERSECT ALL SELECT quantity % 5 FROM orders ORDER BY 1;
--- except
SELECT id, amount FROM desk EXCEPT SELECT id, quantity FROM orders ORDER BY 1;
--- except with a guess
SELECT ssn FROM customers EXCEPT VALUES ('100-10-0001'), ('113-23-0002') ORDER BY 1;
--- set operation below an aggregate
SELECT count(*), count(DISTINCT s) FROM (SELECT ssn::text AS s FROM customers UNION SELECT email FROM customers) u;
--- nested set operations
(SELECT id FROM customers WHERE salary > 500000 EXCEPT SELECT id FROM desk WHERE amount > 500) INTERSECT SELECT id FROM orders WHERE amount > 3000 ORDER BY 1;
--- group by masked
SELECT email, count(*) FROM customers GROUP BY email ORDER BY 1, 2;
--- group by masked, count alone
SELECT count(*) FROM customers GROUP BY salary ORDER BY 1;
--- group by expression
SELECT score / 1000, count(*), min(id) FROM customers GROUP BY 1 ORDER BY 1;
--- group by primary key
SELECT id, email, salary FROM customers GROUP BY id ORDER BY id LIMIT 40;
--- having
SELECT region, count(*) FROM customers GROUP BY region HAVING avg(salary) > 400000 ORDER BY 1;
--- having over a masked extreme
SELECT region FROM customers GROUP BY region HAVING max(ssn) > '5' ORDER BY 1;
--- count distinct
SELECT count(DISTINCT email), count(DISTINCT salary), count(DISTINCT ssn), count(DISTINCT birth) FROM customers;
--- all sorts of aggregates
SELECT sum(salary), avg(score), stddev(salary), variance(score), corr(score, visits), bool_and(active), bool_or(active), every(active) FROM customers;
--- collecting aggregates
SELECT string_agg(name, ','), array_agg(salary), json_agg(email), jsonb_object_agg(id, ssn) FROM customers;
--- ordered aggregates
SELECT array_agg(id ORDER BY salary, id), string_agg(region, '' ORDER BY ssn, id) FROM customers;
--- distinct in an aggregate
SELECT array_agg(DISTINCT ssn), sum(DISTINCT score) FROM customers;
--- filter
SELECT count(*) FILTER (WHERE salary > 300000), max(email) FILTER (WHERE score < 2000) FROM customers;
--- ordered sets
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY salary), mode() WITHIN GROUP (ORDER BY ssn), rank(300000) WITHIN GROUP (ORDER BY salary) FROM customers;
--- grouping sets
SELECT region, active, score > 2000, count(*), grouping(region, active) FROM customers GROUP BY GROUPING SETS ((region), (active), (score > 2000), ()) ORDER BY 1, 2, 3, 4;
--- rollup
SELECT region, active, sum(salary) FROM customers GROUP BY ROLLUP (region, active) ORDER BY 1, 2, 3;
--- cube
SELECT active, visits > 5, count(*) FROM customers GROUP BY CUBE (active, visits > 5) ORDER BY 1, 2, 3;
--- aggregate over an empty set picked by a secret
SELECT count(*), sum(salary), max(email) FROM customers WHERE salary > 899999;
--- window rank
SELECT id, rank() OVER (ORDER BY salary), dense_rank() OVER (ORDER BY salary), ntile(4) OVER (ORDER BY salary, id) FROM customers ORDER BY id;
--- window over partitions by a secret
SELECT id, row_number() OVER (PARTITION BY ssn ORDER BY id), count(*) OVER (PARTITION BY email) FROM customers ORDER BY id;
--- window frames
SELECT id, lag(email) OVER w, lead(salary) OVER w, first_value(ssn) OVER w, nth_value(name, 2) OVER w FROM customers WINDOW w AS (PARTITION BY region ORDER BY id) ORDER BY id;
--- window range frame over a masked column
SELECT id, count(*) OVER (ORDER BY score RANGE BETWEEN 100 PRECEDING AND 100 FOLLOWING) FROM customers ORDER BY id;
--- window filter and exclusion
SELECT id, sum(salary) FILTER (WHERE active) OVER (ORDER BY id ROWS 3 PRECEDING EXCLUDE CURRENT ROW) FROM customers ORDER BY id;
--- window run condition
SELECT id FROM (SELECT id, row_number() OVER (ORDER BY ssn, id) AS n FROM customers) s WHERE n <= 10 ORDER BY id;
--- cte
WITH rich AS (SELECT * FROM customers WHERE salary > 300000) SELECT id, email FROM rich ORDER BY id;
--- cte materialized
WITH c AS MATERIALIZED (SELECT id, email, salary FROM customers) SELECT id, email FROM c WHERE salary > 300000 ORDER BY id;
--- cte not materialized, used twice
WITH c AS NOT MATERIALIZED (SELECT * FROM customers) SELECT a.id, b.email FROM c a JOIN c b ON a.id = b.visits + 1 WHERE a.score > 1010 ORDER BY 1, 2;
--- cte used in a sub-select
WITH c AS (SELECT max(salary) AS m FROM customers) SELECT id FROM customers WHERE salary = (SELECT m FROM c) ORDER BY id;
--- recursive cte over a masked column
WITH RECURSIVE r(id, e, n) AS (SELECT id, email, 1 FROM customers WHERE id = 1 UNION ALL SELECT c.id, r.e || c.email, n + 1 FROM r JOIN customers c ON c.id = r.id + 1 WHERE n < 6) SELECT * FROM r ORDER BY n;
--- recursive cte steered by a secret
WITH RECURSIVE r(id) AS (SELECT 1 UNION SELECT 1 + (c.score + r.id) % 300 FROM r JOIN customers c ON c.id = r.id) SELECT count(*), max(id) FROM r;
--- recursive cte with search and cycle
WITH RECURSIVE r(id, s) AS (SELECT id, score FROM customers WHERE id = 2 UNION ALL SELECT c.id, c.score FROM r JOIN customers c ON c.id = 1 + r.s % 300) SEARCH DEPTH FIRST BY s SET o CYCLE s SET looped USING path SELECT id, s, looped FROM r ORDER BY o LIMIT 30;
--- nested sub-selects
SELECT * FROM (SELECT id, e FROM (SELECT id, email || score AS e FROM customers OFFSET 0) a WHERE e > 'd') b ORDER BY 1;
--- correlated at two levels
SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND EXISTS (SELECT 1 FROM desk d WHERE d.amount * 9 > c.score AND d.id < o.id)) ORDER BY 1;
--- all and some
SELECT id FROM desk WHERE amount >= ALL (SELECT amount FROM desk) ORDER BY 1;
--- rows from
SELECT * FROM ROWS FROM (generate_series(1, 3), unnest((SELECT tags FROM customers WHERE id = 1))) AS t (n, tag);
--- grouping by whole row
SELECT c, count(*) FROM (SELECT region, active FROM customers) c GROUP BY c ORDER BY 1;
--- values joined with a secret
SELECT v.guess, count(c.id) FROM (VALUES ('100-10-0001'), ('113-23-0002'), ('152-11-0003')) v (guess) LEFT JOIN customers c ON c.ssn = v.guess GROUP BY 1 ORDER BY 1;
--- parallel scan and aggregate
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (VERBOSE) SELECT grp, sum(secret), max(label) FROM big WHERE secret > 1000 GROUP BY grp;
SELECT grp, sum(secret), max(label) FROM big WHERE secret > 1000 GROUP BY grp ORDER BY grp;
--- parallel hash join on masked columns
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET enable_mergejoin = off;
EXPLAIN (VERBOSE) SELECT count(*) FROM big a JOIN big b ON a.id = b.secret WHERE b.grp = 3;
SELECT count(*) FROM big a JOIN big b ON a.id = b.secret WHERE b.grp = 3;
--- parallel append over partitions
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT kind, max(payload), sum(amount) FROM events GROUP BY kind ORDER BY kind;
--- parallel index scan
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET min_parallel_index_scan_size = 0;
SET enable_seqscan = off;
SELECT count(*), sum(secret) FROM big WHERE id BETWEEN 100 AND 9000 AND secret < 900;
--- incremental sort
SET enable_hashagg = off;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT region, salary, count(*) FROM customers GROUP BY region, salary ORDER BY region, salary;
--- sorting spilled to disk
SET work_mem = '64kB';
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id, secret, label FROM big ORDER BY secret, label, id;
--- hash aggregate spilled to disk
SET work_mem = '64kB';
SET enable_sort = off;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT secret, count(*) FROM big GROUP BY secret;
SELECT count(*) FROM (SELECT secret, count(*) FROM big GROUP BY secret) s;
--- just-in-time compilation
SET jit_above_cost = 0;
SET jit_inline_above_cost = 0;
SET jit_optimize_above_cost = 0;
SELECT sum(salary), max(email || ssn) FROM customers WHERE score > 1005;
