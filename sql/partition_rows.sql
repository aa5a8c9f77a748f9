-- Rows come into a partition from the others, by an UPDATE of the key or an INSERT through the table: no partition that
-- whoever is masked makes or brings along reads them, and none of them takes rows that it would show.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE parts_owner;
CREATE ROLE parts_reader;
CREATE SCHEMA parts AUTHORIZATION parts_owner;
GRANT USAGE ON SCHEMA parts TO parts_reader;
SET ddm.exempt_owner = off;
CREATE FOREIGN DATA WRAPPER parts_wrapper;
CREATE SERVER parts_far FOREIGN DATA WRAPPER parts_wrapper;
GRANT USAGE ON FOREIGN SERVER parts_far TO parts_owner;
SET ROLE parts_owner;
CREATE FUNCTION parts.tell(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE WARNING '%', $1; RETURN $1; END $$;
CREATE FUNCTION parts.spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING '%', new; RETURN new; END $$;
CREATE TABLE parts.people (id int NOT NULL, ssn text CHECK (ssn <> ''), pay int, room int) PARTITION BY LIST (room);
CREATE TABLE parts.people_1 PARTITION OF parts.people FOR VALUES IN (1);
CREATE INDEX ON parts.people (ssn);
INSERT INTO parts.people VALUES (1, '123-45-6789', 900, 1), (2, '234-56-7890', 700, 1);
GRANT SELECT, INSERT, UPDATE ON parts.people, parts.people_1 TO parts_reader;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN parts.people.ssn IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN parts.people.pay IS 'MASKED WITH FUNCTION default()';

-- What a table brings along when it becomes a partition.
SET ROLE parts_owner;
CREATE TABLE parts.trap (id int NOT NULL, ssn text CONSTRAINT people_ssn_check CHECK (ssn <> ''), pay int, room int);
BEGIN;
CREATE TRIGGER spy BEFORE INSERT ON parts.trap FOR EACH ROW EXECUTE FUNCTION parts.spy();
ALTER TABLE parts.people ATTACH PARTITION parts.trap FOR VALUES IN (2);
ROLLBACK;
BEGIN;
ALTER TABLE parts.trap ADD CHECK (parts.tell(ssn) <> '');
ALTER TABLE parts.people ATTACH PARTITION parts.trap FOR VALUES IN (2);
ROLLBACK;
BEGIN;
CREATE INDEX ON parts.trap (parts.tell(ssn));
ALTER TABLE parts.people ATTACH PARTITION parts.trap FOR VALUES IN (2);
ROLLBACK;
BEGIN;
CREATE INDEX ON parts.trap (id) WHERE pay > 800;
ALTER TABLE parts.people ATTACH PARTITION parts.trap FOR VALUES IN (2);
ROLLBACK;
BEGIN;
ALTER TABLE parts.trap ADD UNIQUE (pay);
ALTER TABLE parts.people ATTACH PARTITION parts.trap FOR VALUES IN (2);
ROLLBACK;
BEGIN;
ALTER TABLE parts.trap ALTER pay SET NOT NULL;
ALTER TABLE parts.people ATTACH PARTITION parts.trap FOR VALUES IN (2);
ROLLBACK;
BEGIN;
CREATE POLICY p ON parts.trap USING (parts.tell(ssn) <> '');
ALTER TABLE parts.people ATTACH PARTITION parts.trap FOR VALUES IN (2);
ROLLBACK;
BEGIN;
CREATE STATISTICS parts.s ON (parts.tell(ssn)), id FROM parts.trap;
ALTER TABLE parts.people ATTACH PARTITION parts.trap FOR VALUES IN (2);
ROLLBACK;
BEGIN;
CREATE TABLE parts.caught (ssn text);
CREATE RULE r AS ON UPDATE TO parts.trap DO ALSO INSERT INTO parts.caught VALUES (old.ssn);
ALTER TABLE parts.people ATTACH PARTITION parts.trap FOR VALUES IN (2);
ROLLBACK;
BEGIN;
CREATE TABLE parts.pays (pay int PRIMARY KEY);
ALTER TABLE parts.trap ADD FOREIGN KEY (pay) REFERENCES parts.pays;
ALTER TABLE parts.people ATTACH PARTITION parts.trap FOR VALUES IN (2);
ROLLBACK;
BEGIN;
CREATE TABLE parts.split (id int NOT NULL, ssn text CONSTRAINT people_ssn_check CHECK (ssn <> ''), pay int, room int) PARTITION BY RANGE (pay);
CREATE TABLE parts.split_low PARTITION OF parts.split FOR VALUES FROM (0) TO (800);
ALTER TABLE parts.people ATTACH PARTITION parts.split FOR VALUES IN (2);
ROLLBACK;
BEGIN;
CREATE TABLE parts.below (id int NOT NULL, ssn text CONSTRAINT people_ssn_check CHECK (ssn <> ''), pay int, room int) PARTITION BY RANGE (id);
CREATE TABLE parts.below_low PARTITION OF parts.below FOR VALUES FROM (0) TO (800);
CREATE TRIGGER spy BEFORE INSERT ON parts.below_low FOR EACH ROW EXECUTE FUNCTION parts.spy();
ALTER TABLE parts.people ATTACH PARTITION parts.below FOR VALUES IN (2);
ROLLBACK;
BEGIN;
CREATE FOREIGN TABLE parts.away (id int NOT NULL, ssn text CONSTRAINT people_ssn_check CHECK (ssn <> ''), pay int, room int) SERVER parts_far;
ALTER TABLE parts.people ATTACH PARTITION parts.away FOR VALUES IN (2);
ROLLBACK;
-- What a new partition gets beyond what the table has, in the same transaction too.
CREATE TABLE parts.people_2 PARTITION OF parts.people (CHECK (parts.tell(ssn) <> '')) FOR VALUES IN (2);
CREATE TABLE parts.people_2 PARTITION OF parts.people (UNIQUE (pay)) FOR VALUES IN (2);
CREATE TABLE parts.people_2 PARTITION OF parts.people (ssn NOT NULL) FOR VALUES IN (2);
CREATE TABLE parts.people_2 PARTITION OF parts.people FOR VALUES IN (2) PARTITION BY RANGE (pay);
CREATE TABLE parts.people_2 PARTITION OF parts.people FOR VALUES IN (2) PARTITION BY RANGE (parts.tell(ssn));
CREATE FOREIGN TABLE parts.people_2 PARTITION OF parts.people FOR VALUES IN (2) SERVER parts_far;
BEGIN;
CREATE TABLE parts.people_2 PARTITION OF parts.people FOR VALUES IN (2);
CREATE TRIGGER spy BEFORE INSERT ON parts.people_2 FOR EACH ROW EXECUTE FUNCTION parts.spy();
ROLLBACK;
BEGIN;
CREATE TABLE parts.people_2 PARTITION OF parts.people FOR VALUES IN (2);
CREATE INDEX ON parts.people_2 (parts.tell(ssn));
ROLLBACK;
-- What the table has, its partitions get; and what sees nothing masked they may have.
CREATE TABLE parts.people_2 PARTITION OF parts.people (CHECK (id > 0)) FOR VALUES IN (2) PARTITION BY RANGE (id);
CREATE TABLE parts.people_2a PARTITION OF parts.people_2 FOR VALUES FROM (0) TO (100);
UPDATE parts.people SET room = 2 WHERE id = 1;
SELECT tableoid::regclass, * FROM parts.people ORDER BY id;
SELECT * FROM parts.people_2a;
UPDATE parts.people SET room = 1;
-- One that brings nothing.
ALTER TABLE parts.people ATTACH PARTITION parts.trap FOR VALUES IN (3);
UPDATE parts.people SET room = 3 WHERE id = 2;
SELECT * FROM parts.trap;
RESET ROLE;

-- Masks that not all partitions have: the whole of them through the table, none of it by moving rows.
SET ROLE parts_owner;
CREATE TABLE parts.whole (id int NOT NULL, ssn text, pay int, room int, kind int) PARTITION BY LIST (room);
CREATE TABLE parts.closed (id int NOT NULL, ssn text, pay int, room int, kind int);
INSERT INTO parts.closed VALUES (1, '123-45-6789', 900, 1, 1), (2, '234-56-7890', 700, 1, 1);
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN parts.closed.ssn IS 'MASKED WITH FUNCTION default()';
SET ROLE parts_owner;
CREATE TABLE parts.rooms (room int PRIMARY KEY);
INSERT INTO parts.rooms VALUES (1), (3);
ALTER TABLE parts.whole ATTACH PARTITION parts.closed FOR VALUES IN (1);
CREATE TABLE parts.open PARTITION OF parts.whole FOR VALUES IN (2, 3, 4);
ALTER TABLE parts.whole ADD FOREIGN KEY (room) REFERENCES parts.rooms ON UPDATE CASCADE;
GRANT SELECT, INSERT, UPDATE ON parts.whole, parts.closed, parts.open, parts.rooms TO parts_reader;
RESET ROLE;
SET ROLE parts_reader;
SELECT * FROM parts.whole ORDER BY id;
UPDATE parts.whole SET room = 2;
UPDATE parts.whole SET room = 2 WHERE id = 1 RETURNING *;
WITH moved AS (UPDATE parts.whole SET (pay, room) = (1, 2) RETURNING id) SELECT * FROM moved;
MERGE INTO parts.whole w USING (VALUES (1)) v (id) ON w.id = v.id WHEN MATCHED THEN UPDATE SET room = 2;
UPDATE parts.rooms SET room = 2 WHERE room = 1;
UPDATE parts.whole SET kind = 2, pay = 1 WHERE id = 1 RETURNING *;
SELECT * FROM parts.open;
-- The plan of the foreign key is the same for who is cleared, and after it for who is not.
RESET ROLE;
UPDATE parts.rooms SET room = 2 WHERE room = 1;
UPDATE parts.rooms SET room = 1 WHERE room = 2;
SET ROLE parts_reader;
UPDATE parts.rooms SET room = 2 WHERE room = 1;
SELECT * FROM parts.open;
RESET ROLE;
-- A part of the tree is masked alike.
SECURITY LABEL FOR ddm ON COLUMN parts.whole.ssn IS 'MASKED WITH FUNCTION default()';
SET ROLE parts_reader;
UPDATE parts.whole SET room = 3 WHERE id = 1 RETURNING id;
UPDATE parts.rooms SET room = 4 WHERE room = 1;
SELECT * FROM parts.open;
RESET ROLE;
-- Alike, but for the mask.
SECURITY LABEL FOR ddm ON COLUMN parts.whole.ssn IS NULL;
SECURITY LABEL FOR ddm ON COLUMN parts.open.ssn IS 'MASKED WITH FUNCTION ssn()';
SET ROLE parts_reader;
UPDATE parts.whole SET room = 2 WHERE id = 2;
RESET ROLE;

-- Who is cleared on one table of a tree and masked on another joins them by no way.
CREATE SCHEMA parts_clear AUTHORIZATION parts_owner;
GRANT UNMASK ON SCHEMA parts_clear TO parts_owner;
SET ROLE parts_owner;
CREATE TABLE parts.child (id int, secret text);
CREATE TABLE parts.tree (id int, secret text) PARTITION BY LIST (id);
INSERT INTO parts.child VALUES (1, 'stored');
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN parts.child.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN parts.tree.secret IS 'MASKED WITH FUNCTION default()';
SET ROLE parts_owner;
CREATE TABLE parts_clear.parent (id int, secret text);
CREATE TABLE parts_clear.above () INHERITS (parts_clear.parent);
CREATE TABLE parts_clear.other (id int, secret text) PARTITION BY LIST (id);
ALTER TABLE parts.child INHERIT parts_clear.parent;
ALTER TABLE parts.child INHERIT parts_clear.above;
ALTER TABLE parts_clear.other ATTACH PARTITION parts.child FOR VALUES IN (1);
SELECT * FROM parts_clear.parent UNION ALL SELECT * FROM parts_clear.other;
-- Rows that the table would send to a partition.
CREATE TABLE parts_clear.part PARTITION OF parts.tree FOR VALUES IN (1);
ALTER TABLE parts.tree ATTACH PARTITION parts_clear.other DEFAULT;
-- What failed is forgotten, and what no clearance tells apart goes on.
BEGIN;
SAVEPOINT s;
ALTER TABLE parts.child INHERIT parts_clear.parent;
ROLLBACK TO s;
CREATE TABLE parts.middle (id int, secret text);
ALTER TABLE parts.child INHERIT parts.middle;
ALTER TABLE parts.child NO INHERIT parts.middle;
ALTER TABLE parts.tree ATTACH PARTITION parts.child FOR VALUES IN (1);
SELECT * FROM parts.tree;
CREATE TABLE parts_clear.more PARTITION OF parts_clear.other FOR VALUES IN (2);
ROLLBACK;
RESET ROLE;
-- A clearance that asks for the moment and the session, here and now not there.
REVOKE UNMASK ON SCHEMA parts_clear FROM parts_owner;
SELECT ddm.create_exemption('parts_later', ARRAY['parts_owner'],
    'resource.table_name in ["parent", "part"] && request.application_name == "later"') \g /dev/null
SET ROLE parts_owner;
ALTER TABLE parts.child INHERIT parts_clear.parent;
ALTER TABLE parts.child RENAME TO parent;
CREATE TABLE parts_clear.part (id int, secret text);
ALTER TABLE parts.tree ATTACH PARTITION parts_clear.part FOR VALUES IN (1);
BEGIN; -- one that tells no tables of the tree apart
ALTER TABLE parts.child RENAME TO children;
CREATE TABLE parts_clear.late (id int, secret text);
ALTER TABLE parts.children INHERIT parts_clear.late;
ROLLBACK;
RESET ROLE;
SELECT ddm.drop_exemption('parts_later') \g /dev/null
-- Somebody else's, also while what is masked is shown.
GRANT UNMASK ON parts_clear.parent TO parts_reader;
GRANT USAGE ON SCHEMA parts_clear TO parts_reader;
GRANT SELECT ON parts_clear.parent TO parts_reader;
SET ROLE parts_owner;
ALTER TABLE parts.child INHERIT parts_clear.parent;
RESET ROLE;
SET ddm.mode = observe;
SET ROLE parts_owner;
ALTER TABLE parts.child INHERIT parts_clear.parent;
RESET ROLE;
RESET ddm.mode;
-- It is his to show who is cleared, and what all are cleared on may be joined.
BEGIN;
GRANT UNMASK ON parts.child TO parts_owner;
SET ROLE parts_owner;
ALTER TABLE parts.child INHERIT parts_clear.parent;
ROLLBACK;
BEGIN;
GRANT UNMASK (secret) ON parts.child TO parts_reader;
SET ROLE parts_owner;
ALTER TABLE parts.child INHERIT parts_clear.parent;
SET ROLE parts_reader;
SELECT * FROM parts_clear.parent;
ROLLBACK;
REVOKE UNMASK ON parts_clear.parent FROM parts_reader;
-- One that lays its clearance down for the statement.
GRANT UNMASK ON SCHEMA parts_clear TO parts_reader;
GRANT parts_owner TO parts_reader;
SET SESSION AUTHORIZATION parts_reader;
SET ROLE parts_owner;
ALTER TABLE parts.child INHERIT parts_clear.parent;
RESET SESSION AUTHORIZATION;
-- Whoever may grant it joins them.
ALTER TABLE parts.child INHERIT parts_clear.parent;

DROP SCHEMA parts, parts_clear CASCADE;
DROP FOREIGN DATA WRAPPER parts_wrapper CASCADE;
DROP ROLE parts_owner, parts_reader;
RESET ddm.exempt_owner;
