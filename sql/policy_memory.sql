-- A backend that touches one table holds the policy of one table, however much policy there is.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_pm_reader NOLOGIN;
CREATE SCHEMA ddm_pm;
GRANT USAGE ON SCHEMA ddm_pm TO PUBLIC;
DO $$
BEGIN
    FOR i IN 1..40 LOOP
        EXECUTE format('CREATE TABLE ddm_pm.t%s (id int, a text, b text, ssn text)', i);
        EXECUTE format('SECURITY LABEL FOR ddm ON COLUMN ddm_pm.t%s.a IS ''MASKED WITH FUNCTION email()''', i);
        EXECUTE format('GRANT UNMASK ON ddm_pm.t%s TO ddm_pm_reader', i);
        PERFORM ddm.create_rule('ddm_pm_' || i, format('resource.column_name == "ssn" && resource.table_name == "t%s" && resource.schema_name == "ddm_pm"', i), 'FUNCTION ssn()', i);
    END LOOP;
END $$;
GRANT SELECT ON ALL TABLES IN SCHEMA ddm_pm TO ddm_pm_reader;
RESET client_min_messages;
\c -
SET ROLE ddm_pm_reader;
SELECT count(*) FROM ddm_pm.t7;
SELECT count(*) FROM ddm_pm.t7 WHERE a = '' AND ssn = '';
RESET ROLE;
SELECT name, count(*), sum(total_bytes) < 32 * 1024 AS small FROM pg_backend_memory_contexts
  WHERE name LIKE 'ddm relation policy' GROUP BY 1;
-- who lists them all keeps none
SELECT count(*) FROM ddm.masked_columns WHERE schema_name = 'ddm_pm';
SELECT masked_columns >= 80 AS all_of_them FROM ddm.status();
SELECT name, count(*) FROM pg_backend_memory_contexts WHERE name LIKE 'ddm%polic%' AND name <> 'ddm relation policies' GROUP BY 1;
-- with every table the policy of that table
SET ROLE ddm_pm_reader;
SELECT count(*) FROM ddm_pm.t1, ddm_pm.t2, ddm_pm.t3;
RESET ROLE;
SELECT name, count(*) FROM pg_backend_memory_contexts WHERE name LIKE 'ddm relation policy' GROUP BY 1;
-- a change of policy makes none of them twice
GRANT UNMASK ON ddm_pm.t9 TO ddm_pm_reader;
SET ROLE ddm_pm_reader;
SELECT count(*) FROM ddm_pm.t1, ddm_pm.t2, ddm_pm.t3;
RESET ROLE;
SELECT name, count(*) FROM pg_backend_memory_contexts WHERE name LIKE 'ddm relation policy' GROUP BY 1;

SET client_min_messages = warning;
SELECT count(ddm.drop_rule(name)) FROM ddm.rules WHERE name LIKE 'ddm_pm%';
DROP SCHEMA ddm_pm CASCADE;
DROP ROLE ddm_pm_reader;
