-- Whoever renames, moves, converts or attaches a table changes no mask by it, and clears nobody: be he its owner.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE keeps_owner;
CREATE ROLE keeps_reader;
CREATE ROLE keeps_admin;
GRANT ddm_admin TO keeps_admin;
CREATE SCHEMA keeps AUTHORIZATION keeps_owner;
CREATE SCHEMA keeps_other AUTHORIZATION keeps_owner;
CREATE SCHEMA keeps_open AUTHORIZATION keeps_owner;
GRANT USAGE ON SCHEMA keeps, keeps_other, keeps_open TO keeps_reader;
SECURITY LABEL FOR ddm_tag ON SCHEMA keeps IS 'pii';
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO keeps_owner', current_database()); END $$; -- to rename schemas
SET ROLE keeps_owner;
CREATE TABLE keeps.person (id int, ssn text, born date, pay int, who text, tagged text);
INSERT INTO keeps.person VALUES (1, '123-45-6789', '1990-05-05', 900, 'Ann', 'x');
GRANT SELECT ON keeps.person TO keeps_reader;
RESET ROLE;
SELECT ddm.create_rule('keeps_1', 'resource.table_name == "person" && resource.column_name == "ssn"', 'FUNCTION ssn()', 9) \g /dev/null
SELECT ddm.create_rule('keeps_2', 'resource.table_name == "person" && resource.data_type == "date"', 'FUNCTION default()', 9) \g /dev/null
SELECT ddm.create_rule('keeps_3', 'resource.schema_name == "keeps" && resource.column_name == "pay"', 'FUNCTION default()', 9) \g /dev/null
SELECT ddm.create_rule('keeps_4', '"pii" in resource.tags && resource.column_name == "tagged"', 'FUNCTION default()', 9) \g /dev/null
SELECT ddm.create_rule('keeps_5', 'resource.table_name == "person" && resource.column_name == "weak"', 'FUNCTION identity()', 9) \g /dev/null

-- The owner's changes, and what the reader sees before and after.
RESET client_min_messages;
SET ROLE keeps_reader;
SELECT * FROM keeps.person;
SET ROLE keeps_owner;
BEGIN;
ALTER TABLE keeps.person RENAME ssn TO tax_id;
SET LOCAL ROLE keeps_reader;
SELECT * FROM keeps.person;
ROLLBACK;
BEGIN;
ALTER TABLE keeps.person RENAME ssn TO weak;
SET LOCAL ROLE keeps_reader;
SELECT * FROM keeps.person;
ROLLBACK;
BEGIN;
ALTER TABLE keeps.person RENAME TO people;
SET LOCAL ROLE keeps_reader;
SELECT * FROM keeps.people;
ROLLBACK;
BEGIN;
ALTER TABLE keeps.person SET SCHEMA keeps_other;
SET LOCAL ROLE keeps_reader;
SELECT * FROM keeps_other.person;
ROLLBACK;
BEGIN;
ALTER SCHEMA keeps RENAME TO keeps_renamed;
SET LOCAL ROLE keeps_reader;
SELECT * FROM keeps_renamed.person;
ROLLBACK;
BEGIN;
ALTER TABLE keeps.person ALTER born TYPE timestamp;
SET LOCAL ROLE keeps_reader;
SELECT * FROM keeps.person;
ROLLBACK;
BEGIN;
DO $$ BEGIN ALTER TABLE keeps.person RENAME ssn TO tax_id; ALTER TABLE keeps.person RENAME TO people; END $$;
SET LOCAL ROLE keeps_reader;
SELECT * FROM keeps.people;
ROLLBACK;
-- What keeps its rule needs no label.
BEGIN;
ALTER TABLE keeps.person RENAME id TO number;
ALTER TABLE keeps.person ALTER ssn SET DEFAULT '';
SELECT count(*) FROM pg_seclabels WHERE objname LIKE 'keeps.person%' AND provider = 'ddm';
ROLLBACK;

-- A parent that says NOT MASKED lets go of no child's mask.
RESET ROLE;
CREATE TABLE keeps.parent (id int, ssn text);
ALTER TABLE keeps.parent OWNER TO keeps_owner;
SECURITY LABEL FOR ddm ON COLUMN keeps.parent.ssn IS 'NOT MASKED';
GRANT SELECT ON keeps.parent TO keeps_reader;
SET ROLE keeps_owner;
BEGIN;
ALTER TABLE keeps.person INHERIT keeps.parent;
SET LOCAL ROLE keeps_reader;
SELECT id, ssn FROM keeps.person;
SELECT id, ssn FROM keeps.parent;
ROLLBACK;

-- A child's masks follow the name of its parent.
BEGIN;
CREATE TABLE keeps.any_person (id int, pay int);
ALTER TABLE keeps.person INHERIT keeps.any_person;
GRANT SELECT ON keeps.any_person TO keeps_reader;
ALTER TABLE keeps.any_person SET SCHEMA keeps_other;
SET LOCAL ROLE keeps_reader;
SELECT pay FROM keeps_other.any_person;
SELECT pay FROM keeps.person;
ROLLBACK;

-- Clearances of a schema, and of a name: not given by who may not grant them.
RESET ROLE;
GRANT UNMASK ON SCHEMA keeps_open TO keeps_reader;
SELECT ddm.create_exemption('keeps_free', ARRAY['keeps_reader'], 'resource.table_name == "free"') \g /dev/null
SET ROLE keeps_owner;
ALTER TABLE keeps.person SET SCHEMA keeps_open;
ALTER TABLE keeps.person RENAME TO free;
ALTER TABLE keeps.person RENAME TO not_free;
ALTER TABLE keeps.not_free RENAME TO person;
RESET ROLE;
GRANT keeps_owner TO keeps_admin;
SET ROLE keeps_admin;
BEGIN;
ALTER TABLE keeps.person SET SCHEMA keeps_open;
SET LOCAL ROLE keeps_reader;
SELECT pay FROM keeps_open.person;
ROLLBACK;

-- The owner, where owning is no exemption.
RESET ROLE;
SET ddm.exempt_owner = off;
SET ROLE keeps_owner;
ALTER TABLE keeps.person RENAME pay TO wage;
ALTER TABLE keeps.person RENAME TO people;
SELECT * FROM keeps.people;
RESET ROLE;
RESET ddm.exempt_owner;

-- What failed changed nothing, so that nothing is kept for its sake.
SET client_min_messages = warning;
CREATE TABLE keeps.failing (id int, mail text);
INSERT INTO keeps.failing VALUES (1, 'x');
SECURITY LABEL FOR ddm ON COLUMN keeps.failing.mail IS 'MASKED WITH VALUE ''-''';
RESET client_min_messages;
DO $$
BEGIN
    BEGIN
        ALTER TABLE keeps.failing ALTER mail TYPE varchar(10), ADD CHECK (id < 0);
    EXCEPTION WHEN check_violation THEN
        RAISE NOTICE 'failed';
    END;
    SECURITY LABEL FOR ddm ON COLUMN keeps.failing.mail IS NULL;
END $$;
SELECT count(*) FROM pg_seclabels WHERE objname LIKE 'keeps.failing%' AND provider = 'ddm';

SELECT ddm.drop_exemption('keeps_free') \g /dev/null
SELECT ddm.drop_rule(('keeps_' || n)::name) FROM generate_series(1, 5) n \g /dev/null
REVOKE ddm_admin FROM keeps_admin;
SET client_min_messages = warning;
DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM keeps_owner', current_database()); END $$;
DROP SCHEMA keeps, keeps_other, keeps_open CASCADE;
DROP ROLE keeps_owner, keeps_reader, keeps_admin;
