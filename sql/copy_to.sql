-- COPY relation TO gives a masked role the masks, in every form, and a cleared one the stored values.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE copy_masked;
CREATE ROLE copy_cleared;
CREATE TABLE copy_people (
    id int PRIMARY KEY, gone text, email text, "Full Name" text,
    upper_email text GENERATED ALWAYS AS (upper(email)) STORED);
ALTER TABLE copy_people DROP COLUMN gone;
CREATE TABLE copy_people_child () INHERITS (copy_people);
INSERT INTO copy_people VALUES (1, 'ada@example.com', 'Ada L'), (2, NULL, 'Bob');
INSERT INTO copy_people_child VALUES (3, 'eve@example.com', 'Eve');
SECURITY LABEL FOR ddm ON COLUMN copy_people.email IS 'MASKED WITH FUNCTION email()';
GRANT SELECT ON copy_people, copy_people_child TO copy_masked, copy_cleared;
GRANT UNMASK ON copy_people TO copy_cleared;

SET ROLE copy_masked;
COPY copy_people TO stdout;
COPY copy_people ("Full Name", email) TO stdout;
COPY copy_people (id, "Full Name") TO stdout;
COPY copy_people TO stdout WITH (FORMAT csv, HEADER, FORCE_QUOTE (email));
COPY copy_people_child TO stdout;
COPY (SELECT * FROM copy_people WHERE email = 'ada@example.com') TO stdout;
COPY (TABLE copy_people ORDER BY id) TO stdout;
COPY copy_people (email) TO stdout WITH (FORMAT binary, DELIMITER ',');
-- What the server refuses is refused as the server does.
\set VERBOSITY sqlstate
COPY copy_people (nothing) TO stdout;
COPY copy_people (upper_email) TO stdout;
COPY copy_people (email, email) TO stdout;
COPY copy_people TO '/nowhere/file';
\copy copy_people from '/dev/null'
RESET ROLE;
\set VERBOSITY default

-- Binary: the same bytes as of the masks themselves.
CREATE TEMP TABLE copy_masks (id int, email text, "Full Name" text);
SET ROLE copy_masked;
\copy copy_people (id, email) to 'results/copy_to.masked' with (format binary)
RESET ROLE;
\copy copy_masks (id, email) from 'results/copy_to.masked' with (format binary)
SELECT id, email FROM copy_masks ORDER BY id;

SET ROLE copy_cleared;
COPY copy_people TO stdout;
RESET ROLE;
COPY copy_people TO stdout;

-- Row security and masks together: policies see the stored value.
ALTER TABLE copy_people ENABLE ROW LEVEL SECURITY;
CREATE POLICY copy_policy ON copy_people USING (email LIKE 'ada%');
SET ROLE copy_masked;
COPY copy_people TO stdout;
COPY copy_people (email) TO stdout;
SET row_security = off;
COPY copy_people TO stdout;
RESET row_security;
RESET ROLE;

-- The kinds of relations that the server does not copy from stay refused.
CREATE TABLE copy_parted (id int, email text) PARTITION BY LIST (id);
CREATE TABLE copy_part PARTITION OF copy_parted FOR VALUES IN (1);
INSERT INTO copy_parted VALUES (1, 'ada@example.com');
SECURITY LABEL FOR ddm ON COLUMN copy_parted.email IS 'MASKED WITH FUNCTION email()';
GRANT SELECT ON copy_parted, copy_part TO copy_masked;
SET ROLE copy_masked;
\set VERBOSITY sqlstate
COPY copy_parted TO stdout;
\set VERBOSITY default
COPY copy_part TO stdout;
RESET ROLE;

-- Rows come as they lie in the table, for whoever copies: not by parallel workers, nor out of an index.
CREATE TABLE copy_long (id int, email text);
INSERT INTO copy_long SELECT g, (100000 - g) || '@example.com' FROM generate_series(1, 20000) g;
CREATE INDEX ON copy_long (email) INCLUDE (id);
SECURITY LABEL FOR ddm ON COLUMN copy_long.email IS 'MASKED WITH FUNCTION email()';
GRANT SELECT ON copy_long TO copy_masked;
VACUUM ANALYZE copy_long;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
COPY copy_long TO stdout \g | sort -n -c 2>&1 | sed 's/.*/disorder/'
SET ROLE copy_masked;
COPY copy_long (id, email) TO stdout \g | sort -n -c 2>&1 | sed 's/.*/disorder/'
RESET ROLE;
SET enable_seqscan = off;
SET max_parallel_workers_per_gather = 0;
COPY copy_long TO stdout \g | sort -n -c 2>&1 | sed 's/.*/disorder/'
RESET ALL;
DROP TABLE copy_long;

-- No rights: no rows, masked or not.
REVOKE SELECT ON copy_people FROM copy_masked;
GRANT SELECT (id) ON copy_people TO copy_masked;
SET ROLE copy_masked;
COPY copy_people TO stdout;
COPY copy_people (email) TO stdout;
COPY copy_people (id) TO stdout;
RESET ROLE;

DROP TABLE copy_people, copy_people_child, copy_parted CASCADE;
DROP ROLE copy_masked, copy_cleared;
