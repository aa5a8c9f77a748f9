-- 100,000 events wait in the spool while another session holds a lock on the table; then the worker takes them in.
CREATE EXTENSION IF NOT EXISTS dblink;
SELECT ddm.audit_flush('600 s') \g /dev/null
SELECT dblink_connect('lock', format('host=%s dbname=%s user=%s', split_part(current_setting('unix_socket_directories'), ',', 1), current_database(), current_user)) \g /dev/null
SELECT dblink_exec('lock', 'BEGIN'), dblink_exec('lock', 'LOCK TABLE ddm.audit_log') \g /dev/null
DO $$ BEGIN FOR i IN 1..100000 LOOP PERFORM email, ssn FROM masked WHERE id = i; END LOOP; END $$;
SELECT dblink_exec('lock', 'COMMIT'), dblink_disconnect('lock') \g /dev/null
SELECT extract(epoch FROM clock_timestamp()) AS begun \gset
SELECT ddm.audit_flush('600 s') \g /dev/null
\pset format unaligned
\pset tuples_only
SELECT 'taken in: ' || round(100000 / (extract(epoch FROM clock_timestamp()) - :begun));
