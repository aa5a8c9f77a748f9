-- A relation with masks that the rewriter missed is an error, never a read.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE check_masked;
CREATE TABLE check_people (id int PRIMARY KEY, email text);
INSERT INTO check_people VALUES (1, 'ada@example.com');
CREATE TABLE check_other (id int);
CREATE VIEW check_view AS SELECT email FROM check_people;
CREATE TABLE check_parted (id int, email text) PARTITION BY LIST (id);
CREATE TABLE check_part PARTITION OF check_parted FOR VALUES IN (1);
CREATE FUNCTION check_function() RETURNS SETOF text LANGUAGE sql STABLE AS 'SELECT email FROM check_people';
SECURITY LABEL FOR ddm ON COLUMN check_people.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN check_parted.email IS 'MASKED WITH FUNCTION email()';
GRANT SELECT, INSERT, UPDATE, DELETE ON check_people, check_other, check_view, check_parted TO check_masked;
-- Only superusers may play with it.
SET ROLE check_masked;
SET ddm.debug_skip_relation = 'check_people';
SET ddm.debug_mask_everything = identity;
RESET ROLE;

SET ddm.debug_skip_relation = 'check_people';
SET ROLE check_masked;
SELECT * FROM check_people;
SELECT id FROM check_people WHERE id = 1;
SELECT count(*) FROM check_people;
SELECT * FROM check_view;
SELECT * FROM check_function();
SELECT (SELECT email FROM check_people);
WITH p AS (SELECT * FROM check_people) SELECT 1 FROM p, check_other;
UPDATE check_people SET id = 2 RETURNING email;
DELETE FROM check_people WHERE email = 'ada@example.com';
INSERT INTO check_people VALUES (2, 'x') RETURNING email;
INSERT INTO check_other SELECT id FROM check_people;
COPY check_people TO stdout;
EXPLAIN SELECT * FROM check_people;
PREPARE p AS SELECT * FROM check_people;
EXECUTE p;
SELECT * FROM check_other;
SELECT id, email FROM check_parted;
-- Not even for who would see the values: nothing would tell that he did.
RESET ROLE;
SELECT * FROM check_people;
SET ddm.debug_skip_relation = 'check_parted';
SET ROLE check_masked;
SELECT email FROM check_parted;
RESET ROLE;
RESET ddm.debug_skip_relation;
SET ROLE check_masked;
EXECUTE p;
RESET ROLE;

DEALLOCATE p;
DROP FUNCTION check_function;
DROP TABLE check_people, check_other, check_parted CASCADE;
DROP ROLE check_masked;
