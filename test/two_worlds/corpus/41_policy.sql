--- the masking function can't be called by hand
-- blind: an error of the call
SELECT ddm.apply_mask(email, 'x') FROM customers;
--- a mask reference can't be made
-- blind: an error of the call
SELECT 'email()'::ddm.mask_ref;
--- a mask reference out of nothing
-- blind: an error of the call
SELECT ddm.apply_mask(email, NULL::ddm.mask_ref) FROM customers WHERE id < 4;
--- masks by hand over masks
SELECT ddm.email(email), ddm.partial(ssn, 1, 'x', 1) FROM customers ORDER BY id LIMIT 40;
--- a mask by hand that shows all
SELECT ddm.partial(ssn, 100, '', 100), ddm.identity(email) FROM customers ORDER BY id LIMIT 40;
--- tables of the extension
-- blind: refused to whoever is no auditor
SELECT * FROM ddm.audit_log;
--- what masks are there
-- blind: the catalogue holds no data
SELECT * FROM ddm.functions ORDER BY 1;
--- preview for oneself
-- blind: the policy holds no data
SELECT * FROM ddm.preview('tw_masked', 'shop.customers');
--- preview for another
-- blind: the policy holds no data
SELECT * FROM ddm.preview('tw_cleared', 'shop.customers');
--- explain for oneself
-- blind: the policy holds no data
SELECT * FROM ddm.explain('tw_masked', 'SELECT email FROM shop.customers WHERE salary > 1');
--- who can unmask
-- blind: the policy holds no data
SELECT * FROM ddm.who_can_unmask('shop.customers');
--- discover reads data
-- blind: refused to whoever is no member of ddm_admin
SELECT column_name FROM ddm.discover('shop', 100);
--- labels by the masked role
-- blind: refused to whoever is no member of ddm_admin
SECURITY LABEL FOR ddm ON COLUMN customers.email IS NULL;
SECURITY LABEL FOR ddm ON COLUMN home.sink.t IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm_tag ON COLUMN customers.email IS 'pii';
GRANT UNMASK ON customers TO tw_masked;
GRANT UNMASK ON DATABASE world TO tw_masked;
REVOKE UNMASK ON customers FROM tw_remote;
--- policy calls by the masked role
-- blind: refused to whoever is no member of ddm_admin
SELECT ddm.grant_unmask('tw_masked');
SELECT ddm.create_policy('mine', 'identity()');
SELECT ddm.create_rule('mine', 'true', 'identity()', 1);
SELECT ddm.create_exemption('mine', ARRAY['tw_masked'], 'true');
SELECT ddm.rotate_key('default');
SELECT ddm.export();
SELECT ddm.apply('{}'::jsonb, 'x');
--- settings by the masked role
-- blind: refused to whoever is no superuser
SET ddm.mode = 'off';
SET ddm.exempt_owner = off;
SET ddm.exempt_superuser = off;
SET ddm.masked_writes = 'allow';
SET ddm.derived_masks = 'off';
SET ddm.audit = '';
SELECT set_config('ddm.mode', 'observe', false);
SELECT max(secret) FROM desk WHERE id = -1;
--- masked writes are not allowed by a client
SET ddm.masked_writes = 'allow';
BEGIN;
UPDATE desk SET open = secret || id WHERE id > 40 RETURNING open;
ROLLBACK;
--- request for access shows nothing
-- blind: the policy holds no data
SELECT ddm.request_access('shop.customers', ARRAY['email'], for_ => interval '1 hour', reason => 'x') IS NOT NULL;
SELECT email FROM customers WHERE id = -1;
--- wrappers over the extension's functions
CREATE FUNCTION home.wrapped(text) RETURNS text LANGUAGE sql AS 'SELECT ddm.full($1, $1)';
SELECT wrapped(secret) FROM desk WHERE id > 40 ORDER BY id LIMIT 5;
--- a trusted mask of one's own
-- blind: refused to whoever is no member of ddm_admin
CREATE FUNCTION home.my_mask(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
SECURITY LABEL FOR ddm ON FUNCTION home.my_mask(text) IS 'TRUSTED MASK';
--- objects of the extension are not to be replaced
-- blind: refused to whoever does not own them
CREATE OR REPLACE FUNCTION ddm.email(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
ALTER FUNCTION ddm.email(text) OWNER TO tw_masked;
CREATE TABLE ddm.mine (id int);
DROP EXTENSION ddm;
ALTER EXTENSION ddm DROP FUNCTION ddm.email(text);
--- status
-- blind: it says nothing of data
SELECT count(*) FROM ddm.status();
