-- The same rows by COPY, into a table with the same indexes.
SELECT count(*) = 0 AS none FROM (SELECT FROM ddm.unmask_events LIMIT 1) AS one \gset
\if :none
DO $$ BEGIN FOR i IN 1..100000 LOOP PERFORM email, ssn FROM masked WHERE id = i; END LOOP; END $$;
SELECT ddm.audit_flush('600 s') \g /dev/null
\endif
CREATE TABLE IF NOT EXISTS copied (LIKE ddm.audit_log);
CREATE INDEX IF NOT EXISTS copied_time ON copied USING brin (event_time, event_id) WITH (pages_per_range = 32);
CREATE INDEX IF NOT EXISTS copied_user ON copied (user_name);
SELECT current_setting('data_directory') || '/events.copy' AS file \gset
COPY (SELECT * FROM ddm.audit_log WHERE kind = 'unmask' ORDER BY event_id DESC LIMIT 100000) TO :'file';
TRUNCATE copied;
SELECT extract(epoch FROM clock_timestamp()) AS begun \gset
COPY copied FROM :'file';
\pset format unaligned
\pset tuples_only
SELECT 'copied: ' || round(100000 / (extract(epoch FROM clock_timestamp()) - :begun));
