-- GRANT and REVOKE UNMASK in all their forms.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_gu_policy NOLOGIN IN ROLE ddm_admin;
CREATE ROLE ddm_gu_owner NOLOGIN;
CREATE ROLE ddm_gu_compliance NOLOGIN;
CREATE ROLE ddm_gu_lead NOLOGIN;
CREATE ROLE ddm_gu_clerk NOLOGIN;
CREATE ROLE ddm_gu_member NOLOGIN NOINHERIT IN ROLE ddm_gu_compliance;
CREATE ROLE ddm_gu_user LOGIN;
RESET client_min_messages;
CREATE SCHEMA ddm_gu_sales;
CREATE TABLE ddm_gu_sales.customer (id int, email text, ssn text);
CREATE TABLE ddm_gu_sales.invoice (id int, iban text);
CREATE VIEW ddm_gu_sales.a_view AS SELECT * FROM ddm_gu_sales.customer;
CREATE SEQUENCE ddm_gu_sales.a_sequence;
ALTER TABLE ddm_gu_sales.customer OWNER TO ddm_gu_owner;
INSERT INTO ddm_gu_sales.customer VALUES (1, 'luis@embraer.com.br', '123-45-6789');
GRANT USAGE ON SCHEMA ddm_gu_sales TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA ddm_gu_sales TO ddm_gu_compliance, ddm_gu_lead, ddm_gu_clerk, ddm_gu_member;
SECURITY LABEL FOR ddm ON COLUMN ddm_gu_sales.customer.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN ddm_gu_sales.customer.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN ddm_gu_sales.invoice.iban IS 'MASKED WITH FUNCTION default()';
SET search_path = ddm_gu_sales;
CREATE VIEW public.ddm_gu_held AS
  SELECT grantee, kind, coalesce(table_name, schema_name) AS on_what, column_name, grantor, grant_option FROM ddm.unmask_grants
  WHERE grantee::text LIKE 'ddm_gu%' ORDER BY grantee::text, kind, 3, 4, grantor::text;

-- table, column, schema, all tables, database; none of it is SELECT
GRANT UNMASK ON customer TO ddm_gu_compliance;
GRANT UNMASK (email, ssn) ON customer TO ddm_gu_lead WITH GRANT OPTION;
GRANT UNMASK ON SCHEMA ddm_gu_sales TO ddm_gu_clerk;
TABLE public.ddm_gu_held;
SET ROLE ddm_gu_compliance;
SELECT * FROM customer;
SET ROLE ddm_gu_member; -- does not inherit
SELECT * FROM customer;
SET ROLE ddm_gu_clerk;
SELECT * FROM customer;
RESET ROLE;
REVOKE UNMASK ON SCHEMA ddm_gu_sales FROM ddm_gu_clerk;
SET ROLE ddm_gu_clerk;
SELECT * FROM customer;
RESET ROLE;
GRANT UNMASK ON ALL TABLES IN SCHEMA ddm_gu_sales TO ddm_gu_clerk;
DO $$ BEGIN EXECUTE format('GRANT UNMASK ON DATABASE %I TO ddm_gu_owner', current_database()); END $$;
TABLE public.ddm_gu_held;
REVOKE UNMASK ON ALL TABLES IN SCHEMA ddm_gu_sales FROM ddm_gu_clerk;
DO $$ BEGIN EXECUTE format('REVOKE UNMASK ON DATABASE %I FROM ddm_gu_owner', current_database()); END $$;

-- mixed lists do both; GRANT ALL never includes it; REVOKE ALL takes it away
GRANT INSERT, UNMASK (ssn), UPDATE (id) ON customer TO ddm_gu_clerk;
SELECT has_table_privilege('ddm_gu_clerk', 'customer', 'INSERT'), has_column_privilege('ddm_gu_clerk', 'customer', 'id', 'UPDATE');
SET ROLE ddm_gu_clerk;
SELECT * FROM customer;
RESET ROLE;
REVOKE ALL ON customer FROM ddm_gu_clerk;
GRANT ALL ON customer TO ddm_gu_clerk;
GRANT ALL ON SCHEMA ddm_gu_sales TO ddm_gu_clerk;
GRANT pg_read_all_data TO ddm_gu_clerk;
SET ROLE ddm_gu_clerk;
SELECT * FROM customer;
RESET ROLE;
REVOKE pg_read_all_data FROM ddm_gu_clerk;
REVOKE ALL ON ALL TABLES IN SCHEMA ddm_gu_sales FROM ddm_gu_clerk;
REVOKE ALL ON a_view, customer FROM ddm_gu_compliance; -- a view among them
GRANT SELECT ON customer TO ddm_gu_compliance, ddm_gu_clerk;
TABLE public.ddm_gu_held;

-- the grant option: held through membership, bounded, and what hangs on it
SET ROLE ddm_gu_lead;
GRANT UNMASK (email) ON customer TO ddm_gu_clerk WITH GRANT OPTION;
GRANT UNMASK ON customer TO ddm_gu_clerk;
GRANT UNMASK (id) ON customer TO ddm_gu_clerk;
GRANT UNMASK (email) ON customer TO ddm_gu_lead;
SET ROLE ddm_gu_clerk;
GRANT UNMASK (email) ON customer TO ddm_gu_compliance;
GRANT UNMASK (email) ON customer TO ddm_gu_lead WITH GRANT OPTION; -- a circle
RESET ROLE;
TABLE public.ddm_gu_held;
SET ROLE ddm_gu_lead;
REVOKE GRANT OPTION FOR UNMASK (email) ON customer FROM ddm_gu_clerk;
RESET ROLE;
REVOKE UNMASK ON customer FROM ddm_gu_lead;
TABLE public.ddm_gu_held;
REVOKE UNMASK ON customer FROM ddm_gu_lead CASCADE;
TABLE public.ddm_gu_held;

-- who may not
SET ROLE ddm_gu_owner;
\set SHOW_CONTEXT never
DO $$ BEGIN
    GRANT UNMASK ON customer TO ddm_gu_owner;
EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE '% %', SQLSTATE, SQLERRM; END $$;
REVOKE UNMASK ON customer FROM ddm_gu_lead;
RESET ROLE;
-- who may: no superuser, and not the owner
SET ROLE ddm_gu_policy;
GRANT UNMASK ON customer TO ddm_gu_compliance;
GRANT UNMASK ON customer TO ddm_gu_lead GRANTED BY CURRENT_USER;
GRANT UNMASK ON customer TO ddm_gu_clerk GRANTED BY ddm_gu_lead;
RESET ROLE;
TABLE public.ddm_gu_held;
SET ROLE ddm_gu_owner; -- REVOKE ALL by the owner takes clearance, which gives none
REVOKE ALL ON customer FROM ddm_gu_compliance, ddm_gu_lead, PUBLIC;
RESET ROLE;
TABLE public.ddm_gu_held;

-- errors, each with a detail and a hint
GRANT UNMASK ON customer TO PUBLIC;
GRANT UNMASK ON nosuch TO ddm_gu_clerk;
GRANT UNMASK (nosuch) ON customer TO ddm_gu_clerk;
GRANT UNMASK ON customer TO ddm_gu_nosuch;
GRANT UNMASK ON SCHEMA ddm_gu_nosuch TO ddm_gu_clerk;
GRANT UNMASK ON DATABASE ddm_gu_nosuch TO ddm_gu_clerk;
GRANT UNMASK ON DATABASE template1 TO ddm_gu_clerk;
GRANT UNMASK ON a_view TO ddm_gu_clerk;
GRANT UNMASK ON a_sequence TO ddm_gu_clerk;
GRANT UNMASK ON SEQUENCE a_sequence TO ddm_gu_clerk;
GRANT UNMASK (email) ON SCHEMA ddm_gu_sales TO ddm_gu_clerk;
GRANT UNMASK ON pg_catalog.pg_class TO ddm_gu_clerk;
GRANT UNMASK ON information_schema.sql_features TO ddm_gu_clerk;
GRANT UNMASK ON ddm.mask_rules TO ddm_gu_clerk;
GRANT UNMASK ON SCHEMA pg_catalog TO ddm_gu_clerk;
GRANT UNMASK ON SCHEMA information_schema TO ddm_gu_clerk;
GRANT UNMASK ON SCHEMA ddm_gu_sales, ddm TO ddm_gu_clerk;
GRANT UNMASK ON ALL TABLES IN SCHEMA pg_catalog TO ddm_gu_clerk;
GRANT SELECT, UNMASK ON ALL TABLES IN SCHEMA ddm TO ddm_gu_clerk;
ALTER DEFAULT PRIVILEGES IN SCHEMA information_schema GRANT UNMASK ON TABLES TO ddm_gu_clerk;
SELECT ddm.grant_unmask('ddm_gu_clerk', schema => 'pg_catalog');
-- what an older version let through can be taken back
REVOKE UNMASK ON SCHEMA pg_catalog FROM ddm_gu_clerk;
REVOKE ALL ON SCHEMA pg_catalog FROM ddm_gu_clerk;
REVOKE UNMASK ON ALL TABLES IN SCHEMA information_schema FROM ddm_gu_clerk;
SELECT ddm.revoke_unmask('ddm_gu_clerk', schema => 'pg_catalog');
GRANT SELECT, UNMASK ON customer, nosuch TO ddm_gu_clerk;
TABLE public.ddm_gu_held;

-- roles that can log in
GRANT UNMASK ON customer TO ddm_gu_user;
SET ddm.grants_to_login_roles = allow;
GRANT UNMASK ON customer TO ddm_gu_user;
SET ddm.grants_to_login_roles = deny;
GRANT UNMASK ON invoice TO ddm_gu_user;
RESET ddm.grants_to_login_roles;
REVOKE UNMASK ON customer FROM ddm_gu_user;

-- tables to come
ALTER DEFAULT PRIVILEGES IN SCHEMA ddm_gu_sales GRANT UNMASK, SELECT ON TABLES TO ddm_gu_compliance;
ALTER DEFAULT PRIVILEGES FOR ROLE ddm_gu_owner GRANT UNMASK ON TABLES TO ddm_gu_clerk;
CREATE TABLE later (secret text);
CREATE VIEW later_view AS SELECT 1;
CREATE TABLE public.ddm_gu_elsewhere (secret text);
SELECT has_table_privilege('ddm_gu_compliance', 'later', 'SELECT');
TABLE public.ddm_gu_held;
ALTER DEFAULT PRIVILEGES IN SCHEMA ddm_gu_sales REVOKE ALL ON TABLES FROM ddm_gu_compliance;
ALTER DEFAULT PRIVILEGES FOR ROLE ddm_gu_owner REVOKE UNMASK ON TABLES FROM ddm_gu_clerk;
ALTER DEFAULT PRIVILEGES GRANT UNMASK ON SEQUENCES TO ddm_gu_clerk;
SET ROLE ddm_gu_owner;
ALTER DEFAULT PRIVILEGES GRANT UNMASK ON TABLES TO ddm_gu_owner;
RESET ROLE;
DROP TABLE later;
TABLE public.ddm_gu_held;

-- the function
SELECT ddm.grant_unmask('ddm_gu_clerk', 'customer', '{email}', until => '2999-01-01', reason => 'audit 2026');
SELECT ddm.grant_unmask('ddm_gu_clerk', schema => 'ddm_gu_sales', with_grant_option => true);
SELECT ddm.grant_unmask('ddm_gu_clerk', tag => 'pii');
SELECT kind, column_name, tag, grant_option, valid_until AT TIME ZONE 'UTC' AS until, reason FROM ddm.unmask_grants
  WHERE grantee = 'ddm_gu_clerk' ORDER BY kind;
SELECT ddm.grant_unmask('ddm_gu_clerk');
SELECT ddm.grant_unmask('ddm_gu_clerk', 'customer', schema => 'ddm_gu_sales');
SELECT ddm.grant_unmask('ddm_gu_clerk', columns => '{email}', tag => 'pii');
SELECT ddm.grant_unmask('ddm_gu_clerk', 'customer', '{}');
SELECT ddm.grant_unmask('ddm_gu_clerk', 'customer', until => '2000-01-01');
SELECT ddm.grant_unmask(NULL, 'customer');
SELECT ddm.grant_unmask('ddm_gu_nosuch', 'customer');
SET ROLE ddm_gu_owner;
SELECT ddm.grant_unmask('ddm_gu_owner', 'customer');
SET ROLE ddm_gu_clerk;
SELECT * FROM ddm.unmask_grants;
INSERT INTO ddm.unmask_grant SELECT * FROM ddm.unmask_grant;
RESET ROLE;
SELECT ddm.revoke_unmask('ddm_gu_clerk', 'customer', '{email}', reason => 'over');
SELECT ddm.revoke_unmask('ddm_gu_clerk', schema => 'ddm_gu_sales');
SELECT ddm.revoke_unmask('ddm_gu_clerk', tag => 'pii');
TABLE public.ddm_gu_held;

-- names change, objects and roles go
GRANT UNMASK (email) ON customer TO ddm_gu_clerk;
GRANT UNMASK ON SCHEMA ddm_gu_sales TO ddm_gu_clerk;
ALTER TABLE customer RENAME email TO mail;
ALTER TABLE customer RENAME ssn TO email; -- must not pass on to the column that has the name now
ALTER SCHEMA ddm_gu_sales RENAME TO ddm_gu_shop;
SET search_path = ddm_gu_shop;
TABLE public.ddm_gu_held;
REVOKE UNMASK ON SCHEMA ddm_gu_shop FROM ddm_gu_clerk;
SELECT column_name, verdict FROM ddm.preview('ddm_gu_clerk', 'customer');
ALTER TABLE customer DROP mail CASCADE;
ALTER TABLE customer ADD mail text;
TABLE public.ddm_gu_held;
GRANT UNMASK ON customer TO ddm_gu_clerk WITH GRANT OPTION;
SET ROLE ddm_gu_clerk;
GRANT UNMASK ON customer TO ddm_gu_lead;
RESET ROLE;
DROP OWNED BY ddm_gu_clerk;
TABLE public.ddm_gu_held;
GRANT UNMASK ON customer TO ddm_gu_user, ddm_gu_clerk;
GRANT UNMASK ON SCHEMA ddm_gu_shop TO ddm_gu_clerk;
REASSIGN OWNED BY ddm_gu_clerk TO ddm_gu_lead; -- ownership moves, clearance does not
TABLE public.ddm_gu_held;
DROP ROLE ddm_gu_user;
CREATE ROLE ddm_gu_user;
TABLE public.ddm_gu_held;
BEGIN;
DROP TABLE customer CASCADE;
TABLE public.ddm_gu_held;
ROLLBACK;
TABLE public.ddm_gu_held;
RESET search_path;
DROP SCHEMA ddm_gu_shop CASCADE;
TABLE public.ddm_gu_held;
DROP TABLE public.ddm_gu_elsewhere;
DROP VIEW public.ddm_gu_held;
DROP ROLE ddm_gu_policy, ddm_gu_owner, ddm_gu_compliance, ddm_gu_lead, ddm_gu_clerk, ddm_gu_member, ddm_gu_user;
SELECT count(*) FROM ddm.unmask_grant WHERE grantee NOT IN (SELECT oid FROM pg_roles);
