-- The roles of both worlds, once a server.
CREATE ROLE tw_owner;                               -- owns the tables
CREATE ROLE tw_masked LOGIN;                        -- the role under test: every right but UNMASK
CREATE ROLE tw_member LOGIN IN ROLE tw_masked;      -- masked as a member
CREATE ROLE tw_viewer LOGIN;                        -- holds SELECT on views and functions alone
CREATE ROLE tw_definer;                             -- owns SECURITY DEFINER functions, is masked itself
CREATE ROLE tw_landlord LOGIN;                      -- owns tables of his own, and is masked on them
CREATE ROLE tw_strict LOGIN IN ROLE tw_masked;      -- under it a definer's exemptions do not count
CREATE ROLE tw_cleared LOGIN;                       -- holds UNMASK everywhere
CREATE ROLE tw_switch LOGIN NOINHERIT IN ROLE tw_masked, tw_cleared, tw_owner;
CREATE ROLE tw_reader LOGIN IN ROLE pg_read_all_data;
CREATE ROLE tw_logged LOGIN IN ROLE tw_masked;      -- its statements and plans go to the log
CREATE ROLE tw_statistician LOGIN IN ROLE tw_masked, pg_read_all_stats, pg_monitor;
CREATE ROLE tw_maker LOGIN CREATEROLE CREATEDB;     -- may create roles and nothing else
CREATE ROLE tw_control LOGIN;                         -- the positive control: reads what no label masks
CREATE ROLE tw_remote LOGIN;                        -- what postgres_fdw connects as: cleared at the far end

ALTER ROLE tw_landlord SET ddm.exempt_owner = off;
ALTER ROLE tw_strict SET ddm.exempt_in_definer = off;
ALTER ROLE tw_logged SET session_preload_libraries = 'auto_explain';
ALTER ROLE tw_logged SET auto_explain.log_min_duration = 0;
ALTER ROLE tw_logged SET auto_explain.log_analyze = on;
ALTER ROLE tw_logged SET auto_explain.log_timing = off;
ALTER ROLE tw_logged SET auto_explain.log_verbose = on;
ALTER ROLE tw_logged SET auto_explain.log_nested_statements = on;
ALTER ROLE tw_logged SET auto_explain.log_level = notice;
ALTER ROLE tw_logged SET log_statement = 'all';
