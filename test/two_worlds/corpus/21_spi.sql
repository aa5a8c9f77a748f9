--- query_to_xml
SELECT query_to_xml('SELECT id, email, salary FROM customers WHERE score > 1010 ORDER BY id', true, false, '');
--- table_to_xml
SELECT table_to_xml('desk', true, false, '');
--- table_to_xml_and_xmlschema
SELECT table_to_xml_and_xmlschema('ruled', true, false, '');
--- cursor_to_xml
BEGIN;
DECLARE c CURSOR FOR SELECT email, ssn FROM customers ORDER BY id;
SELECT cursor_to_xml('c', 30, false, true, '');
COMMIT;
--- schema_to_xml
BEGIN;
INSERT INTO sink (id, t) SELECT id, secret FROM desk ORDER BY id;
SELECT schema_to_xml('home', true, false, '');
ROLLBACK;
--- schema_to_xml of the masked tables
-- role: tw_reader
SELECT md5(string_agg(line, '' ORDER BY line)) FROM regexp_split_to_table(regexp_replace(schema_to_xml('shop', true, false, '')::text, '(tableoid|oid)="[0-9]*"', '', 'g'), '\n') line;
--- database_to_xml, but for the times that statements took
SELECT md5(string_agg(line, '' ORDER BY line)) FROM regexp_split_to_table(regexp_replace(database_to_xml(true, false, '')::text, '<pg_stat_statements.*</pg_stat_statements(_info)?>', ''), '\n') line;
--- xmltable over a masked document
SELECT x.* FROM exotic e, xmltable('/x' PASSING e.x COLUMNS v text PATH '.') x ORDER BY 1;
--- ts_stat
SELECT * FROM ts_stat('SELECT vec FROM shop.exotic') ORDER BY word;
--- ts_stat over text
SELECT * FROM ts_stat('SELECT to_tsvector(''simple'', secret) FROM shop.desk') ORDER BY word;
--- ts_rewrite with a query
SELECT ts_rewrite('a & b'::tsquery, 'SELECT ''a''::tsquery, plainto_tsquery(''simple'', secret) FROM shop.desk WHERE id = 20');
--- crosstab
-- needs: tablefunc
SELECT * FROM crosstab('SELECT region, active::text, max(email) FROM customers GROUP BY 1, 2 ORDER BY 1, 2') AS t (region text, a text, b text);
--- crosstab with categories
-- needs: tablefunc
SELECT * FROM crosstab('SELECT id % 3, secret, amount FROM desk ORDER BY 1, 2', 'SELECT DISTINCT secret FROM desk ORDER BY 1 LIMIT 1') AS t (g int, a int);
--- connectby
-- needs: tablefunc
SELECT * FROM connectby('desk', 'amount', 'id', '1', 3) AS t (amount int, id int, level int);
--- dblink to oneself
-- needs: dblink
\getenv host PGHOST
SELECT dblink_connect_u(format('dbname=%s port=%s host=%s user=tw_masked application_name=dblink', current_database(), current_setting('port'), :'host'));
SELECT * FROM dblink('SELECT secret, amount FROM desk ORDER BY id') AS t (s text, a int);
--- dblink build statements
-- needs: dblink
SELECT dblink_build_sql_insert('shop.desk', '1', 1, '{"20"}', '{"999"}'), dblink_build_sql_update('shop.desk', '1', 1, '{"20"}', '{"999"}');
--- json functions that take a query's rows
SELECT json_agg(row_to_json(t)), jsonb_agg(to_jsonb(t)), json_object_agg(t.id, t.secret) FROM (SELECT * FROM desk ORDER BY id) t;
--- sql/json constructors
-- since: 16
SELECT json_array(SELECT secret FROM desk ORDER BY id), json_objectagg(id: secret), json_arrayagg(amount ORDER BY id) FROM desk;
--- sql/json query functions
-- since: 17
SELECT json_value(profile, '$.pin'), json_query(profile, '$'), json_exists(profile, '$ ? (@.pin > "a9")'), json_serialize(profile::json) FROM customers ORDER BY id;
--- json_table
-- since: 17
SELECT c.id, j.pin FROM customers c, json_table(c.profile, '$' COLUMNS (pin text PATH '$.pin')) j ORDER BY 1;
--- trigram similarity
-- needs: pg_trgm
SELECT id, similarity(email, 'b1@example.com') FROM customers ORDER BY 2, 1;
--- trigram operators
-- needs: pg_trgm
SELECT id FROM customers WHERE email % 'aa0cc1@example.com' ORDER BY email <-> 'aa0cc1@example.com', id;
--- dynamic query in plpgsql with into and using
DO $$
DECLARE s text; r record;
BEGIN
    EXECUTE 'SELECT secret FROM shop.desk WHERE id = $1' INTO s USING 20;
    RAISE NOTICE '%', s;
    FOR r IN EXECUTE 'SELECT d FROM shop.desk d WHERE amount > $1 ORDER BY id' USING 200 LOOP RAISE NOTICE '%', r; END LOOP;
END $$;
--- refcursor of a dynamic query
BEGIN;
DO $$ DECLARE c refcursor := 'dyn'; BEGIN OPEN c FOR EXECUTE 'SELECT secret FROM shop.desk ORDER BY id'; END $$;
FETCH ALL FROM dyn;
COMMIT;
--- cursor loop over a function's cursor
DO $$
DECLARE c refcursor; r record;
BEGIN
    c := shop.f_cursor();
    FOR i IN 1 .. 5 LOOP FETCH c INTO r; RAISE NOTICE '%', r; END LOOP;
END $$;
--- foreach over a masked array
DO $$
DECLARE t text; a text[];
BEGIN
    SELECT tags INTO a FROM shop.customers WHERE id = 8;
    FOREACH t IN ARRAY coalesce(a, '{}') LOOP RAISE NOTICE '%', t; END LOOP;
END $$;
--- informations of the schema
-- plain: a plan over the catalog follows the size of the catalog
-- blind: the catalog holds no data
SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'customers' ORDER BY ordinal_position;
--- pg_get_functiondef of an own function that holds data
SELECT format('CREATE FUNCTION home.embedded() RETURNS text LANGUAGE sql AS %L', 'SELECT ''' || string_agg(secret, ',' ORDER BY id) || '''') FROM desk;
--- gexec over masked rows
SELECT format('SELECT %L', secret) FROM desk WHERE id IN (20, 21) ORDER BY id \gexec
--- gset over masked rows
SELECT secret AS s FROM desk WHERE id = 20 \gset
\echo :s
--- crosstabview of psql
SELECT region, active, count(*) FROM customers GROUP BY 1, 2 ORDER BY 1, 2 \crosstabview
--- pg_stat_progress and locks by row
BEGIN;
SELECT secret FROM desk WHERE id = 20 FOR UPDATE;
SELECT mode FROM pg_locks WHERE relation = 'desk'::regclass ORDER BY 1;
COMMIT;
