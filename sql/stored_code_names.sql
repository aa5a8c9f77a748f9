-- Besides functions and tables, code finds operators, sequences and types by their names, and may set a path of its own
-- while it runs, on which temporary tables come first. Nothing on any of these is of the reader's making.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE names_owner;
CREATE ROLE names_reader;
CREATE SCHEMA names AUTHORIZATION names_owner;
CREATE SCHEMA names_further AUTHORIZATION names_owner;
CREATE SCHEMA names_open AUTHORIZATION names_owner;
GRANT USAGE, CREATE ON SCHEMA names, names_open TO names_reader;
GRANT USAGE ON SCHEMA names_further TO names_reader;
SET SESSION AUTHORIZATION names_owner;
SET search_path = names, names_further;
CREATE SEQUENCE names_further.top;
CREATE DOMAIN names_further.kind AS int;
CREATE TABLE journal (salary numeric);
CREATE FUNCTION graded(numeric) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN trunc($1 / 100000); END $$;
CREATE FUNCTION grade() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.grade := graded(old.salary); RETURN new; END $$;
CREATE FUNCTION differ() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN new.grade := old.salary IS DISTINCT FROM 5; RETURN new; END $$;
CREATE FUNCTION count_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM setval('top', old.salary::bigint); RETURN new; END $$;
CREATE FUNCTION kind_of(numeric) RETURNS text LANGUAGE plpgsql AS $$ DECLARE n kind; BEGIN n := $1; RETURN n > 1; END $$;
CREATE FUNCTION sort() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.grade := kind_of(old.salary); RETURN new; END $$;
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN SET LOCAL search_path = names; INSERT INTO journal VALUES (old.salary); RETURN new; END $$;
CREATE FUNCTION note_ahead() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN SET LOCAL search_path = names_open, names; INSERT INTO journal VALUES (old.salary); RETURN new; END $$;
CREATE FUNCTION go() RETURNS void LANGUAGE sql AS $$ SELECT set_config('search_path', 'names_open, names', true) $$;
CREATE FUNCTION note_later() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM go(); INSERT INTO journal VALUES (old.salary); RETURN new; END $$;
CREATE FUNCTION sort_ahead() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN SET LOCAL search_path = names_open, names_further; new.grade := old.salary::kind > 1; RETURN new; END $$;
CREATE FUNCTION keep_apart() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN SET LOCAL search_path = names; INSERT INTO apart VALUES (old.salary); RETURN new; END $$;
CREATE FUNCTION keep_as_definer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN CREATE TEMP TABLE IF NOT EXISTS apart (salary numeric); INSERT INTO apart VALUES (old.salary); RETURN new; END $$;
CREATE FUNCTION sort_later() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM go(); new.grade := old.salary::kind > 1; RETURN new; END $$;
CREATE FUNCTION names_further.graded_later(numeric) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN PERFORM names.go(); RETURN trunc($1 / 100000); END $$;
CREATE FUNCTION names_further.grade_further() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN new.grade := names_further.graded_later(old.salary); RETURN new; END $$;
CREATE FUNCTION grade_here() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN new.grade := trunc(old.salary / 100000); RETURN new; END $$;
CREATE FUNCTION grade_later() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM go(); new.grade := trunc(old.salary / 100000); RETURN new; END $$;
CREATE FUNCTION count_later() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM go(); PERFORM setval('top', old.salary::bigint); RETURN new; END $$;
SELECT format('CREATE TABLE %1$s (id int, salary numeric, grade text, open text);
               INSERT INTO %1$s VALUES (1, 654321);
               GRANT SELECT, UPDATE ON %1$s TO names_reader;
               CREATE TRIGGER t BEFORE UPDATE ON %1$s FOR EACH ROW EXECUTE FUNCTION %2$s()', 'by_' || f, f)
    FROM unnest('{grade,differ,count_up,sort,note,note_ahead,note_later,sort_ahead,keep_apart,keep_as_definer,sort_later,grade_here,grade_later,grade_further,count_later}'::text[]) f \gexec
GRANT INSERT ON journal TO names_reader;
GRANT ALL ON SEQUENCE names_further.top TO names_reader;
INSERT INTO by_grade_here VALUES (2, 654321);
RESET SESSION AUTHORIZATION;
SELECT format('SECURITY LABEL FOR ddm ON COLUMN names.%s.salary IS %L', relname, 'MASKED WITH FUNCTION default()')
    FROM pg_class WHERE relnamespace = 'names'::regnamespace AND (relname ~ '^by_' OR relname = 'journal') ORDER BY relname \gexec
\c -
SET client_min_messages = warning;
SET SESSION AUTHORIZATION names_reader;
SET search_path = pg_catalog, names, names_further, pg_temp;
-- An operator over a function of the server's.
CREATE OPERATOR names./ (LEFTARG = numeric, RIGHTARG = int, FUNCTION = pg_catalog.round);
UPDATE by_grade SET open = 'x' RETURNING grade;
DROP OPERATOR names./ (numeric, int);
UPDATE by_grade SET open = 'x' RETURNING grade;
CREATE OPERATOR names.= (LEFTARG = numeric, RIGHTARG = int, FUNCTION = pg_catalog.round);
UPDATE by_differ SET open = 'x' RETURNING grade;
DROP OPERATOR names.= (numeric, int);
UPDATE by_differ SET open = 'x' RETURNING grade;
-- One of his own is refused where it is called only.
CREATE FUNCTION names.over(numeric, text) RETURNS numeric LANGUAGE sql AS 'SELECT $1';
CREATE OPERATOR names./ (LEFTARG = numeric, RIGHTARG = text, FUNCTION = names.over);
UPDATE by_grade SET open = 'x' RETURNING grade;
DROP FUNCTION names.over CASCADE;
-- A sequence.
CREATE SEQUENCE names.top;
UPDATE by_count_up SET open = 'x' RETURNING id;
SELECT last_value FROM names.top;
DROP SEQUENCE names.top;
UPDATE by_count_up SET open = 'x' RETURNING id;
-- A type that was called so where the function was compiled.
CREATE DOMAIN names.kind AS int CHECK (VALUE < 600000);
SELECT kind_of(3);
ALTER DOMAIN names.kind RENAME TO another;
UPDATE by_sort SET open = 'x' RETURNING grade;
-- Tables on a path that code sets while it runs.
CREATE TEMP TABLE journal (salary numeric);
GRANT INSERT ON pg_temp.journal TO PUBLIC;
UPDATE by_note SET open = 'x' RETURNING id;
TABLE pg_temp.journal;
DROP TABLE pg_temp.journal;
UPDATE by_note SET open = 'x' RETURNING id;
CREATE TABLE names_open.journal (salary numeric);
GRANT ALL ON names_open.journal TO PUBLIC;
UPDATE by_note_ahead SET open = 'x' RETURNING id;
UPDATE by_note_later SET open = 'x' RETURNING id;
TABLE names_open.journal;
DROP TABLE names_open.journal;
UPDATE by_note_ahead SET open = 'x' RETURNING id;
-- And types.
CREATE DOMAIN names_open.kind AS int CHECK (VALUE < 600000);
UPDATE by_sort_ahead SET open = 'x' RETURNING grade;
DROP DOMAIN names_open.kind;
CREATE DOMAIN pg_temp.kind AS int CHECK (VALUE < 600000);
UPDATE by_sort_ahead SET open = 'x' RETURNING grade;
DROP DOMAIN pg_temp.kind;
UPDATE by_sort_ahead SET open = 'x' RETURNING grade;
-- Nor does it find them on a path that somebody sets whom it calls.
\set SHOW_CONTEXT never
CREATE DOMAIN names_open.kind AS int CHECK (VALUE < 600000);
UPDATE by_sort_later SET open = 'x' RETURNING grade;
DROP DOMAIN names_open.kind;
CREATE OPERATOR names_open./ (LEFTARG = numeric, RIGHTARG = int, FUNCTION = pg_catalog.round);
UPDATE by_grade_later SET open = 'x' RETURNING left(grade, 6);
SET search_path = names_further, pg_temp;
SELECT left(names_further.graded_later(3), 6);
UPDATE names.by_grade_further SET open = 'x' RETURNING left(grade, 6);
SET search_path = pg_catalog, names, names_further, pg_temp;
DROP OPERATOR names_open./ (numeric, int);
UPDATE by_grade_later SET open = 'x' RETURNING grade;
CREATE SEQUENCE names_open.top;
UPDATE by_count_later SET open = 'x' RETURNING id;
SELECT last_value FROM names_open.top;
DROP SEQUENCE names_open.top;
-- Nor what comes while it runs.
CREATE FUNCTION pg_temp.plant() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    CREATE OPERATOR names./ (LEFTARG = numeric, RIGHTARG = int, FUNCTION = pg_catalog.round);
    RETURN 'x';
END $$;
UPDATE by_grade_here SET open = CASE WHEN id = 2 THEN pg_temp.plant() END RETURNING left(grade, 6);
DROP FUNCTION pg_temp.plant();
\set SHOW_CONTEXT errors
-- What code keeps in a temporary table that hides no other it goes on keeping there.
CREATE TEMP TABLE apart (salary numeric);
UPDATE by_keep_apart SET open = 'x' RETURNING id;
DROP TABLE apart;
-- But not with its definer's rights in one of his.
CREATE TEMP TABLE apart (salary numeric);
GRANT ALL ON apart TO PUBLIC;
UPDATE by_keep_as_definer SET open = 'x' RETURNING id;
TABLE apart;
DROP TABLE apart;
UPDATE by_keep_as_definer SET open = 'x' RETURNING id;
TABLE apart;
RESET SESSION AUTHORIZATION;
SET client_min_messages = error;
DROP TABLE apart;
DROP SCHEMA names, names_further, names_open CASCADE;
DROP ROLE names_owner, names_reader;
