-- What a condition's constants mean is no matter of settings that the reader makes before the mask is first read.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_cs_reader;
CREATE SCHEMA ddm_cs;
GRANT USAGE ON SCHEMA ddm_cs TO ddm_cs_reader;
CREATE TABLE ddm_cs.person (id int, region text, seen timestamptz, pay money, born date, ago interval, a text, b text, c text, d text, e text);
INSERT INTO ddm_cs.person VALUES (1, 'EU', '2020-01-01 09:00+00', '1000', '2020-01-02', '-1 day', 'stored', 'stored', 'stored', 'stored', 'stored');
GRANT SELECT ON ddm_cs.person TO ddm_cs_reader;
SECURITY LABEL FOR ddm ON COLUMN ddm_cs.person.a IS 'MASKED WITH FUNCTION default() WHEN (region = ANY (''{US,NULL}''))';
SECURITY LABEL FOR ddm ON COLUMN ddm_cs.person.b IS 'MASKED WITH FUNCTION default() WHEN (seen < ''2020-01-01 12:00 IST'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_cs.person.c IS 'MASKED WITH FUNCTION default() WHEN (pay < ''1,500.00'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_cs.person.d IS 'MASKED WITH FUNCTION default() WHEN (born < ''01/03/2020'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_cs.person.e IS 'MASKED WITH FUNCTION default() WHEN (ago < ''-1 02:00:00'')';
SET ROLE ddm_cs_reader;
SELECT a, b, c, d, e FROM ddm_cs.person;
\c -
SET ROLE ddm_cs_reader;
SET array_nulls = off;
SET timezone_abbreviations = 'India';
SET DateStyle = 'SQL, DMY';
SET IntervalStyle = 'sql_standard';
SET TimeZone = 'Pacific/Kiritimati';
SET standard_conforming_strings = off;
SET transform_null_equals = on;
SET xmloption = 'document';
SELECT a, b, c, d, e FROM ddm_cs.person;
RESET ROLE;
-- Functions that the server calls immutable, and that a setting moves all the same, lift no mask.
SECURITY LABEL FOR ddm ON COLUMN ddm_cs.person.a IS 'MASKED WITH FUNCTION default() WHEN (age(seen, ''2019-12-01'') >= ''1 mon'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_cs.person.b IS 'MASKED WITH FUNCTION default() WHEN (quote_ident(lower(region)) = ''eu'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_cs.person.c IS 'MASKED WITH FUNCTION default() WHEN (seen AT TIME ZONE ''EST'' < ''2020-01-01 12:00'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_cs.person.d IS 'MASKED WITH FUNCTION default() WHEN (born::timestamp AT TIME ZONE ''IST'' < ''2020-01-03'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_cs.person.e IS 'MASKED WITH FUNCTION default() WHEN (seen AT TIME ZONE region < ''2020-01-03'')';
-- From 16 on there is date_add().
DO $$
BEGIN
    EXECUTE $label$SECURITY LABEL FOR ddm ON COLUMN ddm_cs.person.e IS
        'MASKED WITH FUNCTION default() WHEN (date_add(seen, interval ''1 day'', ''EST'') < ''2020-01-03Z'')'$label$;
    RAISE NOTICE 'accepted';
EXCEPTION WHEN undefined_function OR feature_not_supported THEN
    RAISE NOTICE 'refused';
END $$;
-- What stands for one zone alone is no matter of settings.
SECURITY LABEL FOR ddm ON COLUMN ddm_cs.person.a IS 'MASKED WITH FUNCTION default() WHEN (age(seen AT TIME ZONE ''utc'', ''2019-12-01'') >= ''1 mon'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_cs.person.b IS 'MASKED WITH FUNCTION default() WHEN (seen AT TIME ZONE ''America/New_York'' < ''2020-01-01'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_cs.person.c IS 'MASKED WITH FUNCTION default() WHEN (seen AT TIME ZONE interval ''1 hour'' < ''2020-01-01 12:00'')';
SET ROLE ddm_cs_reader;
SELECT a, b, c FROM ddm_cs.person;
\c -
SET client_min_messages = warning;
DROP SCHEMA ddm_cs CASCADE;
DROP ROLE ddm_cs_reader;
