-- Masks under a key: deterministic, joinable, never callable by hand; keys show nowhere.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE keyed_reader;
CREATE TABLE keyed_a (id int, email text, pan text, code varchar(10), amount numeric(8,2), born date, person text);
CREATE TABLE keyed_b (email varchar(80), pan char(19), id bigint);
INSERT INTO keyed_a SELECT i, 'user' || i || '@example.com', '4111-1111-1111-' || 1000 + i, 'c' || 100000 + i, i * 10, date '1980-01-01' + i, 'Person ' || i
  FROM generate_series(1, 100) AS i;
INSERT INTO keyed_b SELECT email, pan, id FROM keyed_a;
GRANT SELECT ON keyed_a, keyed_b TO keyed_reader;
SECURITY LABEL FOR ddm ON COLUMN keyed_a.email IS 'MASKED WITH FUNCTION hash()';
SECURITY LABEL FOR ddm ON COLUMN keyed_b.email IS 'MASKED WITH FUNCTION hash()';
SECURITY LABEL FOR ddm ON COLUMN keyed_a.pan IS 'MASKED WITH FUNCTION fpe_pan()';
SECURITY LABEL FOR ddm ON COLUMN keyed_b.pan IS 'MASKED WITH FUNCTION fpe_pan()';
SECURITY LABEL FOR ddm ON COLUMN keyed_a.code IS 'MASKED WITH FUNCTION fpe(''digits'')';
SECURITY LABEL FOR ddm ON COLUMN keyed_a.amount IS 'MASKED WITH FUNCTION noise(0.1)';
SECURITY LABEL FOR ddm ON COLUMN keyed_a.born IS 'MASKED WITH FUNCTION date_shift(10)';
SECURITY LABEL FOR ddm ON COLUMN keyed_a.person IS 'MASKED WITH FUNCTION pseudonym(''first_name'')';

CREATE TABLE keyed_seen AS SELECT * FROM keyed_a;
GRANT ALL ON keyed_seen TO keyed_reader;
SET ROLE keyed_reader;
-- joins survive, over different types
SELECT count(*) FROM keyed_a JOIN keyed_b USING (email);
SELECT count(*) FROM keyed_a AS a JOIN keyed_b AS b ON a.pan = b.pan;
-- what each looks like
SELECT bool_and(email ~ '^[0-9a-f]{64}$') AS hash, bool_and(pan ~ '^\d{4}-\d{4}-\d{4}-\d{4}$') AS pan,
       bool_and(code ~ '^c\d{6}$') AS code, bool_and(person ~ '^[A-Z][a-z]+$') AS person,
       count(DISTINCT email) AS emails, count(DISTINCT code) AS codes
  FROM keyed_a;
-- card numbers pass Luhn's check
SELECT count(*) FROM keyed_a
 WHERE (SELECT sum(CASE WHEN n % 2 = 1 THEN d ELSE d * 2 - CASE WHEN d > 4 THEN 9 ELSE 0 END END)
          FROM (SELECT n, substr(reverse(replace(pan, '-', '')), n::int, 1)::int AS d FROM generate_series(1, 16) AS n) AS digits) % 10 = 0;
RESET ROLE;
-- near the value, and not it; the same each time
CREATE FUNCTION keyed_as_reader() RETURNS SETOF keyed_a LANGUAGE plpgsql SET role = keyed_reader AS $$ BEGIN RETURN QUERY SELECT * FROM keyed_a; END $$;
CREATE TEMP TABLE keyed_shown AS SELECT * FROM keyed_as_reader();
SELECT bool_and(abs(s.amount - a.amount) <= 0.1 * a.amount + 0.01) AS near, bool_or(s.amount <> a.amount) AS differs,
       bool_and(abs(s.born - a.born) BETWEEN 1 AND 10) AS shifted
  FROM keyed_a AS a JOIN keyed_shown AS s USING (id);
SELECT count(*) FROM (SELECT * FROM keyed_as_reader() EXCEPT SELECT * FROM keyed_shown) AS changed;
-- only the extension applies them
SELECT ddm.hash('guess');
SELECT count(*) AS keyed_by_hand FROM pg_proc p JOIN ddm.functions f ON f.name = p.proname AND f.keyed WHERE pronamespace = 'ddm'::regnamespace;
SELECT 'hash()'::ddm.mask_ref;
-- a new key of another name gives other tokens; a generation of one may be named
SELECT ddm.rotate_key('keyed_test') > 0 AS made;
SECURITY LABEL FOR ddm ON COLUMN keyed_b.email IS 'MASKED WITH FUNCTION hash(key => ''keyed_test'')';
SET ROLE keyed_reader;
SELECT count(*) FROM keyed_a JOIN keyed_b USING (email);
SELECT ddm.rotate_key('keyed_test');
SELECT * FROM ddm.keys;
SELECT ddm.load_dictionary('first_name', ARRAY['Eve']);
RESET ROLE;
-- the plan says which mask, and nothing of a key
SET ROLE keyed_reader;
EXPLAIN (COSTS OFF) SELECT id FROM keyed_b WHERE email > pan;
RESET ROLE;
-- refused when the label is set
SECURITY LABEL FOR ddm ON COLUMN keyed_a.email IS 'MASKED WITH FUNCTION hash(key => ''no_such_key'')';
SECURITY LABEL FOR ddm ON COLUMN keyed_a.email IS 'MASKED WITH FUNCTION hash(keys => ''default'')';
SECURITY LABEL FOR ddm ON COLUMN keyed_a.email IS 'MASKED WITH FUNCTION pseudonym(''no_such_dictionary'')';
SECURITY LABEL FOR ddm ON COLUMN keyed_a.email IS 'MASKED WITH FUNCTION fpe(''abca'')';
SECURITY LABEL FOR ddm ON COLUMN keyed_a.email IS 'MASKED WITH FUNCTION fpe(''a'')';
SELECT ddm.rotate_key('no good');
-- a text too short for FF1 shows default(), never itself
SECURITY LABEL FOR ddm ON COLUMN keyed_a.email IS 'MASKED WITH FUNCTION fpe(''digits'')';
UPDATE keyed_a SET email = '12345' WHERE id = 1;
SET ROLE keyed_reader;
SELECT email FROM keyed_a WHERE id = 1;
RESET ROLE;
-- the user's words hide the shipped ones; a dictionary that is gone leaves default()
SELECT ddm.load_dictionary('keyed_words', ARRAY['eins', 'zwei', 'drei']);
SECURITY LABEL FOR ddm ON COLUMN keyed_a.person IS 'MASKED WITH FUNCTION pseudonym(''keyed_words'')';
SET ROLE keyed_reader;
SELECT DISTINCT person FROM keyed_a ORDER BY 1;
RESET ROLE;
SELECT ddm.load_dictionary('keyed_words', '{}');
SET ROLE keyed_reader;
SELECT DISTINCT person FROM keyed_a ORDER BY 1;
RESET ROLE;
-- a key file that others may read is not used: default() shows, and no label takes a key
SECURITY LABEL FOR ddm ON COLUMN keyed_a.email IS 'MASKED WITH FUNCTION hash()';
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; chmod 0644 ddm.keys';
SET ROLE keyed_reader;
SELECT DISTINCT email FROM keyed_a;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN keyed_a.email IS 'MASKED WITH FUNCTION md5()';
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; chmod 0600 ddm.keys';
SECURITY LABEL FOR ddm ON COLUMN keyed_a.email IS 'MASKED WITH FUNCTION hash()';
SET ROLE keyed_reader;
SELECT count(DISTINCT email) FROM keyed_a;
RESET ROLE;
-- a key file that was edited by hand and has no newline at its end
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; printf %s "$(cat ddm.keys)" > ddm.keys';
SELECT ddm.rotate_key('keyed_test') > 1 AS rotated, (SELECT count(*) FROM ddm.keys WHERE name = 'default') > 0 AS others_stay;
DROP FUNCTION keyed_as_reader();
DROP TABLE keyed_a, keyed_b, keyed_seen, keyed_shown;
DROP ROLE keyed_reader;
