-- A plan made for one role or under one policy is not run for another: never raw for the masked, never masked
-- for the cleared.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE prepared_masked;
CREATE ROLE prepared_cleared;
CREATE ROLE prepared_group;
CREATE TABLE prepared_people (id int PRIMARY KEY, email text, open text);
INSERT INTO prepared_people VALUES (1, 'ada@example.com', 'o1'), (2, 'bob@example.com', 'o2');
GRANT SELECT ON prepared_people TO prepared_masked, prepared_cleared;
SECURITY LABEL FOR ddm ON COLUMN prepared_people.email IS 'MASKED WITH FUNCTION email()';
GRANT UNMASK ON prepared_people TO prepared_cleared, prepared_group;
SET plan_cache_mode = force_generic_plan;

-- SET ROLE, both ways, plans of every age.
PREPARE p (int) AS SELECT email FROM prepared_people WHERE id = $1;
EXECUTE p (1);
SET ROLE prepared_masked;
EXECUTE p (1);
EXECUTE p (1);
SET ROLE prepared_cleared;
EXECUTE p (1);
SET ROLE prepared_masked;
PREPARE q AS SELECT count(*) FROM prepared_people WHERE email = 'ada@example.com';
EXECUTE q;
RESET ROLE;
EXECUTE q;
SET SESSION AUTHORIZATION prepared_masked;
EXECUTE p (1);
EXECUTE q;
RESET SESSION AUTHORIZATION;
EXECUTE p (1);

-- In one transaction.
BEGIN;
EXECUTE p (2);
SET LOCAL ROLE prepared_masked;
EXECUTE p (2);
RESET ROLE;
EXECUTE p (2);
COMMIT;

-- Grants and memberships count at once.
SET ROLE prepared_masked;
EXECUTE p (1);
RESET ROLE;
GRANT UNMASK (email) ON prepared_people TO prepared_masked;
SET ROLE prepared_masked;
EXECUTE p (1);
RESET ROLE;
REVOKE UNMASK (email) ON prepared_people FROM prepared_masked;
SET ROLE prepared_masked;
EXECUTE p (1);
RESET ROLE;
GRANT prepared_group TO prepared_masked;
SET ROLE prepared_masked;
EXECUTE p (1);
RESET ROLE;
BEGIN;
REVOKE prepared_group FROM prepared_masked;
SET LOCAL ROLE prepared_masked;
EXECUTE p (1);
ROLLBACK;
SET ROLE prepared_masked;
EXECUTE p (1);
RESET ROLE;
REVOKE prepared_group FROM prepared_masked;
SET ROLE prepared_masked;
EXECUTE p (1);

-- Labels too: another mask, none, a first one on a column that had none.
PREPARE o AS SELECT open FROM prepared_people ORDER BY id;
EXECUTE o;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN prepared_people.email IS 'MASKED WITH VALUE ''hidden''';
SECURITY LABEL FOR ddm ON COLUMN prepared_people.open IS 'MASKED WITH FUNCTION default()';
SET ROLE prepared_masked;
EXECUTE p (1);
EXECUTE o;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN prepared_people.email IS NULL;
SECURITY LABEL FOR ddm ON COLUMN prepared_people.open IS NULL;
SET ROLE prepared_masked;
EXECUTE p (1);
EXECUTE o;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN prepared_people.email IS 'MASKED WITH FUNCTION email()';

-- PL/pgSQL: one function, cached plans, several roles.
CREATE FUNCTION prepared_read(int) RETURNS text LANGUAGE plpgsql AS
    $$ DECLARE r text; BEGIN SELECT email INTO r FROM prepared_people WHERE id = $1; RETURN r; END $$;
CREATE FUNCTION prepared_definer(int) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS
    $$ DECLARE r text; BEGIN SELECT email INTO r FROM prepared_people WHERE id = $1; RETURN r; END $$;
CREATE FUNCTION prepared_switch() RETURNS SETOF text LANGUAGE plpgsql AS
    $$ DECLARE r text; i int;
    BEGIN
        FOR i IN 1..4 LOOP
            EXECUTE CASE WHEN i % 2 = 0 THEN 'SET LOCAL ROLE prepared_masked' ELSE 'SET LOCAL ROLE prepared_cleared' END;
            SELECT email INTO r FROM prepared_people WHERE id = 1;
            RETURN NEXT current_user || ' ' || r;
        END LOOP;
    END $$;
SELECT prepared_read(1), prepared_definer(1);
SET ROLE prepared_masked;
SELECT prepared_read(1), prepared_definer(1);
SET ROLE prepared_cleared;
SELECT prepared_read(1), prepared_definer(1);
RESET ROLE;
BEGIN;
SELECT * FROM prepared_switch();
ROLLBACK;

-- A constant that the planner makes by calling a function that reads masked columns belongs to the role too.
CREATE FUNCTION prepared_folded() RETURNS text LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN (SELECT email FROM prepared_people WHERE id = 1); END $$;
PREPARE f AS SELECT prepared_folded();
EXECUTE f;
SET ROLE prepared_masked;
EXECUTE f;
SET ROLE prepared_cleared;
EXECUTE f;
SET ROLE prepared_masked;
EXECUTE f;
RESET ROLE;

DEALLOCATE ALL;
RESET plan_cache_mode;
DROP FUNCTION prepared_read, prepared_definer, prepared_switch, prepared_folded;
DROP TABLE prepared_people;
DROP ROLE prepared_masked, prepared_cleared, prepared_group;
