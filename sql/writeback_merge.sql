-- MERGE by a masked role: matches by the mask, keeps what is written back.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
SET client_min_messages = notice;
CREATE ROLE ddm_mg_masked;
CREATE SCHEMA writeback_merge;
GRANT USAGE ON SCHEMA writeback_merge TO ddm_mg_masked;
SET search_path = writeback_merge;
CREATE TABLE person (id int PRIMARY KEY, email text, open text);
CREATE TABLE incoming (id int, email text, open text);
INSERT INTO person VALUES (1, 'one@example.com', 'a'), (2, 'two@example.com', 'a'), (3, 'six@example.com', 'a');
INSERT INTO incoming VALUES (1, 'o***@example.com', 'b'), (2, 'own@example.com', 'b'), (4, 'new@example.com', 'b');
SECURITY LABEL FOR ddm ON COLUMN person.email IS 'MASKED WITH FUNCTION email()';
GRANT ALL ON person, incoming TO ddm_mg_masked;
SET ROLE ddm_mg_masked;
MERGE INTO person p USING incoming i ON p.id = i.id
    WHEN MATCHED THEN UPDATE SET email = i.email, open = i.open
    WHEN NOT MATCHED THEN INSERT VALUES (i.id, i.email, i.open);
RESET ROLE;
SELECT * FROM person ORDER BY id;
-- Conditions and sources read the mask.
SET ROLE ddm_mg_masked;
MERGE INTO person p USING incoming i ON p.email = i.email
    WHEN MATCHED THEN UPDATE SET open = 'matched by mask';
MERGE INTO person p USING incoming i ON p.id = i.id
    WHEN MATCHED AND p.email = 'six@example.com' THEN DELETE
    WHEN MATCHED AND p.email LIKE 'o***%' THEN UPDATE SET open = p.email
    WHEN MATCHED THEN DO NOTHING;
RESET ROLE;
SELECT * FROM person ORDER BY id;
SET ddm.masked_writes = 'deny';
SET ROLE ddm_mg_masked;
MERGE INTO person p USING incoming i ON p.id = i.id WHEN MATCHED THEN UPDATE SET email = i.email;
MERGE INTO person p USING incoming i ON p.id = i.id WHEN MATCHED THEN UPDATE SET open = i.open;
RESET ROLE;
RESET ddm.masked_writes;
SET client_min_messages = warning;
DROP SCHEMA writeback_merge CASCADE;
DROP ROLE ddm_mg_masked;
