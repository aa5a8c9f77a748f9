-- UPDATE, DELETE, INSERT ... ON CONFLICT and MERGE by a masked role: what they read of their target is the mask.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE targets_masked;
CREATE TYPE targets_address AS (street text, town text);
CREATE TABLE targets_people (
    id int PRIMARY KEY, open text, secret text, number int, tags text[], address targets_address);
SECURITY LABEL FOR ddm ON COLUMN targets_people.secret IS 'MASKED WITH FUNCTION partial(1, ''***'', 0)';
SECURITY LABEL FOR ddm ON COLUMN targets_people.number IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN targets_people.tags IS 'MASKED WITH FUNCTION nullify()';
SECURITY LABEL FOR ddm ON COLUMN targets_people.address IS 'MASKED WITH VALUE NULL';
CREATE TABLE targets_source (id int PRIMARY KEY, note text);
INSERT INTO targets_source VALUES (1, 's1'), (2, 's2'), (9, 's9');
GRANT SELECT, INSERT, UPDATE, DELETE ON targets_people TO targets_masked;
GRANT SELECT ON targets_source TO targets_masked;
INSERT INTO targets_people
    SELECT i, 'o' || i, 'value' || i, i * 10, ARRAY['x' || i, 'y'], ROW('road ' || i, 'town')::targets_address
    FROM generate_series(1, 4) i;
SET ROLE targets_masked;

-- Conditions and RETURNING.
UPDATE targets_people SET open = 'hit' WHERE secret = 'value1' RETURNING *;
UPDATE targets_people SET open = 'hit' WHERE secret = 'v***' AND id = 1 RETURNING *;
UPDATE targets_people t SET open = 'row' WHERE id = 2 RETURNING t, secret || '!', ctid IS NOT NULL AS located;
UPDATE targets_people SET open = 'none' WHERE number > 0;
DELETE FROM targets_people WHERE number = 10 RETURNING id;
DELETE FROM targets_people WHERE id = 4 RETURNING secret, (SELECT count(*) FROM targets_people q WHERE q.secret = targets_people.secret) AS same;
INSERT INTO targets_people VALUES (5, 'o5', 'mine', 50) RETURNING id, secret, number;

-- A masked column copied into an open one writes the mask.
UPDATE targets_people SET open = secret WHERE id = 1 RETURNING open;
UPDATE targets_people SET open = (SELECT string_agg(s.secret, ',' ORDER BY s.id) FROM targets_people s) WHERE id = 2 RETURNING open;
UPDATE targets_people t SET open = s.secret || t.number FROM targets_people s WHERE s.id = t.id AND t.id = 3 RETURNING t.open, s.open, s.secret;
UPDATE targets_people SET (open, secret) = (SELECT secret, 'new') WHERE id = 5 RETURNING open, secret;
WITH u AS (UPDATE targets_people SET open = 'cte' WHERE id = 1 RETURNING *) SELECT id, secret, u FROM u;
WITH d AS (DELETE FROM targets_people WHERE id = 5 RETURNING secret) INSERT INTO targets_people (id, open) SELECT 6, secret FROM d RETURNING open;

-- Fields of a masked column go into the stored value; what is read for them is the mask. Elements can't be assigned to.
UPDATE targets_people SET address.town = coalesce((address).street, 'unknown') WHERE id = 3;
UPDATE targets_people SET tags[2] = secret WHERE id = 3;

-- ON CONFLICT: the row that is there is masked, EXCLUDED is the user's own.
INSERT INTO targets_people AS t (id, open, secret) VALUES (1, 'x', 'theirs')
    ON CONFLICT (id) DO UPDATE SET open = t.secret || '/' || EXCLUDED.secret RETURNING open;
INSERT INTO targets_people AS t (id, open, secret) VALUES (1, 'x', 'theirs')
    ON CONFLICT (id) DO UPDATE SET open = 'guessed' WHERE t.secret = 'value1' RETURNING open;
INSERT INTO targets_people AS t (id, open) VALUES (1, 'x')
    ON CONFLICT (id) DO UPDATE SET open = 'whole' WHERE t.* IS NOT NULL RETURNING open;

-- MERGE.
MERGE INTO targets_people t USING targets_source s ON t.id = s.id
    WHEN MATCHED AND t.secret = 'value2' THEN DELETE
    WHEN MATCHED AND t.secret = 'v***' THEN UPDATE SET open = s.note || t.secret
    WHEN NOT MATCHED THEN INSERT (id, open) VALUES (s.id, s.note);
MERGE INTO targets_people t USING targets_source s ON t.id = s.id AND t.number = 20
    WHEN MATCHED THEN DELETE;
MERGE INTO targets_source s USING (SELECT 1) x ON false WHEN MATCHED THEN DO NOTHING;
RESET ROLE;
-- As the owner sees it: open columns hold masks, masked ones their values.
SELECT * FROM targets_people ORDER BY id;

-- Cursors.
SET ROLE targets_masked;
BEGIN;
DECLARE c CURSOR FOR SELECT id, secret FROM targets_people ORDER BY id FOR UPDATE;
FETCH 1 FROM c;
UPDATE targets_people SET open = 'current' || secret WHERE CURRENT OF c RETURNING id, open;
FETCH 1 FROM c;
DELETE FROM targets_people WHERE CURRENT OF c RETURNING id, secret;
ROLLBACK;

-- Views of one's own, updatable, are no way to ask.
RESET ROLE;
GRANT CREATE ON SCHEMA public TO targets_masked;
SET ROLE targets_masked;
CREATE VIEW targets_mine AS SELECT * FROM targets_people WHERE secret LIKE 'value%';
CREATE VIEW targets_barrier WITH (security_barrier) AS SELECT * FROM targets_people WHERE secret LIKE 'value%';
CREATE VIEW targets_checked AS SELECT * FROM targets_people WHERE secret NOT LIKE 'value%' WITH CHECK OPTION;
UPDATE targets_mine SET open = 'v' RETURNING id;
UPDATE targets_barrier SET open = 'v' RETURNING id;
DELETE FROM targets_barrier WHERE number > 5;
UPDATE targets_checked SET open = 'v' WHERE id = 1 RETURNING id, secret;
DROP VIEW targets_mine, targets_barrier, targets_checked;

-- Partitions: through the parent and directly.
RESET ROLE;
CREATE TABLE targets_parted (id int, secret text, open text) PARTITION BY RANGE (id);
CREATE TABLE targets_low PARTITION OF targets_parted FOR VALUES FROM (0) TO (10);
CREATE TABLE targets_high (open text, gone int, secret text, id int);
ALTER TABLE targets_high DROP COLUMN gone;
ALTER TABLE targets_parted ATTACH PARTITION targets_high FOR VALUES FROM (10) TO (20);
SECURITY LABEL FOR ddm ON COLUMN targets_parted.secret IS 'MASKED WITH FUNCTION partial(1, ''***'', 0)';
INSERT INTO targets_parted VALUES (1, 'value1', 'a'), (11, 'value11', 'b');
GRANT SELECT, INSERT, UPDATE, DELETE ON targets_parted, targets_low, targets_high TO targets_masked;
SET ROLE targets_masked;
UPDATE targets_parted SET open = secret WHERE secret = 'v***' RETURNING *, tableoid::regclass;
UPDATE targets_parted p SET id = 12 WHERE id = 1 RETURNING p, p.secret;
UPDATE targets_high SET open = 'direct' WHERE secret = 'value11' RETURNING *;
SELECT * FROM targets_high ORDER BY id;
SELECT p, p.secret, tableoid::regclass FROM targets_parted p ORDER BY id;
SELECT id FROM targets_parted WHERE targets_parted::text LIKE '%value%';
INSERT INTO targets_parted VALUES (3, 'own', 'x') RETURNING *;
DELETE FROM targets_parted WHERE secret <> 'v***' RETURNING id, secret;
RESET ROLE;
SELECT * FROM targets_parted ORDER BY id;

DROP TABLE targets_people, targets_source, targets_parted;
DROP TYPE targets_address;
REVOKE CREATE ON SCHEMA public FROM targets_masked;
DROP ROLE targets_masked;
