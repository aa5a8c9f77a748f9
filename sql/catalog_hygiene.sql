-- What the extension installs: every object says what it is, and functions that run SQL do so with a fixed search_path.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
RESET client_min_messages;

-- objects without a comment
SELECT pg_describe_object(classid, objid, objsubid) AS lacks_comment
  FROM pg_depend
 WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
   AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'ddm')
   AND classid IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_operator'::regclass, 'pg_namespace'::regclass)
   AND NOT (classid = 'pg_class'::regclass AND (SELECT relkind IN ('i', 'S', 'I') FROM pg_class WHERE oid = objid))
   -- row types and arrays come with their table or element type (and are members of their own from PostgreSQL 17 on)
   AND NOT (classid = 'pg_type'::regclass AND (SELECT typrelid <> 0 OR typelem <> 0 FROM pg_type WHERE oid = objid))
   AND obj_description(objid, (SELECT relname FROM pg_class WHERE oid = classid)) IS NULL
 ORDER BY 1;

-- functions that run SQL under the caller's search_path
SELECT p.oid::regprocedure AS lacks_search_path
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
 WHERE p.pronamespace = 'ddm'::regnamespace AND l.lanname IN ('sql', 'plpgsql')
   AND p.prosqlbody IS NULL
   AND NOT coalesce(p.proconfig::text ~ 'search_path=', false)
 ORDER BY 1;

-- security definers that anybody may call are few, and each is meant
SELECT p.oid::regprocedure AS definer_for_everybody
  FROM pg_proc p
 WHERE p.pronamespace = 'ddm'::regnamespace AND p.prosecdef
   AND has_function_privilege('public', p.oid, 'EXECUTE')
 ORDER BY 1;
