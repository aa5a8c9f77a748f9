-- Per-role masks, conditions on the row and named policies: the label's first branch that is for the role decides.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_lb_admin NOLOGIN IN ROLE ddm_admin;
CREATE ROLE ddm_lb_owner NOLOGIN;
CREATE ROLE ddm_lb_analyst NOLOGIN;
CREATE ROLE ddm_lb_senior NOLOGIN IN ROLE ddm_lb_analyst;
CREATE ROLE ddm_lb_bot NOLOGIN;
CREATE ROLE ddm_lb_plain NOLOGIN;
RESET client_min_messages;
CREATE SCHEMA ddm_lb AUTHORIZATION ddm_lb_owner;
GRANT USAGE ON SCHEMA ddm_lb TO PUBLIC;
SET ROLE ddm_lb_owner;
CREATE TABLE ddm_lb.customer (id int PRIMARY KEY, email varchar(40), region text, vip bool);
INSERT INTO ddm_lb.customer VALUES (1, 'luis@embraer.com.br', 'BR', true), (2, 'ana@example.de', 'EU', false),
                                   (3, 'no@region.org', NULL, NULL);
GRANT SELECT (id, email) ON ddm_lb.customer TO PUBLIC;
RESET ROLE;

-- first branch that matches, membership included, else the base
SET ROLE ddm_lb_admin;
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS
  'MASKED WITH FUNCTION email() FOR ddm_lb_analyst WITH FUNCTION full(''analyst'') FOR ddm_lb_bot, ddm_lb_senior WITH VALUE NULL WHEN (region <> ''EU'')';
SET ROLE ddm_lb_plain;
SELECT id, email FROM ddm_lb.customer ORDER BY id;
SET ROLE ddm_lb_senior;
SELECT id, email FROM ddm_lb.customer ORDER BY id;
-- where the condition is false the next branch decides; null counts as true
SET ROLE ddm_lb_bot;
SELECT id, email FROM ddm_lb.customer ORDER BY id;
SELECT id FROM ddm_lb.customer WHERE email IS NULL ORDER BY id;
SELECT column_name, verdict, mask FROM ddm.preview('ddm_lb_bot', 'ddm_lb.customer') WHERE verdict <> 'open';
RESET ROLE;

-- only a false condition on the base mask shows the stored value
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (vip)';
SET ROLE ddm_lb_plain;
SELECT id, email FROM ddm_lb.customer ORDER BY id;
SELECT count(*) FROM ddm_lb.customer WHERE email = 'luis@embraer.com.br';
RESET ROLE;

-- conditions that are refused, and where
\set VERBOSITY default
\set SHOW_CONTEXT always
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (regio = 1)';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (id)';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (id = (SELECT 1))';
\set VERBOSITY terse
\set SHOW_CONTEXT never
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (random() > 0.5)';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (count(*) > 0)';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (true FROM pg_class)';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (id > 1, true)';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (customer IS NULL)';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (ctid IS NULL)';
CREATE FUNCTION ddm_lb.peek(text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (ddm_lb.peek(region))';
-- what a client can set chooses between masks, and lifts none
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS
  'MASKED WITH FUNCTION email() WHEN (current_setting(''application_name'') <> ''trusted'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (LOCALTIME > ''18:00'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS
  'MASKED WITH FUNCTION email() FOR ddm_lb_bot WITH FUNCTION identity() WHEN (current_setting(''application_name'') = ''trusted'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS
  'MASKED WITH FUNCTION email() FOR ddm_lb_bot WITH VALUE ''-'' WHEN (current_setting(''application_name'') = ''etl'')';
-- printing follows settings, whatever the server calls immutable
CREATE TABLE ddm_lb.printed (n int, f float8, p point, raw bytea, fs float8[], at timestamptz, doc xml, t text);
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.printed.n IS 'MASKED WITH FUNCTION default() WHEN (f::text <> ''0.3'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.printed.n IS 'MASKED WITH FUNCTION default() WHEN (fs::text[] <> ''{0.3}'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.printed.n IS 'MASKED WITH FUNCTION default() WHEN (p::text <> ''(0.3,1)'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.printed.n IS 'MASKED WITH FUNCTION default() WHEN (raw::text <> ''AB'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.printed.n IS 'MASKED WITH FUNCTION default() WHEN (xmlforest(at)::text <> ''x'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.printed.n IS 'MASKED WITH FUNCTION default() WHEN (doc IS DOCUMENT OR f::numeric > 1)';
CREATE TEXT SEARCH CONFIGURATION ddm_lb.words (COPY = simple);
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.printed.n IS 'MASKED WITH FUNCTION default() WHEN (to_tsvector(''ddm_lb.words'', t) @@ ''x'')';
DROP TABLE ddm_lb.printed;
SET ROLE ddm_lb_bot;
SET application_name = 'etl';
SELECT id, email FROM ddm_lb.customer ORDER BY id;
SET application_name = 'other';
SELECT id, email FROM ddm_lb.customer ORDER BY id;
RESET application_name;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (current_user <> ''ddm_lb_bot'')';
SET ROLE ddm_lb_bot;
SELECT id, email FROM ddm_lb.customer ORDER BY id;
RESET ROLE;
-- the client's settings do not change what a constant in a condition means
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (DATE ''02/01/2020'' = DATE ''2020-02-01'')';
SET datestyle = 'ISO, DMY';
SET ROLE ddm_lb_plain;
SELECT id, email FROM ddm_lb.customer ORDER BY id;
RESET ROLE;
RESET datestyle;
-- a condition that a change of the table breaks: the mask applies
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH FUNCTION email() WHEN (vip)';
ALTER TABLE ddm_lb.customer DROP COLUMN vip CASCADE;
SET ROLE ddm_lb_plain;
SELECT id, email FROM ddm_lb.customer ORDER BY id;
RESET ROLE;

-- named policies: one change changes every column, prepared statements included
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS 'MASKED WITH POLICY ddm_lb_contact';
SET ROLE ddm_lb_plain;
PREPARE q AS SELECT id, email FROM ddm_lb.customer ORDER BY id;
EXECUTE q;
RESET ROLE;
SET ROLE ddm_lb_admin;
SELECT ddm.create_policy('ddm_lb_contact', 'FUNCTION email() FOR ddm_lb_bot WITH VALUE ''bot''');
SET ROLE ddm_lb_plain;
EXECUTE q;
SET ROLE ddm_lb_bot;
EXECUTE q;
SELECT column_name, mask, why FROM ddm.preview('ddm_lb_bot', 'ddm_lb.customer') WHERE verdict <> 'open';
SET ROLE ddm_lb_admin;
SELECT ddm.create_policy('ddm_lb_contact', 'MASKED WITH VALUE ''gone''');
SET ROLE ddm_lb_bot;
EXECUTE q;
SELECT ddm.create_policy('ddm_lb_mine', 'VALUE NULL');
SET ROLE ddm_lb_admin;
SELECT ddm.drop_policy('ddm_lb_contact');
SELECT ddm.drop_policy('ddm_lb_none');
SELECT ddm.create_policy('ddm_lb_bad', 'FUNCTION email(');
SELECT ddm.create_policy('ddm_lb_bad', 'POLICY ddm_lb_contact');
SELECT ddm.create_policy('ddm_lb_bad', 'FUNCTION emial()');
SELECT ddm.create_policy('ddm_lb_bad', 'FUNCTION email() FOR ddm_lb_bot WITH FUNCTION partial(1)');
SELECT ddm.create_policy('ddm_lb_bad', 'FUNCTION json(''$.a'', bucket(''wide''))');
SELECT ddm.create_rule('ddm_lb_bad', 'false', 'FUNCTION each(hassh())');
SELECT ddm.create_rule('ddm_lb_later', 'false', 'FUNCTION ddm_lb_nowhere.yet(''x'')');
SELECT ddm.drop_rule('ddm_lb_later');
SELECT * FROM ddm.policies WHERE name LIKE 'ddm_lb%';
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_lb.customer.email IS NULL;
SELECT ddm.drop_policy('ddm_lb_contact');

SET client_min_messages = warning;
DROP SCHEMA ddm_lb CASCADE;
DROP ROLE ddm_lb_admin, ddm_lb_owner, ddm_lb_senior, ddm_lb_analyst, ddm_lb_bot, ddm_lb_plain;
