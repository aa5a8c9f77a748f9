-- What came with 16, 17 and 18: what is written, generated columns and constraints.
--- returning old and new of an upsert by excluded masks
-- since: 18
BEGIN;
INSERT INTO desk SELECT id, secret, amount, 'e' || id FROM desk WHERE id < 4 ON CONFLICT (id) DO UPDATE SET secret = excluded.secret, open = excluded.open || desk.secret || excluded.id WHERE excluded.secret = desk.secret RETURNING WITH (OLD AS was, NEW AS is_now) was.*, is_now.*, was.secret || is_now.secret, to_jsonb(was), row_to_json(is_now);
ROLLBACK;
--- returning old and new under aggregates, in ctes and grouped
-- since: 18
BEGIN;
WITH u AS (UPDATE desk SET amount = 5, open = 'c' || id WHERE id < 9 RETURNING old AS o, new AS n, old.amount - new.amount AS gap) SELECT (o).secret, (n).amount, sum(gap), count(*) FROM u GROUP BY 1, 2 ORDER BY 1, 2, 3;
ROLLBACK;
--- returning old of an inheritance child through its parent
-- since: 18
BEGIN;
UPDATE assets SET id = id + 1000 WHERE price >= 0 AND id < 303 RETURNING old.tableoid::regclass, old.serial, new.price, old, new, new::text;
ROLLBACK;
--- returning old of a row that moves to another partition
-- since: 18
BEGIN;
UPDATE events SET id = id + 100 WHERE id BETWEEN 95 AND 105 RETURNING old.id, old.payload, new.payload, old.amount = new.amount, old, new;
ROLLBACK;
--- returning old in a rule and through an instead trigger
-- since: 18
BEGIN;
CREATE VIEW home.ro AS SELECT * FROM desk;
CREATE RULE r AS ON UPDATE TO home.ro DO INSTEAD UPDATE desk SET open = new.open || old.secret WHERE id = old.id RETURNING desk.*;
UPDATE home.ro SET open = 'r' || id WHERE id < 4 RETURNING *;
UPDATE v_instead SET open = 'i' || id WHERE id < 4 RETURNING old.*, new.*, old, new;
ROLLBACK;
--- returning old whole from a foreign table
-- since: 18
BEGIN;
UPDATE far_desk SET open = 'f' || id WHERE id < 4 RETURNING old.secret, new.secret, new.open;
ROLLBACK;
--- returning old in a function's body
-- since: 18
BEGIN;
CREATE FUNCTION home.fold(int) RETURNS TABLE (a text, b text, c desk) LANGUAGE sql BEGIN ATOMIC UPDATE shop.desk SET secret = 'w' || id WHERE id < $1 RETURNING old.secret, new.secret, old; END;
SELECT * FROM home.fold(4);
CREATE FUNCTION home.fnew(int) RETURNS SETOF record LANGUAGE sql AS $$ DELETE FROM shop.desk WHERE id < $1 RETURNING old.*, new.* $$;
SELECT * FROM home.fnew(3) AS t (a int, b text, c int, d text, e int, f text, g int, h text);
ROLLBACK;
--- merge not matched by source with conditions over masks
-- since: 17
BEGIN;
MERGE INTO desk d USING ruled r ON d.id = r.id AND d.secret < r.secret || 'x' WHEN MATCHED AND r.secret >= d.secret AND d.id < 5 THEN UPDATE SET open = r.secret || d.id WHEN NOT MATCHED BY SOURCE AND d.secret = 'XXXX' AND d.id > 55 THEN UPDATE SET open = d.secret || d.id, secret = d.secret WHEN NOT MATCHED BY TARGET THEN DO NOTHING RETURNING merge_action(), d.*;
ROLLBACK;
--- merge in a cte, its action counted
-- since: 17
BEGIN;
WITH m AS (MERGE INTO accounts a USING customers c ON a.id = c.id AND a.balance >= c.score WHEN MATCHED THEN DELETE WHEN NOT MATCHED AND c.id > 295 AND c.score >= 0 THEN INSERT VALUES (c.id + 2000, c.name, c.ssn, 5, c.score) RETURNING merge_action() AS did, a.holder, a.pin, a.open, c.ssn) SELECT did, holder, pin, ssn, open, count(*) FROM m GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4;
ROLLBACK;
--- merge into a partitioned table with rows that move
-- since: 17
BEGIN;
MERGE INTO events e USING (VALUES (3), (150), (999)) v (i) ON e.id = v.i AND e.amount >= 0 WHEN MATCHED THEN UPDATE SET id = e.id + 101, payload = e.payload || 'm' WHEN NOT MATCHED THEN DO NOTHING RETURNING merge_action(), e.*;
SELECT * FROM events WHERE payload LIKE '%m' ORDER BY id;
ROLLBACK;
--- merge on a view with check option
-- since: 17
BEGIN;
MERGE INTO v_check v USING ruled r ON v.id = r.id WHEN MATCHED AND v.amount >= 0 THEN UPDATE SET amount = v.amount, open = v.secret || v.id RETURNING merge_action(), v.secret, r.secret, v.open;
MERGE INTO v_check v USING ruled r ON v.id = r.id WHEN MATCHED THEN UPDATE SET amount = -1;
ROLLBACK;
--- merge on a partitioned parent by source rows of its own
-- since: 18
BEGIN;
MERGE INTO events e USING events f ON e.id = f.id + 1 AND e.payload = f.payload WHEN MATCHED AND e.id < 5 THEN UPDATE SET kind = 'k9' WHEN NOT MATCHED BY SOURCE AND e.id < 3 THEN DELETE RETURNING merge_action(), old.payload, new.payload, f.payload, old, new;
ROLLBACK;
--- virtual columns of one's own over a copied table
-- since: 18
BEGIN;
CREATE TABLE home.vc (id int, secret text, up text GENERATED ALWAYS AS (upper(secret)) VIRTUAL, len int GENERATED ALWAYS AS (length(secret)) VIRTUAL NOT NULL, CHECK (len > 0));
INSERT INTO home.vc SELECT id, secret FROM desk;
SELECT DISTINCT up, len FROM home.vc;
UPDATE home.vc SET secret = d.secret FROM desk d WHERE d.id = vc.id RETURNING old.up, new.up;
ROLLBACK;
--- virtual column put over a masked one by its owner
-- since: 18
-- role: tw_landlord
-- refused: a masked role may not have the server read the column for it
BEGIN;
ALTER TABLE estate.lodgers ADD COLUMN shown text GENERATED ALWAYS AS (secret || rent) VIRTUAL;
SELECT shown FROM estate.lodgers ORDER BY id;
ROLLBACK;
--- virtual column put over the whole row by its owner
-- since: 18
-- role: tw_landlord
-- blind: the server refuses it
ALTER TABLE estate.lodgers ADD COLUMN shown text GENERATED ALWAYS AS (lodgers::text) VIRTUAL;
--- virtual column whose expression is changed to a masked one
-- since: 18
-- blind: earlier cases may have left the column a type that virtual ones are not made of
-- role: tw_landlord
-- refused: a masked role may not have the server read the column for it
BEGIN;
ALTER TABLE estate.lodgers ADD COLUMN shown text GENERATED ALWAYS AS (room::text) VIRTUAL;
ALTER TABLE estate.lodgers ALTER COLUMN shown SET EXPRESSION AS (secret);
SELECT shown FROM estate.lodgers ORDER BY id;
ROLLBACK;
--- stored column whose expression is changed to a masked one
-- since: 17
-- role: tw_landlord
-- refused: a masked role may not have the server read the column for it
BEGIN;
ALTER TABLE estate.lodgers ADD COLUMN shown text GENERATED ALWAYS AS (room::text) STORED;
ALTER TABLE estate.lodgers ALTER COLUMN shown SET EXPRESSION AS (secret);
SELECT shown FROM estate.lodgers ORDER BY id;
ROLLBACK;
--- stored generated column made a plain one
-- since: 17
-- role: tw_switch
BEGIN;
SET LOCAL ROLE tw_owner;
ALTER TABLE ledger ALTER COLUMN memo_upper DROP EXPRESSION;
SET LOCAL ROLE tw_masked;
SELECT id, memo_upper, net FROM ledger ORDER BY id LIMIT 5;
ROLLBACK;
--- expression of a generated column changed by a cleared owner
-- since: 18
-- role: tw_switch
BEGIN;
SET LOCAL ROLE tw_owner;
ALTER TABLE computed_late ALTER COLUMN open_twice SET EXPRESSION AS (amount);
SET LOCAL ROLE tw_masked;
SELECT id, open_twice, twice FROM computed_late ORDER BY id LIMIT 5;
SELECT count(*) FROM computed_late WHERE open_twice > 100;
ROLLBACK;
--- expression of a stored generated column changed by a cleared owner
-- since: 17
-- role: tw_switch
BEGIN;
SET LOCAL ROLE tw_owner;
ALTER TABLE ledger ALTER COLUMN open_twice SET EXPRESSION AS (gross);
SET LOCAL ROLE tw_masked;
SELECT id, open_twice, net FROM ledger ORDER BY id LIMIT 5;
SELECT count(*) FROM ledger WHERE open_twice > 100;
ROLLBACK;
--- virtual column added by a cleared owner over masked ones
-- since: 18
-- role: tw_switch
BEGIN;
SET LOCAL ROLE tw_owner;
ALTER TABLE desk ADD COLUMN v text GENERATED ALWAYS AS (secret || amount) VIRTUAL, ADD COLUMN w text GENERATED ALWAYS AS (desk.open || secret) VIRTUAL;
SET LOCAL ROLE tw_masked;
SELECT * FROM desk ORDER BY id LIMIT 4;
SELECT d, d.v, w FROM desk d WHERE v > 'a' ORDER BY id LIMIT 4;
UPDATE desk SET open = 'z' || id WHERE id < 4 AND w > 'a' RETURNING old.v, new.w, old, new;
COPY desk TO STDOUT;
ROLLBACK;
--- virtual columns in a parallel plan and a hash join
-- since: 18
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*), max(a.loud), min(b.twice) FROM computed_late a JOIN computed_late b ON a.loud = b.loud AND a.twice = b.twice AND a.id = b.id;
SELECT count(*) FROM computed_late a FULL JOIN big b ON a.twice = b.secret;
--- parallel full and right joins over masks
-- since: 16
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET enable_mergejoin = off;
SELECT count(*), max(a.label), max(b.label) FROM big a FULL JOIN big b ON a.id = b.id + 6000 AND a.label = b.label;
SELECT count(*), sum(a.secret), sum(b.secret) FROM big a RIGHT JOIN big b ON a.id = b.id AND b.secret > a.secret;
SELECT count(*) FROM big a RIGHT JOIN big b ON a.id = b.secret WHERE a.id IS NULL;
--- virtual columns in a locked read and a cursor that updates
-- since: 18
BEGIN;
SELECT id, loud FROM computed_late WHERE twice > 10 OR loud >= '' ORDER BY id LIMIT 3 FOR UPDATE;
DECLARE c CURSOR FOR SELECT id, twice, loud FROM computed_late FOR UPDATE;
FETCH 2 FROM c;
UPDATE computed_late SET note = loud || twice WHERE CURRENT OF c RETURNING old.loud, new.loud, new.twice;
ROLLBACK;
--- virtual columns in own triggers' conditions and bodies
-- since: 18
-- refused: a masked role may not have a trigger see the row
-- blind: triggers see nothing of a virtual column
BEGIN;
CREATE FUNCTION home.vt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', new.loud; RETURN new; END $$;
CREATE TRIGGER vt AFTER UPDATE ON computed_late FOR EACH ROW WHEN (new.twice > 100) EXECUTE FUNCTION home.vt();
UPDATE computed_late SET id = id WHERE id < 4;
ROLLBACK;
--- virtual columns in an index, in statistics and in a foreign key
-- since: 18
-- role: tw_switch
-- blind: the server does none of it
SET ROLE tw_owner;
CREATE INDEX ON computed_late (twice);
CREATE STATISTICS cls ON twice, loud FROM computed_late;
CREATE STATISTICS cle ON (twice + 1) FROM computed_late;
ALTER TABLE computed_late ADD FOREIGN KEY (twice) REFERENCES desk;
ALTER TABLE computed_late ADD CHECK (twice < 0);
ALTER TABLE computed_late ALTER twice SET NOT NULL;
ALTER TABLE computed_late ADD UNIQUE (twice);
--- virtual columns not null and checked while a masked role writes
-- since: 18
-- role: tw_switch
BEGIN;
SET LOCAL ROLE tw_owner;
ALTER TABLE computed_late ALTER loud SET NOT NULL, ADD CONSTRAINT odd CHECK (open_twice < 1000 OR loud = 'x');
SET LOCAL ROLE tw_masked;
SAVEPOINT a;
UPDATE computed_late SET note = NULL WHERE id = 3;
ROLLBACK TO a;
UPDATE computed_late SET id = 800 WHERE id = 3;
ROLLBACK TO a;
INSERT INTO computed_late (id, amount) SELECT 900, amount FROM computed_late WHERE id = 3;
ROLLBACK;
--- virtual columns of what a cleared role copied
-- since: 18
-- role: tw_switch
BEGIN;
SET LOCAL ROLE tw_owner;
CREATE TABLE vcopy AS SELECT id, twice, loud FROM computed_late;
CREATE MATERIALIZED VIEW vmat AS SELECT id, loud, twice + 1 AS more FROM computed_late ORDER BY id;
CREATE TABLE vlike (LIKE computed_late INCLUDING ALL);
INSERT INTO vlike (id, amount, note) SELECT id, amount, note FROM computed_late;
GRANT SELECT ON vcopy, vmat, vlike TO tw_masked;
SET LOCAL ROLE tw_masked;
SELECT * FROM vcopy ORDER BY id LIMIT 4;
SELECT * FROM vmat ORDER BY 1, 2, 3;
SELECT * FROM vlike ORDER BY id LIMIT 4;
COPY vmat TO STDOUT;
ROLLBACK;
--- not null not valid, validated by who is masked
-- since: 18
-- role: tw_landlord
-- refused: whether there are nulls is asked of the stored values
-- blind: the error is about nulls, which are alike
BEGIN;
ALTER TABLE estate.payroll ADD CONSTRAINT g NOT NULL gap NOT VALID;
ALTER TABLE estate.payroll VALIDATE CONSTRAINT g;
ROLLBACK;
--- not null not valid, taken on by a child
-- since: 18
-- role: tw_landlord
-- refused: whether there are nulls may be asked later
-- blind: nothing is read
BEGIN;
ALTER TABLE estate.payroll ADD CONSTRAINT g NOT NULL gap NOT VALID NO INHERIT;
SELECT conname, convalidated FROM pg_constraint WHERE conrelid = 'estate.payroll'::regclass AND contype = 'n' ORDER BY 1;
ROLLBACK;
--- not null not valid meets a row of a masked writer
-- since: 18
-- role: tw_switch
BEGIN;
SET LOCAL ROLE tw_owner;
ALTER TABLE customers ADD CONSTRAINT nn NOT NULL notes NOT VALID;
SET LOCAL ROLE tw_masked;
UPDATE customers SET visits = visits + 1 WHERE id = 5;
ROLLBACK;
--- not enforced check made enforced, or validated, by who is masked
-- since: 18
-- role: tw_landlord
-- refused: a masked role may not have the server read the column for it
-- blind: nothing is said
BEGIN;
ALTER TABLE estate.lodgers ADD CONSTRAINT ne CHECK (rent < 300) NOT ENFORCED;
ROLLBACK;
--- not enforced foreign key of a landlord's made enforced
-- since: 18
-- role: tw_landlord
-- refused: a masked role may not have the server read the column for it
BEGIN;
CREATE TABLE estate.known (secret text PRIMARY KEY);
INSERT INTO estate.known VALUES ('a' || substr(md5('a1'), 1, 7));
ALTER TABLE estate.lodgers ADD CONSTRAINT fk FOREIGN KEY (secret) REFERENCES estate.known NOT ENFORCED;
ALTER TABLE estate.lodgers ALTER CONSTRAINT fk ENFORCED;
ROLLBACK;
--- foreign key of a partitioned table not valid, then validated
-- since: 18
-- role: tw_landlord
-- refused: a masked role may not have the server read the column for it
BEGIN;
CREATE TABLE estate.known (secret text PRIMARY KEY);
CREATE TABLE estate.pl (id int, secret text) PARTITION BY RANGE (id);
CREATE TABLE estate.pl1 PARTITION OF estate.pl FOR VALUES FROM (1) TO (100);
INSERT INTO estate.pl SELECT id, secret FROM estate.lodgers;
ALTER TABLE estate.pl ADD CONSTRAINT fk FOREIGN KEY (secret) REFERENCES estate.known NOT VALID;
ALTER TABLE estate.pl VALIDATE CONSTRAINT fk;
ROLLBACK;
--- foreign key made enforced over a masked role's own copy
-- since: 18
-- role: tw_switch
-- blind: the error names the key, which is withheld from nobody who is cleared, but the first row differs
BEGIN;
SET LOCAL ROLE tw_owner;
CREATE TABLE known (secret text PRIMARY KEY);
ALTER TABLE desk ADD CONSTRAINT fk FOREIGN KEY (secret) REFERENCES known NOT ENFORCED;
GRANT ALL ON known TO tw_masked;
SET LOCAL ROLE tw_masked;
UPDATE desk SET open = 'ne' || id WHERE id = 3 RETURNING *;
ALTER TABLE desk ALTER CONSTRAINT fk ENFORCED;
ROLLBACK;
--- temporal keys and overlapping periods said
-- since: 18
BEGIN;
INSERT INTO stays SELECT room, stay, guest FROM stays WHERE room < 5;
ROLLBACK;
--- temporal primary key that one's own table takes from masks
-- since: 18
-- refused: the masks are empty ranges
BEGIN;
CREATE TABLE home.st (room int, stay int4range, PRIMARY KEY (room, stay WITHOUT OVERLAPS));
INSERT INTO home.st SELECT room, stay FROM stays;
SELECT * FROM home.st ORDER BY room LIMIT 2;
ROLLBACK;
--- temporal key added by a masked owner
-- since: 18
-- role: tw_landlord
BEGIN;
ALTER TABLE estate.lodgers ADD COLUMN span int4range DEFAULT '[1,5)' NOT NULL;
ALTER TABLE estate.lodgers ADD CONSTRAINT wo UNIQUE (secret, span WITHOUT OVERLAPS);
ROLLBACK;
--- exclusion constraint on a partitioned table
-- since: 17
-- role: tw_landlord
-- refused: a masked role may not have the server read the column for it
-- blind: nothing is said
BEGIN;
CREATE TABLE estate.pl (id int, secret text) PARTITION BY RANGE (id);
CREATE TABLE estate.pl1 PARTITION OF estate.pl FOR VALUES FROM (1) TO (100);
INSERT INTO estate.pl SELECT id, secret FROM estate.lodgers;
ALTER TABLE estate.pl ADD EXCLUDE USING gist (id WITH =, secret WITH =);
CREATE TABLE estate.whole (LIKE estate.lodgers) PARTITION BY LIST (id);
ALTER TABLE estate.whole ADD EXCLUDE USING gist (id WITH =, secret WITH =);
ALTER TABLE estate.whole ATTACH PARTITION estate.lodgers DEFAULT;
ROLLBACK;
--- identity columns of a partition attached
-- since: 17
-- role: tw_landlord
BEGIN;
CREATE TABLE estate.whole (id int GENERATED ALWAYS AS IDENTITY, secret text NOT NULL, rent int, room int NOT NULL) PARTITION BY RANGE (id);
ALTER TABLE estate.whole ATTACH PARTITION estate.lodgers FOR VALUES FROM (1) TO (1000);
SELECT * FROM estate.whole ORDER BY id LIMIT 3;
ROLLBACK;
