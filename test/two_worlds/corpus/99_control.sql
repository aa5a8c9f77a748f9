--- rows
-- role: tw_control
-- expect: differ
SELECT * FROM omitted.forgotten ORDER BY id;
--- count alone
-- role: tw_control
-- expect: differ
-- plain: no EXPLAIN may help
SELECT count(*) FROM omitted.forgotten WHERE amount > 200;
--- estimates alone
-- role: tw_control
-- expect: differ
EXPLAIN SELECT 1 FROM omitted.forgotten WHERE amount > 200;
--- command tag alone
-- role: tw_control
-- expect: differ
BEGIN;
UPDATE omitted.forgotten SET amount = 1 WHERE secret > 'a9';
ROLLBACK;
--- error alone
-- role: tw_control
-- expect: differ
-- plain: no EXPLAIN may help
SELECT secret::int FROM omitted.forgotten WHERE id = 3;
--- notice alone
-- role: tw_control
-- expect: differ
DO $$ BEGIN RAISE NOTICE '%', (SELECT max(secret) FROM omitted.forgotten); END $$;
--- server log alone
-- role: tw_control
-- expect: differ
SET client_min_messages = error;
DO $$ BEGIN RAISE LOG '%', (SELECT max(secret) FROM omitted.forgotten); END $$;
--- statistics alone
-- role: tw_control
-- expect: differ
-- plain: no EXPLAIN may help
SELECT n_distinct FROM pg_stats WHERE tablename = 'forgotten' AND attname = 'secret';
--- copy
-- role: tw_control
-- expect: differ
COPY omitted.forgotten TO STDOUT;
--- order of rows alone
-- role: tw_control
-- expect: differ
-- plain: no EXPLAIN may help
SELECT id FROM omitted.forgotten ORDER BY secret, id;
