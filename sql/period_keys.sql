-- Foreign keys with PERIOD (PostgreSQL 18) hold for an owner who sees his key masked: what refers to a row keeps it there.
SELECT current_setting('server_version_num')::int < 180000 AS old \gset
\if :old
\quit
\endif
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE ROLE ddm_pk_owner NOLOGIN;
CREATE SCHEMA ddm_pk AUTHORIZATION ddm_pk_owner;
SET ROLE ddm_pk_owner;
CREATE TABLE ddm_pk.price (item text, valid daterange, PRIMARY KEY (item, valid WITHOUT OVERLAPS));
CREATE TABLE ddm_pk.sale (item text, valid daterange,
  CONSTRAINT sale_price FOREIGN KEY (item, PERIOD valid) REFERENCES ddm_pk.price (item, PERIOD valid) ON DELETE NO ACTION);
INSERT INTO ddm_pk.price VALUES ('tea', '[2026-01-01,2026-02-01)'), ('tea', '[2026-02-01,2026-03-01)');
INSERT INTO ddm_pk.sale VALUES ('tea', '[2026-01-10,2026-02-10)');
RESET ROLE;
SET client_min_messages = error;
SECURITY LABEL FOR ddm ON COLUMN ddm_pk.price.item IS 'MASKED WITH VALUE ''-''';
SECURITY LABEL FOR ddm ON COLUMN ddm_pk.price.valid IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN ddm_pk.sale.item IS 'MASKED WITH VALUE ''-''';
SECURITY LABEL FOR ddm ON COLUMN ddm_pk.sale.valid IS 'MASKED WITH FUNCTION default()';
SET ddm.exempt_owner = off;
SET ddm.masked_writes = allow;
RESET client_min_messages;
SET ROLE ddm_pk_owner;
\set VERBOSITY terse
SELECT * FROM ddm_pk.price;
DELETE FROM ddm_pk.price;
UPDATE ddm_pk.price SET valid = '[2026-02-01,2026-02-05)' WHERE ctid = '(0,2)';
-- what nothing refers to may go, or shrink to what something does
BEGIN;
UPDATE ddm_pk.price SET valid = '[2026-01-05,2026-02-01)' WHERE ctid = '(0,1)';
DELETE FROM ddm_pk.sale;
DELETE FROM ddm_pk.price;
ROLLBACK;
INSERT INTO ddm_pk.sale VALUES ('tea', '[2026-02-10,2026-02-20)');
INSERT INTO ddm_pk.sale VALUES ('tea', '[2026-02-10,2026-03-20)');
RESET ROLE;
SELECT * FROM ddm_pk.price ORDER BY 2;
SELECT * FROM ddm_pk.sale ORDER BY 2;
SET client_min_messages = warning;
DROP SCHEMA ddm_pk CASCADE;
DROP ROLE ddm_pk_owner;
