-- Exemptions: whom they clear, where, and for how long; over at once when they end, by the clock or by what the session
-- says of itself, in cached plans, open transactions and cursors too.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_xm_admin NOLOGIN IN ROLE ddm_admin;
CREATE ROLE ddm_xm_reader NOLOGIN;
CREATE ROLE ddm_xm_group NOLOGIN;
CREATE ROLE ddm_xm_member NOLOGIN IN ROLE ddm_xm_group;
CREATE ROLE ddm_xm_going NOLOGIN;
CREATE SCHEMA ddm_xm;
GRANT USAGE ON SCHEMA ddm_xm TO PUBLIC;
CREATE TABLE ddm_xm.person (id int, ssn text, city text);
INSERT INTO ddm_xm.person SELECT g, '123-45-678' || g, 'city' || g FROM generate_series(1, 5) g;
GRANT SELECT ON ddm_xm.person TO PUBLIC;
SECURITY LABEL FOR ddm ON COLUMN ddm_xm.person.ssn IS 'MASKED WITH FUNCTION ssn()';
SECURITY LABEL FOR ddm ON COLUMN ddm_xm.person.city IS 'MASKED WITH VALUE ''-''';
CREATE FUNCTION ddm_xm.the_city() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT city FROM ddm_xm.person WHERE id = 1); END $$;
RESET client_min_messages;

-- members and whoever is one by membership, where the condition holds
SET ROLE ddm_xm_admin;
SELECT ddm.create_exemption('ddm_xm_ssn', '{ddm_xm_group,ddm_xm_going}', 'resource.column_name == "ssn" && resource.schema_name == "ddm_xm"', reason => 'why');
SET ROLE ddm_xm_member;
SELECT ssn, city FROM ddm_xm.person WHERE id = 1;
SELECT column_name, verdict, why FROM ddm.preview('ddm_xm_member', 'ddm_xm.person') ORDER BY 1;
RESET ROLE;
SELECT role_name, column_name, why, through FROM ddm.who_can_unmask('ddm_xm.person') WHERE cleared_by = 'exemption' ORDER BY role_name;
-- a member is dropped: the others stay; the last one takes the exemption along; a later role of that name gets nothing
DROP ROLE ddm_xm_going;
CREATE ROLE ddm_xm_going NOLOGIN;
SELECT name, members, reason FROM ddm.exemptions WHERE name LIKE 'ddm_xm%';
SET ROLE ddm_xm_going;
SELECT ssn FROM ddm_xm.person WHERE id = 1;
RESET ROLE;
SELECT ddm.create_exemption('ddm_xm_last', '{ddm_xm_going}', 'true');
DROP ROLE ddm_xm_going;
SELECT name, members FROM ddm.exemptions WHERE name LIKE 'ddm_xm%';
SELECT count(*) FROM ddm.exemption_members WHERE exemption LIKE 'ddm_xm_last%';
-- renamed: it is the same role
ALTER ROLE ddm_xm_group RENAME TO ddm_xm_renamed;
SELECT name, members FROM ddm.exemptions WHERE name LIKE 'ddm_xm%';
SET ROLE ddm_xm_member;
SELECT ssn FROM ddm_xm.person WHERE id = 1;
RESET ROLE;
SELECT ddm.drop_exemption('ddm_xm_ssn');

-- by the session's own word: prepared statements and functions follow, an open cursor ends
SELECT ddm.create_exemption('ddm_xm_tool', '{ddm_xm_reader}', 'request.application_name == "ddm_xm_tool" && resource.column_name == "city"');
SET plan_cache_mode = force_generic_plan;
SET ROLE ddm_xm_reader;
PREPARE q AS SELECT city FROM ddm_xm.person WHERE id = 1;
EXECUTE q;
SELECT ddm_xm.the_city();
SET application_name = 'ddm_xm_tool';
EXECUTE q;
SELECT ddm_xm.the_city();
BEGIN;
DECLARE c CURSOR FOR SELECT id, city FROM ddm_xm.person ORDER BY id;
FETCH c;
SET application_name = 'another';
FETCH c;
ROLLBACK;
SET application_name = 'another';
EXECUTE q;
SELECT ddm_xm.the_city();
SET application_name = 'ddm_xm_tool';
DECLARE held CURSOR WITH HOLD FOR SELECT id, city FROM ddm_xm.person ORDER BY id;
FETCH held;
SET application_name = 'another';
FETCH held;
CLOSE held;
SET application_name = 'ddm_xm_tool';
SELECT city, set_config('application_name', 'another', false) FROM ddm_xm.person WHERE id = 1;
EXECUTE q;
RESET application_name;
RESET ROLE;
SELECT ddm.drop_exemption('ddm_xm_tool');

-- by the clock
SELECT ddm.create_exemption('ddm_xm_now', '{ddm_xm_reader}', 'resource.column_name == "city"', clock_timestamp() + '4 s');
SET ROLE ddm_xm_reader;
BEGIN;
EXECUTE q;
SELECT ddm_xm.the_city();
DECLARE c CURSOR FOR SELECT id, city FROM ddm_xm.person ORDER BY id;
FETCH c;
SELECT count(*) FROM (SELECT pg_sleep(4.1)) s;
EXECUTE q;
SELECT ddm_xm.the_city();
FETCH c;
ROLLBACK;
EXECUTE q;
RESET ROLE;
SELECT ddm.drop_exemption('ddm_xm_now');
-- by a condition on the clock: ends, and begins
SELECT to_char((clock_timestamp() + '4 s') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS moment \gset
SELECT ddm.create_exemption('ddm_xm_before', '{ddm_xm_reader}', 'resource.column_name == "city" && request.time < timestamp("' || :'moment' || '")');
SELECT ddm.create_exemption('ddm_xm_after', '{ddm_xm_reader}', 'resource.column_name == "ssn" && request.time >= timestamp("' || :'moment' || '")');
SET ROLE ddm_xm_reader;
PREPARE q2 AS SELECT ssn, city FROM ddm_xm.person WHERE id = 1;
EXECUTE q2;
SELECT count(*) FROM (SELECT pg_sleep(4.1)) s;
EXECUTE q2;
RESET ROLE;
SELECT ddm.drop_exemption('ddm_xm_before'), ddm.drop_exemption('ddm_xm_after');
RESET plan_cache_mode;
-- on record: a change of members is one of the exemption
SELECT action, object, before IS NOT NULL AS before, after IS NOT NULL AS after, reason FROM ddm.policy_history
  WHERE object LIKE 'exemption ddm_xm_ssn' OR object LIKE 'exemption ddm_xm_last' ORDER BY event_time;

-- bad input changes nothing
\set VERBOSITY terse
SELECT ddm.create_exemption('ddm_xm_bad', '{}');
SELECT ddm.create_exemption('ddm_xm_bad', NULL);
SELECT ddm.create_exemption('ddm_xm_bad', '{ddm_xm_nobody}');
SELECT ddm.create_exemption('ddm_xm_bad', '{ddm_xm_reader,NULL}');
SELECT ddm.create_exemption('ddm_xm_bad', '{ddm_xm_reader}', 'request.tim < timestamp("2026-01-01")');
SELECT ddm.create_exemption('ddm_xm_bad', '{ddm_xm_reader}', 'request.application_name');
SELECT ddm.create_exemption('ddm_xm_bad', '{ddm_xm_reader}', until => now());
SELECT ddm.create_exemption('', '{ddm_xm_reader}');
SELECT ddm.create_policy('', 'VALUE NULL');
SELECT ddm.create_rule('', 'true', 'VALUE NULL');
SELECT count(*) FROM ddm.exemptions WHERE name LIKE 'ddm_xm%';
SELECT count(*) FROM ddm.exemption_members WHERE exemption LIKE 'ddm_xm%';
SET ROLE ddm_xm_reader;
INSERT INTO ddm.exemption_members VALUES ('ddm_xm_ssn', 'ddm_xm_reader');

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA ddm_xm CASCADE;
DROP ROLE ddm_xm_admin, ddm_xm_reader, ddm_xm_member, ddm_xm_renamed;
