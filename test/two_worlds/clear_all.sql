-- The positive control: the same world, in which everybody is cleared.
SET ddm.grants_to_login_roles = 'allow';
SELECT format('GRANT UNMASK ON DATABASE %I TO %s', current_database(), string_agg(rolname, ', '))
FROM pg_roles
WHERE rolname LIKE 'tw\_%' AND rolname NOT IN ('tw_cleared', 'tw_owner', 'tw_maker', 'tw_switch') \gexec
