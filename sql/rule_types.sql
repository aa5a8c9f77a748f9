-- Rules that ask for a column's type mean the type, whatever the reader's search_path and whoever renames it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_rt_owner;
CREATE ROLE ddm_rt_reader;
CREATE SCHEMA ddm_rt AUTHORIZATION ddm_rt_owner;
CREATE SCHEMA ddm_rt_types AUTHORIZATION ddm_rt_owner;
CREATE SCHEMA ddm_rt_home AUTHORIZATION ddm_rt_reader;
GRANT USAGE ON SCHEMA ddm_rt, ddm_rt_types TO ddm_rt_reader;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ddm_rt_owner', current_database()); END $$; -- to rename schemas
SET ROLE ddm_rt_owner;
CREATE TYPE ddm_rt_types.mood AS ENUM ('sad', 'glad');
CREATE DOMAIN ddm_rt_types.word AS text;
CREATE DOMAIN ddm_rt_types."odd ""type"".x" AS text;
CREATE TABLE ddm_rt.person (id int, feel ddm_rt_types.mood, feels ddm_rt_types.mood[], said ddm_rt_types.word,
                            odd ddm_rt_types."odd ""type"".x", note text, uid uuid, born date);
INSERT INTO ddm_rt.person VALUES (1, 'glad', '{glad}', 'stored', 'stored', 'stored', '11111111-1111-1111-1111-111111111111', '2001-02-03');
GRANT SELECT ON ddm_rt.person TO ddm_rt_reader;
RESET ROLE;
SET search_path = ddm_rt_types, public;
SELECT ddm.create_rule('ddm_rt_' || n, 'resource.schema_name == "ddm_rt" && resource.data_type == "' || type || '"', 'FUNCTION default()')
FROM (VALUES (1, 'mood'), (2, 'ddm_rt_types.word'), (3, '\"odd \"\"type\"\".x\"'), (4, 'text'), (5, 'uuid'), (6, 'date'), (7, 'mood[]')) t (n, type) \g /dev/null
RESET search_path;

-- names of the reader's own in the path, before those of the server
SET ROLE ddm_rt_reader;
SELECT * FROM ddm_rt.person;
CREATE DOMAIN ddm_rt_home.text AS int;
CREATE DOMAIN ddm_rt_home.uuid AS int;
CREATE DOMAIN ddm_rt_home.date AS int;
CREATE DOMAIN ddm_rt_home.mood AS int;
\c -
SET ROLE ddm_rt_reader;
SET search_path = ddm_rt_home, pg_catalog;
SELECT * FROM ddm_rt.person;
\c -
SET ROLE ddm_rt_reader;
SET search_path = ddm_rt_types;
SELECT * FROM ddm_rt.person;
\c -

-- renamed and moved by their owner
SET ROLE ddm_rt_owner;
ALTER TYPE ddm_rt_types.mood RENAME TO temper;
ALTER DOMAIN ddm_rt_types.word SET SCHEMA ddm_rt;
ALTER DOMAIN ddm_rt_types."odd ""type"".x" RENAME TO even;
SET ROLE ddm_rt_reader;
SELECT * FROM ddm_rt.person;
RESET ROLE;
CREATE TABLE ddm_rt.other (said ddm_rt.word);
INSERT INTO ddm_rt.other VALUES ('stored');
GRANT SELECT ON ddm_rt.other TO ddm_rt_reader;
SELECT ddm.create_rule('ddm_rt_8', 'resource.table_name == "other" && resource.data_type == "ddm_rt.word"', 'FUNCTION default()') \g /dev/null
SET ROLE ddm_rt_owner;
SET client_min_messages = warning; -- which come in the order of the catalog
ALTER SCHEMA ddm_rt RENAME TO ddm_rt_new;
SET ROLE ddm_rt_reader;
SELECT * FROM ddm_rt_new.other;
RESET ROLE;
SELECT objname, label FROM pg_seclabels WHERE provider = 'ddm' AND objname LIKE 'ddm_rt%' ORDER BY 1;

SET client_min_messages = warning;
SELECT ddm.drop_rule(name) FROM ddm.rules WHERE name LIKE 'ddm_rt%' \g /dev/null
DROP SCHEMA ddm_rt_new, ddm_rt_types, ddm_rt_home CASCADE;
DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM ddm_rt_owner', current_database()); END $$;
DROP ROLE ddm_rt_owner, ddm_rt_reader;
