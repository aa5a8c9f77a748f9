-- Cursors: what was opened for one reader is not read on by another who would not be shown it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE cursors_masked;
CREATE ROLE cursors_cleared;
CREATE TABLE cursors_people (id int PRIMARY KEY, email text, open text);
INSERT INTO cursors_people SELECT i, chr(96 + i) || 'x@example.com', 'o' || i FROM generate_series(1, 6) i;
SECURITY LABEL FOR ddm ON COLUMN cursors_people.email IS 'MASKED WITH FUNCTION email()';
GRANT SELECT ON cursors_people TO cursors_masked, cursors_cleared;
GRANT UNMASK ON cursors_people TO cursors_cleared;

-- The reader changes role.
BEGIN;
SET LOCAL ROLE cursors_cleared;
DECLARE c SCROLL CURSOR FOR SELECT id, email FROM cursors_people ORDER BY id;
DECLARE plain CURSOR FOR SELECT id, open FROM cursors_people ORDER BY id;
FETCH 2 FROM c;
SET LOCAL ROLE cursors_masked;
FETCH 1 FROM plain;
SAVEPOINT s;
FETCH 1 FROM c;
ROLLBACK TO s;
FETCH BACKWARD 1 FROM c;
ROLLBACK TO s;
DECLARE m CURSOR FOR SELECT id, email FROM cursors_people ORDER BY id;
FETCH 1 FROM m;
RESET ROLE;
-- What shows masks may be read by anyone; the cursor that a masked role could not fetch from is gone.
FETCH 1 FROM m;
COMMIT;

-- The clearance ends.
BEGIN;
SET LOCAL ROLE cursors_cleared;
DECLARE c CURSOR FOR SELECT id, email FROM cursors_people ORDER BY id;
DECLARE plain CURSOR FOR SELECT id, open FROM cursors_people ORDER BY id;
FETCH 1 FROM c;
RESET ROLE;
REVOKE UNMASK ON cursors_people FROM cursors_cleared;
SET LOCAL ROLE cursors_cleared;
SAVEPOINT s;
FETCH 1 FROM c;
ROLLBACK TO s;
FETCH 1 FROM plain;
ROLLBACK;

-- The mask changes.
BEGIN;
SET LOCAL ROLE cursors_masked;
DECLARE m CURSOR FOR SELECT id, email FROM cursors_people ORDER BY id;
FETCH 1 FROM m;
RESET ROLE;
GRANT UNMASK (open) ON cursors_people TO cursors_cleared;
SET LOCAL ROLE cursors_masked;
FETCH 1 FROM m;
ROLLBACK;

-- In PL/pgSQL.
CREATE FUNCTION cursors_loop() RETURNS SETOF text LANGUAGE plpgsql AS $$
    DECLARE c CURSOR FOR SELECT email FROM cursors_people ORDER BY id; e text;
    BEGIN
        OPEN c;
        FETCH c INTO e;
        RETURN NEXT e;
        SET LOCAL ROLE cursors_masked;
        FETCH c INTO e;
        RETURN NEXT e;
    END $$;
SET ROLE cursors_cleared;
SELECT cursors_loop();
RESET ROLE;

-- A cursor handed out by a function with its definer's rights shows its rows inside the function.
CREATE FUNCTION cursors_definer() RETURNS refcursor LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE c refcursor := 'handed'; BEGIN OPEN c FOR SELECT email FROM cursors_people ORDER BY id; RETURN c; END $$;
BEGIN;
SET LOCAL ROLE cursors_masked;
SELECT cursors_definer();
FETCH 1 FROM handed;
ROLLBACK;

DROP FUNCTION cursors_loop, cursors_definer;
DROP TABLE cursors_people;
DROP ROLE cursors_masked, cursors_cleared;
