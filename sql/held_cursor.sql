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
