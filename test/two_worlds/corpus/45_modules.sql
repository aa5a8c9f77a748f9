--- perl: rows, cursors, prepared plans and row arguments
-- needs: plperl
CREATE FUNCTION home.pl_rows(text) RETURNS SETOF text LANGUAGE plperl AS $$
my $r = spi_exec_query($_[0]);
foreach my $x (@{$r->{rows}}) { return_next(join '|', map { "$_=" . ($x->{$_} // 'null') } sort keys %$x) }
return undef;
$$;
SELECT home.pl_rows('SELECT id, email, ssn, salary, tags, profile FROM shop.customers ORDER BY id LIMIT 5');
SELECT home.pl_rows('SELECT c::text, to_jsonb(c) AS j FROM shop.customers c ORDER BY id LIMIT 2');
CREATE FUNCTION home.pl_cursor() RETURNS SETOF text LANGUAGE plperl AS $$
my $q = spi_query('SELECT id, secret FROM shop.desk ORDER BY id LIMIT 5');
while (defined(my $x = spi_fetchrow($q))) { return_next("$x->{id} $x->{secret}") }
return undef;
$$;
SELECT home.pl_cursor();
CREATE FUNCTION home.pl_row(shop.customers) RETURNS text LANGUAGE plperl AS $$ my $c = $_[0]; join '|', map { "$_=" . ($c->{$_} // 'null') } sort keys %$c $$;
SELECT home.pl_row(c) FROM customers c ORDER BY id LIMIT 3;
SELECT home.pl_row(customers) FROM shop.customers WHERE home.pl_row(customers) ~ '1' ORDER BY id LIMIT 3;
CREATE FUNCTION home.pl_peek(text) RETURNS boolean LANGUAGE plperl COST 0.0001 AS $$ elog(NOTICE, $_[0]); 1 $$;
SELECT id FROM desk WHERE home.pl_peek(secret) AND id < 4 ORDER BY id;
--- perl: plan kept from one role to the next
-- needs: plperl
-- role: tw_switch
SET ROLE tw_cleared;
CREATE FUNCTION pg_temp.pl_kept() RETURNS text LANGUAGE plperl AS $$
$_SHARED{plan} = spi_prepare('SELECT secret FROM shop.desk WHERE id = $1', 'int') unless $_SHARED{plan};
spi_exec_prepared($_SHARED{plan}, 3)->{rows}[0]{secret};
$$;
SELECT pg_temp.pl_kept() IS NULL;
SET ROLE tw_masked;
SELECT pg_temp.pl_kept();
RESET ROLE;
SELECT pg_temp.pl_kept();
--- tcl: rows and row arguments
-- needs: pltcl
CREATE FUNCTION home.tcl_rows(text) RETURNS text LANGUAGE pltcl AS $$
set all {}
spi_exec -array r $1 { foreach k [lsort [array names r]] { append all "$k=$r($k) " } }
return $all
$$;
SELECT home.tcl_rows('SELECT id, email, ssn, salary, tags FROM shop.customers ORDER BY id LIMIT 5');
CREATE FUNCTION home.tcl_row(shop.desk) RETURNS text LANGUAGE pltcl AS $$ return "$1(id) $1(secret) $1(amount)" $$;
SELECT home.tcl_row(d) FROM desk d ORDER BY id LIMIT 3;
CREATE FUNCTION home.tcl_kept(int) RETURNS text LANGUAGE pltcl AS $$
if {![info exists GD(plan)]} { set GD(plan) [spi_prepare {SELECT secret FROM shop.desk WHERE id = $1} int4] }
spi_execp -array r $GD(plan) [list $1]
return $r(secret)
$$;
SELECT home.tcl_kept(i) FROM generate_series(1, 3) i;
--- python: rows, plans, cursors and row arguments
-- needs: plpython3u
SELECT f_python('SELECT id, email, ssn, salary, tags FROM shop.customers ORDER BY id LIMIT 5');
SELECT f_python_plan(i) FROM generate_series(1, 3) i;
SELECT f_python_cursor();
SELECT f_python_row(c) FROM customers c ORDER BY id LIMIT 3;
BEGIN;
SELECT f_python('UPDATE shop.desk SET open = secret || id WHERE id = 2 RETURNING secret, open');
ROLLBACK;
SELECT f_python('SELECT secret::int FROM shop.desk');
--- python: plan kept from one role to the next
-- needs: plpython3u
-- role: tw_switch
SET ROLE tw_cleared;
SELECT shop.f_python_plan(1) IS NULL;
SET ROLE tw_masked;
SELECT shop.f_python_plan(1);
SET ROLE tw_cleared;
BEGIN;
SELECT shop.f_python_plan(2) IS NULL;
SET ROLE tw_masked;
SELECT shop.f_python_plan(2);
COMMIT;
--- amcheck
-- needs: amcheck
-- blind: it finds nothing wrong
SELECT bt_index_check(i, true) FROM unnest(ARRAY['shop.customers_email', 'shop.customers_salary', 'shop.customers_lower', 'shop.customers_half']::regclass[]) i;
SELECT bt_index_parent_check('shop.customers_ssn', true, true);
SELECT * FROM verify_heapam('shop.customers');
--- pages, by whom they were granted to
-- needs: pageinspect
-- blind: refused to whoever is no superuser
SELECT get_raw_page('shop.desk', 0);
SELECT * FROM heap_page_items(get_raw_page('shop.desk', 0));
SELECT * FROM bt_page_items('shop.customers_email', 1);
SELECT * FROM bt_page_stats('shop.customers_email', 1);
SELECT * FROM bt_metap('shop.customers_email');
SELECT * FROM page_header('\x00'::bytea);
SELECT * FROM heap_tuple_infomask_flags(1, 2);
--- tuples and free space
-- needs: pgstattuple
-- blind: values are of equal width in both worlds
SELECT * FROM pgstattuple('shop.desk');
SELECT index_size, internal_pages, leaf_pages FROM pgstatindex('shop.customers_salary');
SELECT * FROM pgstattuple_approx('shop.customers');
SELECT pg_relpages('shop.customers_email');
--- visibility, free space and buffers
-- needs: pg_visibility
-- blind: values are of equal width in both worlds
SELECT * FROM pg_visibility_map_summary('shop.customers');
SELECT count(*) FROM pg_visibility('shop.desk');
SELECT * FROM pg_freespace('shop.desk');
SELECT count(*) >= 0 FROM pg_buffercache WHERE relfilenode = pg_relation_filenode('shop.desk');
--- row locks
-- needs: pgrowlocks
-- blind: it shows no values
BEGIN;
SELECT id FROM desk WHERE secret < 'b' FOR UPDATE;
SELECT locked_row, modes FROM pgrowlocks('shop.desk');
ROLLBACK;
--- xpath_table over a masked document
-- needs: xml2
SELECT * FROM xpath_table('id', 'x', 'shop.exotic', '/x', 'true ORDER BY id') AS t (id int, x text) LIMIT 5;
SELECT * FROM xpath_table('id', '''<a>'' || secret || ''</a>''', 'shop.desk', '/a', 'secret <> ''q'' ORDER BY id') AS t (id int, x text) LIMIT 5;
SELECT xpath_nodeset(x::text, '/x') FROM exotic ORDER BY id LIMIT 3;
SELECT xslt_process(x::text, '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><y><xsl:value-of select="."/></y></xsl:template></xsl:stylesheet>') FROM exotic ORDER BY id LIMIT 2;
--- triggers that come with the server: large objects
-- needs: lo
-- blind: no such large object in either world
UPDATE wired SET image = 7 WHERE id = 1;
DELETE FROM wired WHERE id = 2;
SELECT f_catch('DELETE FROM shop.wired WHERE id = 3');
SELECT lo_unlink(image) FROM wired WHERE id = 4;
SELECT lo_get(image) FROM wired WHERE id = 4;
--- triggers that come with the server: references
-- needs: refint
-- blind: the message shows no value
UPDATE wired SET at = '2021-01-01' WHERE id = 1;
UPDATE wired SET code = 'nothing' WHERE id = 2;
DELETE FROM wired WHERE id = 3;
SELECT f_catch('INSERT INTO shop.wired VALUES (99, NULL, NULL, NULL, ''none'')');
--- triggers that come with the server: words, and updates that change nothing
BEGIN;
SELECT id, words, secret FROM wired ORDER BY id LIMIT 3;
UPDATE wired SET secret = 'some thing' WHERE id = 3 RETURNING words, secret;
UPDATE wired SET code = code WHERE id < 9;
UPDATE wired SET code = 'XXXX' WHERE id < 9 RETURNING code;
UPDATE wired SET secret = secret || 'a' WHERE secret > 'b' RETURNING id, words;
ROLLBACK;
SELECT * FROM ts_stat('SELECT words FROM shop.wired') ORDER BY 1;
SELECT id FROM wired WHERE words @@ to_tsquery('simple', 'a:*') ORDER BY id;
SELECT ts_headline('simple', secret, to_tsquery('simple', 'a:*')), ts_rank(words, to_tsquery('simple', 'a:*')) FROM wired ORDER BY id LIMIT 5;
SELECT ts_rewrite('a & b'::tsquery, 'SELECT ''a''::tsquery, quote_literal(secret)::tsquery FROM shop.wired WHERE id < 4') ;
--- own triggers that come with the server, on a masked table
-- blind: nothing is read
-- refused: a masked role may not have the server read the column for it
BEGIN;
CREATE TRIGGER t AFTER UPDATE ON desk FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
ROLLBACK;
--- changes told by tcn
-- needs: tcn
-- refused: a masked role may not have the server read the column for it
CREATE TRIGGER t AFTER UPDATE ON parents FOR EACH ROW EXECUTE FUNCTION triggered_change_notification();
LISTEN tcn;
UPDATE parents SET title = title;
DROP TRIGGER t ON parents;
--- types of the contrib modules over masked values
-- needs: citext
SELECT secret::citext, secret::citext = upper(secret)::citext, count(*) OVER (PARTITION BY secret::citext) FROM desk ORDER BY id LIMIT 5;
SELECT max(secret::citext), min(secret::citext) FROM desk;
--- distances of masked words
-- needs: fuzzystrmatch
SELECT id, levenshtein(secret, 'a0cc175b'), soundex(secret), metaphone(secret, 4), difference(secret, 'a') FROM desk ORDER BY id LIMIT 5;
--- digests of masked values
-- needs: pgcrypto
SELECT id, encode(digest(secret, 'sha256'), 'hex'), hmac(secret, 'k', 'md5'), crypt(secret, '$1$aaaaaaaa') FROM desk ORDER BY id LIMIT 3;
SELECT id, decrypt(encrypt(secret::bytea, 'k', 'aes'), 'k', 'aes') FROM desk ORDER BY id LIMIT 3;
--- sets of masked numbers
-- needs: intarray
SELECT sort(array_agg(amount)), uniq(sort(array_agg(amount))) FROM desk;
SELECT id FROM exotic WHERE arr @@ '15|23'::query_int OR arr && ARRAY[15] ORDER BY id;
SELECT int_array_aggregate(amount) FROM desk WHERE id < 5;
--- masked labels as paths, cubes and words without accents
-- needs: ltree cube unaccent
SELECT secret::ltree || 'x', subpath(secret::ltree, 0, 1) FROM desk ORDER BY id LIMIT 3;
SELECT cube(amount), cube_distance(cube(amount), cube(5)) FROM desk ORDER BY id LIMIT 3;
SELECT unaccent(secret) FROM desk ORDER BY id LIMIT 3;
--- own indexes of other kinds over own copies
-- needs: bloom btree_gin
CREATE TABLE home.mod_copy AS SELECT id, secret, amount FROM desk;
CREATE INDEX ON home.mod_copy USING bloom (secret, amount);
CREATE INDEX ON home.mod_copy USING gin (secret, amount);
CREATE INDEX ON home.mod_copy USING brin (amount);
CREATE INDEX ON home.mod_copy USING hash (secret);
SET enable_seqscan = off;
SELECT * FROM home.mod_copy WHERE secret >= 'a' AND amount >= 0 ORDER BY id LIMIT 3;
SELECT count(*) FROM home.mod_copy WHERE amount > 300 AND secret >= 'a';
SELECT count(*) FROM home.mod_copy WHERE secret = 'XXXX';
--- sample methods
-- needs: tsm_system_rows
SELECT max(secret), min(amount) FROM desk TABLESAMPLE system_rows(1000);
SELECT secret FROM desk d TABLESAMPLE bernoulli((SELECT amount::float4 FROM desk WHERE id = 3) / 100) REPEATABLE (1) ORDER BY id LIMIT 3;
--- own aggregates with final, combining and serialising functions
CREATE FUNCTION home.agg_trans(text[], text) RETURNS text[] LANGUAGE plpgsql AS $$ BEGIN RETURN $1 || $2; END $$;
CREATE FUNCTION home.agg_final(text[], text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'final % %', $1[1], $2; RETURN array_to_string($1, ','); END $$;
CREATE AGGREGATE home.agg(text) (SFUNC = home.agg_trans, STYPE = text[], FINALFUNC = home.agg_final, FINALFUNC_EXTRA, FINALFUNC_MODIFY = READ_WRITE, INITCOND = '{}');
SELECT home.agg(secret ORDER BY id) FROM desk WHERE id < 5;
SELECT home.agg(DISTINCT secret) FILTER (WHERE amount > 0) FROM desk;
SELECT percent_rank('b') WITHIN GROUP (ORDER BY secret), rank('m', 5) WITHIN GROUP (ORDER BY secret, amount), mode() WITHIN GROUP (ORDER BY secret), percentile_disc(ARRAY[0, 0.5, 1]) WITHIN GROUP (ORDER BY amount) FROM desk;
--- frames of windows that are bounded by masked values
SELECT id, count(*) OVER (ORDER BY amount RANGE BETWEEN 10 PRECEDING AND 10 FOLLOWING), sum(id) OVER (ORDER BY secret GROUPS 1 PRECEDING EXCLUDE TIES),
    first_value(secret) OVER (PARTITION BY amount ORDER BY id), ntile(4) OVER (ORDER BY secret, id), lag(secret, 2, 'none') OVER w, nth_value(amount, 2) OVER w
FROM desk WINDOW w AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) ORDER BY id LIMIT 8;
SELECT id, count(*) OVER (ORDER BY salary RANGE BETWEEN (SELECT max(salary) / 100 FROM customers) PRECEDING AND CURRENT ROW) FROM customers ORDER BY id LIMIT 5;
SELECT id, sum(id) OVER (ORDER BY birth RANGE BETWEEN '1 year' PRECEDING AND '1 year' FOLLOWING) FROM customers ORDER BY id LIMIT 5;
--- recursion with search, cycle and masked join conditions
WITH RECURSIVE r AS (SELECT id, secret, amount FROM desk WHERE id = 1 UNION ALL SELECT d.id, d.secret, d.amount FROM desk d JOIN r ON d.amount >= r.amount AND d.id = r.id + 1)
SEARCH DEPTH FIRST BY secret SET o CYCLE amount SET looped USING path SELECT id, secret, o, looped, path FROM r ORDER BY id LIMIT 5;
WITH RECURSIVE r (n) AS (SELECT 1 UNION SELECT (amount % 7) + n FROM desk, r WHERE n < 20) SELECT * FROM r ORDER BY 1;
--- own operators, casts and functions found through search_path by a view of the owner
SET search_path = home, pg_catalog, shop;
CREATE FUNCTION home.op_cat(text, text) RETURNS text LANGUAGE plpgsql IMMUTABLE COST 0.001 AS $$ BEGIN RAISE NOTICE 'seen % %', $1, $2; RETURN 'x'; END $$;
CREATE OPERATOR home.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = home.op_cat);
CREATE FUNCTION home.lower(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'lower %', $1; RETURN 'x'; END $$;
SELECT f_plpgsql(3), f_loop(), f_sql(3);
SELECT f_definer_masked(3);
SELECT id, email || 'x', lower(email) FROM customers ORDER BY id LIMIT 3;
SELECT id, mail FROM computed ORDER BY id LIMIT 3;
UPDATE ledger SET memo = 'x' WHERE id = 2 RETURNING memo_upper, net;
--- own collations and comparisons
CREATE COLLATION home.num (provider = icu, locale = 'und-u-kn-true');
SELECT id, secret FROM desk ORDER BY secret COLLATE home.num, id LIMIT 5;
SELECT max(secret COLLATE home.num), count(DISTINCT secret COLLATE "C") FROM desk;
CREATE COLLATION home.nondet (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
SELECT secret COLLATE home.nondet, count(*) FROM desk GROUP BY 1 ORDER BY 1 LIMIT 5;
--- own hash operator class under a hash join and a hash aggregate
CREATE TYPE home.box1 AS (v text);
CREATE FUNCTION home.box1_eq(home.box1, home.box1) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE '% = %', $1, $2; RETURN $1.v = $2.v; END $$;
CREATE OPERATOR home.=== (LEFTARG = home.box1, RIGHTARG = home.box1, FUNCTION = home.box1_eq, COMMUTATOR = OPERATOR(home.===));
SELECT count(*) FROM desk a JOIN desk b ON ROW(a.secret)::home.box1 OPERATOR(home.===) ROW(b.secret)::home.box1 WHERE a.id < 3 AND b.id < 3;
--- polymorphic functions over rows
CREATE FUNCTION home.poly(anyelement, anyarray) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN $1::text || array_length($2, 1) || ($2)[1]::text; END $$;
SELECT home.poly(d, ARRAY[d, d]) FROM desk d ORDER BY id LIMIT 3;
SELECT home.poly(secret, ARRAY[secret]), home.poly(amount, ARRAY[amount]) FROM desk ORDER BY id LIMIT 3;
CREATE FUNCTION home.compat(anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql AS $$ SELECT greatest($1, $2) $$;
SELECT home.compat(amount, 5.5), home.compat(secret, 'zz') FROM desk ORDER BY id LIMIT 3;
SELECT to_jsonb(d) - 'id', row_to_json(d, true), json_populate_record(d, '{"id": 5}'), jsonb_populate_record(NULL::desk, to_jsonb(d)), hstore_out FROM desk d, (SELECT 1) h (hstore_out) ORDER BY d.id LIMIT 3;
SELECT (json_populate_record(d, '{"open": "x"}')).* FROM desk d ORDER BY d.id LIMIT 3;
SELECT (d #= 'open=>1'::hstore).* FROM desk d ORDER BY id LIMIT 3;
--- rights and what asks for them
-- blind: rights are alike in both worlds
SELECT has_column_privilege('shop.desk', 'secret', 'SELECT'), has_table_privilege('shop.desk', 'SELECT'), has_any_column_privilege('shop.desk', 'UPDATE');
SELECT has_column_privilege('tw_viewer', 'shop.desk'::regclass, attnum, 'SELECT') FROM pg_attribute WHERE attrelid = 'shop.desk'::regclass AND attnum > 0 ORDER BY attnum;
SELECT pg_get_viewdef('v_customers'), pg_get_viewdef('mat'), pg_get_functiondef('f_sql'::regproc);
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'shop.ledger'::regclass ORDER BY adnum;
SELECT pg_column_is_updatable('shop.desk', 2::smallint, true), pg_relation_is_updatable('shop.v_auto', true);
--- what other sessions are said to do
-- blind: the activity shows the client's own statement
-- plain: a plan over the catalog follows the size of the catalog
SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid();
SELECT count(*) FROM pg_stat_progress_copy;
PREPARE p AS SELECT secret FROM desk WHERE secret = $1;
SELECT name, statement, parameter_types, generic_plans + custom_plans FROM pg_prepared_statements;
DECLARE c CURSOR WITH HOLD FOR SELECT secret FROM desk ORDER BY id;
SELECT name, statement, is_holdable FROM pg_cursors;
FETCH 2 FROM c;
SELECT count(*) FROM pg_locks WHERE relation = 'shop.desk'::regclass AND mode = 'SIReadLock';
--- memory contexts
-- blind: for pg_read_all_stats alone
-- plain: a plan over the catalog follows the size of the catalog
SELECT name, ident FROM pg_backend_memory_contexts;
--- memory contexts, by who may see them
-- role: tw_statistician
-- blind: they hold texts of statements, and no values
-- plain: a plan over the catalog follows the size of the catalog
PREPARE p AS SELECT secret FROM shop.desk WHERE secret > 'a' ORDER BY id;
EXECUTE p;
SELECT name, ident FROM pg_backend_memory_contexts WHERE ident LIKE '%desk%' ORDER BY 1, 2;
--- binary copies and fast ways out
\copy (SELECT secret, amount, open FROM desk ORDER BY id LIMIT 3) TO STDOUT (FORMAT binary)
\copy desk (secret) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE *)
COPY (SELECT d FROM desk d ORDER BY id LIMIT 3) TO STDOUT;
SELECT secret, d.* FROM desk d ORDER BY id LIMIT 2 \gdesc
SELECT secret AS s FROM desk WHERE id = 2 \gset x_
\echo :x_s
--- statistics objects over masked columns and their definitions
-- blind: a definition holds no data
-- refused: a masked role may not have the server read the column for it
CREATE STATISTICS home.mod_st ON secret, amount FROM desk;
CREATE STATISTICS home.mod_st2 ON (length(secret)) FROM desk;
SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext ORDER BY oid LIMIT 3;
--- sequences of own tables over masked numbers, and identity columns
CREATE TABLE home.mod_ident (id int GENERATED BY DEFAULT AS IDENTITY, s text);
INSERT INTO home.mod_ident SELECT amount, secret FROM desk ORDER BY desk.id LIMIT 5;
INSERT INTO home.mod_ident OVERRIDING USER VALUE SELECT amount, secret FROM desk ORDER BY desk.id LIMIT 5;
SELECT * FROM home.mod_ident ORDER BY s, id;
SELECT setval('home.mod_ident_id_seq', max(amount) + 1) FROM desk;
SELECT last_value FROM home.mod_ident_id_seq;
--- domains of one's own over masked columns
CREATE DOMAIN home.mod_dom AS text CHECK (VALUE !~ '^b' AND length(VALUE) < 100);
SELECT secret::home.mod_dom FROM desk ORDER BY id LIMIT 5;
SELECT count(secret::home.mod_dom) FROM desk;
SELECT CAST(d.secret AS home.mod_dom) FROM desk d WHERE d.id = 3;
CREATE FUNCTION home.mod_dom_arg(home.mod_dom) RETURNS int LANGUAGE sql AS 'SELECT length($1)';
SELECT home.mod_dom_arg(secret) FROM desk ORDER BY id LIMIT 2;
--- scroll, absolute, backward
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT id, secret, amount FROM desk WHERE amount >= 0 ORDER BY secret, id;
FETCH LAST c;
FETCH ABSOLUTE 5 c;
FETCH BACKWARD 3 c;
MOVE FIRST c;
FETCH RELATIVE 2 c;
DELETE FROM desk WHERE CURRENT OF c RETURNING *;
ROLLBACK;
--- merge that returns
-- since: 17
BEGIN;
MERGE INTO desk t USING (SELECT id, secret, amount FROM desk WHERE id < 6) s ON t.id = s.id AND t.secret = s.secret
    WHEN MATCHED AND t.amount > 5 THEN UPDATE SET open = t.secret || t.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id + 1000, s.secret, s.amount, 'n' || s.id)
    WHEN NOT MATCHED BY SOURCE AND t.amount > 99999 THEN DELETE
    RETURNING merge_action(), t.*, s.*;
ROLLBACK;
--- old and new
-- since: 18
BEGIN;
UPDATE desk SET open = 'p' || id WHERE id < 4 RETURNING old.secret, new.secret, old.*, new.*, old, new;
DELETE FROM desk WHERE id = 5 RETURNING old.secret, new.secret, old;
INSERT INTO desk VALUES (1, 'x', 1, 'q') ON CONFLICT (id) DO UPDATE SET open = 'zz' RETURNING old.secret, new.secret, old, new;
MERGE INTO desk t USING (VALUES (7)) s (id) ON t.id = s.id WHEN MATCHED THEN UPDATE SET open = 'm' RETURNING old.secret, new.amount, old, new;
ROLLBACK;
--- references that are looked up by a name, where the masked role put a table in their way
-- needs: refint
-- refused: the trigger's statement finds the owner's table, whose codes are masked
BEGIN;
CREATE SCHEMA way;
CREATE TYPE way.trap AS (v text);
CREATE FUNCTION way.trapped(way.trap, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'seen %', $2; RETURN true; END $$;
CREATE OPERATOR way.= (LEFTARG = way.trap, RIGHTARG = text, FUNCTION = way.trapped);
CREATE TEMP TABLE parents AS SELECT ROW('x')::way.trap AS code;
SET search_path = way, pg_catalog, shop;
UPDATE shop.wired SET at = '2021-01-01' WHERE id OPERATOR(pg_catalog.<) 3;
ROLLBACK;
