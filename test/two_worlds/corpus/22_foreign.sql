--- foreign table
SELECT * FROM far_customers ORDER BY id;
--- foreign table filtered by a masked column
SELECT id FROM far_customers WHERE salary > 300000 OR email > 'k' ORDER BY id;
--- foreign table filtered by an open column is pushed down
SELECT email FROM far_customers WHERE region = 'EU' ORDER BY id;
--- foreign table aggregated
SELECT region, count(*), max(email), sum(salary) FROM far_customers GROUP BY region ORDER BY region;
--- foreign join
SELECT a.id, b.email FROM far_customers a JOIN far_customers b ON a.id = b.id AND a.salary = b.salary ORDER BY 1;
--- foreign table sorted by a masked column with a limit
SELECT id FROM far_customers ORDER BY salary, id LIMIT 10;
--- foreign table joined with a local one
SELECT f.email, d.secret FROM far_customers f JOIN desk d USING (id) WHERE f.salary > d.amount ORDER BY f.id;
--- foreign table with remote estimates
SELECT id, email FROM far_estimated WHERE salary > 300000 ORDER BY id;
--- estimates of the far end
-- plain: it is an EXPLAIN
EXPLAIN (VERBOSE) SELECT 1 FROM far_estimated WHERE salary > 300000;
EXPLAIN (VERBOSE) SELECT 1 FROM far_estimated WHERE email = 'x' AND region = 'EU';
EXPLAIN (VERBOSE) SELECT email, count(*) FROM far_estimated GROUP BY email;
EXPLAIN (VERBOSE) SELECT 1 FROM far_estimated a JOIN far_estimated b ON a.email = b.email;
--- foreign whole row
SELECT f FROM far_customers f ORDER BY id LIMIT 30;
--- copy of a foreign table
COPY (SELECT * FROM far_customers ORDER BY id) TO STDOUT;
--- foreign table masked at the far end alone
SELECT * FROM far_desk ORDER BY id;
--- foreign table masked at the far end, filtered there
SELECT id FROM far_desk WHERE secret > 'a9' OR amount > 200 ORDER BY id;
--- foreign update, masked at the far end
BEGIN;
UPDATE far_desk SET open = secret || id WHERE id < 5 RETURNING *;
ROLLBACK;
--- foreign table of the masked role's own
CREATE FOREIGN TABLE home.far_own (id int, secret text, amount int) SERVER loop OPTIONS (schema_name 'shop', table_name 'desk');
SELECT * FROM far_own WHERE amount > 200 ORDER BY id;
--- import of the schema
IMPORT FOREIGN SCHEMA shop LIMIT TO (ruled) FROM SERVER loop INTO home;
SELECT count(*), max(secret) FROM home.ruled;
DROP FOREIGN TABLE home.ruled;
--- foreign cursor and for update
BEGIN;
DECLARE c CURSOR FOR SELECT id, email FROM far_customers ORDER BY id;
FETCH 5 FROM c;
COMMIT;
--- foreign table in a cte and a sub-select
WITH f AS MATERIALIZED (SELECT * FROM far_customers) SELECT count(*) FROM f WHERE email > 'g' AND salary < (SELECT avg(salary) FROM far_customers);
--- statistics of a foreign table
-- plain: a plan over the catalog follows the size of the catalog
SELECT attname, n_distinct, most_common_vals::text FROM pg_stats WHERE tablename LIKE 'far%' ORDER BY tablename, attname;
