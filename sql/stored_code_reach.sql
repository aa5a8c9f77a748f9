-- Whatever hands stored values to functions does so under a search_path that the reader has no say in: keys of partitions,
-- bodies that were parsed, aggregates, views that policies read or that are written through, domains' checks; and what the
-- server has simplified before, by the reader's own path.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE reach_owner;
CREATE ROLE reach_reader;
CREATE ROLE reach_friend;
CREATE SCHEMA reach AUTHORIZATION reach_owner;
CREATE SCHEMA reach_shared AUTHORIZATION reach_owner;
CREATE SCHEMA reach_reader AUTHORIZATION reach_reader;
GRANT USAGE ON SCHEMA reach TO reach_reader;
GRANT USAGE, CREATE ON SCHEMA reach_shared TO reach_reader, reach_friend;
SET SESSION AUTHORIZATION reach_owner;
SET search_path = reach;
CREATE FUNCTION key(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower($1) || '' $$;
CREATE FUNCTION ok(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN lower($1) <> ''; END $$;
CREATE FUNCTION parsed(x text) RETURNS boolean LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT ok(x); END;
CREATE FUNCTION step(boolean, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN lower($2) <> ''; END $$;
CREATE AGGREGATE all_ok(text) (SFUNC = step, STYPE = boolean);
CREATE DOMAIN short AS text CHECK (key(VALUE) < 'zz');
CREATE DOMAIN shorter AS short;
CREATE TABLE parted (id int, ssn text, open text) PARTITION BY RANGE (key(ssn));
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('a') TO ('z');
INSERT INTO parted VALUES (1, 'p-secret', 'a');
CREATE TABLE indexed (id int, ssn text, open text);
CREATE INDEX ON indexed (key(ssn));
CREATE INDEX ON indexed (open);
INSERT INTO indexed VALUES (1, 'i-secret', 'a');
CREATE TABLE bodies (id int, ssn text CHECK (parsed(ssn)), open text);
INSERT INTO bodies VALUES (1, 'b-secret', 'a');
CREATE TABLE written (id int, ssn text, open text);
INSERT INTO written VALUES (1, 'w-secret', 'a');
CREATE VIEW through AS SELECT * FROM written WHERE ok(ssn) WITH CHECK OPTION;
CREATE TABLE cast_to (id int, ssn text CHECK (ssn::shorter IS NOT NULL), open text);
INSERT INTO cast_to VALUES (1, 'c-secret', 'a');
CREATE TABLE gathered (id int, ssn text, open text);
INSERT INTO gathered VALUES (1, 'g-secret', 'a');
ALTER TABLE gathered ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON gathered USING ((SELECT all_ok(x) FROM (VALUES (ssn)) s (x)));
CREATE TABLE listed (id int, ssn text, open text);
INSERT INTO listed VALUES (1, 'l-secret', 'a');
ALTER TABLE listed ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON listed USING (id IN (SELECT id FROM through));
CREATE FUNCTION reach_shared.helper(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN lower(substr($1, 1)::varchar) <> ''; END $$;
CREATE FUNCTION reach_shared.outer(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN reach_shared.helper($1); END $$;
CREATE DOMAIN reach.followed AS text CHECK (reach.key(VALUE) < 'zz');
CREATE FUNCTION reach.keep() RETURNS trigger LANGUAGE plpgsql AS
    $$ DECLARE s reach.followed := old.ssn; BEGIN new.open := s < 'm'; RETURN new; END $$;
CREATE TABLE reach.kept (id int, ssn text, open text);
CREATE TRIGGER keep BEFORE UPDATE ON reach.kept FOR EACH ROW EXECUTE FUNCTION reach.keep();
INSERT INTO reach.kept VALUES (1, 'k-secret', 'a');
CREATE TABLE reach_shared.helped (id int, ssn text CHECK (reach_shared.outer(ssn)), open text);
INSERT INTO reach_shared.helped VALUES (1, 'h-secret', 'a');
CREATE FUNCTION reach.apart(text, text) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN length(lower($2)) - length(lower($1)); END $$;
CREATE TYPE reach.span AS RANGE (subtype = text, subtype_diff = reach.apart);
CREATE TABLE reach.spans (id int, ssn reach.span, open text);
CREATE INDEX ON reach.spans USING gist (ssn);
CREATE TABLE reach.pairs (id int, ssn text, open text);
CREATE INDEX ON reach.pairs USING gist (reach.span(ssn, ssn || 'x'));
INSERT INTO reach.spans SELECT n, reach.span('r-secret' || n, 'r-secret' || n || 'x') FROM generate_series(100, 300) n;
INSERT INTO reach.pairs SELECT n, 'r-secret' || n FROM generate_series(100, 300) n;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA reach, reach_shared TO reach_reader;
RESET search_path;
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN reach.parted.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN reach.indexed.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN reach.bodies.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN reach.written.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN reach.cast_to.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN reach.gathered.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN reach.listed.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN reach.kept.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN reach_shared.helped.ssn IS 'MASKED WITH FUNCTION default()';
SET SESSION AUTHORIZATION reach_reader;
CREATE FUNCTION reach_reader.lower(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RAISE WARNING 'seen: %', $1; RETURN $1; END $$;
CREATE FUNCTION reach_reader.prime() RETURNS void LANGUAGE plpgsql AS $$ DECLARE s reach.followed := 'mine'::text; BEGIN END $$;
CREATE TABLE reach_reader.own (ssn text CHECK (reach_shared.helper(ssn)));
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN reach_reader.own.ssn IS 'MASKED WITH FUNCTION default()';
\c -
SET client_min_messages = warning;
SET SESSION AUTHORIZATION reach_reader;
SET search_path = reach_reader, pg_catalog;
-- What he has the server simplify by his path, before it knows of masks.
SELECT pg_get_partition_constraintdef('reach.parted_1'::regclass) IS NOT NULL;
SELECT 'mine'::reach.short;
COPY reach.indexed FROM stdin;
2	mine	x
\.
UPDATE reach.indexed SET open = 'b';
UPDATE reach.parted SET open = 'b';
UPDATE reach.parted_1 SET open = 'c' RETURNING *;
UPDATE reach.bodies SET open = 'b';
UPDATE reach.through SET open = 'b';
UPDATE reach.cast_to SET open = 'b';
SELECT * FROM reach.gathered;
SELECT * FROM reach.listed;
-- A cast that ran in the same transaction before.
\c -
SET SESSION AUTHORIZATION reach_reader;
SET search_path = reach_reader, pg_catalog;
BEGIN;
SELECT reach_reader.prime();
UPDATE reach.kept SET open = 'b' RETURNING *;
COMMIT;
-- What a function called for himself is asked for anew where the same transaction gives it stored values.
SET SESSION AUTHORIZATION reach_friend;
CREATE FUNCTION reach_shared.lower(varchar) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RAISE WARNING 'seen: %', $1; RETURN $1; END $$;
SET SESSION AUTHORIZATION reach_reader;
SET search_path = reach_shared, pg_temp;
BEGIN;
SELECT reach_shared.helper('mine');
UPDATE reach_shared.helped SET open = 'b';
ROLLBACK;
-- Nor is it of use that it is called by a check of his own table, too, on which he is cleared.
SELECT count(ssn) FROM reach_reader.own;
UPDATE reach_shared.helped SET open = 'b';
-- What an index on ranges asks for their distance is told no secret either, however early he used the type.
RESET search_path;
RESET SESSION AUTHORIZATION;
SECURITY LABEL FOR ddm ON COLUMN reach.spans.ssn IS 'MASKED WITH FUNCTION nullify()';
SECURITY LABEL FOR ddm ON COLUMN reach.pairs.ssn IS 'MASKED WITH FUNCTION nullify()';
\c -
SET client_min_messages = error;
SET SESSION AUTHORIZATION reach_reader;
CREATE OR REPLACE FUNCTION reach_reader.lower(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN PERFORM set_config('reach.told', left($1, 3), false); RETURN $1; END $$;
SET search_path = reach_reader, pg_catalog;
CREATE TABLE reach_reader.his (ssn reach.span);
CREATE INDEX ON reach_reader.his USING gist (ssn);
INSERT INTO reach_reader.his SELECT reach.span('his' || n, 'his' || n || 'x') FROM generate_series(100, 600) n;
SHOW reach.told;
INSERT INTO reach.spans SELECT n, reach.span('r-s' || n, 'r-s' || n || 'x') FROM generate_series(100, 400) n;
SHOW reach.told;
INSERT INTO reach.pairs SELECT n, 'r-s' || n FROM generate_series(100, 400) n;
SHOW reach.told;
RESET search_path;
RESET SESSION AUTHORIZATION;
SET client_min_messages = error;
DROP SCHEMA reach, reach_shared, reach_reader CASCADE;
DROP ROLE reach_owner, reach_reader, reach_friend;
