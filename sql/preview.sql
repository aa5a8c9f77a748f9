-- What ddm says of itself: preview, masked_columns, status.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_pv_reader NOLOGIN;
CREATE ROLE ddm_pv_compliance NOLOGIN;
CREATE ROLE ddm_pv_officer NOLOGIN IN ROLE ddm_pv_compliance;
CREATE ROLE ddm_pv_auditor NOLOGIN IN ROLE ddm_auditor;
CREATE ROLE ddm_pv_owner NOLOGIN;
CREATE ROLE ddm_pv_super NOLOGIN SUPERUSER;
RESET client_min_messages;
CREATE TABLE ddm_pv_customer (id int, dropped int, email text, ssn text);
ALTER TABLE ddm_pv_customer OWNER TO ddm_pv_owner;
ALTER TABLE ddm_pv_customer DROP dropped;
CREATE VIEW ddm_pv_view AS SELECT * FROM ddm_pv_customer;
SECURITY LABEL FOR ddm ON COLUMN ddm_pv_customer.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN ddm_pv_customer.ssn IS 'MASKED WITH FUNCTION partial(0, ''XXX-XX-'', 4)';
SELECT ddm.grant_unmask('ddm_pv_compliance', 'ddm_pv_customer', '{email}', until => '2999-12-31 12:00+00');
SET timezone = 'UTC';

SELECT * FROM ddm.preview('ddm_pv_reader', 'ddm_pv_customer');
SELECT * FROM ddm.preview('ddm_pv_officer', 'ddm_pv_customer'); -- by membership
SELECT * FROM ddm.preview('ddm_pv_owner', 'ddm_pv_customer');
SELECT * FROM ddm.preview('ddm_pv_super', 'ddm_pv_customer');
SET ddm.exempt_owner = off;
SET ddm.exempt_superuser = off;
SELECT * FROM ddm.preview('ddm_pv_owner', 'ddm_pv_customer');
SELECT * FROM ddm.preview('ddm_pv_super', 'ddm_pv_customer');
RESET ddm.exempt_owner;
RESET ddm.exempt_superuser;
SET ddm.mode = observe;
SELECT * FROM ddm.preview('ddm_pv_reader', 'ddm_pv_customer');
SELECT mode, enforces FROM ddm.status();
RESET ddm.mode;

-- who may ask
SET ROLE ddm_pv_reader;
SELECT column_name, verdict FROM ddm.preview('ddm_pv_reader', 'ddm_pv_customer');
SELECT * FROM ddm.preview('ddm_pv_compliance', 'ddm_pv_customer');
SET ddm.exempt_superuser = off;
SET ddm.mode = 'off';
SET ROLE ddm_pv_officer;
SELECT column_name, verdict FROM ddm.preview('ddm_pv_compliance', 'ddm_pv_customer');
SET ROLE ddm_pv_auditor;
SELECT column_name, verdict FROM ddm.preview('ddm_pv_compliance', 'ddm_pv_customer');
SELECT grantee, column_name FROM ddm.unmask_grants WHERE table_name = 'ddm_pv_customer';
RESET ROLE;
SELECT * FROM ddm.preview('ddm_pv_nosuch', 'ddm_pv_customer');
SELECT * FROM ddm.preview('ddm_pv_reader', 'ddm_pv_view');
SELECT * FROM ddm.preview('ddm_pv_reader', 'ddm_pv_nosuch');

SET ROLE ddm_pv_reader;
SELECT schema_name, table_name, column_name, data_type, mask, source, why, relation FROM ddm.masked_columns
  WHERE table_name LIKE 'ddm_pv%';
SELECT count(*), min(mode), bool_and(enforces), bool_and(preloaded), bool_and(of_one_mind), bool_and(audits),
       min(masked_columns) > 0 AS some_masks, bool_and(library_version = catalog_version) AS same
  FROM ddm.status();
RESET ROLE;

DROP TABLE ddm_pv_customer CASCADE;
DROP ROLE ddm_pv_reader, ddm_pv_compliance, ddm_pv_officer, ddm_pv_auditor, ddm_pv_owner, ddm_pv_super;
