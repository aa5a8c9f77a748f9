-- Nobody masked can make a place where a guess becomes a token to compare with.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE guess_group;
CREATE ROLE guess_masked IN ROLE guess_group;
CREATE ROLE guess_cleared IN ROLE guess_group;
CREATE SCHEMA guesses;
GRANT USAGE, CREATE ON SCHEMA guesses TO guess_masked, guess_cleared, guess_group;
SET search_path = guesses, public;
CREATE TABLE person (email text, code text, phone text, note text);
INSERT INTO person VALUES ('luis@embraer.com.br', '1234567', '555-123-4567', 'x');
GRANT SELECT ON person TO guess_masked, guess_cleared, guess_group;
SELECT ddm.create_policy('guess_token', 'FUNCTION token()');
SECURITY LABEL FOR ddm ON COLUMN person.email IS 'MASKED WITH FUNCTION hash()';
SECURITY LABEL FOR ddm ON COLUMN person.code IS 'MASKED WITH FUNCTION default() FOR guess_group WITH FUNCTION fpe()';
SECURITY LABEL FOR ddm ON COLUMN person.phone IS 'MASKED WITH FUNCTION phone()';
SECURITY LABEL FOR ddm ON COLUMN person.note IS 'MASKED WITH POLICY guess_token';
GRANT UNMASK ON person TO guess_cleared;
CREATE VIEW masks AS SELECT table_name, column_name, mask FROM ddm.masked_columns
    WHERE table_name LIKE 'guess\_%' ORDER BY table_name, column_name;
-- a copy by whom they mask has no keyed mask; the others it has
SET ROLE guess_masked;
CREATE TABLE guess_like (LIKE person INCLUDING ALL);
CREATE TEMP TABLE guess_like_temp (LIKE person);
INSERT INTO guess_like VALUES ('luis@embraer.com.br', '1234567', '555-123-4567', 'x');
GRANT SELECT ON guess_like TO guess_group;
RESET ROLE;
TABLE masks;
SET ROLE guess_group;
SELECT l.email = p.email AS email, l.code = p.code AS code, l.note = p.note AS note, l.phone, l.email FROM guess_like l, person p;
RESET ROLE;
-- by whom they do not, it has them all
SET ROLE guess_cleared;
CREATE TABLE guess_like_cleared (LIKE person);
RESET ROLE;
TABLE masks;
DROP TABLE guess_like, guess_like_cleared;
-- a rule with a keyed mask reaches no temporary table, which anybody may make
SELECT ddm.create_rule('guess_rule', 'resource.column_name == "guessed"', 'FUNCTION hash()', 1000);
CREATE TABLE guess_kept (guessed text);
INSERT INTO guess_kept VALUES ('luis@embraer.com.br');
GRANT SELECT ON guess_kept TO guess_group;
SET ROLE guess_masked;
CREATE TEMP TABLE guess_temp (guessed text);
INSERT INTO guess_temp VALUES ('luis@embraer.com.br');
GRANT SELECT ON guess_temp TO guess_group;
SET ROLE guess_group;
SELECT t.guessed, t.guessed = k.guessed AS found, length(k.guessed) FROM guess_temp t, guess_kept k;
RESET ROLE;
SELECT ddm.drop_rule('guess_rule');
DROP TABLE guess_temp, guess_like_temp;
-- what stands in the grammar's way: the catalogue's functions, masks inside masks, references to masks
SET ROLE guess_masked;
SELECT ddm.hash('guess');
SELECT ddm.each(ARRAY['guess'], 'token()');
SELECT ddm.apply_mask('guess'::text, 'hash()');
SELECT ddm.apply_mask('guess'::text, NULL) IS NULL AS nothing;
SELECT '{hash()}'::ddm.mask_ref[];
SELECT jsonb_populate_record(NULL::record, '{}') FROM jsonb_to_record('{"m": "hash()"}') AS r (m ddm.mask_ref);
SECURITY LABEL FOR ddm ON COLUMN guesses.person.email IS 'MASKED WITH FUNCTION hash()';
RESET ROLE;
SELECT count(*) AS functions FROM pg_proc WHERE pronamespace = 'ddm'::regnamespace AND proname IN (SELECT name FROM ddm.functions WHERE keyed);
DROP SCHEMA guesses CASCADE;
SELECT ddm.drop_policy('guess_token');
DROP ROLE guess_masked, guess_cleared, guess_group;
