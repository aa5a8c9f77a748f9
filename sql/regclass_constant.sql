-- A statement that names a masked table as a regclass constant alone reads nothing of it, and runs.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
RESET client_min_messages;
CREATE TABLE named_only (id int, email text);
SECURITY LABEL FOR ddm ON COLUMN named_only.email IS 'MASKED WITH FUNCTION email()';
CREATE ROLE regclass_reader;
SET ROLE regclass_reader;
SELECT 'named_only'::regclass, pg_relation_size('named_only'::regclass);
SELECT column_name, verdict FROM ddm.preview('regclass_reader', 'named_only');
RESET ROLE;
DROP TABLE named_only;
DROP ROLE regclass_reader;
