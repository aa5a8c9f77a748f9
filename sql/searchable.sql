-- SEARCHABLE: a masked role finds a row by a value that it knows in full, by its index; nothing else of it comes out.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_se_support NOLOGIN;
CREATE ROLE ddm_se_other NOLOGIN;
CREATE SCHEMA ddm_se;
GRANT USAGE ON SCHEMA ddm_se TO PUBLIC;
CREATE TABLE ddm_se.customer (id int PRIMARY KEY, email text, ssn varchar(11), region text);
INSERT INTO ddm_se.customer SELECT g, 'user' || g || '@example.com', 'S' || g, 'R' || g % 3 FROM generate_series(1, 2000) g;
CREATE INDEX customer_email ON ddm_se.customer (email);
CREATE INDEX customer_ssn ON ddm_se.customer (ssn);
CREATE TABLE ddm_se.visit (customer int, email text);
INSERT INTO ddm_se.visit VALUES (7, 'user7@example.com'), (8, 'nobody');
ANALYZE ddm_se.customer;
GRANT SELECT ON ALL TABLES IN SCHEMA ddm_se TO PUBLIC;
SECURITY LABEL FOR ddm ON COLUMN ddm_se.customer.email IS 'MASKED WITH VALUE ''-'' SEARCHABLE FOR ddm_se_support LIMIT 1000 PER DAY';
SECURITY LABEL FOR ddm ON COLUMN ddm_se.customer.ssn IS 'MASKED WITH FUNCTION default() SEARCHABLE LIMIT 5 PER DAY';
RESET client_min_messages;
SET enable_seqscan = off;
SET enable_bitmapscan = off;

SET ROLE ddm_se_support;
SELECT * FROM ddm_se.customer WHERE email = 'user7@example.com';
SELECT id FROM ddm_se.customer WHERE 'user7@example.com' = email AND region = 'R1';
SELECT id FROM ddm_se.customer WHERE region = 'R1' AND (email = 'user7@example.com' AND id < 100);
SELECT id, email FROM ddm_se.customer WHERE email IN ('user7@example.com', 'user9@example.com', 'nobody') ORDER BY id;
SELECT id, email FROM ddm_se.customer WHERE email = ANY ('{user1@example.com,user2@example.com}') ORDER BY id;
PREPARE by_email(text) AS SELECT id, email FROM ddm_se.customer WHERE email = $1;
EXECUTE by_email('user5@example.com');
PREPARE by_emails(text[]) AS SELECT id, email FROM ddm_se.customer WHERE email = ANY ($1) ORDER BY id;
EXECUTE by_emails('{user5@example.com,user6@example.com}');
EXPLAIN (COSTS OFF) SELECT * FROM ddm_se.customer WHERE email = 'user7@example.com';

-- everything else compares with the mask
SELECT count(*) FROM ddm_se.customer WHERE email LIKE 'user7%';
SELECT count(*) FROM ddm_se.customer WHERE email = 'user7@example.com' OR id = 1;
SELECT count(*) FROM ddm_se.customer WHERE NOT email = 'user7@example.com';
SELECT count(*) FROM ddm_se.customer WHERE email <> 'user7@example.com';
SELECT count(*) FROM ddm_se.customer WHERE email > 'user7@example.com';
SELECT count(*) FROM ddm_se.customer WHERE email <> ALL (ARRAY['user7@example.com']);
SELECT count(*) FROM ddm_se.customer WHERE upper(email) = 'USER7@EXAMPLE.COM';
SELECT count(*) FROM ddm_se.customer c JOIN ddm_se.visit v ON c.email = v.email;
SELECT count(*) FROM ddm_se.customer c, ddm_se.visit v WHERE c.email = v.email;
SELECT count(*) FROM ddm_se.visit v WHERE EXISTS (SELECT FROM ddm_se.customer c WHERE c.email = v.email);
SELECT count(*) FROM ddm_se.customer WHERE email = (SELECT max(email) FROM ddm_se.visit);
SELECT count(*) FROM ddm_se.visit v LEFT JOIN ddm_se.customer c ON c.id = v.customer WHERE c.email = 'user7@example.com';
SELECT email = 'user7@example.com' AS same FROM ddm_se.customer WHERE id = 7;
SELECT count(*) FILTER (WHERE email = 'user7@example.com') FROM ddm_se.customer;
-- not an operator of somebody's own
RESET ROLE;
CREATE FUNCTION ddm_se.spy(text, text) RETURNS bool LANGUAGE plpgsql IMMUTABLE COST 0.0001 AS $$BEGIN RAISE NOTICE 'saw %', $1; RETURN true; END$$;
CREATE OPERATOR ddm_se.= (LEFTARG = text, RIGHTARG = text, FUNCTION = ddm_se.spy, MERGES, HASHES);
SET ROLE ddm_se_support;
SELECT count(*) FROM ddm_se.customer WHERE id < 2 AND email OPERATOR(ddm_se.=) 'user1@example.com';
-- not for another role
SET ROLE ddm_se_other;
SELECT count(*) FROM ddm_se.customer WHERE email = 'user7@example.com';

-- and not without bounds: five values a day in ssn, whoever the role, of one session user
SELECT count(*) FROM ddm_se.customer WHERE ssn = 'S1';
SELECT count(*) FROM ddm_se.customer WHERE ssn IN ('S1', 'S2', 'S3', 'S4', 'S5');
SELECT count(*) FROM ddm_se.customer WHERE ssn IN ('S1', 'S2', 'S3');
EXPLAIN (COSTS OFF) SELECT id FROM ddm_se.customer WHERE ssn IN ('S1', 'S2');
SELECT count(*) FROM ddm_se.customer WHERE ssn IN ('S1', 'S2');
SELECT count(*) FROM ddm_se.customer WHERE ssn = 'S9';
SELECT count(*) FROM ddm_se.customer WHERE ssn = 'S9';
SELECT count(*) FROM ddm_se.customer WHERE id = 9;
-- taken off, it is over for plans that are there
SET ROLE ddm_se_support;
EXECUTE by_email('user5@example.com');
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN ddm_se.customer.email IS 'MASKED WITH VALUE ''-''';
SET ROLE ddm_se_support;
EXECUTE by_email('user5@example.com');
RESET ROLE;

RESET enable_seqscan;
RESET enable_bitmapscan;
SET client_min_messages = warning;
DROP SCHEMA ddm_se CASCADE;
DROP ROLE ddm_se_support, ddm_se_other;
