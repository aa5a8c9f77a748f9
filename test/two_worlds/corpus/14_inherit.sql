--- partitioned table
SELECT * FROM events ORDER BY id;
--- each partition by itself
SELECT * FROM events_1 ORDER BY id;
--- sub-partitioned level
SELECT * FROM events_2 ORDER BY id;
--- leaf of two levels
SELECT * FROM events_2a ORDER BY id;
--- partition with another column order
SELECT * FROM events_3 ORDER BY id;
--- partition made after the label
SELECT * FROM events_4 ORDER BY id;
--- partition that was detached
SELECT * FROM events_5 ORDER BY id;
--- only the parent
-- blind: a partitioned table holds nothing itself
SELECT * FROM ONLY events;
--- partition filtered
SELECT id FROM events_2b WHERE payload > 'a9' AND amount > 30 ORDER BY id;
--- pruning on the open key
SELECT payload FROM events WHERE id = 150;
--- partitions joined
SELECT a.id, b.payload FROM events a JOIN events_3 b ON a.id = b.id AND a.payload = b.payload ORDER BY 1;
--- partition-wise join and aggregate
SET enable_partitionwise_join = on;
SET enable_partitionwise_aggregate = on;
EXPLAIN (VERBOSE) SELECT a.id, max(b.payload) FROM events a JOIN events b USING (id) WHERE a.amount > 20 GROUP BY a.id;
SELECT a.id, max(b.payload) FROM events a JOIN events b USING (id) WHERE a.amount > 20 GROUP BY a.id ORDER BY 1;
--- partitions with tableoid
SELECT tableoid::regclass, count(*), max(payload), sum(amount) FROM events GROUP BY 1 ORDER BY 1;
--- partitioned table filtered by a secret through an index
SET enable_seqscan = off;
SELECT id FROM events WHERE payload = 'a' || substr(md5('a0'), 1, 11) ORDER BY id;
--- update a partitioned table
BEGIN;
UPDATE events SET kind = 'z' WHERE amount > 30 RETURNING id, payload, amount, kind;
ROLLBACK;
--- update moves rows between partitions
BEGIN;
UPDATE events SET id = id + 250 WHERE id < 20 RETURNING *;
SELECT tableoid::regclass, * FROM events WHERE id BETWEEN 250 AND 270 ORDER BY id;
ROLLBACK;
--- update moves rows and copies a secret
BEGIN;
UPDATE events SET kind = payload || amount, id = id + 1 WHERE id BETWEEN 90 AND 100 RETURNING *;
ROLLBACK;
--- delete from a partitioned table
BEGIN;
DELETE FROM events WHERE payload > 'a9' RETURNING tableoid::regclass, id, payload;
ROLLBACK;
--- write to a partition directly
BEGIN;
UPDATE events_3 SET kind = 'direct' || payload WHERE amount > 20 RETURNING *;
DELETE FROM events_2a WHERE payload > 'a9' RETURNING *;
INSERT INTO events_1 VALUES (77, 'mine', 5, 'k') RETURNING *;
ROLLBACK;
--- insert into partitions by a select
-- refused: a mask need not pass a check
BEGIN;
INSERT INTO events SELECT id - 100, payload, amount, kind FROM events WHERE id BETWEEN 350 AND 360 RETURNING *;
ROLLBACK;
--- on conflict in partitions
-- blind: there is no unique index
BEGIN;
INSERT INTO events VALUES (5, 'x', 5, 'k') ON CONFLICT DO NOTHING RETURNING *;
ROLLBACK;
--- for update of partitions
SELECT id, payload FROM events WHERE id < 120 AND amount > 20 ORDER BY id FOR UPDATE;
--- parent with its children
SELECT * FROM assets ORDER BY id;
--- only the parent's own rows
SELECT * FROM ONLY assets ORDER BY id;
--- child
SELECT * FROM machines ORDER BY id;
--- only the child
SELECT * FROM ONLY machines ORDER BY id;
--- grandchild
SELECT * FROM robots ORDER BY id;
--- child of two parents
SELECT * FROM insured_robots ORDER BY id;
--- the other parent
SELECT * FROM insured ORDER BY 1;
--- child made after the label
SELECT * FROM late_machines ORDER BY id;
--- parent filtered
SELECT id FROM assets WHERE serial > 'a9' AND price > 20 ORDER BY id;
--- child filtered by its own secret
SELECT id FROM machines WHERE pin > 'a9' ORDER BY id;
--- inheritance in an aggregate
SELECT tableoid::regclass, count(DISTINCT serial), sum(price) FROM assets GROUP BY 1 ORDER BY 1;
--- update a parent
BEGIN;
UPDATE assets SET id = id + 1000 WHERE price > 20 RETURNING tableoid::regclass, *;
ROLLBACK;
--- update a parent from a join
BEGIN;
UPDATE assets a SET id = a.id + d.amount FROM desk d WHERE d.id = a.id % 100 AND a.serial > d.secret RETURNING a.*, d.secret;
ROLLBACK;
--- delete from a parent
BEGIN;
DELETE FROM assets WHERE serial > 'a9' RETURNING *;
ROLLBACK;
--- delete from a child
BEGIN;
DELETE FROM machines WHERE pin > 'a9' OR price < 20 RETURNING *;
ROLLBACK;
--- parent prepared as cleared, executed as masked
-- role: tw_switch
SET ROLE tw_cleared;
PREPARE p AS SELECT * FROM assets ORDER BY id;
PREPARE q AS SELECT * FROM events_3 ORDER BY id;
SET ROLE tw_masked;
EXECUTE p;
EXECUTE q;
--- tablesample of partitions
SELECT id, payload FROM events TABLESAMPLE BERNOULLI (50) REPEATABLE (5) ORDER BY id;
--- view over a child
CREATE VIEW home.robot_view AS SELECT * FROM robots WHERE brain > 'a';
SELECT * FROM robot_view ORDER BY id;
--- merge append over partitions
SET enable_sort = off;
SET enable_seqscan = off;
SELECT payload, id FROM events ORDER BY payload, id LIMIT 30;
--- runtime pruning by a parameter from a secret
PREPARE p AS SELECT e.id, e.payload FROM events e WHERE e.id = (SELECT 10 + amount FROM desk WHERE id = 3);
EXECUTE p;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) EXECUTE p;
