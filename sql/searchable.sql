-- SEARCHABLE: a masked role finds a row by a value that it knows in full, by its index; nothing else of it comes out.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_se_support NOLOGIN;
CREATE ROLE ddm_se_other NOLOGIN;
CREATE SCHEMA ddm_se;
GRANT USAGE ON SCHEMA ddm_se TO PUBLIC;
CREATE TABLE ddm_se.customer (id int PRIMARY KEY, email text, ssn varchar(11), region text);
INSERT INTO ddm_se.customer SELECT g, 'user' || g || '@example.com', 'S' || g, 'R' || g % 3 FROM generate_series(1, 2000) g;
CREATE INDEX customer_email ON ddm_se.customer (email);
CREATE INDEX customer_ssn ON ddm_se.customer (ssn);
CREATE TABLE ddm_se.visit (customer int, email text);
INSERT INTO ddm_se.visit VALUES (7, 'user7@example.com'), (8, 'nobody');
ANALYZE ddm_se.customer;
GRANT SELECT ON ALL TABLES IN SCHEMA ddm_se TO PUBLIC;
SECURITY LABEL FOR ddm ON COLUMN ddm_se.customer.email IS 'MASKED WITH VALUE ''-'' SEARCHABLE FOR ddm_se_support LIMIT 1000 PER DAY';
SECURITY LABEL FOR ddm ON COLUMN ddm_se.customer.ssn IS 'MASKED WITH FUNCTION default() SEARCHABLE LIMIT 5 PER DAY';
RESET client_min_messages;
SET enable_seqscan = off;
SET enable_bitmapscan = off;

SET ROLE ddm_se_support;
SELECT * FROM ddm_se.customer WHERE email = 'user7@example.com';
SELECT id FROM ddm_se.customer WHERE 'user7@example.com' = email AND region = 'R1';
SELECT id FROM ddm_se.customer WHERE region = 'R1' AND (email = 'user7@example.com' AND id < 100);
SELECT id, email FROM ddm_se.customer WHERE email IN ('user7@example.com', 'user9@example.com', 'nobody') ORDER BY id;
SELECT id, email FROM ddm_se.customer WHERE email = ANY ('{user1@example.com,user2@example.com}') ORDER BY id;
PREPARE by_email(text) AS SELECT id, email FROM ddm_se.customer WHERE email = $1;
EXECUTE by_email('user5@example.com');
PREPARE by_emails(text[]) AS SELECT id, email FROM ddm_se.customer WHERE email = ANY ($1) ORDER BY id;
EXECUTE by_emails('{user5@example.com,user6@example.com}');
EXPLAIN (COSTS OFF) SELECT * FROM ddm_se.customer WHERE email = 'user7@example.com';

-- everything else compares with the mask
SELECT count(*) FROM ddm_se.customer WHERE email LIKE 'user7%';
SELECT count(*) FROM ddm_se.customer WHERE email = 'user7@example.com' OR id = 1;
SELECT count(*) FROM ddm_se.customer WHERE NOT email = 'user7@example.com';
SELECT count(*) FROM ddm_se.customer WHERE email <> 'user7@example.com';
SELECT count(*) FROM ddm_se.customer WHERE email > 'user7@example.com';
SELECT count(*) FROM ddm_se.customer WHERE email <> ALL (ARRAY['user7@example.com']);
SELECT count(*) FROM ddm_se.customer WHERE upper(email) = 'USER7@EXAMPLE.COM';
SELECT count(*) FROM ddm_se.customer c JOIN ddm_se.visit v ON c.email = v.email;
SELECT count(*) FROM ddm_se.customer c, ddm_se.visit v WHERE c.email = v.email;
SELECT count(*) FROM ddm_se.visit v WHERE EXISTS (SELECT FROM ddm_se.customer c WHERE c.email = v.email);
SELECT count(*) FROM ddm_se.customer WHERE email = (SELECT max(email) FROM ddm_se.visit);
SELECT count(*) FROM ddm_se.visit v LEFT JOIN ddm_se.customer c ON c.id = v.customer WHERE c.email = 'user7@example.com';
SELECT email = 'user7@example.com' AS same FROM ddm_se.customer WHERE id = 7;
SELECT count(*) FILTER (WHERE email = 'user7@example.com') FROM ddm_se.customer;
-- not an operator of somebody's own
RESET ROLE;
CREATE FUNCTION ddm_se.spy(text, text) RETURNS bool LANGUAGE plpgsql IMMUTABLE COST 0.0001 AS $$BEGIN RAISE NOTICE 'saw %', $1; RETURN true; END$$;
CREATE OPERATOR ddm_se.= (LEFTARG = text, RIGHTARG = text, FUNCTION = ddm_se.spy, MERGES, HASHES);
SET ROLE ddm_se_support;
SELECT count(*) FROM ddm_se.customer WHERE id < 2 AND email OPERATOR(ddm_se.=) 'user1@example.com';
-- nor under a collation that makes many values equal to one, nor by a function that answers anew for each row
RESET ROLE;
CREATE COLLATION ddm_se.coarse (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
CREATE SEQUENCE ddm_se.guesses;
GRANT USAGE ON ddm_se.guesses TO PUBLIC;
CREATE FUNCTION ddm_se.guess(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
  $$BEGIN RETURN 'user' || nextval('ddm_se.guesses') || '@example.com'; END$$;
CREATE FUNCTION ddm_se.told(text) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS $$BEGIN RAISE NOTICE 'saw %', $1; RETURN true; END$$;
CREATE DOMAIN ddm_se.spying AS text CHECK (ddm_se.told(VALUE));
GRANT UPDATE (region) ON ddm_se.customer TO ddm_se_support;
SET ROLE ddm_se_support;
SELECT count(*) FROM ddm_se.customer WHERE email = 'USER7@EXAMPLE.COM' COLLATE ddm_se.coarse;
SET plan_cache_mode = force_generic_plan;
SET enable_indexscan = off;
PREPARE by_guess(text) AS SELECT count(*) FROM ddm_se.customer WHERE email = ddm_se.guess($1);
EXECUTE by_guess('');
PREPARE by_domain(text) AS SELECT count(*) FROM ddm_se.customer WHERE email = $1::ddm_se.spying;
EXECUTE by_domain('user7@example.com');
RESET enable_indexscan;
RESET plan_cache_mode;
SELECT count(*) FROM ddm_se.customer WHERE email = CURRENT_USER || '@example.com';
SELECT count(*) FROM ddm_se.customer WHERE email IN (VALUES ('user7@example.com'));
WITH changed AS (UPDATE ddm_se.customer SET region = region WHERE email = 'user7@example.com' RETURNING 1) SELECT count(*) FROM changed;
-- what stands beside the search does not matter: a mask that is computed once for each row, grouping sets, locks
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_se.customer.id IS 'MASKED WITH FUNCTION random(1, 2) SEARCHABLE';
SET ROLE ddm_se_support;
SELECT region FROM ddm_se.customer WHERE email = 'user7@example.com' AND id = 7;
SELECT email, count(*) FROM ddm_se.customer WHERE email = 'user7@example.com' GROUP BY GROUPING SETS ((email), ()) ORDER BY 1;
SELECT region FROM ddm_se.customer WHERE (email, region) = ('user7@example.com', 'R1');
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_se.customer.id IS NULL;

-- through views and sub-selects that show the column as it is
CREATE VIEW ddm_se.shown AS SELECT id AS number, email AS mail, region FROM ddm_se.customer;
CREATE VIEW ddm_se.deeper AS SELECT s.number, s.mail, v.customer FROM ddm_se.shown s LEFT JOIN ddm_se.visit v ON v.customer = s.number WHERE s.region = 'R1';
CREATE VIEW ddm_se.counted AS SELECT email AS mail, count(*) AS times FROM ddm_se.customer GROUP BY email;
CREATE VIEW ddm_se.closed WITH (security_barrier) AS SELECT id AS number, email AS mail FROM ddm_se.customer;
CREATE VIEW ddm_se.changed AS SELECT id AS number, lower(email) AS mail FROM ddm_se.customer;
CREATE VIEW ddm_se.few AS SELECT id AS number, email AS mail FROM ddm_se.customer LIMIT 10;
GRANT SELECT ON ALL TABLES IN SCHEMA ddm_se TO PUBLIC;
SET ROLE ddm_se_support;
SELECT * FROM ddm_se.shown WHERE mail = 'user7@example.com';
SELECT * FROM ddm_se.deeper WHERE mail IN ('user7@example.com', 'user8@example.com');
EXPLAIN (COSTS OFF) SELECT * FROM ddm_se.shown WHERE mail = 'user7@example.com';
SELECT n.number FROM (SELECT number, mail FROM ddm_se.shown) n JOIN ddm_se.visit v ON v.customer = n.number WHERE mail = 'user7@example.com';
SELECT count(*) FROM ddm_se.counted WHERE mail = 'user7@example.com';
SELECT count(*) FROM ddm_se.closed WHERE mail = 'user7@example.com';
SELECT count(*) FROM ddm_se.changed WHERE mail = 'user7@example.com';
SELECT count(*) FROM ddm_se.few WHERE mail = 'user7@example.com';
SELECT count(*) FROM ddm_se.visit v LEFT JOIN ddm_se.shown s ON s.number = v.customer WHERE s.mail = 'user7@example.com';
SELECT count(*) FROM ddm_se.shown WHERE mail LIKE 'user7@%';
-- not for another role
SET ROLE ddm_se_other;
SELECT count(*) FROM ddm_se.customer WHERE email = 'user7@example.com';

-- and not without bounds: five values a day in ssn, whoever the role, of one session user
SELECT count(*) FROM ddm_se.customer WHERE ssn = 'S1';
SELECT count(*) FROM ddm_se.customer WHERE ssn IN ('S1', 'S2', 'S3', 'S4', 'S5');
SELECT count(*) FROM ddm_se.customer WHERE ssn IN ('S1', 'S2', 'S3');
SET enable_bitmapscan = on; -- from 17 on through nothing else: what pages hold the values shows otherwise
SET enable_indexscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM ddm_se.customer WHERE ssn IN ('S1', 'S2');
RESET enable_indexscan;
SET enable_bitmapscan = off;
SELECT count(*) FROM ddm_se.customer WHERE ssn IN ('S1', 'S2');
SELECT count(*) FROM ddm_se.customer WHERE ssn = 'S9';
SELECT count(*) FROM ddm_se.customer WHERE ssn = 'S9';
SELECT count(*) FROM ddm_se.customer WHERE id = 9;
-- a rollback gives nothing back; EXPLAIN without ANALYZE takes nothing; what fails later is counted
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_se.customer.ssn IS 'MASKED WITH FUNCTION default() SEARCHABLE LIMIT 3 PER HOUR';
SET ROLE ddm_se_other;
BEGIN;
SELECT count(*) FROM ddm_se.customer WHERE ssn = 'S1';
ROLLBACK;
EXPLAIN (COSTS OFF) SELECT id FROM ddm_se.customer WHERE ssn = 'S1';
\set VERBOSITY terse
SELECT 1 / (id - id) FROM ddm_se.customer WHERE ssn = 'S1';
SELECT count(*) FROM ddm_se.customer WHERE ssn = 'S1' AND email = 'user1@example.com';
SELECT count(*) FROM ddm_se.customer WHERE ssn = 'S1';
\set VERBOSITY default
-- an array says how many when it is there; children are counted with the tree that they are of
RESET ROLE;
CREATE TABLE ddm_se.person (id int, name text) PARTITION BY RANGE (id);
CREATE TABLE ddm_se.person_1 PARTITION OF ddm_se.person FOR VALUES FROM (0) TO (100);
CREATE TABLE ddm_se.person_2 PARTITION OF ddm_se.person FOR VALUES FROM (100) TO (200);
INSERT INTO ddm_se.person SELECT g, 'name' || g FROM generate_series(1, 199) g;
GRANT SELECT ON ALL TABLES IN SCHEMA ddm_se TO PUBLIC;
SECURITY LABEL FOR ddm ON COLUMN ddm_se.person.name IS 'MASKED WITH VALUE ''-'' SEARCHABLE LIMIT 4 PER HOUR';
SELECT array_agg('name' || g) AS many FROM generate_series(1, 5000) g \gset
SET ROLE ddm_se_other;
PREPARE by_names(text[]) AS SELECT id FROM ddm_se.person WHERE name = ANY ($1);
\set QUIET on
\set ECHO none
EXECUTE by_names(:'many');
\set ECHO all
EXECUTE by_names('{}');
EXECUTE by_names('{name5}');
SELECT id FROM ddm_se.person_1 WHERE name = 'name5';
SELECT id FROM ddm_se.person_2 WHERE name IN ('name5', 'name105');
SELECT id FROM ddm_se.person_1 WHERE name = 'name5';
RESET ROLE;
-- on record: who searched for how many, and where it ended
SELECT ddm.audit_flush('10 s');
SELECT role_name, column_searched, values_searched, throttled, count(*), bool_and(query_id IS NOT NULL) AS known
  FROM ddm.probe_events WHERE column_searched LIKE 'ddm_se.%' AND role_name = 'ddm_se_other' GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4;
-- taken off, it is over for plans that are there
SET ROLE ddm_se_support;
EXECUTE by_email('user5@example.com');
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_se.customer.email IS 'MASKED WITH VALUE ''-''';
SET ROLE ddm_se_support;
EXECUTE by_email('user5@example.com');
RESET ROLE;

-- a serializable transaction tells nothing of where in the index the value would be
CREATE TABLE ddm_se.wide (id int, code text);
INSERT INTO ddm_se.wide SELECT i, lpad((i * 7919 % 1000003)::text, 9, '0') FROM generate_series(1, 20000) i;
CREATE INDEX wide_code ON ddm_se.wide (code);
SECURITY LABEL FOR ddm ON COLUMN ddm_se.wide.code IS 'MASKED WITH FUNCTION default() SEARCHABLE';
GRANT SELECT ON ddm_se.wide TO ddm_se_other;
SET ROLE ddm_se_other;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT id FROM ddm_se.wide WHERE code = '000850000x';
SELECT locktype, page FROM pg_locks WHERE mode = 'SIReadLock' AND relation = 'ddm_se.wide_code'::regclass;
COMMIT;
-- nor does it where a worker would search
SELECT count(set_config(name, 'on', false)) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT id FROM ddm_se.wide WHERE code = '000850000x';
SELECT locktype, page FROM pg_locks WHERE mode = 'SIReadLock' AND relation = 'ddm_se.wide_code'::regclass;
COMMIT;
SELECT count(set_config(name, 'off', false)) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
RESET ROLE;

-- nor does an index that finds more for a value than the rows that have it
CREATE TABLE ddm_se.kinds (id int, ranged text, branched text, hashed text);
INSERT INTO ddm_se.kinds SELECT i, 'v' || i, 'v' || i, 'v' || i FROM generate_series(1, 100) i;
CREATE INDEX kinds_ranged ON ddm_se.kinds USING brin (ranged, id);
CREATE INDEX kinds_branched ON ddm_se.kinds USING spgist (branched);
CREATE INDEX kinds_hashed ON ddm_se.kinds USING hash (hashed);
SECURITY LABEL FOR ddm ON COLUMN ddm_se.kinds.ranged IS 'MASKED WITH FUNCTION default() SEARCHABLE';
SECURITY LABEL FOR ddm ON COLUMN ddm_se.kinds.branched IS 'MASKED WITH FUNCTION default() SEARCHABLE';
SECURITY LABEL FOR ddm ON COLUMN ddm_se.kinds.hashed IS 'MASKED WITH FUNCTION default() SEARCHABLE';
GRANT SELECT ON ddm_se.kinds TO ddm_se_other;
CREATE FUNCTION ddm_se.node(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE node text;
BEGIN
    EXECUTE 'EXPLAIN (COSTS OFF) ' || query INTO node; -- the first line: 18 says below it what is disabled
    RETURN node;
END $$;
GRANT USAGE ON SCHEMA ddm_se TO ddm_se_other;
SET ROLE ddm_se_other;
SET enable_seqscan = off;
SET enable_bitmapscan = on;
SELECT ddm_se.node($$SELECT id FROM ddm_se.kinds WHERE ranged = 'v5x'$$);
SELECT ddm_se.node($$SELECT id FROM ddm_se.kinds WHERE branched = 'v5x'$$);
EXPLAIN (COSTS OFF) SELECT id FROM ddm_se.kinds WHERE hashed = 'v5x';
EXPLAIN (COSTS OFF) SELECT id FROM ddm_se.kinds WHERE id = 5 AND ranged = 'v5';
SELECT id FROM ddm_se.kinds WHERE ranged = 'v5' UNION ALL SELECT id FROM ddm_se.kinds WHERE branched = 'v6';
RESET ROLE;
-- what a policy of the table asks for may use it where nobody searches
CREATE TABLE ddm_se.owned (id int, secret text);
CREATE INDEX owned_secret ON ddm_se.owned USING spgist (secret);
ALTER TABLE ddm_se.owned ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON ddm_se.owned USING (secret = 'v5');
SECURITY LABEL FOR ddm ON COLUMN ddm_se.owned.secret IS 'MASKED WITH FUNCTION default()';
GRANT SELECT ON ddm_se.owned TO ddm_se_other;
SET ROLE ddm_se_other;
EXPLAIN (COSTS OFF) SELECT id FROM ddm_se.owned;
RESET ROLE;

-- EXPLAIN of a foreign table may say what the far end expects for a value, and counts as a search
CREATE EXTENSION IF NOT EXISTS file_fdw;
CREATE SERVER ddm_se_files FOREIGN DATA WRAPPER file_fdw;
CREATE TABLE ddm_se.spread (id int, code text) PARTITION BY LIST (id);
CREATE FOREIGN TABLE ddm_se.spread_far PARTITION OF ddm_se.spread FOR VALUES IN (1) SERVER ddm_se_files OPTIONS (filename '/nowhere');
SECURITY LABEL FOR ddm ON COLUMN ddm_se.spread.code IS 'MASKED WITH FUNCTION default() SEARCHABLE LIMIT 2 PER DAY';
SECURITY LABEL FOR ddm ON COLUMN ddm_se.kinds.hashed IS 'MASKED WITH FUNCTION default() SEARCHABLE LIMIT 2 PER DAY';
GRANT SELECT ON ddm_se.spread TO ddm_se_other;
SET ROLE ddm_se_other;
DO $$
BEGIN
    FOR i IN 1 .. 3 LOOP
        EXECUTE format('EXPLAIN SELECT 1 FROM ddm_se.kinds WHERE hashed = %L', i);
    END LOOP;
    FOR i IN 1 .. 3 LOOP
        EXECUTE format('EXPLAIN SELECT 1 FROM ddm_se.spread WHERE code = %L', i);
    END LOOP;
END $$;
RESET ROLE;

RESET enable_seqscan;
RESET enable_bitmapscan;
SET client_min_messages = warning;
DROP SCHEMA ddm_se CASCADE;
DROP SERVER ddm_se_files;
DROP ROLE ddm_se_support, ddm_se_other;
