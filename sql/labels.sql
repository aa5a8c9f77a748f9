-- Labels are checked when they are set: what is wrong is an error that says where, and nothing is half done.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_lb_owner NOLOGIN;
CREATE ROLE ddm_lb_policy NOLOGIN IN ROLE ddm_admin;
CREATE ROLE ddm_lb_reader NOLOGIN;
RESET client_min_messages;
CREATE DOMAIN ddm_lb_short AS varchar(8) CHECK (VALUE <> 'bad');
CREATE TABLE ddm_lb_customer (id int PRIMARY KEY, email text, ssn text, joined date NOT NULL, code char(3),
                              tags text[], nick ddm_lb_short, boss int REFERENCES ddm_lb_customer);
ALTER TABLE ddm_lb_customer OWNER TO ddm_lb_owner;
GRANT USAGE, CREATE ON SCHEMA public TO ddm_lb_owner, ddm_lb_policy;
GRANT SELECT ON ddm_lb_customer TO ddm_lb_reader;
CREATE VIEW ddm_lb_view AS SELECT * FROM ddm_lb_customer;
GRANT SELECT ON ddm_lb_view TO ddm_lb_reader;
CREATE TYPE ddm_lb_type AS (a text);
CREATE FUNCTION ddm_lb_state(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE state text; message text; detail text; hint text;
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
    RETURN format('%s %s%s%s', state, message, CASE WHEN detail = '' THEN ' (NO DETAIL)' END,
                  CASE WHEN hint = '' THEN ' (NO HINT)' END);
END $$;

-- bad input: every line an error with a SQLSTATE, a detail and a hint
SELECT c AS "column", l AS label, ddm_lb_state(format('SECURITY LABEL FOR ddm ON COLUMN %s IS %L', c, l)) AS answer
  FROM (VALUES ('ddm_lb_customer.email', 'MASKD WITH FUNCTION email()'),
               ('ddm_lb_customer.email', 'MASKED WITH FUNCTION email('),
               ('ddm_lb_customer.email', 'MASKED WITH FUNCTION emial()'),
               ('ddm_lb_customer.email', 'MASKED WITH FUNCTION email(1)'),
               ('ddm_lb_customer.email', 'MASKED WITH FUNCTION partial(1, ''x'')'),
               ('ddm_lb_customer.email', 'MASKED WITH FUNCTION partial(''a'', ''x'', 1)'),
               ('ddm_lb_customer.id', 'MASKED WITH FUNCTION email()'),
               ('ddm_lb_customer.id', 'MASKED WITH VALUE ''x'''),
               ('ddm_lb_customer.joined', 'MASKED WITH VALUE ''31st of never'''),
               ('ddm_lb_customer.code', 'MASKED WITH VALUE ''toolong'''),
               ('ddm_lb_customer.nick', 'MASKED WITH VALUE ''bad'''),
               ('ddm_lb_customer.email', 'MASKED WITH FUNCTION email() FOR ddm_lb_reader WITH FUNCTION partial(1)'),
               ('ddm_lb_customer.code', 'MASKED WITH FUNCTION full(''toolong'')'),
               ('ddm_lb_customer.nick', 'MASKED WITH FUNCTION full(''bad'')'),
               ('ddm_lb_customer.joined', 'MASKED WITH FUNCTION full(''31st of never'')'),
               ('ddm_lb_customer.id', 'MASKED WITH FUNCTION full(''one'')'),
               ('ddm_lb_customer.email', ''),
               ('pg_class.relname', 'MASKED WITH FUNCTION default()'),
               ('information_schema.sql_features.feature_id', 'MASKED WITH FUNCTION default()'),
               ('ddm.unmask_grant.reason', 'MASKED WITH FUNCTION default()'),
               ('ddm_lb_view.email', 'MASKED WITH FUNCTION email()'),
               ('ddm_lb_type.a', 'MASKED WITH FUNCTION default()')) AS v (c, l);
SELECT ddm_lb_state('SECURITY LABEL FOR ddm ON TABLE ddm_lb_customer IS ''MASKED WITH FUNCTION default()''');
SELECT ddm_lb_state('SECURITY LABEL FOR ddm ON ROLE ddm_lb_reader IS ''MASKED''');
-- as it is shown, with the place
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.email IS 'MASKED WITH FUNCTION partial(1, ''x'', ''two'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.code IS 'MASKED WITH FUNCTION full(''toolong'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.code IS 'MASKED WITH VALUE ''toolong''';
SELECT count(*) FROM pg_seclabels WHERE provider = 'ddm' AND objname LIKE '%ddm_lb_%' AND objtype = 'column';

-- who is not in ddm_admin gets 42501, the owner of the table included
SET ROLE ddm_lb_owner;
\set SHOW_CONTEXT never
DO $$ BEGIN RAISE NOTICE '%', ddm_lb_state('SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.email IS ''MASKED WITH FUNCTION email()'''); END $$;
SET ROLE ddm_lb_reader;
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.email IS NULL;
SET ROLE ddm_lb_policy; -- owns nothing here
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.email IS 'masked with function EMAIL()';
SECURITY LABEL FOR ddm ON COLUMN public.ddm_lb_customer.ssn IS 'MASKED WITH (FUNCTION = ''partial(0,"XXX-XX-",4)'')';
SELECT current_user;
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.nosuch IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_nosuch.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL ON COLUMN ddm_lb_customer.email IS NULL;
SELECT current_user;
RESET ROLE;

-- likely not meant
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.id IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.boss IS 'MASKED WITH VALUE 1';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.joined IS 'MASKED WITH VALUE NULL';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.joined IS 'MASKED WITH FUNCTION nullify()';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.joined IS 'MASKED WITH VALUE ''2000-01-01''';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.id IS NULL;
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.boss IS 'NOT MASKED';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.nick IS 'MASKED WITH VALUE ''none''';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.tags IS 'MASKED WITH VALUE ''{}''';

INSERT INTO ddm_lb_customer VALUES (1, 'luis@embraer.com.br', '123-45-6789', '2020-02-02', 'abc', '{x,y}', NULL, 1);
SET ROLE ddm_lb_reader;
SELECT * FROM ddm_lb_customer;
SELECT id, nick FROM ddm_lb_view;
RESET ROLE;
SELECT column_name, data_type, mask, source, why FROM ddm.masked_columns WHERE table_name = 'ddm_lb_customer';

-- another type: the mask is bound again; what does not fit any more gives default(), never the stored value
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_customer.code IS 'MASKED WITH FUNCTION full(''abc'')';
DROP VIEW ddm_lb_view;
ALTER TABLE ddm_lb_customer ALTER code TYPE int USING 42;
ALTER TABLE ddm_lb_customer ALTER joined TYPE int USING 20200202;
ALTER TABLE ddm_lb_customer ALTER email TYPE bytea USING email::bytea;
ALTER TABLE ddm_lb_customer ALTER ssn TYPE varchar(5) USING left(ssn, 5);
SET ROLE ddm_lb_reader;
SELECT code, joined, email, ssn FROM ddm_lb_customer;
RESET ROLE;

-- names change, labels stay; columns go, labels go
ALTER TABLE ddm_lb_customer RENAME ssn TO social;
ALTER TABLE ddm_lb_customer RENAME TO ddm_lb_client;
ALTER TABLE ddm_lb_client DROP COLUMN email;
SELECT column_name, mask, why FROM ddm.masked_columns WHERE table_name = 'ddm_lb_client';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_client.social IS NULL;
SELECT column_name, mask FROM ddm.masked_columns WHERE table_name = 'ddm_lb_client';

-- a key of partitions tells of its value by the partition
CREATE TABLE ddm_lb_parted (id int, region text, name text) PARTITION BY RANGE (region, lower(name));
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_parted.region IS 'MASKED WITH FUNCTION partial(1, ''*'', 0)';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_parted.name IS 'MASKED WITH FUNCTION partial(1, ''*'', 0)';
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_parted.id IS 'MASKED WITH FUNCTION default()';
DROP TABLE ddm_lb_parted;

-- foreign tables and materialized views
CREATE FOREIGN DATA WRAPPER ddm_lb_wrapper;
CREATE SERVER ddm_lb_server FOREIGN DATA WRAPPER ddm_lb_wrapper;
CREATE FOREIGN TABLE ddm_lb_foreign (email text) SERVER ddm_lb_server;
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_foreign.email IS 'MASKED WITH FUNCTION email()';
CREATE MATERIALIZED VIEW ddm_lb_mat AS SELECT 'a@b'::text AS email;
SECURITY LABEL FOR ddm ON COLUMN ddm_lb_mat.email IS 'MASKED WITH FUNCTION email()';
SELECT table_name, column_name FROM ddm.masked_columns WHERE table_name IN ('ddm_lb_foreign', 'ddm_lb_mat') ORDER BY 1;

DROP MATERIALIZED VIEW ddm_lb_mat;
DROP FOREIGN DATA WRAPPER ddm_lb_wrapper CASCADE;
DROP TABLE ddm_lb_client;
DROP TYPE ddm_lb_type;
DROP DOMAIN ddm_lb_short;
DROP FUNCTION ddm_lb_state;
REVOKE USAGE, CREATE ON SCHEMA public FROM ddm_lb_owner, ddm_lb_policy;
DROP ROLE ddm_lb_owner, ddm_lb_policy, ddm_lb_reader;
