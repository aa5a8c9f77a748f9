-- What came with 16, 17 and 18: expressions, plans, COPY, statistics and roles.
--- json_table over a masked document with every clause
-- since: 17
SELECT c.id, j.* FROM customers c LEFT JOIN JSON_TABLE(c.profile, '$' AS root COLUMNS (o FOR ORDINALITY, plan text PATH '$.plan' DEFAULT 'none' ON EMPTY, pin int PATH '$.pin' DEFAULT -1 ON ERROR, w text FORMAT JSON PATH '$.*' WITH CONDITIONAL WRAPPER, has bool EXISTS PATH '$.plan' FALSE ON ERROR, NESTED '$.*' AS kids COLUMNS (v text PATH '$'))) j ON j.plan >= '' WHERE c.id < 8 ORDER BY 1, 2, 7;
--- json_query, json_value and json_exists of masked and open mixtures
-- since: 17
SELECT id, JSON_QUERY(profile, '$.*' WITH WRAPPER), JSON_VALUE(profile, '$.pin' RETURNING numeric DEFAULT 3 ON EMPTY DEFAULT 4 ON ERROR), JSON_EXISTS(profile, '$.plan ? (@ starts with $x)' PASSING left(ssn, 1) AS x), JSON_QUERY(to_jsonb(c), '$.email' OMIT QUOTES), JSON_VALUE(to_jsonb(c), '$.salary' RETURNING numeric(10,2)), JSON_VALUE(to_jsonb(c), '$.birth' RETURNING date) FROM customers c ORDER BY id LIMIT 8;
--- json paths with methods of a release
-- since: 17
SELECT id, jsonb_path_query_array(to_jsonb(c), '$.email.string()'), jsonb_path_query_array(to_jsonb(c), '$.salary.decimal(8,1)'), jsonb_path_query_array(to_jsonb(c), '$.active.boolean()'), jsonb_path_query_array(to_jsonb(c), '$.birth.date()'), jsonb_path_query_array(to_jsonb(c), '$.score.bigint()') FROM customers c ORDER BY id LIMIT 5;
--- json paths with methods that raise
-- since: 17
SELECT jsonb_path_query(to_jsonb(c), '$.email.bigint()') FROM customers c;
--- json_query that raises for one of several
-- since: 17
-- blind: the error names the path alone
SELECT JSON_QUERY(to_jsonb(c), 'strict $.nothing' ERROR ON EMPTY ERROR ON ERROR) FROM customers c;
--- json, json_scalar and json_serialize of masks
-- since: 17
SELECT JSON_SCALAR(email), JSON_SCALAR(salary), JSON_SCALAR(birth), JSON_SERIALIZE(profile RETURNING bytea), JSON(profile::text WITH UNIQUE KEYS) FROM customers ORDER BY id LIMIT 5;
--- json made from what is no json
-- since: 17
SELECT JSON(ssn) FROM customers ORDER BY id;
--- json array and object aggregates, ordered and filtered by masks
-- since: 16
SELECT region, JSON_ARRAYAGG(email ORDER BY salary, id ABSENT ON NULL), JSON_ARRAYAGG(notes NULL ON NULL RETURNING jsonb), JSON_OBJECTAGG(id VALUE ssn ABSENT ON NULL) FILTER (WHERE score > 1100), JSON_ARRAY(SELECT card FROM orders o WHERE o.customer_id < 4 ORDER BY o.id) FROM customers WHERE id < 30 GROUP BY region ORDER BY 1;
--- is json of all kinds over masks
-- since: 16
-- blind: nothing of it is JSON in either world
SELECT id, ssn IS JSON, notes IS NOT JSON, email IS JSON SCALAR, profile::text IS JSON ARRAY, ('{"' || ssn || '":1,"' || phone || '":2}') IS JSON WITH UNIQUE KEYS FROM customers ORDER BY id LIMIT 8;
--- any_value, array_sample, array_shuffle and input errors
-- since: 16
SELECT region, any_value(email ORDER BY id), cardinality(array_sample(array_agg(ssn), 3)), array_dims(array_shuffle(array_agg(score))), (SELECT count(DISTINCT x) FROM unnest(array_shuffle(array_agg(score))) x) FROM customers GROUP BY region ORDER BY 1;
SELECT id, pg_input_is_valid(ssn, 'int'), (pg_input_error_info(email, 'date')).message FROM customers ORDER BY id LIMIT 5;
SELECT e.* FROM desk, pg_input_error_info(secret, 'uuid') e ORDER BY id LIMIT 3;
SELECT erf(salary), erfc(score), random_normal(score, 0) FROM customers ORDER BY id LIMIT 3;
--- bounds of random and conversions over masks
-- since: 17
SELECT id, random(score, score), to_bin(score), to_oct(score), to_hex(score), uuid_extract_timestamp(uid), uuid_extract_version(uid), xmltext(email), pg_basetype('shop.pin_code'::regtype), to_regtypemod(secret), unicode_assigned(name) FROM customers JOIN desk USING (id) ORDER BY id LIMIT 4;
--- range, multirange, composite, array and bytea aggregates
-- since: 18
SELECT min(comp), max(comp), min(raw), max(raw), range_agg(rng), range_intersect_agg(rng), max(lines), min(comps), array_agg(comp ORDER BY comp), array_agg(raw ORDER BY raw), min(arr) FROM exotic;
SELECT max(e), min(ROW(feel, code)) FROM exotic e;
--- minimum and maximum of whole rows, by groups
-- since: 18
SELECT region, max(c), min(ROW(ssn, score)) FROM customers c GROUP BY region ORDER BY 1;
--- integers from bytes and back over masks
-- since: 18
SELECT id, score::bytea, substr(raw, 1, 2)::int2, crc32c(raw), gamma(1 + score % 5), lgamma(1 + score % 5), array_sort(arr, true, true), array_reverse(lines), casefold(code) FROM exotic JOIN customers USING (id) ORDER BY id LIMIT 4;
--- grouping by a masked key with what hangs on it
-- since: 18
SELECT code, title, count(*) FROM parents GROUP BY code, title ORDER BY 1, 2;
SELECT upper(ssn) || region, grouping(upper(ssn) || region), count(*) FROM customers GROUP BY ROLLUP (upper(ssn) || region) HAVING upper(ssn) || region IS NOT NULL OR count(*) > 0 ORDER BY 1, 2, 3;
SELECT secret || 'x' AS k, sum(amount) FROM desk GROUP BY k HAVING secret || 'x' > 'a' ORDER BY secret || 'x';
SELECT id % 2, CASE WHEN grouping(secret) = 1 THEN 'all' ELSE secret END, (SELECT max(r.secret) FROM ruled r WHERE r.secret = desk.secret) FROM desk GROUP BY GROUPING SETS ((id % 2, secret), (id % 2)) ORDER BY 1, 2;
SELECT n, c.email FROM (SELECT email, count(*) OVER (PARTITION BY email) n FROM customers GROUP BY email, id) c GROUP BY n, c.email ORDER BY 1, 2;
--- grouped expressions in a function, a view and prepared
-- since: 18
CREATE VIEW home.gv AS SELECT lower(email) AS l, grouping(region), count(*) FROM shop.customers GROUP BY GROUPING SETS ((lower(email), region), (lower(email)));
SELECT * FROM home.gv ORDER BY 1, 2, 3 LIMIT 5;
PREPARE g AS SELECT l, max(count) FROM home.gv GROUP BY l HAVING l > $1 ORDER BY 1 LIMIT 4;
EXECUTE g ('b');
--- self-joins that are taken away
-- since: 18
SELECT a.id, a.ssn, b.email, b.salary FROM customers a JOIN customers b ON a.id = b.id WHERE b.ssn > 'X' AND a.salary >= 0 ORDER BY 1 LIMIT 4;
UPDATE desk SET open = 'sj' || d.id FROM desk d WHERE d.id = desk.id AND d.secret = 'q' RETURNING desk.*, d.*;
SELECT count(*) FROM members a JOIN members b USING (grp, badge) WHERE a.level > b.level OR b.pin = 'x';
SELECT a.code, b.title FROM parents a JOIN parents b ON a.code = b.code WHERE a.title < 'title 12' ORDER BY 2;
--- lists and ors made one array condition
-- since: 18
SELECT id FROM lookup WHERE code = 'a11111111' OR code = 'b22222222' OR code = 'c33333333';
SELECT id FROM customers WHERE ssn = '113-10-0001' OR ssn = '100-10-0002' OR ssn IN ('1', '2') ORDER BY 1;
SELECT id FROM big WHERE secret = 26 OR secret = 52 OR secret = id ORDER BY 1 LIMIT 4;
SELECT id FROM big WHERE (secret, id) IN (VALUES (26, 1), (52, 2), (0, 3)) ORDER BY 1;
--- skip scans over indexes of which a masked column leads, or follows
-- since: 18
SET enable_seqscan = off;
SELECT id FROM big WHERE secret % 2 = 1 AND secret = 27 ORDER BY id LIMIT 4;
SELECT id FROM lent WHERE secret = 'XXXX' ORDER BY id LIMIT 4;
SELECT id, secret FROM lent WHERE kind IN ('k0', 'k2') AND secret >= 'a' ORDER BY kind, secret, id LIMIT 4;
SELECT grp, id FROM members WHERE badge = 'aaaa' OR badge IN ('XXXX', 'b') ORDER BY grp, id LIMIT 3;
SELECT rank, count(*) FROM members WHERE pin = 'XXXX' GROUP BY rank ORDER BY rank;
--- index searches counted
-- since: 18
SET enable_seqscan = off;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id FROM lent WHERE secret = 'a1234567';
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id FROM lent WHERE kind > 'k0' AND secret = 'a1234567';
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id FROM members WHERE badge = 'XXXX';
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id FROM lookup WHERE code IN ('a11111111', 'b22222222');
--- rows moved to a partition that computes what the condition asks for in its own way
-- since: 18
BEGIN;
SELECT * FROM forked ORDER BY id LIMIT 3;
UPDATE forked SET id = id + 100 WHERE id < 4;
SELECT * FROM forked_2 ORDER BY id;
UPDATE forked_1 SET n = -1 WHERE id = 5;
SELECT * FROM forked WHERE id = 5;
ROLLBACK;
--- how often an index is descended
-- since: 18
SET enable_seqscan = off;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id FROM sought WHERE code IN ('a', 'azz');
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id FROM sought WHERE code = ANY ('{a,azz}') AND open = 7;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id FROM sought WHERE open = 7;
PREPARE s(text[]) AS SELECT id FROM sought WHERE code = ANY ($1);
EXECUTE s ('{a,azz}');
SET plan_cache_mode = force_generic_plan;
EXECUTE s ('{b,bzz,NULL}');
SELECT pg_stat_force_next_flush();
SELECT indexrelname, idx_scan FROM pg_stat_user_indexes WHERE relname = 'sought' AND indexrelname <> 'sought_pkey' ORDER BY 1;
--- foreign table like a masked one
-- since: 18
-- role: tw_switch
BEGIN;
SET LOCAL ROLE tw_owner;
CREATE FOREIGN TABLE flike (LIKE customers) SERVER loop OPTIONS (schema_name 'shop', table_name 'customers');
GRANT SELECT ON flike TO tw_masked;
SET LOCAL ROLE tw_masked;
SELECT id, email, ssn, salary FROM flike ORDER BY id LIMIT 3;
ROLLBACK;
--- distinct whose columns the planner puts in another order
-- since: 18
SELECT DISTINCT region, ssn, opened FROM customers ORDER BY opened LIMIT 5;
SELECT DISTINCT secret, id FROM desk ORDER BY id LIMIT 5;
SET enable_hashagg = off;
SELECT DISTINCT amount, customer_id FROM orders WHERE customer_id < 4 ORDER BY customer_id, amount;
--- semi-joins from the right and memoized unique look-ups
-- since: 18
SELECT count(*) FROM desk WHERE EXISTS (SELECT 1 FROM big WHERE big.secret = desk.amount AND big.label > desk.secret);
SELECT count(*) FROM customers c WHERE c.id IN (SELECT customer_id FROM orders WHERE amount >= c.salary);
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT count(*), max(x.m) FROM orders o LEFT JOIN LATERAL (SELECT max(secret) m FROM desk d WHERE d.id = o.quantity) x ON true;
SELECT count(*), max(d.secret) FROM orders o LEFT JOIN desk d ON d.id = o.quantity;
--- explain with the options of a release
-- since: 17
-- blind: all of it is about the plan
EXPLAIN (GENERIC_PLAN) SELECT * FROM desk WHERE secret = $1 AND amount > $2;
EXPLAIN (GENERIC_PLAN, VERBOSE) UPDATE desk SET open = $1 WHERE secret = $2 RETURNING *;
EXPLAIN (GENERIC_PLAN) SELECT * FROM lookup WHERE code = $1 OR code = $2;
--- explain serialized, with its bytes
-- since: 17
-- blind: what it measures is bytes, and the values of both worlds are of one width
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF, SERIALIZE TEXT) SELECT secret, amount, desk FROM desk;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF, SERIALIZE BINARY) SELECT tags, profile, score FROM customers;
--- explain of a windowed plan with its storage
-- since: 18
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id, lag(secret) OVER (PARTITION BY amount ORDER BY id) FROM desk;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) WITH m AS MATERIALIZED (SELECT secret FROM desk) SELECT count(DISTINCT secret) FROM m;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT d.id, r.s FROM desk d, LATERAL (SELECT max(secret) AS s FROM ruled r WHERE r.secret >= d.secret) r ORDER BY 2, 1;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT amount, quantity FROM orders GROUP BY 1, 2;
--- copy from with what is ignored or limited
-- since: 18
-- blind: the values are the client's own
BEGIN;
COPY desk FROM STDIN (ON_ERROR ignore, REJECT_LIMIT 2, LOG_VERBOSITY verbose);
950	x	notint	p1
951	y	5	p2
\.
COPY desk FROM STDIN (FORMAT csv, FORCE_NULL *, FORCE_NOT_NULL (open), ON_ERROR ignore, LOG_VERBOSITY silent);
"952","","","p3"
zzz,1,2,3
\.
SELECT * FROM desk WHERE id > 940 ORDER BY id;
ROLLBACK;
--- copy with its own errors over keys that are there
-- since: 17
-- blind: the values are the client's own
BEGIN;
COPY members (id, grp, badge, pin, level, rank, room) FROM STDIN (ON_ERROR ignore, LOG_VERBOSITY verbose);
900	0	b	toolong	5	2	900
901	0	b	XXXX	bad	2	901
\.
ROLLBACK;
--- copy of materialized views, partitioned tables and forced quotes
-- since: 18
COPY mat TO STDOUT;
COPY mat (email, id) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE *);
COPY mat_agg TO STDOUT;
COPY (SELECT * FROM mat ORDER BY id LIMIT 2) TO STDOUT (FORMAT csv, HEADER MATCH);
--- copy of an unpopulated materialized view
-- since: 18
-- blind: nothing is read
BEGIN;
REFRESH MATERIALIZED VIEW mat WITH NO DATA;
COPY mat TO STDOUT;
ROLLBACK;
--- maintained by who is masked: refreshed
-- since: 17
BEGIN;
REFRESH MATERIALIZED VIEW mat;
SELECT * FROM mat ORDER BY id LIMIT 3;
REFRESH MATERIALIZED VIEW mat_agg;
SELECT * FROM mat_agg ORDER BY 1, 2, 3;
REFRESH MATERIALIZED VIEW CONCURRENTLY mat;
SELECT * FROM mat ORDER BY id LIMIT 3;
ROLLBACK;
--- maintained by who is masked: indexes, locks and statistics
-- since: 17
BEGIN;
REINDEX TABLE desk;
REINDEX INDEX customers_lower;
REINDEX TABLE members;
LOCK TABLE desk IN ACCESS EXCLUSIVE MODE;
ANALYZE VERBOSE desk (secret, open);
ANALYZE customers;
SELECT attname, n_distinct, most_common_vals FROM pg_stats WHERE tablename = 'desk' ORDER BY 1;
ROLLBACK;
--- maintained by who is masked: clustered by an expression
-- since: 17
-- refused: rows would lie in the order of what is masked
BEGIN;
CLUSTER big USING big_secret;
SELECT id FROM big LIMIT 3;
ROLLBACK;
--- statistics of relations and attributes written
-- since: 18
-- plain: it is about statistics
-- blind: what is put in is the same in both worlds
BEGIN;
SELECT pg_restore_relation_stats('schemaname', 'shop', 'relname', 'desk', 'relpages', 1000, 'reltuples', 90000::real);
EXPLAIN SELECT * FROM desk WHERE secret = 'x' OR amount < 5;
SELECT pg_clear_relation_stats('shop', 'desk');
SELECT pg_restore_attribute_stats('schemaname', 'shop', 'relname', 'desk', 'attname', 'secret', 'inherited', false, 'version', 180000, 'null_frac', 0.1::real, 'avg_width', 7, 'n_distinct', 2::real, 'histogram_bounds', '{a,b}'::text, 'correlation', 1::real);
SELECT null_frac, avg_width, n_distinct, histogram_bounds, correlation FROM pg_stats WHERE tablename = 'desk' AND attname = 'secret';
SELECT pg_restore_attribute_stats('schemaname', 'shop', 'relname', 'big', 'attname', 'secret', 'inherited', false, 'version', 180000, 'most_common_vals', '{1,x}'::text, 'most_common_freqs', '{0.5,0.2}'::real[]);
ROLLBACK;
--- statistics written for an expression's index, for a column by its number
-- since: 18
-- plain: it is about statistics
BEGIN;
SELECT pg_restore_attribute_stats('schemaname', 'shop', 'relname', 'customers_lower', 'attname', 'lower', 'inherited', false, 'version', 180000, 'null_frac', 0.1::real, 'avg_width', 7, 'n_distinct', 2::real);
SELECT pg_restore_attribute_stats('schemaname', 'shop', 'relname', 'desk', 'attnum', 2::int2, 'inherited', false, 'version', 180000, 'null_frac', 0.1::real, 'avg_width', 7, 'n_distinct', 2::real);
SELECT tablename, attname, null_frac, n_distinct FROM pg_stats WHERE schemaname = 'shop' AND tablename IN ('desk', 'customers_lower') ORDER BY 1, 2;
SELECT id, secret FROM desk WHERE secret = 'x' OR open = 'o1';
ROLLBACK;
--- shared, io and other views of a release
-- since: 18
-- plain: numbers of the machine, only their kind
-- role: tw_statistician
-- blind: the numbers are left out
SELECT count(*) > 0 FROM pg_stat_io;
SELECT num_done >= 0 FROM pg_stat_checkpointer;
SELECT count(*) > 0 FROM pg_wait_events;
SELECT count(*) >= 0 FROM pg_aios;
SELECT count(*) FROM pg_stat_progress_copy;
SELECT count(*) > 0 FROM pg_shmem_allocations;
SELECT count(*) >= 0 FROM pg_stat_get_backend_io(pg_backend_pid());
--- access lists of masked tables
-- since: 18
-- plain: a plan over the catalog follows the size of the catalog
-- blind: nothing stored is in them
SELECT pg_get_acl('pg_class'::regclass, 'shop.desk'::regclass, 0), pg_get_acl('pg_class'::regclass, 'shop.desk'::regclass, 2);
SELECT has_largeobject_privilege(current_user, 1, 'SELECT');
--- sql functions that outlive a change of role
-- since: 18
-- role: tw_switch
CREATE FUNCTION pg_temp.fc(int) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT set_config('tw.x', 'y', true); SELECT secret || amount FROM shop.desk WHERE id = $1 $$;
SET ROLE tw_masked;
SELECT i, pg_temp.fc(i) FROM generate_series(1, 3) i;
SET ROLE tw_cleared;
SELECT count(pg_temp.fc(i)) FROM generate_series(1, 3) i;
SET ROLE tw_masked;
SELECT i, pg_temp.fc(i) FROM generate_series(1, 3) i;
--- sql functions that set a role on the way
-- since: 18
-- role: tw_switch
CREATE FUNCTION pg_temp.fr(int) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT set_config('role', CASE WHEN $1 % 2 = 0 THEN 'tw_cleared' ELSE 'tw_masked' END, false); SELECT CASE WHEN current_user = 'tw_masked' THEN secret || amount ELSE 'kept' || (count(*) OVER ()) END FROM shop.desk WHERE id = $1 $$;
SELECT i, pg_temp.fr(i) FROM generate_series(1, 5) i;
--- sql functions with rows given out lazily
-- since: 18
CREATE FUNCTION pg_temp.fl(int) RETURNS SETOF desk LANGUAGE sql VOLATILE AS $$ SELECT set_config('tw.x', 'y', true); SELECT * FROM shop.desk WHERE id < $1 AND secret >= 'X' ORDER BY id $$;
SELECT pg_temp.fl(3), pg_temp.fl(4);
CREATE FUNCTION pg_temp.fp(anyelement) RETURNS anyelement LANGUAGE sql VOLATILE AS $$ SELECT $1 $$;
SELECT pg_temp.fp(secret), pg_temp.fp(amount), pg_temp.fp(d) FROM desk d ORDER BY id LIMIT 3;
CREATE FUNCTION pg_temp.ft() RETURNS int LANGUAGE sql VOLATILE AS $$ CREATE TEMP TABLE made AS SELECT * FROM shop.desk; SELECT count(*)::int FROM shop.desk WHERE secret = 'XXXX' $$;
SELECT pg_temp.ft();
SELECT * FROM made ORDER BY id LIMIT 2;
--- sql functions whose row type changes
-- since: 18
BEGIN;
CREATE TABLE home.shape (a int);
CREATE FUNCTION home.shaped() RETURNS SETOF home.shape LANGUAGE sql VOLATILE AS $$ SELECT * FROM home.shape $$;
INSERT INTO home.shape SELECT amount FROM desk WHERE id < 3;
SELECT * FROM home.shaped();
ALTER TABLE home.shape ADD COLUMN b text DEFAULT 'q';
UPDATE home.shape SET b = (SELECT max(secret) FROM desk);
SELECT * FROM home.shaped();
ROLLBACK;
--- roles granted with options of a release
-- since: 16
-- role: tw_maker
-- blind: no value is read
CREATE ROLE tw_made;
GRANT tw_made TO tw_maker WITH INHERIT TRUE, SET TRUE;
GRANT tw_cleared TO tw_made;
GRANT tw_cleared TO tw_maker WITH INHERIT TRUE;
SET createrole_self_grant = 'set, inherit';
CREATE ROLE tw_made2 IN ROLE tw_cleared;
CREATE ROLE tw_made3 ROLE tw_maker;
GRANT tw_made3 TO tw_maker WITH INHERIT FALSE;
GRANT UNMASK ON shop.desk TO tw_made3;
ALTER ROLE tw_cleared PASSWORD 'x';
DROP ROLE tw_made3;
DROP ROLE tw_made;
--- parallel builds of gin indexes by a masked role on its copy
-- since: 18
-- blind: every row is counted
BEGIN;
SET LOCAL max_parallel_maintenance_workers = 2;
SET LOCAL min_parallel_table_scan_size = 0;
CREATE TABLE home.gi AS SELECT id, tags, profile FROM customers;
CREATE INDEX ON home.gi USING gin (tags);
CREATE INDEX ON home.gi USING gin (profile);
SELECT count(*) FROM home.gi WHERE tags @> ARRAY['a'] OR profile ? 'plan';
ROLLBACK;
--- pipelines of a client
-- since: 18
SELECT secret, amount FROM desk WHERE id = $1 AND secret >= $2 \parse p1
\startpipeline
\bind_named p1 3 X \sendpipeline
\bind_named p1 4 zzz \sendpipeline
SELECT desk FROM desk WHERE id < $1 \bind 4 \sendpipeline
UPDATE desk SET open = 'pipe' WHERE id = $1 RETURNING old.secret, new.* \bind 5 \sendpipeline
SELECT secret::int FROM desk WHERE id = $1 \bind 3 \sendpipeline
\endpipeline
\close_prepared p1
--- pipelines read in pieces
-- since: 18
\startpipeline
SELECT secret, id FROM desk ORDER BY id LIMIT 3 \bind \sendpipeline
\syncpipeline
SELECT current_user \bind \sendpipeline
SELECT ssn FROM customers ORDER BY id LIMIT 2 \bind \sendpipeline
\flushrequest
\getresults
\endpipeline
--- unicode and collations of a release
-- since: 17
SELECT secret COLLATE "pg_c_utf8", upper(secret COLLATE "pg_c_utf8"), normalize(secret), unicode_assigned(secret) FROM desk WHERE secret COLLATE "pg_c_utf8" > 'A' ORDER BY secret COLLATE "pg_c_utf8", id LIMIT 3;
--- intervals, times and infinities
-- since: 17
SELECT span + 'infinity'::interval, span < 'infinity', at AT LOCAL, date_trunc('day', at), date_add(at, span), clock AT TIME ZONE 'UTC', extract(day FROM span) FROM exotic ORDER BY id LIMIT 3;
--- subqueries without alias and null ordering kept
-- since: 16
SELECT secret, amount FROM (SELECT * FROM desk WHERE secret IS NOT NULL) ORDER BY id LIMIT 2;
SELECT rank() OVER w, ntile(2) OVER w, row_number() OVER w, percent_rank() OVER w FROM desk WINDOW w AS (ORDER BY secret, id) LIMIT 5;
--- window run conditions over masks
-- since: 16
SELECT * FROM (SELECT id, secret, row_number() OVER (PARTITION BY secret ORDER BY amount, id) AS n, count(*) OVER (ORDER BY amount) AS c FROM desk) WHERE n <= 2 AND c > 0 ORDER BY 1;
--- casts and defaults through domain arrays
-- since: 18
SELECT ARRAY[pin]::pin_code[], array_sort(ARRAY[pin, 'XXXX']::text[]), array_reverse(ARRAY[pin]) FROM members ORDER BY id LIMIT 3;
--- plpgsql cursors with names and shapes
-- since: 18
DO $$
DECLARE c CURSOR (lo text, hi int) FOR SELECT d, d.secret FROM shop.desk d WHERE secret >= lo AND amount < hi ORDER BY id; r record;
BEGIN
    OPEN c (hi => 5000, lo => 'X');
    FETCH c INTO r; RAISE NOTICE '% %', c, r;
    MOVE RELATIVE 2 FROM c; FETCH c INTO r; RAISE NOTICE '%', r.d;
    UPDATE shop.desk SET open = 'cur' || r.secret WHERE CURRENT OF c;
    CLOSE c;
    OPEN c ('Y', 1); FETCH c INTO r; RAISE NOTICE '%', r; CLOSE c;
    RAISE EXCEPTION 'back';
END $$;
--- column types by reference
-- since: 18
DO $$
DECLARE a shop.desk.secret%TYPE[]; b shop.desk%ROWTYPE[]; s text;
BEGIN
    SELECT array_agg(secret ORDER BY id) FILTER (WHERE id < 4), array_agg(d ORDER BY id) FILTER (WHERE id < 3) INTO a, b FROM shop.desk d;
    RAISE NOTICE '% %', a, b;
    a[1] := b[2].secret; RAISE NOTICE '%', a[1];
    s := a[1] || 'x'; a[2] := s::date;
END $$;
