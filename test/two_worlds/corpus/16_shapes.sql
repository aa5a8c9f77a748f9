--- grouping sets nested rollup
SELECT region, active, left(ssn,3), grouping(region, active), count(*), max(email) FROM customers GROUP BY DISTINCT ROLLUP (region, active), CUBE (left(ssn,3)) ORDER BY 1,2,3,4,5,6;
--- grouping sets over whole masked and having grouping
SELECT email, salary, grouping(email, salary) g, sum(score) FROM customers WHERE id < 40 GROUP BY GROUPING SETS (ROLLUP(email, salary), (email), ()) HAVING grouping(email) = 0 OR sum(score) >= 0 ORDER BY 1,2,3,4;
--- grouping set with an expression over a masked one and outer join
SELECT coalesce(c.email, 'none') e, o.status, count(*), count(c.id) FROM orders o LEFT JOIN customers c ON c.id = o.customer_id AND c.score > 0 GROUP BY GROUPING SETS ((coalesce(c.email,'none')), (o.status), ()) ORDER BY 1,2,3;
--- window frame exclude group
SELECT id, sum(score) OVER (ORDER BY left(ssn, 4), id ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING EXCLUDE GROUP), count(*) OVER (ORDER BY ssn GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) FROM customers ORDER BY id LIMIT 50;
--- window in order by with a masked partition
SELECT id FROM customers ORDER BY row_number() OVER (PARTITION BY salary ORDER BY birth, id), id LIMIT 40;
--- lateral values over masked columns
SELECT c.id, v.k, v.v FROM customers c CROSS JOIN LATERAL (VALUES ('e', c.email), ('s', c.ssn), ('b', c.birth::text)) v(k, v) WHERE c.id < 10 ORDER BY 1, 2;
--- lateral left join on a masked one under aggregate
SELECT c.id, count(x), max(x) FROM customers c LEFT JOIN LATERAL unnest(c.tags || c.email) x ON x > 'b' GROUP BY c.id ORDER BY c.id LIMIT 40;
--- rows from ordinality over masked arrays
SELECT d.id, t.* FROM formats d, ROWS FROM (unnest(d.list), string_to_table(d.mail, '@'), jsonb_object_keys(jsonb_build_object('a', d.padded))) WITH ORDINALITY t(a, b, c, n) WHERE d.id < 6 ORDER BY 1, n;
--- xmltable over built documents
SELECT x.* FROM (SELECT xmlelement(name r, xmlagg(xmlelement(name c, xmlattributes(email AS e, id AS i), ssn) ORDER BY id)) d FROM customers WHERE id < 9) s, XMLTABLE('//c' PASSING s.d COLUMNS n FOR ORDINALITY, e text PATH '@e', i int PATH '@i', s text PATH '.', z text PATH '@z' DEFAULT (SELECT max(email) FROM customers)) x ORDER BY n;
--- xpath over a masked xml column
SELECT id, xpath('/x/text()', x), xpath_exists('/x[text()="a1"]', x), xmlexists('/x' PASSING x), x IS DOCUMENT FROM exotic ORDER BY id;
--- row compared with a sub-select
SELECT id FROM customers WHERE (score, active) = (SELECT score, active FROM customers WHERE id = 5) ORDER BY id LIMIT 20;
--- is distinct from of rows
SELECT count(*) FILTER (WHERE ROW(a.*) IS DISTINCT FROM ROW(b.*)), count(*) FILTER (WHERE ROW(a.secret, a.amount) IS NOT DISTINCT FROM ROW(b.secret, b.amount)) FROM desk a, desk b WHERE a.id < b.id;
--- whole row of join alias
SELECT j, j.* FROM (desk a JOIN ruled b USING (id)) AS j ORDER BY j.id LIMIT 6;
--- join using alias whole row
SELECT to_jsonb(u), u::text FROM desk a LEFT JOIN ruled b USING (id, secret) AS u ORDER BY u.id LIMIT 8;
--- whole row minimum by cast
SELECT min(d::text), max(d::text), count(DISTINCT d) FROM desk d;
--- hash of records and extended hashes
SELECT id, hash_record(ROW(secret, amount)), hash_record_extended(d, 5), hash_array(ARRAY[secret]), hashtextextended(secret, 7) FROM desk d ORDER BY id LIMIT 10;
--- tid of a sub-select
SELECT id, secret FROM desk WHERE ctid = ANY (ARRAY(SELECT ctid FROM desk WHERE amount >= 0 ORDER BY id LIMIT 3)) ORDER BY id;
--- for update of two with nowait
BEGIN;
SELECT c.id, o.amount, c.email FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.salary >= 0 AND o.id < 5 ORDER BY o.id FOR UPDATE OF c NOWAIT FOR SHARE OF o SKIP LOCKED;
ROLLBACK;
--- for update under left join of the non-nullable side
SELECT d.id, d.secret, r.secret FROM desk d LEFT JOIN ruled r ON r.id = d.id AND r.secret = d.secret WHERE d.id < 4 ORDER BY d.id FOR UPDATE OF d;
--- recursive search breadth first
WITH RECURSIVE r AS (SELECT id, email, score FROM customers WHERE id = 1 UNION ALL SELECT c.id, c.email, c.score FROM customers c, r WHERE c.id = r.id + 1 AND c.id < 8) SEARCH BREADTH FIRST BY email, id SET o SELECT id, email, o FROM r ORDER BY o;
--- recursive cycle with values
WITH RECURSIVE r AS (SELECT id, secret FROM desk WHERE id = 1 UNION ALL SELECT d.id, d.secret FROM desk d, r WHERE d.id = r.id + 1 AND d.id < 9) CYCLE secret SET c TO 'y' DEFAULT 'n' USING p SELECT id, secret, c, p FROM r ORDER BY id;
--- mutually nested ctes with the same name
WITH c AS (SELECT id, secret FROM desk) SELECT * FROM (WITH c AS (SELECT id, secret || '!' AS secret FROM c) SELECT * FROM c WHERE secret > 'X') s ORDER BY id LIMIT 5;
--- set-returning functions in the select list
SELECT id, unnest(tags), generate_series(1, 2 + length(phone) % 2), regexp_matches(name, '[a-z]', 'g') FROM customers WHERE id < 5 ORDER BY 1, 2, 3, 4;
--- set-returning over a masked composite array
SELECT id, (unnest(comps)).*, (unnest(comps)).y FROM exotic ORDER BY id LIMIT 5;
--- range and multirange functions over a masked range
SELECT id, lower(rng), upper_inc(rng), rng * int4range(0, 50), rng -|- int4range(1, 10), multirange(rng) FROM exotic ORDER BY id LIMIT 10;
--- range aggregates
SELECT range_agg(rng), range_intersect_agg(rng), count(*) FILTER (WHERE rng && int4range(20, 40)) FROM exotic;
--- enum comparisons and arrays
SELECT feel, array_agg(id ORDER BY id), feel = ANY (ARRAY['sad','glad']::mood[]) FROM exotic GROUP BY feel ORDER BY 1;
--- json path with variables out of a masked column
SELECT id, jsonb_path_exists(profile, '$.* ? (@ starts with $v)', jsonb_build_object('v', left(ssn, 1))), jsonb_path_query_array(profile, '$.*'), profile @? '$.pin', profile @@ '$.pin > "a"' FROM customers ORDER BY id LIMIT 20;
--- json record functions
SELECT c.id, r.* FROM customers c, jsonb_to_record(jsonb_build_object('pin', c.phone, 'n', c.score)) r(pin text, n int) ORDER BY 1 LIMIT 9;
--- json populate with a masked base row
SELECT jsonb_populate_record(d, '{"open": "y"}') FROM desk d ORDER BY id LIMIT 5;
--- statistical aggregates
SELECT corr(salary, score), regr_slope(score, id), stddev(score), var_pop(salary), covar_samp(score, visits), bit_xor(score), bool_and(active), every(active), bit_or(score) FROM customers;
--- aggregate with direct sub-select
SELECT region, (SELECT max(c2.email) FROM customers c2 WHERE c2.region = c.region AND c2.score >= min(c.score)) FROM customers c GROUP BY region ORDER BY 1;
--- union with different masks
SELECT secret AS s, 'd' FROM desk UNION SELECT email, 'c' FROM customers UNION ALL SELECT code, 'e' FROM exotic ORDER BY 1, 2;
--- except and intersect of whole rows
(SELECT d FROM desk d EXCEPT SELECT e FROM desk e WHERE secret > 'b') INTERSECT ALL SELECT f FROM desk f ORDER BY 1;
--- array constructors from sub-selects of rows
SELECT ARRAY[secret, open], ARRAY[ARRAY[amount], ARRAY[id]], ARRAY(SELECT ROW(secret, d.id) FROM ruled r WHERE r.id = d.id) FROM desk d ORDER BY id LIMIT 6;
--- query to xml and schema
SELECT query_to_xml_and_xmlschema('SELECT d.*, d AS whole FROM desk d ORDER BY id LIMIT 3', false, true, 'x');
--- query_to_xml inside a view
CREATE TEMP VIEW qx AS SELECT query_to_xml('SELECT secret FROM shop.desk ORDER BY id', true, true, '') AS x;
SELECT x FROM qx;
--- inherited columns through a join of parent and child
SELECT p.id, c.pin, p.serial = c.serial FROM assets p JOIN ONLY machines c USING (id) ORDER BY 1;
--- partition key pruning by masked sub-select
SELECT id, payload FROM events WHERE id IN (SELECT 10 + amount FROM desk WHERE id < 20) ORDER BY id;
--- function in from over a whole row argument
SELECT d.id, k.* FROM desk d, jsonb_each_text(to_jsonb(d)) WITH ORDINALITY k WHERE d.id < 4 ORDER BY 1, ordinality;
--- condition table joined outer
SELECT d.id, c.secret, c.bonus FROM desk d LEFT JOIN cond c ON c.id = d.id AND c.secret >= 'a' ORDER BY d.id;
--- condition table in grouping sets
SELECT region, secret, count(*), grouping(secret) FROM cond GROUP BY ROLLUP (region, secret) ORDER BY 1, 2, 3, 4;
--- condition table whole rows and windows
SELECT c, lag(secret) OVER (ORDER BY id), first_value(c) OVER (PARTITION BY region ORDER BY secret, id) FROM cond c ORDER BY id LIMIT 12;
--- condition renamed columns lateral
SELECT x.r, y.s FROM cond AS x(i, r, s, b), LATERAL (SELECT x.s || x.b AS s, x AS w) y ORDER BY x.i LIMIT 12;
--- nullable side with aliases, whole row and system columns at depth
SELECT d.id, x, x.ctid, (SELECT x.tableoid::regclass), (SELECT string_agg(r.secret || x.b, ',') FROM ruled r WHERE r.id = x.a), EXISTS (SELECT FROM ruled r WHERE r.ctid = x.ctid AND (SELECT x.b) >= r.secret) FROM ruled d LEFT JOIN desk AS x(a, b) ON x.a = d.id AND x.b >= 'X' ORDER BY d.id;
--- nullable side with a dropped column
SELECT d.id, e, e.ctid, e.payload, (e).amount, to_jsonb(e) FROM desk d LEFT JOIN events_3 e ON e.id = d.id + 200 AND e.amount >= 0 ORDER BY d.id LIMIT 8;
--- full join of three with whole rows
SELECT a.id, b, c, coalesce(a.secret, b.secret, c.secret) FROM (SELECT * FROM desk WHERE id < 10) a FULL JOIN ruled b ON a.id = b.id + 3 FULL JOIN cond c ON c.id = b.id AND c.secret >= b.secret ORDER BY 1, b.id, c.id LIMIT 40;
--- outer join of a view with whole rows
SELECT d.id, v, v.email FROM desk d LEFT JOIN v_nested v ON v.id = d.id AND v.loud > 'B' ORDER BY 1 LIMIT 30;
--- grouping by a masked primary key alone is by the mask
SELECT code, count(*), min(title), max(title) FROM parents GROUP BY code;
--- update from an outer join with whole rows of its null side
BEGIN;
UPDATE desk d SET open = coalesce(r.secret, 'none') || d.id FROM cond c LEFT JOIN ruled r ON r.id = c.id AND r.secret >= c.secret WHERE c.id = d.id RETURNING d.id, d.open, r, c.secret, r.ctid;
ROLLBACK;
--- delete using an outer join with system columns
BEGIN;
DELETE FROM desk d USING cond c LEFT JOIN ruled r ON r.id = c.id WHERE c.id = d.id AND r.secret IS DISTINCT FROM c.secret AND d.id < 30 RETURNING d, r, r.tableoid::regclass, c;
ROLLBACK;
--- update of the nullable side's own table
BEGIN;
UPDATE desk d SET open = 'z' || d.id || coalesce(e.secret, '-') FROM ruled r LEFT JOIN desk e ON e.id = r.id + 55 WHERE r.id = d.id RETURNING d.open, e, e.ctid;
ROLLBACK;
--- merge with the whole row of an outer-joined source
BEGIN;
MERGE INTO desk d USING (SELECT r.id, c, r FROM ruled r LEFT JOIN cond c ON c.id = r.id AND c.secret > 'b') s ON d.id = s.id
    WHEN MATCHED AND s.c IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET open = (s.c).secret || (s.r).secret || s.id;
SELECT id, open FROM desk WHERE id < 22 ORDER BY id;
ROLLBACK;
--- window frames and groupings with outer whole rows
SELECT d.id, (SELECT array_agg(s ORDER BY s) FROM (SELECT rank() OVER (ORDER BY r.secret || d.secret, r.id) AS s FROM ruled r GROUP BY r.id, r.secret, d HAVING max(r.secret) >= d.secret) q) FROM desk d WHERE id < 5 ORDER BY 1;
--- function in from with an outer whole row
SELECT c.id, j.* FROM cond c LEFT JOIN LATERAL jsonb_to_record(to_jsonb(c)) AS j(secret text, region text) ON j.secret > 'b' ORDER BY 1 LIMIT 20;
--- xmltable with a whole row of the nullable side
SELECT d.id, x.* FROM desk d LEFT JOIN ruled r ON r.id = d.id, XMLTABLE('/r' PASSING xmlelement(name r, r.secret) COLUMNS s text PATH '.', w text PATH '@no' DEFAULT r::text) x WHERE d.id > 18 ORDER BY 1 LIMIT 5;
--- tablesample with an outer-joined argument
SELECT d.id, s.n FROM desk d LEFT JOIN ruled r ON r.id = d.id, LATERAL (SELECT count(*) AS n FROM tenants TABLESAMPLE BERNOULLI (coalesce(length(r.secret), 1) * 20) REPEATABLE (d.id)) s WHERE d.id BETWEEN 18 AND 23 ORDER BY 1;
--- masked table sampled by its nullable sibling
SELECT d.id, s.id, s.secret FROM cond d LEFT JOIN ruled r ON r.id = d.id, LATERAL (SELECT e, e.* FROM desk e TABLESAMPLE SYSTEM (100 - coalesce(length(r.secret), 1) * 0) REPEATABLE (1) WHERE e.id = d.id) s WHERE d.id < 4 ORDER BY 1;
--- union all flattened, with whole rows and system columns
SELECT u.w, u.c FROM (SELECT d AS w, d.ctid AS c, id FROM desk d UNION ALL SELECT d, d.ctid, id FROM desk d WHERE secret > 'z') u ORDER BY u.id LIMIT 6;
--- union all of parents and children under an outer join
SELECT d.id, u.s FROM desk d LEFT JOIN (SELECT id, serial AS s FROM assets UNION ALL SELECT id, payload FROM events) u ON u.id = d.id AND u.s > 'A' ORDER BY 1, 2 LIMIT 40;
--- recursive terms with whole rows of the outer level
SELECT r.id, (WITH RECURSIVE t(n, s) AS (SELECT 1, r.secret UNION ALL SELECT n + 1, s || (r).secret FROM t WHERE n < 3) SELECT max(s) FROM t) FROM ruled r ORDER BY 1 LIMIT 5;
--- cte read through from a sub-select at depth with whole rows
WITH q AS (SELECT d, d.ctid AS c FROM desk d LEFT JOIN ruled r USING (id)) SELECT (SELECT count(*) FROM q q2 WHERE (q2.d).secret = (q.d).secret AND q2.c <= q.c) FROM q ORDER BY 1 LIMIT 9;
--- exists with grouping in it over an outer masked row
SELECT id FROM desk d WHERE EXISTS (SELECT r.secret FROM ruled r WHERE r.id <= d.id GROUP BY GROUPING SETS ((r.secret), ()) HAVING count(*) > 3 AND max(r.secret) <= d.secret) ORDER BY id LIMIT 9;
--- searchable in a sub-select with an outer reference
SELECT d.id, (SELECT l.id FROM lookup l WHERE l.code = 'c00000000' AND l.id = d.id), (SELECT count(*) FROM lookup l WHERE l.code = d.secret) FROM desk d ORDER BY 1 LIMIT 5;
--- conditions: grouping, windows, outer joins and whole rows at once
SELECT c.region, c.secret, d.secret, rank() OVER (PARTITION BY c.region ORDER BY c.secret, c.id), c FROM cond c FULL JOIN (SELECT * FROM desk WHERE id > 50) d ON d.id = c.id AND c.secret > 'c' ORDER BY c.id, d.id LIMIT 70;
