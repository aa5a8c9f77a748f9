-- Objects that somebody plants, before the extension comes or after, are not called in place of the extension's own
-- or of the server's: masks, and comparisons of what is written back, go by OID.
-- PostgreSQL 18 says where in the extension's script it was.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_sh_masked;
SELECT current_database() AS home \gset

-- Before CREATE EXTENSION: a schema of somebody else's, one that others may write to, one with something in it.
CREATE DATABASE ddm_shadowing TEMPLATE template0;
\c ddm_shadowing
SET client_min_messages = warning;
CREATE SCHEMA ddm AUTHORIZATION ddm_sh_masked;
CREATE EXTENSION ddm;
ALTER SCHEMA ddm OWNER TO CURRENT_USER;
GRANT CREATE ON SCHEMA ddm TO ddm_sh_masked;
CREATE EXTENSION ddm;
SET ROLE ddm_sh_masked;
CREATE FUNCTION ddm.apply_mask(text, text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE OPERATOR ddm.= (LEFTARG = text, RIGHTARG = name, FUNCTION = texteqname);
RESET ROLE;
REVOKE CREATE ON SCHEMA ddm FROM ddm_sh_masked;
CREATE EXTENSION ddm;
DROP OPERATOR ddm.= (text, name);
CREATE EXTENSION ddm;
DROP FUNCTION ddm.apply_mask(text, text);
SET ROLE ddm_sh_masked;
CREATE SCHEMA planted;
RESET ROLE;
-- One that is there for the taking is taken; what the search path holds is not asked.
GRANT CREATE ON DATABASE ddm_shadowing TO ddm_sh_masked;
SET ROLE ddm_sh_masked;
CREATE SCHEMA planted;
CREATE FUNCTION planted.quote_ident(text) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'planted quote_ident'; END $$;
CREATE FUNCTION planted.always(text, text) RETURNS bool LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'planted operator'; END $$;
CREATE OPERATOR planted.= (LEFTARG = text, RIGHTARG = text, FUNCTION = planted.always);
CREATE OPERATOR planted.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = planted.always);
RESET ROLE;
SET search_path = planted, pg_catalog;
CREATE EXTENSION ddm;

-- After it: a masked role plants functions, operators, types and tables and puts them first in its path.
RESET search_path;
CREATE TABLE public.person (id int PRIMARY KEY, email text, born date);
INSERT INTO public.person VALUES (1, 'one@example.com', '1970-01-01'), (2, 'two@example.com', '1980-02-02');
SECURITY LABEL FOR ddm ON COLUMN public.person.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN public.person.born IS 'MASKED WITH FUNCTION default()';
GRANT ALL ON public.person TO ddm_sh_masked;
SET SESSION AUTHORIZATION ddm_sh_masked;
CREATE FUNCTION ddm.keep_masked(text, text, text) RETURNS text LANGUAGE sql AS 'SELECT $3';
CREATE FUNCTION pg_temp.tell(text) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING 'told %', $1; RETURN $1; END $$;
CREATE FUNCTION planted.apply_mask(anyelement, ddm.mask_ref) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION planted.email(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION planted.keep_masked(anyelement, anyelement, anyelement) RETURNS anyelement LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING 'told %', $3; RETURN $3; END $$;
CREATE FUNCTION planted.statistics_visible(oid, int2) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE TEMP TABLE masked_columns (x int);
SET search_path = pg_temp, planted, public, pg_catalog;
SELECT * FROM person ORDER BY id;
UPDATE person SET email = 'o***@example.com', born = '1900-01-01' WHERE id = 1;
SELECT count(*) FROM person WHERE email LIKE 'one%';
SELECT ddm.keep_masked('a'::text, 'b', 'c'), ddm.keep_masked('b'::text, 'b', 'c');
SELECT ddm.apply_mask(email, 'identity()'::ddm.mask_ref) FROM person;
-- A table of his own by the same name is his own; the other stays masked under its name.
CREATE TEMP TABLE person (id int, email text);
INSERT INTO person SELECT id, email FROM public.person;
SELECT * FROM person ORDER BY id;
SELECT * FROM public.person ORDER BY id;
-- Casts and operators over the masked column get the mask.
CREATE TYPE planted.leak AS (v text);
CREATE FUNCTION planted.to_leak(text) RETURNS planted.leak LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING 'cast got %', $1; RETURN ROW($1); END $$;
CREATE OPERATOR planted.~~~ (RIGHTARG = text, FUNCTION = pg_temp.tell);
SELECT OPERATOR(planted.~~~) email FROM public.person WHERE id = 1;
SELECT planted.to_leak(email) FROM public.person WHERE id = 1;
CREATE VIEW pg_temp.v AS SELECT pg_temp.tell(email) FROM public.person WHERE id = 1;
SELECT * FROM pg_temp.v;
-- He can't touch the extension's own.
ALTER FUNCTION ddm.apply_mask(anyelement, ddm.mask_ref) RENAME TO gone;
CREATE OR REPLACE FUNCTION ddm.keep_masked(anyelement, anyelement, anyelement) RETURNS anyelement LANGUAGE sql AS 'SELECT $3';
DROP FUNCTION ddm.keep_masked(anyelement, anyelement, anyelement);
CREATE CAST (text AS ddm.mask_ref) WITH INOUT;
CREATE CAST (bytea AS ddm.mask_ref) WITHOUT FUNCTION;
RESET SESSION AUTHORIZATION;
SELECT * FROM public.person ORDER BY id;

\c :home
SET client_min_messages = warning;
DROP DATABASE ddm_shadowing WITH (FORCE);
DROP ROLE ddm_sh_masked;
