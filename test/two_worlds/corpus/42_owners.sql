--- owner that is masked reads
-- role: tw_landlord
SELECT * FROM estate.lodgers ORDER BY id;
--- owner that is masked filters and groups
-- role: tw_landlord
SELECT secret, count(*) FROM estate.lodgers WHERE rent > 200 GROUP BY secret ORDER BY 1, 2;
--- owner that is masked asks the statistics
-- plain: a plan over the catalog follows the size of the catalog
-- role: tw_landlord
SELECT attname, n_distinct, most_common_vals::text, histogram_bounds::text, correlation FROM pg_stats WHERE tablename = 'lodgers' ORDER BY 1;
--- owner that is masked analyzes
-- role: tw_landlord
ANALYZE estate.lodgers;
EXPLAIN SELECT 1 FROM estate.lodgers WHERE secret = 'x' OR rent > 300;
--- owner's column with an expression
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
ALTER TABLE estate.lodgers ADD COLUMN shown text GENERATED ALWAYS AS (secret || rent) STORED;
SELECT * FROM estate.lodgers ORDER BY id;
ROLLBACK;
--- owner's type change with an expression
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
ALTER TABLE estate.lodgers ALTER room TYPE text USING secret || rent;
SELECT room FROM estate.lodgers ORDER BY id;
ROLLBACK;
--- owner's type change of the masked column itself
-- refused: a conversion fails or not by the value, and may meet the owner's code
-- role: tw_landlord
BEGIN;
ALTER TABLE estate.lodgers ALTER secret TYPE varchar(50);
SELECT secret FROM estate.lodgers ORDER BY id;
ROLLBACK;
--- owner's type change of the masked column to a domain of his own
-- refused: the domain's check would see stored values
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.see(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'see %', $1; RETURN true; END $$;
CREATE DOMAIN estate.seeing AS text CHECK (estate.see(VALUE));
ALTER TABLE estate.lodgers ALTER secret TYPE estate.seeing;
ROLLBACK;
--- owner's type change of the masked column to a number
-- role: tw_landlord
ALTER TABLE estate.lodgers ALTER secret TYPE int USING secret::int;
--- owner's default and not null
-- refused: whether there are nulls is asked of the stored values
-- blind: the values are the client's own
-- role: tw_landlord
BEGIN;
ALTER TABLE estate.lodgers ALTER rent SET DEFAULT 5, ALTER rent SET NOT NULL, ALTER secret DROP NOT NULL;
INSERT INTO estate.lodgers (id, secret, room) VALUES (900, 'x', 1) RETURNING *;
ROLLBACK;
--- owner's check over a masked column, a guess
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
ALTER TABLE estate.lodgers ADD CONSTRAINT guess CHECK (rent < 300);
--- owner's check that raises
-- role: tw_landlord
ALTER TABLE estate.lodgers ADD CONSTRAINT guess CHECK (secret::int > 0);
--- owner's unique over a masked column
-- role: tw_landlord
CREATE UNIQUE INDEX ON estate.lodgers (secret);
--- owner's unique constraint over a masked column
-- role: tw_landlord
ALTER TABLE estate.lodgers ADD UNIQUE (rent);
--- owner's exclusion over a masked column
-- role: tw_landlord
ALTER TABLE estate.lodgers ADD EXCLUDE (rent WITH =);
--- owner's index on an expression that tells
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.tell(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'index %', $1; RETURN $1; END $$;
CREATE INDEX ON estate.lodgers (estate.tell(secret));
ROLLBACK;
--- owner's partial index whose size tells
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
CREATE INDEX lodgers_partial ON estate.lodgers (id) WHERE rent > 200;
SELECT reltuples FROM pg_class WHERE relname = 'lodgers_partial';
--- owner's index on a masked column gives statistics
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
CREATE INDEX lodgers_expr ON estate.lodgers (lower(secret));
ANALYZE estate.lodgers;
SELECT attname, most_common_vals::text FROM pg_stats WHERE tablename = 'lodgers_expr';
--- owner's statistics
-- role: tw_landlord
CREATE STATISTICS estate.lodger_stats (mcv) ON secret, rent FROM estate.lodgers;
ANALYZE estate.lodgers;
SELECT most_common_vals, most_common_freqs FROM pg_stats_ext WHERE statistics_schemaname = 'estate';
--- owner's trigger
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'old %', old; RETURN new; END $$;
CREATE TRIGGER spy BEFORE UPDATE ON estate.lodgers FOR EACH ROW EXECUTE FUNCTION estate.spy();
UPDATE estate.lodgers SET room = room WHERE id = 3;
ROLLBACK;
--- owner's rule
-- refused: it would run for cleared roles too
-- role: tw_landlord
BEGIN;
CREATE TABLE estate.caught (id int, s text);
CREATE RULE caught AS ON UPDATE TO estate.lodgers DO ALSO INSERT INTO estate.caught VALUES (old.id, old.secret || old.rent);
UPDATE estate.lodgers SET room = 1 WHERE id < 5;
SELECT * FROM estate.caught ORDER BY id;
ROLLBACK;
--- owner's row-level policy
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
ALTER TABLE estate.lodgers ENABLE ROW LEVEL SECURITY;
ALTER TABLE estate.lodgers FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON estate.lodgers USING (rent > 200);
SELECT count(*) FROM estate.lodgers;
ROLLBACK;
--- owner's policy with a leaky function
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.tell2(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'policy %', $1; RETURN true; END $$;
ALTER TABLE estate.lodgers ENABLE ROW LEVEL SECURITY;
ALTER TABLE estate.lodgers FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON estate.lodgers USING (estate.tell2(secret));
SELECT count(*) FROM estate.lodgers;
ROLLBACK;
--- owner's view, materialized view and copies
-- role: tw_landlord
CREATE VIEW estate.v AS SELECT * FROM estate.lodgers;
SELECT * FROM estate.v ORDER BY id;
CREATE MATERIALIZED VIEW estate.m AS SELECT id, secret, rent FROM estate.lodgers;
REFRESH MATERIALIZED VIEW estate.m;
SELECT * FROM estate.m ORDER BY id;
CREATE TABLE estate.c AS SELECT id, secret, rent FROM estate.lodgers;
SELECT * FROM estate.c ORDER BY id;
--- owner's renames
-- role: tw_landlord
BEGIN;
ALTER TABLE estate.lodgers RENAME secret TO plain;
ALTER TABLE estate.lodgers RENAME TO guests;
SELECT plain, rent FROM estate.guests ORDER BY id;
ROLLBACK;
--- owner's change of schema
-- role: tw_landlord
BEGIN;
ALTER TABLE estate.lodgers SET SCHEMA public;
ROLLBACK;
SELECT secret FROM estate.lodgers ORDER BY id;
--- owner drops and adds the column
-- role: tw_landlord
BEGIN;
ALTER TABLE estate.lodgers ADD COLUMN twin text;
UPDATE estate.lodgers SET twin = secret;
SELECT twin FROM estate.lodgers ORDER BY id;
ALTER TABLE estate.lodgers DROP COLUMN secret;
SELECT * FROM estate.lodgers ORDER BY id;
ROLLBACK;
--- owner makes it a partition
-- role: tw_landlord
BEGIN;
CREATE TABLE estate.whole (id int NOT NULL, secret text NOT NULL, rent int, room int NOT NULL) PARTITION BY RANGE (id);
ALTER TABLE estate.whole ATTACH PARTITION estate.lodgers FOR VALUES FROM (0) TO (1000);
SELECT * FROM estate.whole ORDER BY id;
ROLLBACK;
--- owner attaches by a bound over the masked column
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE TABLE estate.whole2 (id int NOT NULL, secret text NOT NULL, rent int, room int NOT NULL) PARTITION BY RANGE (rent);
ALTER TABLE estate.whole2 ATTACH PARTITION estate.lodgers FOR VALUES FROM (0) TO (300);
SELECT * FROM estate.whole2 ORDER BY id;
ROLLBACK;
--- owner makes it a child of an open parent
-- role: tw_landlord
BEGIN;
CREATE TABLE estate.parent (id int, secret text, rent int);
ALTER TABLE estate.lodgers INHERIT estate.parent;
SELECT * FROM estate.parent ORDER BY id;
SELECT p FROM estate.parent p ORDER BY id;
ROLLBACK;
--- owner points a foreign key out of the masked column
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE TABLE estate.keys (k int PRIMARY KEY);
INSERT INTO estate.keys SELECT generate_series(100, 300);
ALTER TABLE estate.lodgers ADD FOREIGN KEY (rent) REFERENCES estate.keys;
ROLLBACK;
--- owner publishes
-- refused: a masked role may not have the server read the column for it
-- blind: no row is read
-- role: tw_landlord
CREATE PUBLICATION estate_pub FOR TABLE estate.lodgers WHERE (rent > 300);
SELECT pubname, rowfilter FROM pg_publication_tables WHERE pubname = 'estate_pub';
--- owner clusters and reindexes
-- refused: rows would lie in the order of what is masked
-- role: tw_landlord
BEGIN;
CREATE INDEX lodgers_rent ON estate.lodgers (rent);
CLUSTER estate.lodgers USING lodgers_rent;
SELECT id FROM estate.lodgers;
ROLLBACK;
--- owner vacuums and analyzes, and is told of it
-- blind: rows and pages are as many in both worlds
-- role: tw_landlord
VACUUM (VERBOSE) estate.lodgers;
ANALYZE VERBOSE estate.lodgers;
VACUUM (VERBOSE, ANALYZE) estate.payroll;
--- owner copies out and dumps
-- role: tw_landlord
COPY estate.lodgers TO STDOUT;
--- owner inspects by an own definer function
-- role: tw_landlord
CREATE FUNCTION estate.mine() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'SELECT secret FROM estate.lodgers ORDER BY id';
SELECT * FROM estate.mine();
--- owner changes the policy
-- role: tw_landlord
-- blind: refused to whoever is no member of ddm_admin
SECURITY LABEL FOR ddm ON COLUMN estate.lodgers.secret IS NULL;
SECURITY LABEL FOR ddm ON COLUMN estate.lodgers.secret IS 'NOT MASKED';
GRANT UNMASK ON estate.lodgers TO tw_landlord;
SELECT ddm.grant_unmask('tw_landlord');
SET ddm.exempt_owner = on;
SET ddm.mode = 'off';
ALTER ROLE tw_landlord SET ddm.exempt_owner = on;
SELECT count(DISTINCT secret) = 1 FROM estate.lodgers;
--- maker of roles gives himself the cleared one
-- blind: he is not to get it
-- role: tw_maker
GRANT tw_cleared TO tw_maker;
GRANT tw_owner TO tw_maker;
GRANT ddm_admin TO tw_maker;
SET ROLE tw_cleared;
SELECT secret FROM shop.desk ORDER BY id LIMIT 5;
--- maker of roles changes the cleared one
-- role: tw_maker
-- blind: no data is read
ALTER ROLE tw_cleared PASSWORD 'x';
ALTER ROLE tw_cleared RENAME TO tw_mine;
ALTER ROLE tw_cleared SET search_path = tw_maker;
DROP ROLE tw_cleared;
--- owner's partition under a trigger, an index and a policy that were there before
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
CREATE FUNCTION estate.sees(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'sees %', $1; RETURN $1; END $$;
CREATE FUNCTION estate.row_seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'row %', old; RETURN new; END $$;
BEGIN;
SELECT format('CREATE TABLE estate.whole (%s) PARTITION BY LIST (room)', string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum))
FROM pg_attribute WHERE attrelid = 'estate.lodgers'::regclass AND attnum > 0 AND NOT attisdropped \gexec
SAVEPOINT s;
CREATE TRIGGER t BEFORE UPDATE ON estate.whole FOR EACH ROW EXECUTE FUNCTION estate.row_seen();
ALTER TABLE estate.whole ATTACH PARTITION estate.lodgers DEFAULT;
UPDATE estate.lodgers SET room = room WHERE id < 3;
ROLLBACK TO s;
CREATE INDEX ON estate.whole (estate.sees(secret));
ALTER TABLE estate.whole ATTACH PARTITION estate.lodgers DEFAULT;
ROLLBACK TO s;
CREATE POLICY p ON estate.whole USING (estate.sees(secret) <> '');
ALTER TABLE estate.whole ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE estate.whole ATTACH PARTITION estate.lodgers DEFAULT;
SELECT * FROM estate.whole ORDER BY id;
ROLLBACK;
--- owner's policy on a parent that is inherited afterwards
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
SELECT format('CREATE TABLE estate.parent (%s)', string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum))
FROM pg_attribute WHERE attrelid = 'estate.lodgers'::regclass AND attnum > 0 AND NOT attisdropped \gexec
CREATE FUNCTION estate.sees2(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'sees %', $1; RETURN $1; END $$;
CREATE POLICY p ON estate.parent USING (estate.sees2(secret) <> '');
ALTER TABLE estate.parent ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE estate.lodgers INHERIT estate.parent;
SELECT * FROM estate.parent ORDER BY id;
ROLLBACK;
--- owner's check by a function of the whole row, written as a column
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
CREATE FUNCTION estate.row_known(estate.lodgers) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'row %', $1; RETURN true; END $$;
SET search_path = estate;
ALTER TABLE estate.lodgers ADD CHECK (lodgers.row_known);
ALTER TABLE estate.lodgers ADD CHECK (estate.lodgers.row_known);
ALTER TABLE estate.lodgers ADD CHECK ((lodgers).row_known);
