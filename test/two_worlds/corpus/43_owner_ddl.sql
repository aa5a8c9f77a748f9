--- owner's conversion through the check of a domain
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.tell(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'domain %', $1; RETURN true; END $$;
CREATE DOMAIN estate.telling AS text CHECK (estate.tell(VALUE));
ALTER TABLE estate.boarders ALTER secret TYPE estate.telling;
ROLLBACK;
--- owner's conversion through a cast
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE TYPE estate.boxed AS (v text);
CREATE FUNCTION estate.box(text) RETURNS estate.boxed LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'cast %', $1; RETURN ROW($1); END $$;
CREATE CAST (text AS estate.boxed) WITH FUNCTION estate.box(text) AS ASSIGNMENT;
ALTER TABLE estate.boarders ALTER secret TYPE estate.boxed;
ROLLBACK;
--- owner's conversion that fails by the value
-- refused: a masked role may not have the server read the column for it
-- blind: the rents of both worlds are above what the type holds
-- role: tw_landlord
ALTER TABLE estate.boarders ALTER rent TYPE numeric(2);
--- owner's conversion through a parent
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.tell(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'domain %', $1; RETURN true; END $$;
CREATE DOMAIN estate.telling AS text CHECK (estate.tell(VALUE));
CREATE TABLE estate.parent (id int, secret text);
ALTER TABLE estate.boarders INHERIT estate.parent;
ALTER TABLE estate.parent ALTER secret TYPE estate.telling;
ROLLBACK;
--- owner's table of a type, the type converted
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.tell(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'domain %', $1; RETURN true; END $$;
CREATE DOMAIN estate.telling AS text CHECK (estate.tell(VALUE));
CREATE TYPE estate.entry AS (id int, secret text, rent int, room int);
ALTER TABLE estate.boarders OF estate.entry;
ALTER TYPE estate.entry ALTER ATTRIBUTE secret TYPE estate.telling CASCADE;
ROLLBACK;
--- owner asks for nulls behind a mask that hides them
-- refused: a masked role may not have the server read the column for it
-- blind: both worlds have nulls there
-- role: tw_landlord
ALTER TABLE estate.payroll ALTER gap SET NOT NULL;
SELECT count(*) FILTER (WHERE gap IS NULL) > 0 FROM estate.payroll;
--- owner attaches under an index on an expression
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.tell(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'index %', $1; RETURN $1; END $$;
CREATE TABLE estate.whole (id int NOT NULL, secret text NOT NULL, rent int, room int NOT NULL) PARTITION BY RANGE (id);
CREATE INDEX ON estate.whole (estate.tell(secret));
ALTER TABLE estate.whole ATTACH PARTITION estate.boarders FOR VALUES FROM (0) TO (1000);
ROLLBACK;
--- owner attaches under a unique index
-- refused: a masked role may not have the server read the column for it
-- blind: the index holds in both worlds
-- role: tw_landlord
BEGIN;
CREATE TABLE estate.whole (id int NOT NULL, secret text NOT NULL, rent int, room int NOT NULL) PARTITION BY RANGE (id);
CREATE UNIQUE INDEX ON estate.whole (id, secret);
ALTER TABLE estate.whole ATTACH PARTITION estate.boarders FOR VALUES FROM (0) TO (1000);
ROLLBACK;
--- owner attaches under a trigger
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'old %', old; RETURN new; END $$;
CREATE TABLE estate.whole (id int NOT NULL, secret text NOT NULL, rent int, room int NOT NULL) PARTITION BY RANGE (id);
CREATE TRIGGER spy BEFORE UPDATE ON estate.whole FOR EACH ROW EXECUTE FUNCTION estate.spy();
ALTER TABLE estate.whole ATTACH PARTITION estate.boarders FOR VALUES FROM (0) TO (1000);
UPDATE estate.whole SET room = room WHERE id = 3;
ROLLBACK;
--- owner inherits to a parent with transition tables
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'old %', (SELECT array_agg(o ORDER BY o.id) FROM o); RETURN null; END $$;
CREATE TABLE estate.parent (id int, secret text);
CREATE TRIGGER spy AFTER UPDATE ON estate.parent REFERENCING OLD TABLE AS o FOR EACH STATEMENT EXECUTE FUNCTION estate.spy();
ALTER TABLE estate.boarders INHERIT estate.parent;
UPDATE estate.parent SET id = id WHERE id < 4;
ROLLBACK;
--- owner inherits to a parent with a policy
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.tell2(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'policy %', $1; RETURN true; END $$;
CREATE TABLE estate.parent (id int, secret text);
ALTER TABLE estate.parent ENABLE ROW LEVEL SECURITY;
ALTER TABLE estate.parent FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON estate.parent USING (estate.tell2(secret));
ALTER TABLE estate.boarders INHERIT estate.parent;
SELECT count(*) FROM estate.parent;
ROLLBACK;
--- owner inherits to a parent with a rule
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE TABLE estate.caught (s text);
CREATE TABLE estate.parent (id int, secret text);
CREATE RULE caught AS ON UPDATE TO estate.parent DO ALSO INSERT INTO estate.caught VALUES (old.secret);
ALTER TABLE estate.boarders INHERIT estate.parent;
UPDATE estate.parent SET id = id WHERE id < 4;
SELECT * FROM estate.caught ORDER BY 1;
ROLLBACK;
--- owner renames what a rule masks
-- role: tw_landlord
BEGIN;
ALTER TABLE estate.payroll RENAME ssn TO harmless;
SELECT id, harmless, wage FROM estate.payroll ORDER BY id;
ALTER TABLE estate.payroll RENAME TO books;
SELECT * FROM estate.books WHERE wage > 200 ORDER BY id;
ROLLBACK;
--- owner renames what a rule masks, for good, and the table with it
-- role: tw_landlord
ALTER TABLE estate.payroll RENAME wage TO pay;
SELECT id, pay FROM estate.payroll ORDER BY id;
ALTER TABLE estate.payroll RENAME pay TO wage;
SELECT id, wage FROM estate.payroll ORDER BY id;
--- owner's statement trigger
-- refused: it would run for cleared roles too
-- blind: no row is seen
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN null; END $$;
CREATE TRIGGER spy BEFORE UPDATE ON estate.boarders FOR EACH STATEMENT EXECUTE FUNCTION estate.spy();
ROLLBACK;
--- holder of TRIGGER
-- blind: refused to whoever holds no UNMASK, and the cleared one makes one that says nothing
-- refused: a masked role may not have the server read the column for it
BEGIN;
CREATE FUNCTION home.silent() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER silent BEFORE UPDATE ON desk FOR EACH ROW WHEN (old.amount > 200) EXECUTE FUNCTION home.silent();
ROLLBACK;
--- holder of TRIGGER, constraint trigger
-- refused: a masked role may not have the server read the column for it
BEGIN;
CREATE FUNCTION home.spy_desk_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'old %', old; RETURN null; END $$;
CREATE CONSTRAINT TRIGGER spy_desk_late AFTER UPDATE ON desk DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION home.spy_desk_late();
UPDATE desk SET open = 'spied' WHERE id = 40;
COMMIT;
--- holder of REFERENCES, through an own partitioned table
-- refused: whether a key is accepted would say whether the value is stored
-- blind: a key is accepted in both worlds
BEGIN;
CREATE TABLE home.guesses (id int, code text) PARTITION BY RANGE (id);
CREATE TABLE home.guesses_1 PARTITION OF home.guesses FOR VALUES FROM (0) TO (10);
ALTER TABLE home.guesses ADD FOREIGN KEY (code) REFERENCES parents (code);
ROLLBACK;
--- index that fails on reindex
-- role: tw_landlord
SET tw.brittle = on;
REINDEX TABLE estate.payroll;
--- index that fails on reindex of the schema
-- role: tw_landlord
SET tw.brittle = on;
REINDEX SCHEMA estate;
--- index that fails on analyze
-- role: tw_landlord
SET tw.brittle = on;
ANALYZE estate.payroll;
ANALYZE estate.payroll, estate.boarders;
--- index that fails on vacuum full and cluster
-- role: tw_landlord
SET tw.brittle = on;
VACUUM FULL estate.payroll;
CLUSTER estate.payroll USING payroll_pkey;
--- index that fails on a rewrite
-- role: tw_landlord
SET tw.brittle = on;
ALTER TABLE estate.payroll ADD COLUMN at timestamptz DEFAULT clock_timestamp();
ALTER TABLE estate.payroll SET UNLOGGED;
--- index that fails on a write
-- role: tw_landlord
SET tw.brittle = on;
UPDATE estate.payroll SET id = id + 1000 WHERE id = 4;
--- index that fails on reindex, caught
-- role: tw_landlord
SET tw.brittle = on;
DO $$ BEGIN EXECUTE 'REINDEX TABLE estate.payroll'; EXCEPTION WHEN OTHERS THEN RAISE NOTICE '% %', sqlstate, sqlerrm; END $$;
--- values pasted into a statement that is cancelled
SET statement_timeout = '300ms';
UPDATE pasted SET how = 'slow' WHERE id = 3;
--- values pasted as names
UPDATE pasted SET how = 'name' WHERE id = 3;
UPDATE pasted SET how = 'cursor' WHERE id = 4;
--- values pasted, their length
-- blind: the message shows no value
UPDATE pasted SET how = 'long' WHERE id = 3;
--- values that an owner's trigger puts where nothing is masked
UPDATE pasted SET how = 'row' WHERE id = 3;
--- values pasted, and everything printed
-- blind: printing trees is for superusers
SET client_min_messages = log;
SET debug_print_plan = on;
SET debug_print_parse = on;
SET debug_print_rewritten = on;
BEGIN;
UPDATE pasted SET how = 'log' WHERE id = 5;
DELETE FROM children WHERE id < 3;
ROLLBACK;
--- every message of the server
-- unordered: the server's own state
-- blind: the messages show no value
SET client_min_messages = debug3;
BEGIN;
UPDATE pasted SET open = 1 WHERE id = 5;
ROLLBACK;
--- owner gives triggers to a parent of this transaction that inherits already
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'old %', (SELECT array_agg(o ORDER BY o.id) FROM o); RETURN null; END $$;
CREATE TABLE estate.parent (id int, secret text);
ALTER TABLE estate.boarders INHERIT estate.parent;
CREATE TRIGGER spy AFTER UPDATE ON estate.parent REFERENCING OLD TABLE AS o FOR EACH STATEMENT EXECUTE FUNCTION estate.spy();
UPDATE estate.parent SET id = id WHERE id < 4;
ROLLBACK;
--- owner gives a policy to a parent of this transaction that inherits already
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.tell2(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'policy %', $1; RETURN true; END $$;
CREATE TABLE estate.parent (id int, secret text);
ALTER TABLE estate.boarders INHERIT estate.parent;
ALTER TABLE estate.parent ENABLE ROW LEVEL SECURITY;
ALTER TABLE estate.parent FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON estate.parent USING (estate.tell2(secret));
SELECT count(*) FROM estate.parent;
ROLLBACK;
--- owner inherits to a parent with statistics on expressions
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.tell2(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'statistics %', $1; RETURN true; END $$;
CREATE TABLE estate.parent (id int, secret text);
CREATE STATISTICS estate.told ON (estate.tell2(secret)), id FROM estate.parent;
ALTER TABLE estate.boarders INHERIT estate.parent;
ANALYZE estate.parent;
ROLLBACK;
--- statistics of a parent when a masked child leaves
-- role: tw_landlord
BEGIN;
CREATE TABLE estate.parent (id int, secret text);
ALTER TABLE estate.boarders INHERIT estate.parent;
CREATE STATISTICS estate.both (mcv) ON secret, id FROM estate.parent;
ANALYZE estate.parent;
SELECT attname, inherited, n_distinct, most_common_vals FROM pg_stats WHERE tablename = 'parent' ORDER BY 1;
ALTER TABLE estate.boarders NO INHERIT estate.parent;
SELECT attname, inherited, n_distinct, most_common_vals FROM pg_stats WHERE tablename = 'parent' ORDER BY 1;
SELECT inherited, n_distinct, most_common_vals FROM pg_stats_ext WHERE tablename = 'parent';
EXPLAIN SELECT FROM estate.parent GROUP BY secret;
ROLLBACK;
--- statistics of a parent when a masked child is dropped
-- role: tw_landlord
BEGIN;
CREATE TABLE estate.parent (id int, secret text);
ALTER TABLE estate.boarders INHERIT estate.parent;
ANALYZE estate.parent;
SELECT attname, n_distinct, most_common_vals FROM pg_stats WHERE tablename = 'parent' ORDER BY 1;
DROP TABLE estate.boarders;
SELECT attname, n_distinct, most_common_vals FROM pg_stats WHERE tablename = 'parent' ORDER BY 1;
ROLLBACK;
--- statistics of a partitioned table when a masked partition is detached
-- role: tw_landlord
BEGIN;
CREATE TABLE estate.whole (id int NOT NULL, secret text NOT NULL, rent int, room int NOT NULL) PARTITION BY RANGE (id);
ALTER TABLE estate.whole ATTACH PARTITION estate.boarders FOR VALUES FROM (0) TO (1000);
ANALYZE estate.whole;
SELECT attname, n_distinct, most_common_vals FROM pg_stats WHERE tablename = 'whole' ORDER BY 1;
ALTER TABLE estate.whole DETACH PARTITION estate.boarders;
SELECT attname, n_distinct, most_common_vals FROM pg_stats WHERE tablename = 'whole' ORDER BY 1;
ROLLBACK;
--- owner moves rows to a partition of his that nothing masks
-- refused: they would be read there
-- role: tw_landlord
BEGIN;
CREATE TABLE estate.whole (id int NOT NULL, secret text NOT NULL, rent int, room int NOT NULL) PARTITION BY RANGE (id);
ALTER TABLE estate.whole ATTACH PARTITION estate.boarders FOR VALUES FROM (0) TO (1000);
CREATE TABLE estate.beside PARTITION OF estate.whole FOR VALUES FROM (1000) TO (2000);
SAVEPOINT s;
UPDATE estate.whole SET id = id + 1000;
ROLLBACK TO s;
SELECT * FROM estate.whole ORDER BY id;
SELECT * FROM estate.beside ORDER BY id;
ROLLBACK;
--- owner moves rows to a partition that brings a trigger
-- refused: a masked role may not have the server read the column for it
-- role: tw_landlord
BEGIN;
CREATE FUNCTION estate.spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'new %', new; RETURN new; END $$;
CREATE TABLE estate.whole (id int NOT NULL, secret text NOT NULL, rent int, room int NOT NULL) PARTITION BY RANGE (id);
ALTER TABLE estate.whole ATTACH PARTITION estate.boarders FOR VALUES FROM (0) TO (1000);
CREATE TABLE estate.trap (id int NOT NULL, secret text NOT NULL, rent int, room int NOT NULL);
CREATE TRIGGER spy BEFORE INSERT ON estate.trap FOR EACH ROW EXECUTE FUNCTION estate.spy();
ALTER TABLE estate.whole ATTACH PARTITION estate.trap FOR VALUES FROM (1000) TO (2000);
UPDATE estate.whole SET id = id + 1000;
ROLLBACK;
--- owner gives an index's function another body
-- role: tw_landlord
-- refused: the function would tell what it is called with
CREATE OR REPLACE FUNCTION estate.brittle(text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE '%', $1; RETURN 1; END $$;
ALTER FUNCTION estate.brittle(text) SET search_path = estate;
UPDATE estate.payroll SET id = id + 1000 WHERE id = 3;
UPDATE estate.payroll SET id = id - 1000 WHERE id = 1003;
