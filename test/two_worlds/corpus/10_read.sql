--- all columns
SELECT * FROM customers ORDER BY id;
--- table command
TABLE customers;
--- one column
SELECT email FROM customers;
--- qualified column
SELECT shop.customers.salary FROM shop.customers;
--- alias with renamed columns
SELECT a, c FROM customers AS t (a, b, c, d) ORDER BY a;
--- only
SELECT email FROM ONLY customers ORDER BY id LIMIT 30;
--- expressions over masked columns
SELECT upper(email), salary * 2, score % 7, birth + 1, tags[1], profile ->> 'pin', length(name) FROM customers ORDER BY id;
--- concatenation and casts
SELECT email || salary::text || birth::text || active::text || uid::text FROM customers ORDER BY id;
--- case
SELECT CASE WHEN salary > 400000 THEN 'rich' WHEN score > 3000 THEN 'scored' ELSE 'other' END FROM customers;
--- coalesce and nullif
SELECT coalesce(notes, email, 'none'), nullif(score, 1000), greatest(salary, 5), least(birth, '1960-01-01') FROM customers;
--- where equal
SELECT id FROM customers WHERE salary = 100000.25;
--- where guess that is stored in one world
SELECT id FROM customers WHERE ssn = '100-10-0001';
--- where like
SELECT id FROM customers WHERE ssn LIKE '1%';
--- where regular expression
SELECT id, name FROM customers WHERE name ~ 'Name a.*[0-9]$';
--- where range
SELECT count(*) FROM customers WHERE salary BETWEEN 100000 AND 200000;
--- where in
SELECT id FROM customers WHERE score IN (1000, 1013, 1052, 1117) ORDER BY id;
--- where any array
SELECT id FROM customers WHERE score = ANY (ARRAY[1000, 1013, 4217, 2020]);
--- where boolean column
SELECT count(*) FROM customers WHERE active;
--- where not boolean column
SELECT count(*) FROM customers WHERE NOT active;
--- where is null
-- blind: nulls are alike in both worlds, for a mask keeps them
SELECT count(*) FROM customers WHERE email IS NULL;
--- where constant mask is null
-- blind: which values are null is alike in both worlds
SELECT count(*) FROM customers WHERE notes IS NULL;
--- where is distinct from
SELECT count(*) FROM customers WHERE active IS DISTINCT FROM true;
--- where json
SELECT id FROM customers WHERE profile @> '{"pin": "a1c4"}' OR profile ->> 'plan' < 'a8';
--- where array
SELECT id FROM customers WHERE tags && ARRAY['a2b4f', 'b1234'] OR tags[1] > 'a9' ORDER BY 1;
--- where date part
SELECT id FROM customers WHERE extract(year FROM birth) < 1960;
--- where function of column with an expression index
SELECT id FROM customers WHERE lower(email) = 'b1@example.com' OR lower(email) > 'm';
--- where expression with an index
SELECT id FROM customers WHERE salary / 2 > 200000;
--- where error free division
SELECT id FROM customers WHERE 1 / nullif(score - 1000, 0) > 0;
--- where row comparison
SELECT id FROM customers WHERE (region, salary) > ('EU', 300000) ORDER BY id;
--- where sub-select over the same table
SELECT id FROM customers c WHERE salary > (SELECT avg(salary) FROM customers) ORDER BY id;
--- where exists
SELECT id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.amount > 4000) ORDER BY id;
--- where not in
SELECT id FROM orders WHERE quantity NOT IN (SELECT 10 + score % 80 FROM customers) ORDER BY id;
--- order by masked
SELECT id, salary FROM customers ORDER BY salary, id;
--- order by masked alone
SELECT id FROM customers ORDER BY ssn DESC;
--- order by expression
SELECT id FROM customers ORDER BY lower(email) DESC NULLS FIRST, id LIMIT 25;
--- order by with limit and offset
SELECT id FROM customers ORDER BY salary DESC OFFSET 10 LIMIT 5;
--- order by first rows with ties
SELECT id FROM customers ORDER BY score FETCH FIRST 3 ROWS WITH TIES;
--- limit by a masked value
SELECT id FROM customers ORDER BY id LIMIT (SELECT score % 3 FROM customers WHERE id = 6);
--- distinct
SELECT DISTINCT email FROM customers ORDER BY 1;
--- distinct several
SELECT DISTINCT region, ssn FROM customers ORDER BY 1, 2;
--- distinct on
SELECT DISTINCT ON (salary) id, salary FROM customers ORDER BY salary, id;
--- distinct on open column ordered by masked
SELECT DISTINCT ON (region) region, id FROM customers ORDER BY region, salary DESC, id;
--- select without the masked column, filter by it
SELECT id, region FROM customers WHERE substr(email, 2) > 'a9' AND region = 'EU' ORDER BY id;
--- point look-up
SELECT email, ssn FROM customers WHERE id = 42;
--- bitmap and index scans over masked columns
-- plain: settings stand before it
SET enable_seqscan = off;
EXPLAIN (VERBOSE) SELECT id FROM customers WHERE email = 'a' OR ssn > '5';
SELECT id FROM customers WHERE email > 'a' AND ssn > '5' ORDER BY id;
--- index-only scan over a masked column
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (VERBOSE) SELECT email FROM customers WHERE email > 'd';
SELECT email FROM customers WHERE email > 'd';
--- order out of an index over a masked column
-- blind: without an order the identifiers are alike
-- unordered: an index over a secret gives rows in its order; that oracle is known
SET enable_seqscan = off;
SET enable_sort = off;
SELECT id FROM customers ORDER BY email;
--- min and max by index
SELECT min(email), max(email), min(salary), max(salary), min(ssn), max(ssn) FROM customers;
--- for update
SELECT id, email FROM customers WHERE salary > 200000 ORDER BY id FOR UPDATE;
--- for share
SELECT email FROM customers WHERE id < 20 FOR SHARE;
--- for no key update of a join
SELECT c.email, o.amount FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.id < 9 ORDER BY o.id FOR NO KEY UPDATE OF c;
--- for key share skip locked
SELECT email FROM customers WHERE ssn > '3' ORDER BY id FOR KEY SHARE SKIP LOCKED;
--- for update in a sub-select
SELECT s.email FROM (SELECT * FROM customers WHERE id < 50 FOR UPDATE) s WHERE s.salary > 1;
--- tablesample bernoulli
SELECT id, email FROM customers TABLESAMPLE BERNOULLI (20) REPEATABLE (7) ORDER BY id;
--- tablesample system
SELECT count(*), min(label), sum(secret) FROM big TABLESAMPLE SYSTEM (30) REPEATABLE (3);
--- tablesample with a masked argument
SELECT s.id FROM customers c, LATERAL (SELECT * FROM orders TABLESAMPLE BERNOULLI (c.score % 100) REPEATABLE (1)) s WHERE c.id = 3 ORDER BY 1;
--- system columns
SELECT ctid, tableoid::regclass, email FROM customers ORDER BY ctid LIMIT 40;
--- system columns xmin and cmin
SELECT xmin = xmin, cmin, cmax, email FROM customers LIMIT 5;
--- ctid look-up
SELECT email FROM customers WHERE ctid = '(0,5)';
--- ctid range
SELECT email FROM customers WHERE ctid > '(1,5)' AND ctid < '(3,1)';
--- sub-select in the select list
SELECT id, (SELECT email FROM customers c WHERE c.id = o.customer_id) FROM orders o ORDER BY id LIMIT 50;
--- array of a sub-select
SELECT ARRAY(SELECT ssn FROM customers ORDER BY id);
--- values with a sub-select
VALUES ((SELECT email FROM customers WHERE id = 1)), ((SELECT ssn FROM customers WHERE id = 2));
--- scalar sub-select in limit and where
SELECT id FROM orders WHERE amount > (SELECT salary / 100 FROM customers WHERE id = 1) ORDER BY id LIMIT 20;
--- exotic types as they are
SELECT * FROM exotic ORDER BY id;
--- exotic types one by one
SELECT j ->> 'k', jb -> 'k', arr[1], lower(rng), feel, (comp).y, bits::int, span * 2, host(addr), mac, encode(raw, 'hex') FROM exotic;
--- exotic types, more of them
SELECT vec, place[0], cash::numeric, at, clock, big + 1, ratio * 2, small, tiny, code, lines[2], comps[1], x::text, jp::text, ltime FROM exotic;
--- exotic types compared
SELECT count(*) FILTER (WHERE feel = 'sad'), count(*) FILTER (WHERE bits = B'00000000'), count(*) FILTER (WHERE addr << '10.0.0.32/27'),
       count(*) FILTER (WHERE rng @> 50), count(*) FILTER (WHERE vec @@ 'a:*'), count(*) FILTER (WHERE (comp).x > 20),
       count(*) FILTER (WHERE raw > '\x80'), count(*) FILTER (WHERE at > '2020-01-10'), count(*) FILTER (WHERE code > 'a8') FROM exotic;
--- unnest of masked arrays
SELECT id, unnest(arr), unnest(lines) FROM exotic ORDER BY id;
--- expansion of a masked composite
SELECT id, (comp).* FROM exotic ORDER BY id;
--- composite array elements
SELECT id, (comps[1]).x, (comps[1]).y FROM exotic ORDER BY id;
--- json path over masked json
SELECT id, jsonb_path_query(jb, '$.k') FROM exotic ORDER BY id;
--- json table functions
-- refused: the mask of json is a null, and no object
SELECT e.id, k.key, k.value FROM exotic e, jsonb_each_text(e.jb) k ORDER BY 1;
--- text search over masked
SELECT id, ts_headline('simple', code, 'a'::tsquery), ts_rank(vec, 'a:*') FROM exotic ORDER BY id;
--- formats
SELECT * FROM formats ORDER BY id;
--- formats filtered
SELECT id FROM formats WHERE card LIKE '4111000%' OR social < '4' OR addr << '10.1.100.0/24' OR height > 150 OR born < '1982-06-01' ORDER BY id;
--- moments, the edge of the day moved by the client's time zone
SET TimeZone = '<x>-10:14:50';
SELECT id, moment, hours FROM formats ORDER BY id;
SET TimeZone = '<x>11:20:00';
SELECT id, moment, hours, moment::date, extract(hour FROM moment) FROM formats ORDER BY id;
SET TimeZone = '<x>-167:59:59';
SELECT count(*) FROM formats GROUP BY date_trunc('day', moment), date_trunc('hour', hours) ORDER BY 1;
SELECT ddm.date(moment, 'day'), ddm.generalize(hours, 'minute') FROM formats ORDER BY id;
--- formats grouped
SELECT mail, social, height, count(*) FROM formats GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
--- condition: the branch that shows
SELECT id, region, secret, bonus FROM cond ORDER BY id;
--- condition: filter by it
SELECT id FROM cond WHERE secret > 'b' ORDER BY id;
--- condition in an aggregate
SELECT region, max(secret), sum(bonus) FROM cond GROUP BY region ORDER BY region;
--- condition over a column that is renamed by an alias
SELECT b, c FROM cond AS t (a, b, c) WHERE b = 'US' ORDER BY a;
--- branch for a member
-- role: tw_member
SELECT id, region, secret, bonus FROM cond ORDER BY id;
--- member of the masked role
-- role: tw_member
SELECT email, salary, ssn FROM customers ORDER BY id;
--- pg_read_all_data does not unmask
-- role: tw_reader
SELECT * FROM shop.customers ORDER BY id;
--- row-level security stays on stored values
SELECT * FROM tenants ORDER BY id;
--- row-level security and a filter
SELECT id FROM tenants WHERE secret > 'b' AND budget > 1500 ORDER BY id;
--- generated columns
SELECT * FROM ledger ORDER BY id;
--- generated columns filtered
SELECT id FROM ledger WHERE net > 300 OR memo_upper > 'A8' ORDER BY id;
--- searchable: a value that is not there
-- blind: the value asked for is in neither world
SELECT id, code, open FROM lookup WHERE code = 'c00000000';
--- searchable: list of values that are not there
-- blind: the values asked for are in neither world
SELECT id FROM lookup WHERE code IN ('c00000000', 'd00000000') AND open = 'o1';
--- searchable: everything else compares with the mask
SELECT id FROM lookup WHERE code > 'a9' AND code NOT LIKE 'c%' ORDER BY id;
--- searchable: under or
SELECT id FROM lookup WHERE code = 'c00000000' OR (open < 'o5' AND code < 'a9') ORDER BY id;
--- searchable: output stays masked
SELECT code FROM lookup ORDER BY id;
--- searchable in a join
SELECT l.id FROM lookup l JOIN desk d ON left(d.secret, 4) = left(l.code, 4) ORDER BY 1;
--- big scan
SELECT sum(secret), min(label), max(label), count(DISTINCT secret) FROM big;
--- pg_typeof and sizes
-- blind: values are of equal width in both worlds
SELECT pg_typeof(email), pg_column_size(email), pg_column_size(salary), pg_column_size(tags), octet_length(ssn) FROM customers ORDER BY id;
--- column compression
-- blind: no value is long enough to be compressed
SELECT pg_column_compression(email), pg_column_compression(notes) FROM customers ORDER BY id LIMIT 3;
--- hash functions over masked
SELECT hashtext(email), md5(ssn), hash_numeric(salary), sha256(ssn::bytea) FROM customers ORDER BY id;
--- to_char and format
SELECT format('%s/%L/%I', email, ssn, name), to_char(salary, '999999D99'), to_char(birth, 'YYYY') FROM customers ORDER BY id;
--- collations
SELECT id FROM customers ORDER BY email COLLATE "C", id;
--- width_bucket
SELECT width_bucket(salary, 100000, 900000, 10), count(*) FROM customers GROUP BY 1 ORDER BY 1;
--- string_to_table and regexp functions
SELECT id, p FROM customers, regexp_split_to_table(name, '[0-9]') p ORDER BY id, p LIMIT 100;
--- generate_series bounded by a masked column
SELECT c.id, g FROM customers c, generate_series(1, c.score % 4) g WHERE c.id < 30 ORDER BY 1, 2;
--- overlaps and intervals
SELECT id, age('2024-01-01', birth), (birth, birth + 10) OVERLAPS ('1955-01-01', '1965-01-01') FROM customers ORDER BY id;
