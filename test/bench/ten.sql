-- A table of ten masked columns: what planning costs where there is little policy.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS ddm;
\ir reader.sql
DO $$
BEGIN
    EXECUTE format('CREATE TABLE person_1 (id int PRIMARY KEY, %s)',
                   (SELECT string_agg(format('c%s text', c), ', ') FROM generate_series(1, 10) c));
    FOR c IN 1..10 LOOP
        EXECUTE format('SECURITY LABEL FOR ddm ON COLUMN person_1.c%s IS ''MASKED WITH FUNCTION partial(1, ''''*'''', 0)''', c);
    END LOOP;
END $$;
INSERT INTO person_1 SELECT n, n, n, n, n, n, n, n, n, n, n FROM generate_series(1, 1000) n;
GRANT SELECT ON person_1 TO reader;
ANALYZE person_1;
