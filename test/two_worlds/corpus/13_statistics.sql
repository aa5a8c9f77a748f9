--- pg_stats
-- plain: a plan over the catalog follows the size of the catalog
SELECT schemaname, tablename, attname, null_frac, avg_width, n_distinct, most_common_vals, most_common_freqs, histogram_bounds, correlation FROM pg_stats WHERE schemaname = 'shop' ORDER BY 1, 2, 3, inherited;
--- pg_stats of arrays
-- plain: a plan over the catalog follows the size of the catalog
SELECT tablename, attname, most_common_elems, most_common_elem_freqs, elem_count_histogram FROM pg_stats WHERE schemaname = 'shop' ORDER BY 1, 2;
--- pg_stats of indexes
-- plain: a plan over the catalog follows the size of the catalog
SELECT tablename, attname, n_distinct, histogram_bounds FROM pg_stats WHERE tablename LIKE '%lower' OR tablename LIKE '%half' OR tablename LIKE 'big%' ORDER BY 1, 2;
--- pg_stats_ext
-- plain: a plan over the catalog follows the size of the catalog
-- blind: shown to the owner of the table alone
SELECT * FROM pg_stats_ext WHERE schemaname = 'shop' ORDER BY statistics_name;
--- pg_stats_ext_exprs
-- plain: a plan over the catalog follows the size of the catalog
-- blind: shown to the owner of the table alone
SELECT * FROM pg_stats_ext_exprs WHERE schemaname = 'shop' ORDER BY statistics_name, expr;
--- pg_statistic is not for everybody
-- plain: a plan over the catalog follows the size of the catalog
-- blind: refused to whoever is no superuser
SELECT stavalues1 FROM pg_statistic WHERE starelid = 'customers'::regclass;
SELECT stxdmcv FROM pg_statistic_ext_data;
--- pg_stats as a member of the monitoring roles
-- plain: a plan over the catalog follows the size of the catalog
-- role: tw_statistician
SELECT tablename, attname, n_distinct, most_common_vals::text, histogram_bounds::text, correlation FROM pg_stats WHERE schemaname = 'shop' ORDER BY 1, 2, inherited;
--- pg_stats as who may read everything
-- plain: a plan over the catalog follows the size of the catalog
-- role: tw_reader
SELECT tablename, attname, n_distinct, most_common_vals::text, histogram_bounds::text, correlation FROM pg_stats WHERE schemaname = 'shop' ORDER BY 1, 2, inherited;
--- pg_stats of the derived tables
-- plain: a plan over the catalog follows the size of the catalog
SELECT tablename, attname, most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE tablename IN ('copied', 'computed', 'taken', 'mat', 'mat_agg', 'like_customers') ORDER BY 1, 2;
--- pg_stats of partitions and children
-- plain: a plan over the catalog follows the size of the catalog
SELECT tablename, attname, inherited, n_distinct, most_common_vals::text FROM pg_stats WHERE tablename LIKE 'events%' OR tablename IN ('assets', 'machines', 'robots') ORDER BY 1, 2, 3;
--- pg_stats through a view of a superuser
-- plain: a plan over the catalog follows the size of the catalog
SELECT tablename, attname, n_distinct, most_common_vals::text FROM v_statistics ORDER BY 1, 2;
--- pg_stats by an SQL function
CREATE FUNCTION home.stats() RETURNS SETOF text LANGUAGE sql AS $$ SELECT most_common_vals::text FROM pg_catalog.pg_stats WHERE schemaname = 'shop' ORDER BY tablename, attname $$;
SELECT * FROM stats();
--- statistics by functions of the catalog
-- plain: a plan over the catalog follows the size of the catalog
-- blind: values are of equal width in both worlds
SELECT relname, reltuples, relpages FROM pg_class WHERE relnamespace = 'shop'::regnamespace ORDER BY 1;
--- sizes
-- plain: a plan over the catalog follows the size of the catalog
-- blind: values are of equal width in both worlds
SELECT relname, pg_relation_size(oid), pg_total_relation_size(oid), pg_indexes_size(oid) FROM pg_class WHERE relnamespace = 'shop'::regnamespace ORDER BY 1;
--- mcv items are for who may read the catalog
-- plain: a plan over the catalog follows the size of the catalog
-- blind: refused to whoever is no superuser
SELECT i.* FROM pg_statistic_ext s JOIN pg_statistic_ext_data d ON d.stxoid = s.oid, pg_mcv_list_items(d.stxdmcv) i;
--- definitions
-- plain: a plan over the catalog follows the size of the catalog
-- blind: a definition holds no data
SELECT pg_get_indexdef(indexrelid), pg_get_constraintdef(c.oid) FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = indexrelid WHERE indrelid = 'members'::regclass ORDER BY 1, 2;
SELECT pg_get_statisticsobjdef(s.oid) FROM pg_statistic_ext s ORDER BY stxname;
SELECT policyname, qual, with_check FROM pg_policies ORDER BY 1;
SELECT pg_get_triggerdef(t.oid), pg_get_expr(adbin, adrelid) FROM pg_trigger t, pg_attrdef WHERE tgrelid = 'accounts'::regclass AND adrelid = 'ledger'::regclass ORDER BY 1, 2;
--- labels
-- plain: a plan over the catalog follows the size of the catalog
-- blind: a label holds no data
SELECT objoid::regclass, objsubid, provider, label FROM pg_seclabels WHERE provider LIKE 'ddm%' AND objtype = 'column' AND objoid = 'customers'::regclass ORDER BY 2, 3;
--- statements seen by pg_stat_statements
SELECT id FROM customers WHERE salary > 300000 ORDER BY id;
SELECT query, calls, rows FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE rolname = 'tw_masked' AND query LIKE '%customers%' AND query NOT LIKE '%stat%' ORDER BY 1, 2, 3 LIMIT 100;
--- statements of the others seen by who may read statistics
-- blind: a statement is kept without its literals
-- plain: a plan over the catalog follows the size of the catalog
-- role: tw_statistician
SELECT query, calls, rows FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE rolname IN ('tw_member', 'tw_switch', 'tw_viewer') ORDER BY 1, 2, 3;
--- counters of this transaction
BEGIN;
SELECT id FROM customers WHERE salary > 300000 ORDER BY id LIMIT 4;
UPDATE desk SET open = 'c' || id WHERE amount > 300;
SELECT relname, seq_scan, seq_tup_read, idx_scan, idx_tup_fetch, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables WHERE relname IN ('customers', 'desk') ORDER BY 1;
ROLLBACK;
--- counters of index use in this transaction
BEGIN;
SET LOCAL enable_seqscan = off;
SELECT count(*) FROM customers WHERE ssn = '100-10-0001';
SELECT count(*) FROM customers WHERE region = 'EU' AND ssn > '5';
SELECT relname, idx_scan, idx_tup_fetch, seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'customers';
ROLLBACK;
--- own statistics over own copies
CREATE TABLE home.analyzed AS SELECT ssn, score FROM customers;
ANALYZE analyzed;
SELECT attname, most_common_vals::text, n_distinct FROM pg_stats WHERE tablename = 'analyzed' ORDER BY 1;
--- analyze by the masked role is skipped, or leaves masked columns out where MAINTAIN lets it
-- blind: a warning, as for whoever does not own the table
ANALYZE customers;
ANALYZE VERBOSE desk (secret);
VACUUM (ANALYZE) desk;
--- planner's own functions
-- plain: a plan over the catalog follows the size of the catalog
-- blind: values are of equal width in both worlds
SELECT pg_relation_filenode('customers') IS NOT NULL, pg_stat_get_live_tuples('customers'::regclass) IS NOT NULL, has_column_privilege('customers', 'email', 'SELECT');
--- brin and gin summaries of own copies
CREATE TABLE home.brinned AS SELECT id, secret FROM big;
CREATE INDEX ON brinned USING brin (secret);
SET enable_seqscan = off;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT count(*) FROM brinned WHERE secret < 500;
--- sequences and their last values
-- plain: a plan over the catalog follows the size of the catalog
-- blind: no sequence stands on a masked column
SELECT * FROM pg_sequences ORDER BY 1, 2;
--- values that the catalog keeps of a column added later
-- uncosted: how large a catalog is depends on when its pages were pruned
SELECT attname, attmissingval FROM pg_attribute WHERE attrelid = 'belated'::regclass AND attnum > 0 ORDER BY attnum;
--- values that the catalog keeps, in its whole row
-- uncosted: how large a catalog is depends on when its pages were pruned
SELECT to_jsonb(a) ->> 'attmissingval', a::text LIKE '%"{%' FROM pg_attribute a WHERE attrelid = 'belated'::regclass AND attnum = 2;
--- values that the catalog keeps, from within
SELECT (SELECT max(a.attmissingval::text)), j.attmissingval::text, l.x
FROM pg_attribute a JOIN (pg_attribute b JOIN pg_class c ON c.oid = b.attrelid) j ON j.attname = a.attname,
     LATERAL (SELECT a.attmissingval::text AS x) l
WHERE a.attrelid = 'belated'::regclass AND j.attrelid = a.attrelid AND a.attnum = 2 GROUP BY 2, 3;
SELECT count(*) FROM pg_attribute GROUP BY attmissingval::text HAVING attmissingval::text IS NOT NULL ORDER BY 1;
--- values that the catalog keeps, copied
-- unordered: the catalog's rows lie as they came
COPY pg_attribute (attname, attmissingval) TO STDOUT;
--- values that the catalog keeps, guessed at
-- plain: a plan over the catalog follows the size of the catalog
SELECT attname FROM pg_attribute WHERE attmissingval::text < '{aj}' ORDER BY 1;
