-- The policy as a document, and the answers to "who sees what, and why".
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_ex_admin NOLOGIN IN ROLE ddm_admin;
CREATE ROLE ddm_ex_reader NOLOGIN;
CREATE ROLE ddm_ex_compliance NOLOGIN;
CREATE ROLE ddm_ex_lead NOLOGIN IN ROLE ddm_ex_compliance;
CREATE ROLE ddm_ex_officer NOLOGIN IN ROLE ddm_ex_lead;
CREATE SCHEMA ddm_ex;
GRANT USAGE ON SCHEMA ddm_ex TO PUBLIC;
CREATE TABLE ddm_ex.customer (id int, email text, ssn text);
CREATE TABLE ddm_ex.plain (id int);
GRANT SELECT ON ALL TABLES IN SCHEMA ddm_ex TO PUBLIC;
RESET client_min_messages;

SELECT ddm.fingerprint() AS before \gset
SECURITY LABEL FOR ddm ON COLUMN ddm_ex.customer.email IS 'masked with function EMAIL( )  for ddm_ex_lead with value null';
SECURITY LABEL FOR ddm ON COLUMN ddm_ex.customer.ssn IS 'MASKED WITH POLICY ddm_ex_id';
SECURITY LABEL FOR ddm_tag ON TABLE ddm_ex.customer IS 'pii,  contact , level = 3';
SELECT ddm.create_policy('ddm_ex_id', 'function partial(0,''XXX-XX-'',4)');
SELECT ddm.create_rule('ddm_ex_r2', 'resource.column_name == "ddm_ex_none"', 'value null', 3);
SELECT ddm.create_rule('ddm_ex_r1', 'resource.column_name == "ddm_ex_no"', 'FUNCTION default()', 2);
SELECT ddm.create_exemption('ddm_ex_e', ARRAY['ddm_ex_compliance', 'ddm_ex_admin'], 'resource.column_name == "email"', '2099-01-01 00:00:00+00', 'why');
GRANT UNMASK (ssn) ON ddm_ex.customer TO ddm_ex_compliance;
SELECT ddm.fingerprint() AS changed \gset
SELECT :'before' = :'changed' AS same, length(:'changed') AS length;

-- canonical texts, in order, with names
SELECT e FROM jsonb_array_elements(ddm.export()->'labels') e WHERE e->>'schema' = 'ddm_ex';
SELECT e FROM jsonb_array_elements(ddm.export()->'tags') e WHERE e->>'schema' = 'ddm_ex';
SELECT e FROM jsonb_array_elements(ddm.export()->'policies') e WHERE e->>'name' LIKE 'ddm_ex%';
SELECT e FROM jsonb_array_elements(ddm.export()->'rules') e WHERE e->>'name' LIKE 'ddm_ex%';
SET timezone = 'Asia/Tokyo';
SELECT e FROM jsonb_array_elements(ddm.export()->'exemptions') e WHERE e->>'name' LIKE 'ddm_ex%';
RESET timezone;
SELECT e - 'grantor' FROM jsonb_array_elements(ddm.export()->'unmask') e WHERE e->>'schema' = 'ddm_ex';
SELECT e FROM jsonb_array_elements(ddm.export()->'memberships') e WHERE e->>'member' LIKE 'ddm_ex%' AND e->>'role' LIKE 'ddm_ex%';
SELECT ddm.export()->'server'->'mode' AS mode;
-- environment and mode are not of the fingerprint; the session's settings change no byte
SET ddm.environment = 'elsewhere';
SET datestyle = 'SQL, DMY';
SET search_path = ddm_ex;
SELECT ddm.fingerprint() = :'changed' AS same;
RESET search_path;
RESET datestyle;
RESET ddm.environment;
-- the way back leads to the same fingerprint
BEGIN;
SELECT ddm.drop_rule('ddm_ex_r1');
SELECT ddm.fingerprint() = :'changed' AS same;
SELECT ddm.create_rule('ddm_ex_r1', 'resource.column_name == "ddm_ex_no"', 'MASKED WITH FUNCTION default( )', 2);
SELECT ddm.fingerprint() = :'changed' AS same;
COMMIT;

-- every role that reads it, and how
SELECT role_name, column_name, cleared_by, why, through, until AT TIME ZONE 'UTC' AS until
  FROM ddm.who_can_unmask('ddm_ex.customer') WHERE role_name LIKE 'ddm_ex%' ORDER BY role_name, column_name;
SELECT count(*) FROM ddm.who_can_unmask('ddm_ex.plain');

-- of a query: through views and functions
CREATE VIEW ddm_ex.contact AS SELECT id, email FROM ddm_ex.customer;
CREATE FUNCTION ddm_ex.ssn_of(int) RETURNS text LANGUAGE sql STABLE AS 'SELECT ssn FROM ddm_ex.customer WHERE id = $1';
CREATE FUNCTION ddm_ex.opaque(int) RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END';
SET search_path = ddm_ex;
SELECT relation, column_name, verdict, mask, why, via FROM ddm.explain('ddm_ex_reader', 'SELECT * FROM contact, plain');
SELECT relation, column_name, verdict, mask, why, via FROM ddm.explain('ddm_ex_lead', 'SELECT ssn_of(id), opaque(id) FROM plain');
SELECT * FROM ddm.explain('ddm_ex_reader', 'SELECT * FROM plain');
RESET search_path;
\set VERBOSITY terse
SELECT * FROM ddm.explain('ddm_ex_reader', 'SELECT 1; SELECT 2');
SELECT * FROM ddm.explain('ddm_ex_reader', 'SELECT * FROM ddm_ex_missing');
SET ROLE ddm_ex_reader;
SELECT count(*) > 0 FROM ddm.explain('ddm_ex_reader', 'SELECT * FROM ddm_ex.customer');
SELECT * FROM ddm.explain('ddm_ex_lead', 'SELECT * FROM ddm_ex.customer');
SELECT * FROM ddm.who_can_unmask('ddm_ex.customer');
SELECT ddm.export();
SELECT ddm.fingerprint();
RESET ROLE;

SET client_min_messages = warning;
REVOKE UNMASK (ssn) ON ddm_ex.customer FROM ddm_ex_compliance;
DROP SCHEMA ddm_ex CASCADE;
SELECT ddm.drop_policy('ddm_ex_id'), ddm.drop_rule('ddm_ex_r1'), ddm.drop_rule('ddm_ex_r2'), ddm.drop_exemption('ddm_ex_e');
SELECT ddm.fingerprint() = :'before' AS same;
DROP ROLE ddm_ex_admin, ddm_ex_reader, ddm_ex_officer, ddm_ex_lead, ddm_ex_compliance;
