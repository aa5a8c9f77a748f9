-- Every change of policy is on record, with who asked for it, what was before and what is now; rolled back, it is not.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_pe_owner NOLOGIN;
CREATE ROLE ddm_pe_policy NOLOGIN IN ROLE ddm_admin;
CREATE ROLE ddm_pe_compliance NOLOGIN;
CREATE ROLE ddm_pe_officer NOLOGIN;
RESET client_min_messages;
SELECT ddm.audit_flush();
SELECT coalesce(max(event_id), 0) AS start FROM ddm.audit_log \gset
CREATE TABLE ddm_pe_customer (id int, email text);
ALTER TABLE ddm_pe_customer OWNER TO ddm_pe_owner;
SET ROLE ddm_pe_policy;
SECURITY LABEL FOR ddm ON COLUMN ddm_pe_customer.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN ddm_pe_customer.email IS 'MASKED WITH VALUE NULL';
GRANT UNMASK ON ddm_pe_customer TO ddm_pe_compliance WITH GRANT OPTION;
SELECT ddm.grant_unmask('ddm_pe_officer', 'ddm_pe_customer', '{email}', until => '2999-01-01 00:00+00', reason => 'audit 2026');
RESET ROLE;
GRANT ddm_pe_compliance TO ddm_pe_officer;
SET client_min_messages = warning; -- PostgreSQL 16 words its notice differently
GRANT ddm_pe_compliance TO ddm_pe_officer; -- again: no change
RESET client_min_messages;
BEGIN;
REVOKE UNMASK ON ddm_pe_customer FROM ddm_pe_compliance;
ROLLBACK;
REVOKE ddm_pe_compliance FROM ddm_pe_officer;
SET ddm.exempt_owner = off;
RESET ddm.exempt_owner;
ALTER ROLE ddm_pe_compliance SET ddm.exempt_owner = off;
REVOKE ALL ON ddm_pe_customer FROM ddm_pe_compliance;
SECURITY LABEL FOR ddm ON COLUMN ddm_pe_customer.email IS NULL;
DROP TABLE ddm_pe_customer;
SELECT ddm.audit_flush();
SELECT kind, role_name = current_user AS me, role_name = 'ddm_pe_policy' AS maker, action, object, before, after, reason
  FROM ddm.audit_log WHERE event_id > :start AND kind IN ('policy', 'grant', 'revoke') ORDER BY event_id;
DROP ROLE ddm_pe_owner, ddm_pe_policy, ddm_pe_compliance, ddm_pe_officer;
