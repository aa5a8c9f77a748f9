-- Generated views: ordinary views with the masks in them, made anew as often as one likes.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_mv_reader NOLOGIN;
CREATE ROLE ddm_mv_analyst NOLOGIN;
CREATE ROLE ddm_mv_partly NOLOGIN;
CREATE ROLE ddm_mv_none NOLOGIN;
CREATE SCHEMA ddm_mv;
GRANT USAGE ON SCHEMA ddm_mv TO PUBLIC;
CREATE TABLE ddm_mv.customer (id int, email varchar(30), ssn text, phone text, region text, born date);
INSERT INTO ddm_mv.customer VALUES (1, 'luis@embraer.com.br', '123-45-6789', '555-1234', 'BR', '1980-02-03'),
                                   (2, 'ana@example.de', '987-65-4321', '555-9876', 'EU', '1990-05-06');
CREATE TABLE ddm_mv."Odd one" ("Odd ""col" int, note text);
GRANT SELECT ON ddm_mv.customer TO ddm_mv_reader, ddm_mv_analyst;
GRANT SELECT (id, email) ON ddm_mv.customer TO ddm_mv_partly;
SECURITY LABEL FOR ddm ON COLUMN ddm_mv.customer.email IS 'MASKED WITH FUNCTION email() FOR ddm_mv_analyst WITH VALUE ''it''''s'' WHEN (region = ''EU'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_mv.customer.ssn IS 'MASKED WITH FUNCTION partial(0, ''XXX-XX-'', 4)';
SECURITY LABEL FOR ddm ON COLUMN ddm_mv.customer.phone IS 'MASKED WITH FUNCTION partial(1, ''-'', 1) WHEN (region <> ''EU'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_mv.customer.born IS 'MASKED WITH POLICY ddm_mv_dates';
SELECT ddm.create_policy('ddm_mv_dates', 'VALUE ''1900-01-01''');
RESET client_min_messages;
CREATE SCHEMA ddm_mv_views;
GRANT USAGE ON SCHEMA ddm_mv_views TO PUBLIC;
SELECT * FROM ddm.create_masked_views('ddm_mv', 'ddm_mv_views');
SELECT * FROM ddm.create_masked_views('ddm_mv', 'ddm_mv_views');

-- everybody sees masks there
SELECT * FROM ddm_mv_views.customer ORDER BY id;
SET ROLE ddm_mv_reader;
SELECT * FROM ddm_mv_views.customer ORDER BY id;
SET ROLE ddm_mv_analyst;
SELECT id, email FROM ddm_mv_views.customer ORDER BY id;
-- who reads the table reads the view, and no more of it
SET ROLE ddm_mv_partly;
SELECT id, email FROM ddm_mv_views.customer ORDER BY id;
SELECT ssn FROM ddm_mv_views.customer;
SET ROLE ddm_mv_none;
SELECT id FROM ddm_mv_views.customer;
SELECT ddm.create_masked_views('ddm_mv', 'ddm_mv_views');
RESET ROLE;
-- the types are those of the table
SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a WHERE a.attrelid = 'ddm_mv_views.customer'::regclass AND attnum > 0 ORDER BY attnum;
-- they mask without the planner's help too
SET ddm.mode = 'off';
SELECT * FROM ddm_mv_views.customer ORDER BY id;
RESET ddm.mode;

-- following the tables and the policy
SET client_min_messages = warning;
ALTER TABLE ddm_mv.customer ADD COLUMN city text;
ALTER TABLE ddm_mv.customer RENAME COLUMN region TO area;
SELECT * FROM ddm.refresh_masked_views('ddm_mv');
ALTER TABLE ddm_mv.customer DROP COLUMN phone CASCADE;
SELECT ddm.create_policy('ddm_mv_dates', 'VALUE NULL');
REVOKE SELECT ON ddm_mv.customer FROM ddm_mv_analyst;
DROP TABLE ddm_mv."Odd one" CASCADE;
CREATE TABLE ddm_mv.mine (id int);
CREATE VIEW ddm_mv_views.mine AS SELECT 1 AS users_own;
\set VERBOSITY terse
SELECT * FROM ddm.refresh_masked_views('ddm_mv');
SELECT * FROM ddm_mv_views.customer ORDER BY id;
SELECT * FROM ddm_mv_views.mine;
SET ROLE ddm_mv_analyst;
SELECT id FROM ddm_mv_views.customer;
RESET ROLE;
SELECT ddm.create_masked_views('ddm_mv', 'ddm_mv');
SELECT ddm.create_masked_views('ddm_mv_missing', 'ddm_mv_views');

-- making one runs nothing of the table's owner as who makes it: no policy's function, no index's
SET client_min_messages = warning;
CREATE ROLE ddm_mv_owner NOLOGIN;
GRANT USAGE, CREATE ON SCHEMA ddm_mv TO ddm_mv_owner;
SET ROLE ddm_mv_owner;
CREATE FUNCTION ddm_mv.mine(what text) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    RAISE WARNING '% run by %', what, current_user;
    RETURN true;
END
$$;
CREATE TABLE ddm_mv.theirs (id int, email text);
CREATE POLICY theirs ON ddm_mv.theirs USING (ddm_mv.mine('policy'));
ALTER TABLE ddm_mv.theirs ENABLE ROW LEVEL SECURITY;
SET client_min_messages = error;
CREATE INDEX ON ddm_mv.theirs ((ddm_mv.mine('index')));
SET client_min_messages = warning;
GRANT SELECT ON ddm_mv.theirs TO ddm_mv_reader;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_mv.theirs.email IS 'MASKED WITH FUNCTION email()';
GRANT ddm_admin TO ddm_mv_reader;
GRANT CREATE ON SCHEMA ddm_mv_views TO ddm_mv_reader;
SET ROLE ddm_mv_reader;
SELECT ddm.create_masked_view('ddm_mv.theirs', 'ddm_mv_views');
RESET ROLE;
SELECT pg_get_viewdef('ddm_mv_views.theirs') LIKE '%ddm.email(%' AS masked;


-- a view that says that it is ddm's, and is somebody else's, is not; nor is a table
\set VERBOSITY default
GRANT CREATE ON SCHEMA ddm_mv_views TO ddm_mv_analyst;
CREATE TABLE ddm_mv.planted (id int, email text);
CREATE TABLE ddm_mv.tabled (id int);
SECURITY LABEL FOR ddm ON COLUMN ddm_mv.planted.email IS 'MASKED WITH FUNCTION email()';
SET ROLE ddm_mv_analyst;
CREATE VIEW ddm_mv_views.planted AS SELECT 1 AS id, NULL::text AS email;
COMMENT ON VIEW ddm_mv_views.planted IS 'ddm: masked view of ddm_mv.planted';
CREATE VIEW ddm_mv_views.gone AS SELECT 1 AS id;
COMMENT ON VIEW ddm_mv_views.gone IS 'ddm: masked view of ddm_mv.gone';
RESET ROLE;
CREATE TABLE ddm_mv_views.tabled (id int);
COMMENT ON TABLE ddm_mv_views.tabled IS 'ddm: masked view of ddm_mv.tabled';
SELECT * FROM ddm.refresh_masked_views('ddm_mv') WHERE view_name IN ('planted', 'gone', 'tabled');
SELECT * FROM ddm_mv_views.planted;
-- another's who changes policy is
SET ROLE ddm_mv_reader;
SELECT ddm.create_masked_view('ddm_mv.theirs', 'ddm_mv_views');
RESET ROLE;
ALTER VIEW ddm_mv_views.theirs OWNER TO ddm_mv_reader;
SELECT ddm.create_masked_view('ddm_mv.theirs', 'ddm_mv_views');

SET client_min_messages = warning;
DELETE FROM ddm.masked_view_schemas WHERE source = 'ddm_mv';
DROP SCHEMA ddm_mv, ddm_mv_views CASCADE;
SELECT ddm.drop_policy('ddm_mv_dates');
REVOKE ddm_admin FROM ddm_mv_reader;
DROP ROLE ddm_mv_reader, ddm_mv_analyst, ddm_mv_partly, ddm_mv_none, ddm_mv_owner;
