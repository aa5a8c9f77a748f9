--- copy to stdout
COPY customers TO STDOUT;
--- copy columns
COPY customers (id, email, salary) TO STDOUT;
--- copy a query
COPY (SELECT email, ssn FROM customers WHERE salary > 200000 ORDER BY id) TO STDOUT;
--- copy csv with header and quotes
COPY customers TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE *);
--- copy binary
COPY desk TO STDOUT (FORMAT binary);
--- copy a query binary
COPY (SELECT secret, amount FROM desk ORDER BY id) TO STDOUT (FORMAT binary);
--- copy a partition
COPY events_1 TO STDOUT;
--- copy a partition of another layout
COPY events_3 TO STDOUT;
--- copy a partitioned table is by a query alone
COPY (SELECT * FROM events) TO STDOUT;
--- copy a child
COPY robots TO STDOUT;
--- copy with row-level security
COPY tenants TO STDOUT;
--- copy a view is by a query alone
COPY (TABLE v_customers) TO STDOUT;
--- copy a generated column's table
COPY ledger TO STDOUT;
--- copy generated columns by a query
COPY (SELECT net, memo_upper FROM ledger ORDER BY id) TO STDOUT;
--- copy exotic types
COPY exotic TO STDOUT;
--- copy what a writing query returns
BEGIN;
COPY (UPDATE desk SET open = open || '!' WHERE id < 5 RETURNING secret, open) TO STDOUT;
COPY (DELETE FROM desk WHERE amount > 300 RETURNING id, secret) TO STDOUT;
ROLLBACK;
--- copy a materialized view's query
COPY (SELECT * FROM mat ORDER BY id) TO STDOUT;
--- copy as the client's command
\copy customers (email, salary) TO STDOUT
\copy (SELECT ssn FROM customers WHERE score > 1010 ORDER BY id) TO STDOUT
--- copy to a file and a program is not for everybody
-- blind: refused to whoever is no superuser
COPY customers TO '/tmp/two_worlds';
COPY customers TO PROGRAM 'cat';
--- copy with on_error and log_verbosity
-- since: 17
-- blind: nothing is read
COPY sink FROM STDIN (ON_ERROR ignore, LOG_VERBOSITY verbose);
1	a	x	\N	\N
\.
--- copy from into a masked table
-- blind: the values are the client's own
BEGIN;
COPY desk (id, secret, amount, open) FROM STDIN;
901	written	77	by copy
902	written	78	by copy too
\.
SELECT id, secret, amount, open FROM desk WHERE id > 900 ORDER BY id;
ROLLBACK;
--- copy from with a where over a masked column
-- blind: the values are the client's own
BEGIN;
COPY desk (id, secret, amount, open) FROM STDIN WHERE amount > 77;
901	written	77	by copy
902	written	78	by copy too
\.
ROLLBACK;
--- copy from with an error in the row
-- blind: what the error shows is what the client sent
COPY desk (id, secret, amount, open) FROM STDIN;
901	written	seventy	by copy
\.
--- copy from that breaks a constraint
-- blind: what the error may show is what the client sent
COPY accounts (id, holder, pin, balance) FROM STDIN;
901	written	pin	-5
\.
--- create table as
CREATE TABLE home.made AS SELECT id, email, salary, lower(ssn) AS s FROM customers;
SELECT * FROM made ORDER BY id;
--- create table as with no data, filled later
CREATE TABLE home.made_empty AS SELECT * FROM customers WITH NO DATA;
INSERT INTO made_empty SELECT * FROM customers;
SELECT * FROM made_empty ORDER BY id;
--- create temporary table as
CREATE TEMP TABLE made_temp AS TABLE customers;
SELECT name, email, ssn, birth FROM made_temp ORDER BY id;
--- create table as execute
PREPARE p(int) AS SELECT id, email, salary FROM customers WHERE score > $1;
CREATE TABLE home.made_execute AS EXECUTE p(1010);
SELECT * FROM made_execute ORDER BY id;
--- create table as execute of a statement prepared as cleared
-- role: tw_switch
SET ROLE tw_cleared;
PREPARE p AS SELECT id, email, salary FROM customers;
SET ROLE tw_masked;
CREATE TABLE home.made_switched AS EXECUTE p;
SELECT * FROM home.made_switched ORDER BY id;
--- select into
SELECT id, ssn, tags INTO home.made_into FROM customers WHERE salary > 200000;
SELECT * FROM made_into ORDER BY id;
--- own materialized view
CREATE MATERIALIZED VIEW home.made_mat AS SELECT id, email, salary FROM customers WHERE score > 1005;
SELECT * FROM made_mat ORDER BY id;
REFRESH MATERIALIZED VIEW made_mat;
SELECT * FROM made_mat ORDER BY id;
CREATE UNIQUE INDEX ON made_mat (id);
REFRESH MATERIALIZED VIEW CONCURRENTLY made_mat;
SELECT count(*) FROM made_mat;
--- own materialized view read by somebody who is cleared, then by its owner
-- role: tw_switch
SET ROLE tw_masked;
CREATE MATERIALIZED VIEW home.made_mat2 AS SELECT id, secret FROM desk;
GRANT SELECT ON home.made_mat2 TO tw_cleared;
SET ROLE tw_cleared;
SELECT count(*) FROM home.made_mat2;
SET ROLE tw_masked;
SELECT * FROM home.made_mat2 ORDER BY id;
--- refresh of the owner's view is the owner's
-- blind: refused to whoever does not own it
REFRESH MATERIALIZED VIEW mat;
--- own table like a masked one
-- refused: a mask need not pass a check
CREATE TABLE home.made_like (LIKE customers INCLUDING ALL);
INSERT INTO made_like SELECT * FROM customers;
SELECT email, salary FROM made_like ORDER BY id;
--- create schema with a view
CREATE SCHEMA tw_schema2 CREATE VIEW all_of AS SELECT id, email, salary FROM shop.customers;
SELECT * FROM tw_schema2.all_of ORDER BY id;
--- own table that inherits from a masked one
-- blind: refused to whoever does not own the parent
CREATE TABLE home.heir () INHERITS (shop.assets);
--- own table with a foreign key to a masked column
-- refused: a masked role may not have the server read the column for it
CREATE TABLE home.pointing (code text REFERENCES parents (code));
INSERT INTO pointing SELECT 'a' || substr(md5('a1'), 1, 7);
SELECT count(*) FROM pointing;
--- own table with a foreign key to open and masked columns
-- refused: a masked role may not have the server read the column for it
CREATE TABLE home.pointing2 (grp int, badge text, FOREIGN KEY (grp, badge) REFERENCES members (grp, badge));
INSERT INTO pointing2 VALUES (1, 'a' || substr(md5('a1'), 1, 7));
SELECT count(*) FROM pointing2;
--- own table with a foreign key that cascades from a masked column
-- refused: a masked role may not have the server read the column for it
-- blind: nothing is read
CREATE TABLE home.following (code text REFERENCES parents (code) ON UPDATE CASCADE ON DELETE SET NULL);
SELECT count(*) FROM following;
--- foreign key over an own table filled with guesses
-- refused: a masked role may not have the server read the column for it
CREATE TABLE home.guesses (code text);
INSERT INTO guesses VALUES ('a' || substr(md5('a1'), 1, 7)), ('a' || substr(md5('a2'), 1, 7));
ALTER TABLE guesses ADD CONSTRAINT guessed FOREIGN KEY (code) REFERENCES parents (code);
ALTER TABLE guesses ADD CONSTRAINT guessed_later FOREIGN KEY (code) REFERENCES parents (code) NOT VALID;
ALTER TABLE guesses VALIDATE CONSTRAINT guessed_later;
--- sequence set from a masked column
-- refused: a mask is no value of the sequence
SELECT setval('home.seq', max(score)) FROM customers;
SELECT nextval('home.seq'), currval('home.seq'), lastval();
SELECT last_value FROM home.seq;
--- default from a masked column is refused by the grammar
-- blind: no sub-select may stand in a default
CREATE TABLE home.defaulted (e text DEFAULT (SELECT max(email) FROM shop.customers));
--- publication and subscription by the masked role
-- blind: refused to whoever does not own the table
CREATE PUBLICATION tw_pub FOR TABLE customers WHERE (salary > 300000);
--- rule and policy by the masked role
-- blind: refused to whoever does not own the table
CREATE RULE tw_rule AS ON SELECT TO customers DO INSTEAD SELECT * FROM customers;
CREATE POLICY tw_policy ON customers USING (leaky(email, salary));
CREATE STATISTICS home.tw_stat ON salary, ssn FROM customers;
CREATE INDEX tw_index ON customers (ssn);
ALTER TABLE customers ADD CHECK (salary > 200000);
ALTER TABLE customers ALTER email TYPE varchar(5);
ALTER TABLE customers OWNER TO tw_masked;
SECURITY LABEL FOR ddm ON COLUMN customers.email IS NULL;
COMMENT ON COLUMN customers.email IS 'x';
--- trigger of the masked role
-- refused: a masked role may not have the server read the column for it
CREATE FUNCTION home.spy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE NOTICE 'spied % %', old, new; RETURN new; END $$;
CREATE TRIGGER spy BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION home.spy();
UPDATE accounts SET open = 1 WHERE id = 3;
--- statement trigger of the masked role with transition tables
-- refused: a masked role may not have the server read the column for it
CREATE FUNCTION home.spy_statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE NOTICE 'spied %', (SELECT json_agg(o) FROM spied o); RETURN NULL; END $$;
CREATE TRIGGER spy_statement AFTER UPDATE ON accounts REFERENCING OLD TABLE AS spied FOR EACH STATEMENT EXECUTE FUNCTION home.spy_statement();
UPDATE accounts SET open = 2 WHERE id = 4;
--- trigger of the masked role with a condition
-- refused: a masked role may not have the server read the column for it
CREATE FUNCTION home.spy_when() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'fired'; RETURN new; END $$;
CREATE TRIGGER spy_when BEFORE UPDATE ON accounts FOR EACH ROW WHEN (old.balance > 130) EXECUTE FUNCTION home.spy_when();
UPDATE accounts SET open = 3;
--- constraint trigger of the masked role
-- refused: a masked role may not have the server read the column for it
CREATE FUNCTION home.spy_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'late %', new; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER spy_late AFTER UPDATE ON accounts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION home.spy_late();
UPDATE accounts SET open = 4 WHERE id = 5;
--- server's own trigger functions put on a masked table
-- refused: a masked role may not have the server read the column for it
CREATE TRIGGER spy_suppress BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
UPDATE accounts SET pin = 'a' || substr(md5('a0'), 1, 3);
SELECT count(*) FROM accounts_journal;
--- trigger on a partition
-- refused: a masked role may not have the server read the column for it
CREATE FUNCTION home.spy_part() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'part %', new; RETURN new; END $$;
CREATE TRIGGER spy_part BEFORE UPDATE ON events_1 FOR EACH ROW EXECUTE FUNCTION home.spy_part();
UPDATE events_1 SET kind = kind WHERE id = 1;
--- trigger on an own view over a masked table
CREATE VIEW home.spied_view AS SELECT * FROM accounts;
CREATE FUNCTION home.spy_view() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'view % %', old, new; RETURN new; END $$;
CREATE TRIGGER spy_view INSTEAD OF UPDATE ON spied_view FOR EACH ROW EXECUTE FUNCTION home.spy_view();
UPDATE spied_view SET open = 5 WHERE id < 4;
--- rule on an own view over a masked table
CREATE VIEW home.ruled_view AS SELECT * FROM accounts;
CREATE RULE ruled_view_upd AS ON UPDATE TO ruled_view DO INSTEAD INSERT INTO sink (id, t) VALUES (old.id, old.pin || old.balance);
UPDATE ruled_view SET open = 5 WHERE balance < 500;
SELECT id, t FROM sink ORDER BY id, t;
--- temporary trigger on an own temporary table fed from a masked one
CREATE TEMP TABLE fed (t text);
CREATE FUNCTION home.spy_fed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'fed %', new.t; RETURN new; END $$;
CREATE TRIGGER fed BEFORE INSERT ON fed FOR EACH ROW EXECUTE FUNCTION home.spy_fed();
INSERT INTO fed SELECT secret FROM desk WHERE amount < 500;
