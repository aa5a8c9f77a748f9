-- A WHEN condition follows the columns that it names; what it can't follow is refused, and nothing is lost silently.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_cf_owner;
CREATE ROLE ddm_cf_reader;
CREATE ROLE ddm_cf_clerk;
GRANT ddm_cf_clerk TO ddm_cf_reader;
CREATE SCHEMA ddm_cf AUTHORIZATION ddm_cf_owner;
CREATE SCHEMA ddm_cf_types AUTHORIZATION ddm_cf_owner;
GRANT USAGE ON SCHEMA ddm_cf TO ddm_cf_reader;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ddm_cf_owner', current_database()); END $$; -- to rename schemas
SET ROLE ddm_cf_owner;
CREATE TYPE ddm_cf_types.mood AS ENUM ('good', 'bad');
CREATE TYPE ddm_cf_types.place AS (street text, city text);
CREATE TABLE ddm_cf.person (id int, email text, phone text, region text, "select" text, mood ddm_cf_types.mood, place ddm_cf_types.place);
INSERT INTO ddm_cf.person VALUES
    (1, 'ann@example.com', '555-1234', 'EU', 'x', 'good', ROW('High Street', 'Bern')),
    (2, 'bob@example.com', '555-5678', 'US', 'y', 'bad', ROW('Broadway', 'Nome'));
GRANT SELECT ON ddm_cf.person TO ddm_cf_reader;
RESET ROLE;
CREATE VIEW public.ddm_cf_labels AS
    SELECT objname, label FROM pg_seclabels WHERE provider = 'ddm' AND objtype <> 'role' AND objname LIKE 'ddm_cf%' ORDER BY objname COLLATE "C";
GRANT SELECT ON public.ddm_cf_labels TO PUBLIC;
RESET client_min_messages;

SECURITY LABEL FOR ddm ON COLUMN ddm_cf.person.email IS
    'MASKED WITH FUNCTION email() WHEN (region <> ''EU'' AND id BETWEEN 0 AND 99) FOR ddm_cf_clerk WITH VALUE ''-'' WHEN (person.Region = ''EU'' OR ddm_cf.person."select" = ''region'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_cf.person.phone IS 'MASKED WITH VALUE NULL WHEN (phone LIKE ''%5678'')';
SET ROLE ddm_cf_reader;
SELECT id, email, phone FROM ddm_cf.person ORDER BY id;

-- The owner renames columns, the table, the schema.
SET ROLE ddm_cf_owner;
ALTER TABLE ddm_cf.person RENAME region TO "where";
ALTER TABLE ddm_cf.person RENAME phone TO "Tele ""phone"")";
ALTER TABLE ddm_cf.person RENAME "select" TO region;
TABLE public.ddm_cf_labels;
SET ROLE ddm_cf_reader;
SELECT id, email, "Tele ""phone"")" AS phone FROM ddm_cf.person ORDER BY id;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_cf.person.email IS 'MASKED WITH VALUE ''-'' WHEN (ddm_cf . person . "where" = ''EU'')';
SET ROLE ddm_cf_owner;
ALTER TABLE ddm_cf.person RENAME TO people;
TABLE public.ddm_cf_labels;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_cf.people.email IS 'MASKED WITH VALUE ''-'' WHEN (ddm_cf.people."where" = ''EU'')';
SET ROLE ddm_cf_owner;
BEGIN;
ALTER SCHEMA ddm_cf RENAME TO ddm_cf_renamed;
TABLE public.ddm_cf_labels;
ROLLBACK;
BEGIN;
ALTER TABLE ddm_cf.people SET SCHEMA ddm_cf_types;
TABLE public.ddm_cf_labels;
ROLLBACK;
ALTER TABLE ddm_cf.people RENAME TO person;
-- Two columns that exchange their names, and an ALTER in a function.
BEGIN;
DO $$
BEGIN
    ALTER TABLE ddm_cf.person RENAME "where" TO aside;
    ALTER TABLE ddm_cf.person RENAME region TO "where";
    ALTER TABLE ddm_cf.person RENAME aside TO region;
END $$;
TABLE public.ddm_cf_labels;
ROLLBACK;
ALTER TABLE ddm_cf.person RENAME "where" TO region2;
ALTER TABLE ddm_cf.person RENAME region2 TO "where";

-- On record, with who did it.
SET ROLE ddm_auditor;
SELECT ddm.audit_flush('60 s') \g /dev/null
SELECT role_name, object, before, after FROM ddm.policy_history
    WHERE reason = 'its condition follows a rename' AND object LIKE '%ddm_cf.pe%' ORDER BY event_time;
RESET ROLE;

-- What still reads the same column may change around it.
SECURITY LABEL FOR ddm ON COLUMN ddm_cf.person.email IS 'MASKED WITH VALUE ''-'' WHEN ("where" <> ''EU'')';
SET ROLE ddm_cf_owner;
ALTER TABLE ddm_cf.person ALTER "where" TYPE varchar(10);
SET ROLE ddm_cf_reader;
SELECT id, email FROM ddm_cf.person ORDER BY id;
-- What does not is refused: another type, no column, another table's.
SET ROLE ddm_cf_owner;
ALTER TABLE ddm_cf.person ALTER "where" TYPE int USING 0;
ALTER TABLE ddm_cf.person DROP "where";
BEGIN;
ALTER TABLE ddm_cf.person DROP "where" CASCADE;
SET LOCAL ROLE ddm_cf_reader;
SELECT id, email FROM ddm_cf.person ORDER BY id;
ROLLBACK;
ALTER TABLE ddm_cf.person DROP region, DROP COLUMN "Tele ""phone"")";
SET ROLE ddm_cf_reader;
SELECT id, email FROM ddm_cf.person ORDER BY id;

-- Types: an enum's value, a composite type's attribute, a type, its schema.
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_cf.person.email IS 'MASKED WITH VALUE ''-'' WHEN (mood = ''good'')';
SET ROLE ddm_cf_owner;
ALTER TYPE ddm_cf_types.mood RENAME VALUE 'good' TO 'fine';
ALTER TYPE ddm_cf_types.mood RENAME VALUE 'bad' TO 'poor';
ALTER TYPE ddm_cf_types.mood ADD VALUE 'so so';
DROP TYPE ddm_cf_types.mood;
BEGIN;
DROP TYPE ddm_cf_types.mood CASCADE;
TABLE public.ddm_cf_labels;
ROLLBACK;
-- What is lost stays lost, whatever gets that name.
BEGIN;
SELECT label FROM pg_seclabels WHERE objtype = 'column' AND objname = 'ddm_cf.person.email';
DROP TYPE ddm_cf_types.mood CASCADE;
CREATE TYPE ddm_cf_types.mood AS ENUM ('bad');
ALTER TABLE ddm_cf.person ADD mood ddm_cf_types.mood DEFAULT 'bad';
SET LOCAL ROLE ddm_cf_reader;
SELECT id, email FROM ddm_cf.person ORDER BY id;
ROLLBACK;
BEGIN;
RESET ROLE;
CREATE TYPE ddm_cf_types.pair AS (a text, b text);
CREATE COLLATION ddm_cf_types.plain FROM "C";
CREATE TABLE ddm_cf.paired (p ddm_cf_types.pair, v text, w text, x text);
INSERT INTO ddm_cf.paired VALUES ('(1,2)', 'v', 'w', 'x');
SECURITY LABEL FOR ddm ON COLUMN ddm_cf.paired.v IS 'MASKED WITH VALUE ''-'' WHEN (p IS NULL) FOR ddm_cf_reader WITH FUNCTION inner(0, 0) WHEN ((p).a IS NOT NULL)';
SECURITY LABEL FOR ddm ON COLUMN ddm_cf.paired.w IS 'MASKED WITH VALUE ''-'' WHEN (v < ''z'' COLLATE ddm_cf_types.plain)';
GRANT SELECT ON ddm_cf.paired TO ddm_cf_reader;
SAVEPOINT s;
ALTER TYPE ddm_cf_types.pair DROP ATTRIBUTE a, ADD ATTRIBUTE a text;
ROLLBACK TO s;
DROP COLLATION ddm_cf_types.plain;
ROLLBACK TO s;
ALTER TYPE ddm_cf_types.pair DROP ATTRIBUTE a CASCADE;
DROP COLLATION ddm_cf_types.plain CASCADE;
CREATE COLLATION ddm_cf_types.plain FROM "C";
TABLE public.ddm_cf_labels;
SET LOCAL ROLE ddm_cf_reader;
TABLE ddm_cf.paired;
ROLLBACK;
SET ROLE ddm_cf_owner;
ALTER TYPE ddm_cf_types.mood RENAME TO temper;
ALTER TABLE ddm_cf.person RENAME mood TO temper;
TABLE public.ddm_cf_labels;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_cf.person.email IS 'MASKED WITH VALUE ''-'' WHEN (temper = CAST (''good'' AS ddm_cf_types.temper))';
SET ROLE ddm_cf_owner;
ALTER TYPE ddm_cf_types.temper RENAME TO mood;
ALTER TYPE ddm_cf_types.temper SET SCHEMA ddm_cf;
ALTER SCHEMA ddm_cf_types RENAME TO ddm_cf_kinds;
ALTER TYPE ddm_cf_types.place RENAME TO spot;
ALTER TYPE ddm_cf_types.spot RENAME TO place;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_cf.person.email IS 'MASKED WITH VALUE ''-'' WHEN ((place).city = ''Bern'')';
SET ROLE ddm_cf_owner;
ALTER TYPE ddm_cf_types.place RENAME ATTRIBUTE city TO town;
ALTER TYPE ddm_cf_types.place RENAME ATTRIBUTE street TO road;
ALTER TABLE ddm_cf.person RENAME place TO city;
TABLE public.ddm_cf_labels;
SET ROLE ddm_cf_reader;
SELECT id, email FROM ddm_cf.person ORDER BY id;

-- A tree: from above, read both ways.
RESET ROLE;
CREATE TABLE ddm_cf.sale (id int, buyer text, region text) PARTITION BY LIST (region);
CREATE TABLE ddm_cf.sale_eu PARTITION OF ddm_cf.sale FOR VALUES IN ('EU');
CREATE TABLE ddm_cf.sale_us (region text, buyer text, id int);
ALTER TABLE ddm_cf.sale ATTACH PARTITION ddm_cf.sale_us FOR VALUES IN ('US');
INSERT INTO ddm_cf.sale VALUES (1, 'Ann', 'EU'), (2, 'Bob', 'US');
ALTER TABLE ddm_cf.sale OWNER TO ddm_cf_owner;
ALTER TABLE ddm_cf.sale_eu OWNER TO ddm_cf_owner;
ALTER TABLE ddm_cf.sale_us OWNER TO ddm_cf_owner;
GRANT SELECT ON ddm_cf.sale, ddm_cf.sale_eu, ddm_cf.sale_us TO ddm_cf_reader;
SECURITY LABEL FOR ddm ON COLUMN ddm_cf.sale.buyer IS 'MASKED WITH VALUE ''-'' WHEN (region <> ''EU'')';
SET ROLE ddm_cf_owner;
ALTER TABLE ddm_cf.sale RENAME region TO area;
SELECT * FROM public.ddm_cf_labels WHERE objname LIKE '%sale%';
SET ROLE ddm_cf_reader;
SELECT * FROM ddm_cf.sale ORDER BY id;
SELECT * FROM ddm_cf.sale_eu;
SELECT * FROM ddm_cf.sale_us;
SET ROLE ddm_cf_owner;
ALTER TABLE ddm_cf.sale DETACH PARTITION ddm_cf.sale_us;
ALTER TABLE ddm_cf.sale_us RENAME area TO zone;
SELECT * FROM public.ddm_cf_labels WHERE objname LIKE '%sale%';
SET ROLE ddm_cf_reader;
SELECT * FROM ddm_cf.sale_us;

-- Named policies and rules speak of many tables: they stay as they are, and so does the column.
RESET ROLE;
SELECT ddm.create_policy('ddm_cf_abroad', 'VALUE ''-'' WHEN (area <> ''EU'')') \g /dev/null
SECURITY LABEL FOR ddm ON COLUMN ddm_cf.sale.buyer IS 'MASKED WITH POLICY ddm_cf_abroad';
SET ROLE ddm_cf_owner;
ALTER TABLE ddm_cf.sale RENAME area TO region;
ALTER TABLE ddm_cf.sale RENAME id TO number;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_cf.sale.buyer IS NULL;
SELECT ddm.create_rule('ddm_cf_rule', 'resource.schema_name == "ddm_cf" && resource.column_name == "buyer"', 'VALUE ''-'' WHEN (area <> ''EU'')', 9) \g /dev/null
SET ROLE ddm_cf_reader;
SELECT * FROM ddm_cf.sale;
SET ROLE ddm_cf_owner;
ALTER TABLE ddm_cf.sale RENAME area TO region;
RESET ROLE;
-- nor does an owner who sees masks have one ask for something else
SET ddm.exempt_owner = off;
CREATE TABLE ddm_cf.lease (buyer text, sort text);
INSERT INTO ddm_cf.lease VALUES ('somebody', 'EU');
ALTER TABLE ddm_cf.lease OWNER TO ddm_cf_owner;
SET ROLE ddm_cf_owner;
TABLE ddm_cf.lease;
ALTER TABLE ddm_cf.lease ADD area text DEFAULT 'EU';
ALTER TABLE ddm_cf.lease RENAME sort TO area;
ALTER TABLE ddm_cf.lease ADD region text DEFAULT 'EU';
ALTER TABLE ddm_cf.lease RENAME region TO area;
RESET ROLE;
ALTER TABLE ddm_cf.lease ADD area text DEFAULT 'US';
SET ROLE ddm_cf_owner;
ALTER TABLE ddm_cf.lease DROP area CASCADE, ADD area text DEFAULT 'EU';
ALTER TABLE ddm_cf.lease DROP area CASCADE;
ALTER TABLE ddm_cf.lease ADD area text DEFAULT 'EU';
TABLE ddm_cf.lease;
RESET ROLE;
RESET ddm.exempt_owner;
DROP TABLE ddm_cf.lease;
-- types and collations that rules and policies name stay theirs
CREATE COLLATION ddm_cf.one FROM "C";
CREATE TYPE ddm_cf.duo AS (a text, b text);
SELECT ddm.create_rule('ddm_cf_named', 'resource.table_name == "named" && resource.column_name == "v"', 'VALUE ''-'' WHEN (w < ''b'' COLLATE ddm_cf.one)', 9) \g /dev/null
SELECT ddm.create_policy('ddm_cf_named', 'VALUE ''-'' WHEN (kind = ''x'' AND (d).a IS NOT NULL)') \g /dev/null
CREATE TYPE ddm_cf.kind AS ENUM ('x', 'y');
CREATE TABLE ddm_cf.named (v text, w text, kind ddm_cf.kind, d ddm_cf.duo);
SECURITY LABEL FOR ddm ON COLUMN ddm_cf.named.w IS 'MASKED WITH POLICY ddm_cf_named';
ALTER COLLATION ddm_cf.one RENAME TO two;
DROP COLLATION ddm_cf.one;
ALTER TYPE ddm_cf.kind RENAME VALUE 'x' TO 'z';
ALTER TYPE ddm_cf.kind RENAME VALUE 'y' TO 'z';
ALTER TYPE ddm_cf.duo RENAME ATTRIBUTE a TO c;
ALTER TYPE ddm_cf.duo DROP ATTRIBUTE a;
ALTER TYPE ddm_cf.duo OWNER TO ddm_cf_owner;
SET ROLE ddm_cf_owner;
ALTER TYPE ddm_cf.duo DROP ATTRIBUTE a, ADD ATTRIBUTE a text;
RESET ROLE;
DROP COLLATION ddm_cf.one CASCADE;
ALTER TYPE ddm_cf.duo DROP ATTRIBUTE a CASCADE;
SELECT * FROM public.ddm_cf_labels WHERE objname LIKE '%named%';
DROP TABLE ddm_cf.named;
SELECT ddm.drop_rule('ddm_cf_named') \g /dev/null
SELECT ddm.drop_policy('ddm_cf_named') \g /dev/null
CREATE TABLE ddm_cf.rent (buyer text, area text);
ALTER TABLE ddm_cf.rent DROP area;
ALTER TABLE ddm_cf.rent DROP area CASCADE;
SET ROLE ddm_auditor;
SELECT ddm.audit_flush('60 s') \g /dev/null
SELECT role_name, object, before, after FROM ddm.policy_history
    WHERE reason = 'its condition asks for what is no longer there' AND object LIKE '%ddm_cf.%';
SET ROLE ddm_cf_owner;
-- a label that says it itself follows
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_cf.sale.buyer IS 'MASKED WITH VALUE ''-'' WHEN (area <> ''EU'')';
SET ROLE ddm_cf_owner;
ALTER TABLE ddm_cf.sale RENAME area TO region;
SET ROLE ddm_cf_reader;
SELECT * FROM ddm_cf.sale;

RESET ROLE;
SELECT ddm.drop_rule('ddm_cf_rule') \g /dev/null
SELECT ddm.drop_policy('ddm_cf_abroad') \g /dev/null
SET client_min_messages = warning;
DROP VIEW public.ddm_cf_labels;
DROP SCHEMA ddm_cf, ddm_cf_types CASCADE;
DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM ddm_cf_owner', current_database()); END $$;
DROP ROLE ddm_cf_owner, ddm_cf_reader, ddm_cf_clerk;
