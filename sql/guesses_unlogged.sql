-- How much an update writes to the log does not tell how much of a guess is right: of a value that a masked role writes
-- over a masked one.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE unlogged_masked;
CREATE ROLE unlogged_cleared;
CREATE SCHEMA guesses_unlogged;
GRANT USAGE ON SCHEMA guesses_unlogged TO unlogged_masked, unlogged_cleared;
SET search_path = guesses_unlogged;
CREATE TABLE person (id int PRIMARY KEY, secret text, open text) WITH (fillfactor = 20, autovacuum_enabled = off);
INSERT INTO person VALUES (1, 'abcdefgh', 'o'), (2, 'abcdefgh', 'o');
SECURITY LABEL FOR ddm ON COLUMN person.secret IS 'MASKED WITH FUNCTION default()';
GRANT ALL ON person TO unlogged_masked, unlogged_cleared;
GRANT UNMASK ON person TO unlogged_cleared;

-- Bytes of log that the statement writes, whole pages aside; it is undone.
CREATE FUNCTION written(statement text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE plan json; bytes int;
BEGIN
    FOR i IN 1 .. 10 LOOP
        BEGIN
            EXECUTE 'EXPLAIN (ANALYZE, WAL, TIMING OFF, FORMAT JSON) ' || statement INTO plan;
            RAISE EXCEPTION USING errcode = 'UN001';
        EXCEPTION WHEN SQLSTATE 'UN001' THEN
            bytes := plan -> 0 -> 'Plan' ->> 'WAL Bytes';
            EXIT WHEN (plan -> 0 -> 'Plan' ->> 'WAL FPI')::int = 0;
        END;
    END LOOP;
    RETURN bytes;
END $$;
CREATE FUNCTION guess(text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 / 0; -- what fails within the statement changes nothing
EXCEPTION WHEN division_by_zero THEN
    RETURN $1;
END $$;
-- How many answers there are to several guesses; the first statement of a transaction logs more.
CREATE FUNCTION answers(statement text, VARIADIC guesses text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE found int[] := '{}'; g text;
BEGIN
    PERFORM guesses_unlogged.written(format(statement, 'warm'));
    FOREACH g IN ARRAY guesses LOOP
        found := found || guesses_unlogged.written(format(statement, g));
    END LOOP;
    RETURN (SELECT count(DISTINCT f) FROM unnest(found) f);
END $$;
SELECT current_setting('wal_level') IN ('replica', 'logical') AS logged;

SET ROLE unlogged_masked;
SELECT answers('UPDATE guesses_unlogged.person SET secret = %L WHERE id = 1', 'zzzzzzzz', 'azzzzzzz', 'abcdzzzz', 'abcdefgz', 'zzzzzzzh', 'abcdefgh');
SELECT answers('UPDATE guesses_unlogged.person SET open = guesses_unlogged.guess(open), secret = guesses_unlogged.guess(%L)', 'zzzzzzzz', 'abcdzzzz', 'abcdefgh');
SELECT answers('INSERT INTO guesses_unlogged.person VALUES (1, %L) ON CONFLICT (id) DO UPDATE SET secret = excluded.secret', 'zzzzzzzz', 'abcdzzzz', 'abcdefgh');
SELECT answers('MERGE INTO guesses_unlogged.person p USING (VALUES (1)) v (id) ON p.id = v.id WHEN MATCHED THEN UPDATE SET secret = %L', 'zzzzzzzz', 'abcdzzzz', 'abcdefgh');
SELECT answers('WITH u AS (UPDATE guesses_unlogged.person SET secret = %L RETURNING 1) SELECT * FROM u', 'zzzzzzzz', 'abcdzzzz', 'abcdefgh');
-- It is for as long as the statement lasts.
UPDATE person SET secret = 'abcd' || 1 / 0;
BEGIN;
SAVEPOINT s;
UPDATE person SET secret = 'abcd' || 1 / 0;
ROLLBACK TO s;
COMMIT;
SET ROLE unlogged_cleared;
SELECT answers('UPDATE guesses_unlogged.person SET secret = %L WHERE id = 1', 'zzzzzzzz', 'azzzzzzz', 'abcdzzzz', 'abcdefgh') > 1 AS differs
WHERE current_setting('wal_level') = 'replica';
RESET ROLE;
TABLE person;

DROP SCHEMA guesses_unlogged CASCADE;
DROP ROLE unlogged_masked, unlogged_cleared;
