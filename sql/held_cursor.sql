-- A cursor WITH HOLD that a cleared role opened shows nothing to a masked one, whichever way it is fetched from.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE held_masked;
CREATE ROLE held_cleared;
CREATE TABLE held_people (id int PRIMARY KEY, email text);
INSERT INTO held_people VALUES (1, 'ada@example.com'), (2, 'bob@example.com'), (3, 'eve@example.com');
GRANT SELECT ON held_people TO held_masked, held_cleared;
SECURITY LABEL FOR ddm ON COLUMN held_people.email IS 'MASKED WITH FUNCTION email()';
GRANT UNMASK ON held_people TO held_cleared;

SET ROLE held_cleared;
BEGIN;
DECLARE c CURSOR WITH HOLD FOR SELECT id, email FROM held_people ORDER BY id;
DECLARE open_ids CURSOR WITH HOLD FOR SELECT id FROM held_people ORDER BY id;
COMMIT;
FETCH 1 FROM c;

SET ROLE held_masked;
FETCH 1 FROM c;
MOVE 1 FROM c;
DO $$ DECLARE c refcursor := 'c'; r record; BEGIN FETCH c INTO r; RAISE WARNING '%', r; END $$;
SELECT cursor_to_xml('c', 1, false, true, '');
FETCH 1 FROM open_ids;

SET ROLE held_cleared;
FETCH 1 FROM c;
RESET ROLE;

-- Nor when the masked role's own statement comes straight after a cleared one's within one function: a function with
-- its definer's rights opens the cursor for its own statements alone.
SET ROLE held_cleared;
CREATE FUNCTION pg_temp.of_cleared() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN (SELECT count(*) FROM held_people); END $$;
CREATE FUNCTION pg_temp.of_cleared_fails() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN PERFORM count(*) FROM held_people; RAISE EXCEPTION 'failed'; END $$;
SET ROLE held_masked;
DO $$ DECLARE c refcursor := 'c'; r record; n int; BEGIN n := pg_temp.of_cleared(); FETCH c INTO r; RAISE WARNING '%', r; END $$;
DO $$ DECLARE c refcursor := 'c'; r record; n int; BEGIN
    BEGIN n := pg_temp.of_cleared_fails(); EXCEPTION WHEN raise_exception THEN RAISE WARNING 'caught'; END;
    FETCH c INTO r; RAISE WARNING '%', r; END $$;
-- Neither does what keeps the rows of other statements: RETURNING, EXECUTE.
RESET ROLE;
GRANT UPDATE ON held_people TO held_cleared;
SET ROLE held_cleared;
PREPARE held_execute AS SELECT email FROM held_people ORDER BY id;
CREATE FUNCTION pg_temp.half_read(name refcursor, query text) RETURNS refcursor LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE r record; BEGIN OPEN name FOR EXECUTE query; FETCH name INTO r; RETURN name; END $$;
SET ROLE held_masked;
BEGIN;
SELECT pg_temp.half_read('changed', 'UPDATE held_people SET id = id RETURNING email');
FETCH 1 FROM changed;
ROLLBACK;
BEGIN;
SELECT pg_temp.half_read('executed', 'EXECUTE held_execute');
FETCH 1 FROM executed;
ROLLBACK;
BEGIN;
SELECT pg_temp.half_read('plain', 'SELECT email FROM held_people ORDER BY id');
FETCH 1 FROM plain;
ROLLBACK;
SET ROLE held_cleared;
BEGIN;
SELECT pg_temp.half_read('changed', 'UPDATE held_people SET id = id RETURNING email');
FETCH 1 FROM changed;
SELECT pg_temp.half_read('executed', 'EXECUTE held_execute');
FETCH 1 FROM executed;
ROLLBACK;
RESET ROLE;

-- Rows that a function read, and an executor keeps.
CREATE FUNCTION pg_temp.emails() RETURNS SETOF text LANGUAGE plpgsql AS $$
    BEGIN RETURN QUERY SELECT email FROM held_people ORDER BY id; END $$;
SET ROLE held_masked;
BEGIN;
SELECT pg_temp.half_read('of_function', 'SELECT * FROM pg_temp.emails()');
FETCH 1 FROM of_function;
ROLLBACK;
SET ROLE held_cleared;
BEGIN;
DECLARE of_function SCROLL CURSOR FOR SELECT * FROM pg_temp.emails() ORDER BY 1;
DECLARE unread CURSOR FOR SELECT * FROM pg_temp.emails();
FETCH 1 FROM of_function;
SET ROLE held_masked;
FETCH 1 FROM unread;
SAVEPOINT s;
MOVE BACKWARD ALL FROM of_function;
ROLLBACK TO s;
FETCH 1 FROM of_function;
ROLLBACK TO s;
SET ROLE held_cleared;
FETCH 1 FROM of_function;
COMMIT;
BEGIN;
DECLARE of_function CURSOR WITH HOLD FOR SELECT * FROM pg_temp.emails();
COMMIT;
SET ROLE held_masked;
FETCH 1 FROM of_function;
SET ROLE held_cleared;
FETCH 1 FROM of_function;
RESET ROLE;
-- A change of policy that has nothing to do with them leaves them alone, also while PL/pgSQL goes through them.
CREATE ROLE held_bystander;
GRANT held_masked TO held_bystander;
SET ROLE held_cleared;
FETCH 1 FROM of_function;
RESET ROLE;
DO $$ DECLARE r record; reading CURSOR FOR SELECT n, pg_temp.emails() FROM generate_series(1, 50) n; BEGIN
    OPEN reading;
    LOOP
        FETCH reading INTO r;
        EXIT WHEN NOT FOUND;
        EXECUTE format('ALTER ROLE held_bystander CONNECTION LIMIT %s', r.n);
    END LOOP;
    FOR r IN SELECT * FROM generate_series(1, 30), LATERAL (SELECT * FROM pg_temp.emails() LIMIT 1) e LOOP
        EXECUTE format('ALTER ROLE held_bystander CONNECTION LIMIT %s', r.generate_series);
    END LOOP;
    FOR r IN EXECUTE 'EXPLAIN (COSTS OFF) SELECT email FROM held_people WHERE id = 1' LOOP
        EXECUTE 'ALTER ROLE held_bystander CONNECTION LIMIT 3';
    END LOOP;
    RAISE WARNING 'all loops went to their end';
END $$;
DROP ROLE held_bystander;
REVOKE UNMASK ON held_people FROM held_cleared;
SET ROLE held_cleared;
FETCH 1 FROM of_function;
CLOSE of_function;
RESET ROLE;
GRANT UNMASK ON held_people TO held_cleared;

DROP FUNCTION pg_temp.of_cleared, pg_temp.of_cleared_fails, pg_temp.half_read, pg_temp.emails;

-- A clearance that ends shuts the cursor in the same session.
SET ROLE held_cleared;
FETCH 1 FROM c;
RESET ROLE;
REVOKE UNMASK ON held_people FROM held_cleared;
SET ROLE held_cleared;
MOVE FIRST FROM c;
CLOSE c;
FETCH 1 FROM open_ids;
RESET ROLE;
CLOSE ALL;

DROP TABLE held_people;
DROP ROLE held_masked, held_cleared;
