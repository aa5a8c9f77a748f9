--- whole row
SELECT c FROM customers c ORDER BY id;
--- whole row as text
SELECT c::text FROM customers c ORDER BY id;
--- whole row without alias
SELECT customers FROM customers ORDER BY id LIMIT 30;
--- whole row expanded
SELECT (c).* FROM customers c ORDER BY id LIMIT 30;
--- whole row field
SELECT (c).email, (c).salary FROM customers c ORDER BY id;
--- functional notation
SELECT email(c), c.ssn FROM customers c ORDER BY id;
--- row_to_json
SELECT row_to_json(c) FROM customers c ORDER BY id;
--- to_json
SELECT to_json(c) FROM customers c ORDER BY id LIMIT 30;
--- to_jsonb
SELECT to_jsonb(c) - 'id' FROM customers c ORDER BY id;
--- to_jsonb of a sub-select's row
SELECT to_jsonb(s) FROM (SELECT id, email AS e, salary + 1 AS m FROM customers) s ORDER BY id;
--- json_agg of rows
SELECT json_agg(c ORDER BY id) FROM customers c WHERE c.id < 30;
--- jsonb_each of a row
SELECT c.id, e.key, e.value FROM customers c, jsonb_each(to_jsonb(c)) e WHERE c.id < 20 ORDER BY 1, 2;
--- json_populate_record with the row's type
SELECT (json_populate_record(c, '{"id": 1}')).* FROM customers c WHERE id = 9;
--- hstore of a row
-- needs: hstore
SELECT hstore(c) FROM customers c ORDER BY id LIMIT 40;
--- hstore each
-- needs: hstore
SELECT d.id, e.* FROM desk d, each(hstore(d)) e ORDER BY 1, 2;
--- record comparison
SELECT count(*) FROM (SELECT salary, id FROM customers) c WHERE c > ROW(100100.25, 3);
--- record equality with a guess
SELECT count(*) FROM desk d WHERE d = ROW(1, 'a' || substr(md5('a1'), 1, 7), 113, 'o1')::desk;
--- record image comparison
SELECT count(*) FROM (SELECT secret FROM desk) d, (SELECT secret FROM desk) e WHERE (d *< e);
--- row constructor in where
SELECT id FROM customers WHERE ROW(salary, score) < ROW(300000, 2000) ORDER BY id;
--- row hash
SELECT hash_record(d) FROM desk d ORDER BY id;
--- order by whole row
SELECT id FROM (SELECT secret, id FROM desk) d ORDER BY d;
--- distinct whole rows
SELECT DISTINCT d FROM (SELECT secret, amount FROM desk) d ORDER BY 1;
--- count of whole rows
SELECT count(DISTINCT d.*) FROM (SELECT secret FROM desk) d;
--- is null of a whole row
-- blind: which values are null is alike in both worlds
SELECT count(*) FILTER (WHERE c IS NOT NULL), count(*) FILTER (WHERE c IS NULL) FROM customers c;
--- whole row to an SQL function
SELECT f_whole(c) FROM customers c ORDER BY id;
--- whole row in an array
SELECT array_agg(d ORDER BY id) FROM desk d;
--- array element of rows
SELECT ((array_agg(d ORDER BY id))[3]).secret FROM desk d;
--- whole row through a cte
WITH c AS (SELECT d FROM desk d) SELECT (c.d).secret FROM c ORDER BY (c.d).id;
--- whole row through a view
SELECT v FROM v_customers v ORDER BY id LIMIT 30;
--- view that holds the whole row
SELECT whole, (whole).email, (whole).ssn FROM v_whole ORDER BY (whole).id;
--- whole row of a parent
SELECT a FROM assets a ORDER BY id;
--- whole row of a child as its parent
SELECT m::assets FROM machines m ORDER BY id;
--- whole row of a partitioned table
SELECT e FROM events e ORDER BY id;
--- whole row of a partition as the partitioned table
SELECT e::events FROM events_3 e ORDER BY id;
--- whole row in returning
-- plain: it writes
UPDATE desk d SET open = open WHERE id < 4 RETURNING d, d.*;
--- whole row for update
SELECT d FROM desk d ORDER BY id LIMIT 5 FOR UPDATE;
--- record_out through concat
SELECT concat(c, '|', c.email), quote_literal(c) FROM customers c ORDER BY id LIMIT 20;
--- format of a row
SELECT format('%s', c) FROM customers c ORDER BY id LIMIT 20;
--- pg_column_size of a row
-- blind: rows are of equal width in both worlds
SELECT pg_column_size(d) FROM desk d ORDER BY id;
--- row as xml
SELECT xmlforest(email, ssn, salary), xmlelement(name c, xmlattributes(email AS e), name) FROM customers ORDER BY id LIMIT 30;
--- jsonb_populate_recordset back and forth
SELECT r.* FROM jsonb_populate_recordset(NULL::desk, (SELECT jsonb_agg(d) FROM desk d)) r ORDER BY id;
--- row type of a masked domain
SELECT m FROM members m ORDER BY id;
--- exotic whole rows
SELECT to_jsonb(e) FROM exotic e ORDER BY id;
--- dynamic record
SELECT r FROM (SELECT id, secret, amount FROM desk ORDER BY id LIMIT 7) r;
--- row of a left join's null side
SELECT c.id, d, d IS NULL FROM customers c LEFT JOIN desk d ON d.id = c.id AND d.amount > 200 ORDER BY c.id LIMIT 70;
--- row functions by cast to record
SELECT d::record::text FROM desk d ORDER BY id;
