-- A user's own mask function has to be trusted, and loses the trust when it is touched: then default(), never the value.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_tm_policy NOLOGIN IN ROLE ddm_admin;
CREATE ROLE ddm_tm_other NOLOGIN;
CREATE ROLE ddm_tm_reader NOLOGIN;
RESET client_min_messages;
CREATE SCHEMA ddm_tm;
GRANT USAGE, CREATE ON SCHEMA ddm_tm TO PUBLIC;
CREATE TABLE ddm_tm.customer (id int, name varchar(6), city text);
INSERT INTO ddm_tm.customer VALUES (1, 'Robert', 'Recife'), (2, NULL, 'Rio'), (3, 'Zoe', NULL);
GRANT SELECT ON ddm_tm.customer TO ddm_tm_reader;
CREATE FUNCTION ddm_tm.initial(value text, mark text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT left(value, 1) || mark $$;
CREATE FUNCTION ddm_tm.plain(value text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN coalesce(upper(value), 'nobody') || '!'; END $$;
CREATE FUNCTION ddm_tm.many(value text) RETURNS SETOF text LANGUAGE sql AS $$ SELECT value $$;
CREATE FUNCTION ddm_tm.number(value int) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
CREATE FUNCTION ddm_tm.others(value text) RETURNS text LANGUAGE sql AS $$ SELECT value $$;
ALTER FUNCTION ddm_tm.others(text) OWNER TO ddm_tm_other;

-- not trusted yet
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.city IS 'MASKED WITH FUNCTION ddm_tm.plain()';
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.plain(text) IS 'TRUSTED';
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.many(text) IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.others(text) IS 'TRUSTED MASK';
SET ROLE ddm_tm_other;
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.others(text) IS 'TRUSTED MASK';
RESET ROLE;

-- trusted by a policy admin who owns nothing here
SET ROLE ddm_tm_policy;
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.plain(text) IS 'trusted mask';
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.initial IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.city IS 'MASKED WITH FUNCTION ddm_tm.plain()';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.name IS 'MASKED WITH FUNCTION ddm_tm.initial('' is what you may see'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.id IS 'MASKED WITH FUNCTION ddm_tm.number()';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.id IS 'MASKED WITH FUNCTION ddm_tm.nosuch()';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.id IS 'MASKED WITH FUNCTION ddm_tm.plain()';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.name IS 'MASKED WITH FUNCTION ddm_tm.initial(email())';
RESET ROLE;
SELECT proname, proconfig FROM pg_proc WHERE pronamespace = 'ddm_tm'::regnamespace AND proconfig IS NOT NULL ORDER BY 1;
SELECT objname, regexp_replace(label, '[0-9a-f]{64}', '<digest>') AS label FROM pg_seclabels
  WHERE provider = 'ddm' AND objname LIKE 'ddm_tm.%(%' ORDER BY 1;

-- the function is called as the reader, with a search_path that the reader has no say in
CREATE FUNCTION ddm_tm.upper(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'caught %', $1; RETURN $1; END $$;
SET ROLE ddm_tm_reader;
SET search_path = ddm_tm, pg_catalog;
SELECT * FROM customer ORDER BY 3;
PREPARE all_of_it AS SELECT * FROM ddm_tm.customer ORDER BY 3;
EXECUTE all_of_it;
RESET search_path;
RESET ROLE;

-- replaced
CREATE OR REPLACE FUNCTION ddm_tm.plain(value text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN value; END $$;
SET ROLE ddm_tm_reader;
EXECUTE all_of_it;
RESET ROLE;
SELECT count(*) FROM pg_seclabels WHERE provider = 'ddm' AND objname LIKE 'ddm_tm.plain(%';
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.plain(text) IS 'TRUSTED MASK';
SET ROLE ddm_tm_reader;
EXECUTE all_of_it;
RESET ROLE;

-- re-owned, altered, renamed, moved
ALTER FUNCTION ddm_tm.plain(text) OWNER TO ddm_tm_other;
SELECT mask, why FROM ddm.masked_columns WHERE table_name = 'customer' AND schema_name = 'ddm_tm' ORDER BY column_name;
ALTER FUNCTION ddm_tm.plain(text) OWNER TO CURRENT_USER;
ALTER FUNCTION ddm_tm.initial COST 7;
SELECT mask FROM ddm.masked_columns WHERE table_name = 'customer' AND schema_name = 'ddm_tm' ORDER BY column_name;
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.initial IS 'TRUSTED MASK';
SELECT mask FROM ddm.masked_columns WHERE table_name = 'customer' AND schema_name = 'ddm_tm' AND column_name = 'name';
ALTER FUNCTION ddm_tm.initial RENAME TO initials;
CREATE FUNCTION ddm_tm.initial(value text, mark text) RETURNS text LANGUAGE sql AS $$ SELECT value $$;
SELECT mask FROM ddm.masked_columns WHERE table_name = 'customer' AND schema_name = 'ddm_tm' AND column_name = 'name';
SET ROLE ddm_tm_reader;
EXECUTE all_of_it;
RESET ROLE;
DEALLOCATE all_of_it;

-- also where the change was made without the extension looking
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.plain(text) IS 'TRUSTED MASK';
SELECT mask FROM ddm.masked_columns WHERE table_name = 'customer' AND schema_name = 'ddm_tm' AND column_name = 'city';
UPDATE pg_proc SET prosrc = 'BEGIN RETURN value; END' WHERE oid = 'ddm_tm.plain(text)'::regprocedure;
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.name IS NULL; -- another change, so that all is looked at again
SELECT mask FROM ddm.masked_columns WHERE table_name = 'customer' AND schema_name = 'ddm_tm' AND column_name = 'city';

-- the owner is no policy admin any more
CREATE SCHEMA ddm_tm_own AUTHORIZATION ddm_tm_policy;
GRANT USAGE ON SCHEMA ddm_tm_own TO PUBLIC;
SET ROLE ddm_tm_policy;
CREATE FUNCTION ddm_tm_own.helper(value text) RETURNS text LANGUAGE sql AS $$ SELECT left(value, 2) $$;
CREATE FUNCTION ddm_tm_own.short(value text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN helper(value); END $$;
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm_own.short(text) IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.city IS 'MASKED WITH FUNCTION ddm_tm_own.short()';
SET ROLE ddm_tm_reader;
PREPARE cities AS SELECT city FROM ddm_tm.customer ORDER BY id;
EXECUTE cities;
RESET ROLE;
REVOKE ddm_admin FROM ddm_tm_policy;
SET ROLE ddm_tm_reader;
EXECUTE cities;
RESET ROLE;

-- parameters with defaults, which are constants
CREATE FUNCTION ddm_tm.first(value text, n bigint DEFAULT 1 + 1, mark text DEFAULT '*') RETURNS text LANGUAGE sql IMMUTABLE RETURN left(value, n::int) || mark;
CREATE FUNCTION ddm_tm.since(value text, at timestamptz DEFAULT now()) RETURNS text LANGUAGE sql STABLE RETURN left(value, 1) || at;
CREATE FUNCTION ddm_tm.chosen(value text, mark text DEFAULT ddm_tm.plain('x')) RETURNS text LANGUAGE sql IMMUTABLE RETURN left(value, 1) || mark;
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.first IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.since IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.chosen IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.city IS 'MASKED WITH FUNCTION ddm_tm.since()';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.city IS 'MASKED WITH FUNCTION ddm_tm.chosen()';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.city IS 'MASKED WITH FUNCTION ddm_tm.first()';
SET ROLE ddm_tm_reader;
PREPARE firsts AS SELECT city FROM ddm_tm.customer ORDER BY id;
EXECUTE firsts;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.city IS 'MASKED WITH FUNCTION ddm_tm.first(3, ''+'')';
SET ROLE ddm_tm_reader;
EXECUTE firsts;
RESET ROLE;
CREATE FUNCTION ddm_tm.first(value text, n bigint) RETURNS text LANGUAGE sql IMMUTABLE RETURN value;
CREATE OR REPLACE FUNCTION ddm_tm.first(value text, n bigint DEFAULT 100, mark text DEFAULT '*') RETURNS text LANGUAGE sql IMMUTABLE RETURN left(value, n::int) || mark;
SET ROLE ddm_tm_reader;
EXECUTE firsts;
RESET ROLE;

-- in a condition: trusted, called by name, not volatile; where trust goes, the mask holds in every row
CREATE FUNCTION ddm_tm.is_far(value text) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN value = 'Recife'; END $$;
CREATE FUNCTION ddm_tm.is_near(value text) RETURNS bool LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN value = 'Rio'; END $$;
CREATE FUNCTION ddm_tm.tossed(value text) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
CREATE FUNCTION ddm_tm.same(a text, b text) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN a = b; END $$;
CREATE OPERATOR ddm_tm.=== (FUNCTION = ddm_tm.same, LEFTARG = text, RIGHTARG = text);
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.city IS 'MASKED WITH FUNCTION default() WHEN (ddm_tm.is_far(city))';
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.is_far(text) IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.is_near(text) IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.tossed(text) IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.same(text, text) IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.city IS 'MASKED WITH FUNCTION default() WHEN (ddm_tm.tossed(city))';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.city IS 'MASKED WITH FUNCTION default() WHEN (ddm_tm.is_near(city))';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.city IS 'MASKED WITH FUNCTION default() WHEN (city OPERATOR(ddm_tm.===) ''Rio'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.city IS
  'MASKED WITH FUNCTION default() WHEN (ddm_tm.is_far(city)) FOR ddm_tm_reader WITH VALUE ''-'' WHEN (ddm_tm.is_near(city))';
SET ROLE ddm_tm_reader;
PREPARE far AS SELECT id, city FROM ddm_tm.customer ORDER BY id;
EXECUTE far;
RESET ROLE;
ALTER TABLE ddm_tm.customer RENAME city TO town;
SET ROLE ddm_tm_reader;
SELECT id, town FROM ddm_tm.customer ORDER BY id;
RESET ROLE;
ALTER TABLE ddm_tm.customer RENAME town TO city;
SELECT * FROM ddm.create_masked_views('ddm_tm', 'ddm_tm_views');
SELECT id, city FROM ddm_tm_views.customer ORDER BY id;
SET client_min_messages = warning;
DROP SCHEMA ddm_tm_views CASCADE;
RESET client_min_messages;
CREATE OR REPLACE FUNCTION ddm_tm.is_far(value text) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN false; END $$;
SET ROLE ddm_tm_reader;
EXECUTE far;
RESET ROLE;
GRANT ddm_admin TO ddm_tm_policy;
ALTER FUNCTION ddm_tm.is_far(text) OWNER TO ddm_tm_policy;
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.is_far(text) IS 'TRUSTED MASK';
SET ROLE ddm_tm_reader;
EXECUTE far;
RESET ROLE;
REVOKE ddm_admin FROM ddm_tm_policy;
SET ROLE ddm_tm_reader;
EXECUTE far;
RESET ROLE;
DROP FUNCTION ddm_tm.is_near(text);
SET ROLE ddm_tm_reader;
EXECUTE far;
RESET ROLE;

-- A body that was parsed when it was made calls one that was not, by the path of whoever reads.
CREATE FUNCTION ddm_tm.helper(value text) RETURNS text LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN lower(value); END $$;
CREATE FUNCTION ddm_tm.parsed(value text) RETURNS text LANGUAGE sql STABLE BEGIN ATOMIC SELECT left(ddm_tm.helper(value), 1); END;
CREATE FUNCTION ddm_tm.parsed_whole(value text) RETURNS text LANGUAGE sql STABLE BEGIN ATOMIC SELECT left(lower(value), 1); END;
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.parsed(text) IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm.parsed_whole(text) IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.city IS 'MASKED WITH FUNCTION ddm_tm.parsed()';
CREATE SCHEMA ddm_tm_reader AUTHORIZATION ddm_tm_reader;
SET ROLE ddm_tm_reader;
CREATE FUNCTION ddm_tm_reader.lower(text) RETURNS text LANGUAGE plpgsql STABLE AS
    $$ BEGIN RAISE WARNING 'given %', $1; RETURN $1; END $$;
SET search_path = ddm_tm_reader, pg_catalog;
SELECT city FROM ddm_tm.customer ORDER BY id;
RESET search_path;
RESET ROLE;
-- Nor does it call what he makes in a schema of its path that was closed to him when it was trusted.
CREATE SCHEMA ddm_tm_closed;
GRANT USAGE ON SCHEMA ddm_tm_closed TO ddm_tm_reader;
CREATE FUNCTION ddm_tm_closed.lowered(value text) RETURNS text LANGUAGE plpgsql STABLE AS
    $$ BEGIN RETURN left(lower(value::varchar), 1); END $$;
SECURITY LABEL FOR ddm ON FUNCTION ddm_tm_closed.lowered(text) IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON COLUMN ddm_tm.customer.city IS 'MASKED WITH FUNCTION ddm_tm_closed.lowered()';
GRANT CREATE ON SCHEMA ddm_tm_closed TO ddm_tm_reader;
SET ROLE ddm_tm_reader;
SELECT city FROM ddm_tm.customer ORDER BY id;
CREATE FUNCTION ddm_tm_closed.lower(varchar) RETURNS text LANGUAGE plpgsql STABLE AS
    $$ BEGIN RAISE WARNING 'given %', $1; RETURN $1; END $$;
\c -
SET ROLE ddm_tm_reader;
SELECT city FROM ddm_tm.customer WHERE id = 1;
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA ddm_tm_closed CASCADE;
SET client_min_messages = warning;
DROP SCHEMA ddm_tm, ddm_tm_own, ddm_tm_reader CASCADE;
DROP ROLE ddm_tm_policy, ddm_tm_other, ddm_tm_reader;
