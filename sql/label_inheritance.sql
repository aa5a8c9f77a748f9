-- Labels hold in a partition or inheritance tree both ways, and stay with what leaves it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_li_reader NOLOGIN;
CREATE ROLE ddm_li_owner NOLOGIN;
RESET client_min_messages;
CREATE TABLE ddm_li_event (day date, who text, note text, more int) PARTITION BY RANGE (day);
CREATE TABLE ddm_li_2025 PARTITION OF ddm_li_event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- other attribute numbers than the parent's
CREATE TABLE ddm_li_2026 (gone int, note text, more int, who text, day date) PARTITION BY RANGE (day);
ALTER TABLE ddm_li_2026 DROP COLUMN gone;
CREATE TABLE ddm_li_2026_a PARTITION OF ddm_li_2026 FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
ALTER TABLE ddm_li_event ATTACH PARTITION ddm_li_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
GRANT SELECT ON ALL TABLES IN SCHEMA public TO ddm_li_reader;
INSERT INTO ddm_li_event VALUES ('2025-05-05', 'ann@a.org', 'first', 1), ('2026-05-05', 'bob@b.org', 'second', 2);
CREATE VIEW ddm_li_masks AS SELECT table_name, column_name, mask, why FROM ddm.masked_columns
    WHERE table_name LIKE 'ddm_li_%' ORDER BY table_name, column_name;

SECURITY LABEL FOR ddm ON COLUMN ddm_li_event.who IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN ddm_li_2026_a.note IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN ddm_li_2025.who IS 'MASKED WITH VALUE NULL';
SECURITY LABEL FOR ddm ON COLUMN ddm_li_2026.who IS 'NOT MASKED';
TABLE ddm_li_masks;
SET ROLE ddm_li_reader;
SELECT * FROM ddm_li_event ORDER BY day;
SELECT day, who, note FROM ddm_li_2025;
SELECT day, who, note FROM ddm_li_2026;
SELECT day, who, note FROM ddm_li_2026_a;
RESET ROLE;

-- nothing of it is lost while ddm is off
SET ddm.mode = off;
SET client_min_messages = warning;
CREATE TABLE ddm_li_like (LIKE ddm_li_2025);
SELECT table_name, mask FROM ddm_li_masks WHERE column_name = 'who' AND table_name = 'ddm_li_like';
DROP TABLE ddm_li_like;
RESET client_min_messages;
RESET ddm.mode;

-- two masks of which neither shows less than the other: default()
SECURITY LABEL FOR ddm ON COLUMN ddm_li_2025.who IS 'MASKED WITH FUNCTION partial(1, ''..'', 1)';
SELECT table_name, mask FROM ddm_li_masks WHERE column_name = 'who' ORDER BY 1;
SECURITY LABEL FOR ddm ON COLUMN ddm_li_2025.who IS NULL;

-- what leaves takes its masks along; a partition made later has them by being one
ALTER TABLE ddm_li_event DETACH PARTITION ddm_li_2026;
CREATE TABLE ddm_li_2024 PARTITION OF ddm_li_event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
TABLE ddm_li_masks;
SET ROLE ddm_li_reader;
SELECT day, who, note FROM ddm_li_2026;
SELECT day, who, note FROM ddm_li_2026_a;
RESET ROLE;

-- plain inheritance, two parents
CREATE TABLE ddm_li_person (name text, phone text);
CREATE TABLE ddm_li_payee (iban text);
CREATE TABLE ddm_li_employee (salary int) INHERITS (ddm_li_person, ddm_li_payee);
SECURITY LABEL FOR ddm ON COLUMN ddm_li_person.phone IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN ddm_li_payee.iban IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN ddm_li_employee.name IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN ddm_li_employee.salary IS 'MASKED WITH FUNCTION default()';
SELECT * FROM ddm_li_masks WHERE table_name IN ('ddm_li_person', 'ddm_li_payee', 'ddm_li_employee');
ALTER TABLE ddm_li_employee NO INHERIT ddm_li_payee;
SELECT * FROM ddm_li_masks WHERE table_name IN ('ddm_li_person', 'ddm_li_payee', 'ddm_li_employee');

-- LIKE carries them along, those in force by inheritance too
CREATE TABLE ddm_li_copy (extra int, LIKE ddm_li_employee, LIKE ddm_li_2024 INCLUDING ALL);
SELECT column_name, mask FROM ddm_li_masks WHERE table_name = 'ddm_li_copy';
CREATE TABLE IF NOT EXISTS ddm_li_payee (LIKE ddm_li_employee);
SELECT column_name, mask FROM ddm_li_masks WHERE table_name = 'ddm_li_payee';
CREATE TEMP TABLE ddm_li_copy (LIKE ddm_li_person);
SELECT relation::regclass = 'pg_temp.ddm_li_copy'::regclass AS temporary, column_name FROM ddm.masked_columns
  WHERE table_name = 'ddm_li_copy' AND schema_name LIKE 'pg_temp%';

-- generated columns
CREATE TABLE ddm_li_made (first text, last text, whole text GENERATED ALWAYS AS (first || ' ' || last) STORED,
                          twice int GENERATED ALWAYS AS (2) STORED, size int GENERATED ALWAYS AS (length(last)) STORED);
GRANT SELECT ON ddm_li_made TO ddm_li_reader;
INSERT INTO ddm_li_made VALUES ('Ann', 'Lee');
SECURITY LABEL FOR ddm ON COLUMN ddm_li_made.last IS 'MASKED WITH FUNCTION default()';
SELECT column_name, mask, why FROM ddm_li_masks WHERE table_name = 'ddm_li_made';
SET ROLE ddm_li_reader;
TABLE ddm_li_made;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_li_made.size IS 'NOT MASKED';
SELECT column_name, mask, why FROM ddm_li_masks WHERE table_name = 'ddm_li_made';

-- a child of two parents is masked as either says, through either
CREATE TABLE ddm_li_one (id int, secret text);
CREATE TABLE ddm_li_two (secret text, other text);
CREATE TABLE ddm_li_both () INHERITS (ddm_li_one, ddm_li_two);
INSERT INTO ddm_li_both VALUES (1, 'stored', 'open');
SECURITY LABEL FOR ddm ON COLUMN ddm_li_one.secret IS 'MASKED WITH FUNCTION default()';
GRANT SELECT ON ddm_li_one, ddm_li_two, ddm_li_both TO ddm_li_reader;
SET ROLE ddm_li_reader;
TABLE ddm_li_one;
TABLE ddm_li_two;
TABLE ddm_li_both;
SELECT other FROM ddm_li_two WHERE secret = 'stored';
RESET ROLE;
DROP TABLE ddm_li_one, ddm_li_two, ddm_li_both;

-- a parent forgets the masks of a child that leaves it, in the same session too
CREATE TABLE ddm_li_open (last text);
CREATE TABLE ddm_li_leaver (last text);
INSERT INTO ddm_li_open VALUES ('open');
SECURITY LABEL FOR ddm ON COLUMN ddm_li_leaver.last IS 'MASKED WITH FUNCTION default()';
ALTER TABLE ddm_li_leaver INHERIT ddm_li_open;
GRANT SELECT ON ddm_li_open TO ddm_li_reader;
SET ROLE ddm_li_reader;
SELECT last FROM ONLY ddm_li_open;
RESET ROLE;
ALTER TABLE ddm_li_leaver NO INHERIT ddm_li_open;
SET ROLE ddm_li_reader;
SELECT last FROM ONLY ddm_li_open;
RESET ROLE;
DROP TABLE ddm_li_open, ddm_li_leaver;

-- a generated column is masked in a copy too that has its rows copied, not computed
CREATE TABLE ddm_li_source (last text, loud text GENERATED ALWAYS AS (upper(last)) STORED, open int GENERATED ALWAYS AS (1) STORED);
INSERT INTO ddm_li_source VALUES ('stored');
SECURITY LABEL FOR ddm ON COLUMN ddm_li_source.last IS 'MASKED WITH FUNCTION default()';
CREATE TABLE ddm_li_plain (LIKE ddm_li_source);
CREATE TABLE ddm_li_alike (LIKE ddm_li_source INCLUDING GENERATED);
INSERT INTO ddm_li_plain SELECT * FROM ddm_li_source;
INSERT INTO ddm_li_alike SELECT last FROM ddm_li_source;
GRANT SELECT ON ddm_li_plain, ddm_li_alike TO ddm_li_reader;
SET ROLE ddm_li_reader;
TABLE ddm_li_plain;
TABLE ddm_li_alike;
RESET ROLE;
SELECT objname, label FROM pg_seclabels WHERE provider = 'ddm' AND objname ~ 'ddm_li_(plain|alike)' ORDER BY 1;
DROP TABLE ddm_li_source, ddm_li_plain, ddm_li_alike;

-- who owns a table with masks is guarded, also when it comes to him later
ALTER TABLE ddm_li_made OWNER TO ddm_li_owner;
SELECT label FROM pg_shseclabel WHERE provider = 'ddm' AND objoid = 'ddm_li_owner'::regrole;

-- what clears a role on a partitioned table or a parent counts for the rows that it reads through it, and only there
CREATE TABLE ddm_li_whole (id int, who text) PARTITION BY LIST (id);
CREATE TABLE ddm_li_part PARTITION OF ddm_li_whole FOR VALUES IN (1);
INSERT INTO ddm_li_whole VALUES (1, 'ann@example.com');
CREATE TABLE ddm_li_base (who text);
CREATE TABLE ddm_li_kid (extra text) INHERITS (ddm_li_base);
INSERT INTO ddm_li_kid VALUES ('ann@example.com', 'x');
SECURITY LABEL FOR ddm ON COLUMN ddm_li_whole.who IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN ddm_li_base.who IS 'MASKED WITH FUNCTION email()';
CREATE ROLE ddm_li_cleared;
GRANT ALL ON ddm_li_whole, ddm_li_part, ddm_li_base, ddm_li_kid TO ddm_li_cleared;
GRANT UNMASK ON ddm_li_whole, ddm_li_base TO ddm_li_cleared;
SET ROLE ddm_li_cleared;
SELECT * FROM ddm_li_whole;
SELECT * FROM ddm_li_part;
SELECT * FROM ddm_li_base;
SELECT * FROM ddm_li_kid;
UPDATE ddm_li_whole SET who = 'zoe@example.com' RETURNING who;
UPDATE ddm_li_base SET who = 'zoe@example.com' RETURNING who;
RESET ROLE;
DROP TABLE ddm_li_whole, ddm_li_base, ddm_li_kid;
DROP ROLE ddm_li_cleared;

DROP TABLE pg_temp.ddm_li_copy;
DROP VIEW ddm_li_masks;
DROP TABLE ddm_li_event, ddm_li_2026, ddm_li_employee, ddm_li_person, ddm_li_payee, ddm_li_copy, ddm_li_made;
DROP ROLE ddm_li_reader, ddm_li_owner;
