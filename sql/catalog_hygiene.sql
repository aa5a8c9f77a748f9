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

-- who may call what, each on purpose: masks by hand are for everybody; a function that is not here, or for others, is a
-- decision to take. (Triggers are called by nobody.)
SELECT count(*) > 70 AS masks, bool_and(has_function_privilege('public', oid, 'EXECUTE') AND NOT prosecdef) AS for_everybody
  FROM pg_proc WHERE pronamespace = 'ddm'::regnamespace AND proname IN (SELECT name FROM ddm.functions);
SELECT CASE WHEN has_function_privilege('public', p.oid, 'EXECUTE') THEN 'everybody'
            ELSE coalesce((SELECT string_agg(r::text, ', ' ORDER BY r::text) FROM unnest(ARRAY['ddm_admin', 'ddm_approver', 'ddm_auditor']) AS r
                            WHERE has_function_privilege(r, p.oid, 'EXECUTE')), 'nobody') END AS may_call,
       string_agg(p.oid::regprocedure::text || CASE WHEN p.prosecdef THEN ' as its owner' ELSE '' END, E'\n' ORDER BY p.oid::regprocedure::text COLLATE "C") AS functions
  FROM pg_proc p
 WHERE p.pronamespace = 'ddm'::regnamespace AND p.proname NOT IN (SELECT name FROM ddm.functions)
   AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
 GROUP BY 1 ORDER BY 1;
SELECT p.oid::regprocedure AS trigger_for_everybody
  FROM pg_proc p
 WHERE p.pronamespace = 'ddm'::regnamespace AND p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype)
   AND has_function_privilege('public', p.oid, 'EXECUTE');
-- nobody else was given anything, and nobody may pass it on
SELECT p.oid::regprocedure AS given_to_others, a.grantee::regrole
  FROM pg_proc p, aclexplode(p.proacl) a
 WHERE p.pronamespace = 'ddm'::regnamespace AND a.grantee NOT IN (0, p.proowner)
   AND (a.is_grantable OR a.grantee NOT IN ('ddm_admin'::regrole, 'ddm_approver'::regrole, 'ddm_auditor'::regrole));

-- the same of tables and views
SELECT coalesce(r.role::text, 'public') AS role, a.privilege_type, string_agg(c.oid::regclass::text, E'\n' ORDER BY c.relname) AS relations
  FROM pg_class c, aclexplode(c.relacl) a, LATERAL (SELECT nullif(a.grantee, 0)::regrole) AS r (role)
 WHERE c.relnamespace = 'ddm'::regnamespace AND a.grantee <> c.relowner AND c.relname !~ '^audit_log_'
 GROUP BY 1, 2 ORDER BY 1, 2;
