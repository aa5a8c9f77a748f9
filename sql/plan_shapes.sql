-- Plans over columns that are not masked are the same for a masked role as for the owner.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE shapes_masked;
CREATE TABLE shapes_people (id int PRIMARY KEY, town text, email text, born date);
INSERT INTO shapes_people SELECT i, 'town' || i % 50, 'user' || i || '@example.com', '2000-01-01'::date + i FROM generate_series(1, 5000) i;
CREATE INDEX ON shapes_people (town);
CREATE TABLE shapes_orders (number int PRIMARY KEY, person int, amount int);
INSERT INTO shapes_orders SELECT i, i % 5000, i FROM generate_series(1, 10000) i;
CREATE INDEX ON shapes_orders (person);
CREATE TABLE shapes_parted (id int, email text) PARTITION BY RANGE (id);
CREATE TABLE shapes_low PARTITION OF shapes_parted FOR VALUES FROM (0) TO (10);
CREATE TABLE shapes_high PARTITION OF shapes_parted FOR VALUES FROM (10) TO (20);
CREATE VIEW shapes_view AS SELECT * FROM shapes_people WHERE id > 10;
SECURITY LABEL FOR ddm ON COLUMN shapes_people.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN shapes_parted.email IS 'MASKED WITH FUNCTION email()';
GRANT SELECT, UPDATE, DELETE, INSERT ON shapes_people, shapes_orders, shapes_parted, shapes_view TO shapes_masked;
VACUUM ANALYZE shapes_people, shapes_orders, shapes_parted;
CREATE TEMP TABLE shapes (query text, role text, plan text);
GRANT ALL ON shapes TO shapes_masked;
CREATE FUNCTION shapes_take() RETURNS void LANGUAGE plpgsql AS $$
    DECLARE q text; line text; lines text;
    BEGIN
        FOREACH q IN ARRAY ARRAY[
            'SELECT email FROM shapes_people WHERE id = 7',
            'SELECT * FROM shapes_people WHERE id BETWEEN 7 AND 9 ORDER BY id',
            'SELECT id FROM shapes_people WHERE id < 100',
            'SELECT max(id) FROM shapes_people',
            'SELECT email FROM shapes_people WHERE town = ''town7''',
            'SELECT p.email FROM shapes_people p JOIN shapes_orders o ON o.person = p.id WHERE o.number = 5',
            'SELECT o.amount, p.email FROM shapes_orders o LEFT JOIN shapes_people p ON p.id = o.person WHERE o.number = 5',
            'SELECT o.amount FROM shapes_orders o LEFT JOIN shapes_people p ON p.id = o.person WHERE o.number = 5',
            'SELECT town, count(*) FROM shapes_people GROUP BY town',
            'SELECT email FROM shapes_view WHERE id = 20',
            'SELECT email FROM shapes_parted WHERE id = 3',
            'SELECT email FROM shapes_people WHERE id = 5 FOR UPDATE',
            'SELECT id FROM shapes_people p WHERE EXISTS (SELECT FROM shapes_orders WHERE person = p.id AND amount < 10)',
            'UPDATE shapes_people SET town = ''x'' WHERE id = 3 RETURNING email',
            'DELETE FROM shapes_people WHERE id = 3 RETURNING *',
            'SELECT email FROM shapes_people ORDER BY id LIMIT 3'
        ] LOOP
            lines := '';
            FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || q LOOP
                lines := lines || line || E'\n';
            END LOOP;
            INSERT INTO shapes VALUES (q, current_user, lines);
        END LOOP;
    END $$;
SELECT shapes_take();
SET ROLE shapes_masked;
SELECT shapes_take();
RESET ROLE;
SELECT o.query, o.plan AS owner, m.plan AS masked FROM shapes o JOIN shapes m USING (query)
    WHERE o.role <> 'shapes_masked' AND m.role = 'shapes_masked' AND o.plan <> m.plan;
SELECT count(*) FROM shapes;

-- A mask does not keep a scan from being parallel.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET ROLE shapes_masked;
EXPLAIN (COSTS OFF) SELECT count(*) FROM shapes_people WHERE email LIKE 'u***@%';
SELECT count(*) FROM shapes_people WHERE email LIKE 'u***@%';
RESET ROLE;

DROP FUNCTION shapes_take;
DROP TABLE shapes_people, shapes_orders, shapes_parted, shapes CASCADE;
DROP ROLE shapes_masked;
