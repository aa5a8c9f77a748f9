-- One command that puts several masks on a role's table guards the role once.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
RESET client_min_messages;

CREATE ROLE ddm_go_owner;
CREATE TABLE guard_source (a text, b text, c int);
INSERT INTO guard_source VALUES ('one', 'two', 3);
CREATE MATERIALIZED VIEW guard_copy AS SELECT a, b, c FROM guard_source;
ALTER TABLE guard_source OWNER TO ddm_go_owner;
ALTER MATERIALIZED VIEW guard_copy OWNER TO ddm_go_owner;
SELECT ddm.create_rule('guard_once', 'resource.table_name == "guard_source" && resource.column_name != "c"', 'FUNCTION default()', 1);
REFRESH MATERIALIZED VIEW guard_copy;
SELECT objname, label FROM pg_seclabels WHERE provider = 'ddm' AND objname ~ 'guard_copy|ddm_go_owner' ORDER BY 1;

SELECT ddm.drop_rule('guard_once');
DROP MATERIALIZED VIEW guard_copy;
DROP TABLE guard_source;
DROP ROLE ddm_go_owner;
