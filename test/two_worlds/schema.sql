-- One world: the tables and what they hold. :world is a or b; it changes nothing but the values (and their
-- distribution) in columns that labels.sql masks, and one column that it leaves out on purpose.
--
-- World a is skewed (few distinct values), world b has as many values as rows. What must be alike, as a mask
-- shows it or a constraint decides over it: the width of every value; the parts that a mask lets through;
-- which values are null; the outcome of unique, check and foreign-key constraints and of row-level security.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;

CREATE SCHEMA gen;
CREATE TABLE gen.world AS SELECT :'world'::text AS w;

-- A number below `span`: one of `few` in world a, spread over all of them in world b.
CREATE FUNCTION gen.n(i int, few int, span int) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT CASE w WHEN 'a' THEN (i % few) * (i % few) * 13 % span ELSE (i * 7919 + 101) % span END FROM gen.world
$$;
-- A text of `len` characters that tells its world: one of `few` in world a, a different one for each i in b.
CREATE FUNCTION gen.s(i int, few int, len int) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT substr(w || md5(w || CASE w WHEN 'a' THEN i % few ELSE i END), 1, len) FROM gen.world
$$;
-- A text of `len` characters, different for each i in both worlds.
CREATE FUNCTION gen.u(i int, len int) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT substr(w || md5(w || i), 1, len) FROM gen.world
$$;

CREATE SCHEMA shop AUTHORIZATION tw_owner;
CREATE SCHEMA home AUTHORIZATION tw_masked;
CREATE SCHEMA estate AUTHORIZATION tw_landlord;
SELECT format('ALTER DATABASE %I SET search_path = home, shop, public', current_database()) \gexec
SELECT format('GRANT CREATE, TEMP ON DATABASE %I TO tw_masked, tw_owner, tw_landlord', current_database()) \gexec
GRANT USAGE ON SCHEMA shop TO tw_masked, tw_viewer, tw_definer, tw_cleared, tw_remote, tw_switch;
GRANT USAGE ON SCHEMA home TO tw_owner, tw_definer, tw_cleared, tw_viewer;
GRANT CREATE ON SCHEMA home, shop TO tw_definer;
GRANT CREATE ON SCHEMA public TO tw_masked;
GRANT USAGE ON SCHEMA gen TO tw_owner;
GRANT SELECT ON gen.world TO tw_owner;
SET search_path = shop, public;

-- The main table: three hundred rows.
CREATE TABLE customers (
    id int PRIMARY KEY,
    name text NOT NULL,
    email text,
    ssn varchar(11),
    phone text,
    birth date,
    salary numeric(10,2) CHECK (salary > 0),
    score int,
    notes text,
    tags text[],
    profile jsonb,
    active boolean,
    uid uuid,
    region text NOT NULL,
    opened date NOT NULL,
    visits int NOT NULL
);
INSERT INTO customers
SELECT i, 'Name ' || gen.s(i, 5, 8),
       CASE WHEN i % 17 <> 0 THEN chr(97 + i % 26) || gen.s(i, 4, 6) || '@example.com' END,
       lpad((100 + gen.n(i, 4, 800))::text, 3, '0') || '-' || (10 + gen.n(i, 3, 89)) || '-' || lpad((i % 7)::text, 4, '0'),
       '555-' || lpad(gen.n(i, 5, 999)::text, 3, '0') || '-' || lpad((i % 50)::text, 4, '0'),
       date '1950-01-01' + gen.n(i, 6, 20000),
       100000.25 + gen.n(i, 5, 800000),
       1000 + gen.n(i, 7, 8000),
       CASE WHEN i % 5 <> 0 THEN 'note ' || gen.s(i, 3, 20) END,
       ARRAY[gen.s(i, 3, 5), gen.s(i + 1, 3, 5)],
       jsonb_build_object('plan', gen.s(i, 3, 6), 'pin', gen.s(i, 4, 4)),
       gen.n(i, 10, 100) > 50,
       md5(gen.s(i, 6, 20))::uuid,
       (ARRAY['EU', 'US', 'APAC'])[1 + i % 3], date '2020-01-01' + i, i % 11
FROM generate_series(1, 300) i;
CREATE INDEX customers_region ON customers (region);
-- Deduplication would make the size of an index over a secret tell how often values repeat: that oracle is
-- known, and out of what this test can ask.
CREATE INDEX customers_email ON customers (email) WITH (deduplicate_items = off);
CREATE INDEX customers_ssn ON customers (ssn) WITH (deduplicate_items = off);
CREATE INDEX customers_salary ON customers (salary) WITH (deduplicate_items = off);
CREATE INDEX customers_lower ON customers (lower(email)) WITH (deduplicate_items = off);
CREATE INDEX customers_half ON customers ((salary / 2)) WITH (deduplicate_items = off);
CREATE STATISTICS customers_mcv (ndistinct, dependencies, mcv) ON region, ssn, score FROM customers;
CREATE STATISTICS customers_expr ON (score % 10), (lower(name)) FROM customers;

CREATE TABLE orders (
    id int PRIMARY KEY,
    customer_id int NOT NULL REFERENCES customers,
    card text,
    amount numeric(10,2),
    quantity int,
    placed date NOT NULL,
    status text NOT NULL
);
INSERT INTO orders
SELECT i, 1 + (i * 13) % 300, lpad((4000000 + gen.n(i, 9, 999999))::text, 12, '0') || lpad((i % 100)::text, 4, '0'),
       1000.25 + gen.n(i, 8, 8000), 10 + gen.n(i, 4, 80), date '2024-01-01' + i % 200,
       (ARRAY['new', 'paid', 'sent'])[1 + i % 3]
FROM generate_series(1, 600) i;
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_amount ON orders (amount) WITH (deduplicate_items = off);

-- Constraints of all kinds over masked columns.
CREATE DOMAIN pin_code AS text CHECK (VALUE ~ '^[ab][0-9a-f]{7}$' OR VALUE = 'XXXX');
CREATE EXTENSION btree_gist SCHEMA public;
CREATE TABLE members (
    id int PRIMARY KEY,
    grp int NOT NULL,
    badge text NOT NULL,
    pin pin_code,
    level int CONSTRAINT level_above_rank CHECK (level > 0),
    rank int NOT NULL,
    stay int4range,
    room int NOT NULL,
    CONSTRAINT members_badge UNIQUE (grp, badge),
    CONSTRAINT members_stay EXCLUDE USING gist (room WITH =, stay WITH &&),
    CONSTRAINT level_limit CHECK (rank < 90 OR level < 0),
    CONSTRAINT members_deferred UNIQUE (rank, pin) DEFERRABLE INITIALLY IMMEDIATE
);
-- Pairs of rows (1,2), (3,4) ... with the same badge, pin and stay, apart by grp, rank and room alone: bringing
-- them together violates a constraint in both worlds, over a value that is another in each.
INSERT INTO members
SELECT i, i % 2, gen.u((i + 1) / 2, 8), gen.u((i + 1) / 2, 8), 10 + gen.n(i, 3, 80), i % 2 + 2,
       int4range(1000 + gen.n((i + 1) / 2, 10000, 7000) / 10 * 10, 9999), i
FROM generate_series(1, 40) i;

CREATE TABLE parents (code text PRIMARY KEY, title text NOT NULL);
CREATE TABLE children (
    id int PRIMARY KEY,
    code text CONSTRAINT children_code REFERENCES parents ON UPDATE CASCADE ON DELETE RESTRICT,
    late text CONSTRAINT children_late REFERENCES parents DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO parents SELECT gen.u(i, 8), 'title ' || i FROM generate_series(1, 20) i;
INSERT INTO children SELECT i, gen.u(1 + i % 20, 8), gen.u(1 + i % 20, 8) FROM generate_series(1, 60) i;

-- Partitions: by an open key, two levels, one attached with its columns in another order.
CREATE TABLE events (id int NOT NULL, payload text, amount int, kind text NOT NULL, CONSTRAINT positive CHECK (amount > 0))
    PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (101);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (101) TO (201) PARTITION BY LIST (kind);
CREATE TABLE events_2a PARTITION OF events_2 FOR VALUES IN ('k0', 'k1');
CREATE TABLE events_2b PARTITION OF events_2 DEFAULT;
CREATE TABLE events_3 (kind text NOT NULL, gone int, amount int, id int NOT NULL, payload text,
                       CONSTRAINT positive CHECK (amount > 0));
ALTER TABLE events_3 DROP COLUMN gone;
ALTER TABLE events ATTACH PARTITION events_3 FOR VALUES FROM (201) TO (301);
INSERT INTO events SELECT i, gen.s(i, 3, 12), 10 + gen.n(i, 4, 80), 'k' || i % 4 FROM generate_series(1, 300) i;
CREATE INDEX events_payload ON events (payload) WITH (deduplicate_items = off);

-- Inheritance: label on the parent, one of its own on a child, a grandchild, two parents.
CREATE TABLE assets (id int, serial text, price int);
CREATE TABLE machines (pin text) INHERITS (assets);
CREATE TABLE robots (brain text) INHERITS (machines);
CREATE TABLE insured (policy text);
CREATE TABLE insured_robots () INHERITS (robots, insured);
INSERT INTO assets SELECT i, gen.s(i, 3, 10), 10 + gen.n(i, 4, 80) FROM generate_series(1, 20) i;
INSERT INTO machines SELECT 100 + i, gen.s(i, 3, 10), 10 + gen.n(i, 4, 80), gen.s(i, 3, 4) FROM generate_series(1, 20) i;
INSERT INTO robots SELECT 200 + i, gen.s(i, 3, 10), 10 + gen.n(i, 4, 80), gen.s(i, 3, 4), gen.s(i, 2, 6) FROM generate_series(1, 20) i;
INSERT INTO insured_robots SELECT 300 + i, gen.s(i, 3, 10), 10 + gen.n(i, 4, 80), gen.s(i, 3, 4), gen.s(i, 2, 6), gen.s(i, 2, 9)
FROM generate_series(1, 20) i;

-- Row-level security over open and masked columns; the policies decide alike in both worlds.
CREATE TABLE tenants (id int PRIMARY KEY, tenant text NOT NULL, secret text, budget int);
INSERT INTO tenants SELECT i, 't' || i % 4, chr(97 + i % 5) || gen.s(i, 3, 9), (i % 5) * 1000 + gen.n(i, 4, 999)
FROM generate_series(1, 100) i;
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY some_tenants ON tenants USING (tenant IN ('t1', 't2'));
CREATE POLICY by_secret ON tenants AS RESTRICTIVE USING (left(secret, 1) <> 'c' AND budget < 4000)
    WITH CHECK (left(secret, 1) <> 'c');
CREATE INDEX tenants_secret ON tenants (secret) WITH (deduplicate_items = off);

-- Policies whose sub-selects find more or fewer rows by what is stored in other tables, and let the same rows through.
CREATE TABLE vetted (id int PRIMARY KEY, code text, sum int, open text NOT NULL);
INSERT INTO vetted SELECT i, gen.s(i, 3, 9), 10 + gen.n(i, 4, 80), 'o' || i % 7 FROM generate_series(1, 80) i;
ALTER TABLE vetted ENABLE ROW LEVEL SECURITY;
CREATE POLICY some_customers ON vetted USING (id % 3 > 0 OR id IN (SELECT c.id FROM customers c WHERE c.score > 4000 AND c.id > 100));
CREATE POLICY some_orders ON vetted AS RESTRICTIVE
    USING ((SELECT count(*) FROM orders o WHERE o.customer_id = vetted.id AND o.amount > 4000) >= 0);

-- Enough rows for parallel plans, and statistics of every kind.
CREATE TABLE big (id int PRIMARY KEY, grp int NOT NULL, secret int, label text, filler text NOT NULL);
INSERT INTO big SELECT i, i % 20, 2 * gen.n(i, 30, 40000) + i % 2, gen.s(i, 5, 10), 'filler'
FROM generate_series(1, 12000) i;
CREATE INDEX big_secret ON big (secret) WITH (deduplicate_items = off);
CREATE INDEX big_label ON big (upper(label)) WITH (deduplicate_items = off);
CREATE INDEX big_odd ON big (grp, secret) WITH (deduplicate_items = off) WHERE secret % 2 = 1;
CREATE STATISTICS big_all (ndistinct, dependencies, mcv) ON grp, secret, label FROM big;
CREATE STATISTICS big_expr ON (secret % 100) FROM big;
ALTER TABLE big SET (parallel_workers = 2);

-- Generated columns over masked ones.
CREATE TABLE ledger (
    id int PRIMARY KEY,
    gross int,
    net int GENERATED ALWAYS AS (gross - 5) STORED,
    memo text,
    memo_upper text GENERATED ALWAYS AS (upper(memo)) STORED,
    open_twice int GENERATED ALWAYS AS (id * 2) STORED
);
INSERT INTO ledger (id, gross, memo) SELECT i, 100 + gen.n(i, 5, 800), gen.s(i, 3, 10) FROM generate_series(1, 50) i;

-- Types of every sort, all under default().
CREATE TYPE mood AS ENUM ('sad', 'calm', 'glad');
CREATE TYPE pair AS (x int, y text);
CREATE TABLE exotic (
    id int PRIMARY KEY, j json, jb jsonb, arr int[], rng int4range, feel mood, comp pair, bits bit(8), span interval,
    addr inet, mac macaddr, raw bytea, vec tsvector, place point, cash money, at timestamptz, clock time, big bigint,
    ratio float8, small real, tiny smallint, code char(6), lines text[], comps pair[], x xml, jp jsonpath, ltime timestamp
);
INSERT INTO exotic
SELECT i, format('{"k":"%s"}', gen.s(i, 3, 6))::json, jsonb_build_object('k', gen.s(i, 3, 6)),
       ARRAY[10 + gen.n(i, 3, 80), 10 + gen.n(i, 4, 80)], int4range(10 + gen.n(i, 3, 80), 1000),
       (enum_range(NULL::mood))[1 + gen.n(i, 2, 3)], ROW(10 + gen.n(i, 3, 80), gen.s(i, 3, 5))::pair,
       gen.n(i, 3, 255)::bit(8), make_interval(days => 10 + gen.n(i, 3, 80)),
       ('10.0.0.' || 10 + gen.n(i, 3, 80))::inet, ('08:00:2b:01:02:' || 10 + gen.n(i, 3, 80))::macaddr,
       decode(md5(gen.s(i, 3, 5)), 'hex'), to_tsvector('simple', gen.s(i, 3, 8)),
       point(10 + gen.n(i, 3, 80), 1), (10 + gen.n(i, 3, 80))::money,
       timestamptz '2020-01-01 00:00+00' + make_interval(days => gen.n(i, 3, 300)),
       time '10:00' + make_interval(mins => gen.n(i, 3, 300)), 10 + gen.n(i, 3, 80), 10.5 + gen.n(i, 3, 80),
       10.5 + gen.n(i, 3, 80), 10 + gen.n(i, 3, 80), gen.s(i, 3, 6), ARRAY[gen.s(i, 3, 4), gen.s(i, 4, 4)],
       ARRAY[ROW(10 + gen.n(i, 3, 80), gen.s(i, 3, 5))::pair], ('<x>' || gen.s(i, 3, 5) || '</x>')::xml,
       ('$.k' || gen.s(i, 3, 5))::jsonpath, timestamp '2020-01-01 00:00' + make_interval(days => gen.n(i, 3, 300))
FROM generate_series(1, 30) i;

-- Masks that let a part through: that part is alike in both worlds.
CREATE TABLE formats (
    id int PRIMARY KEY, mail text, social text, card text, loose_card text, account text, tel text, addr inet,
    born date, height int, weight numeric(8,2), doc jsonb, list text[], padded text, cut text, lettered text, fixed text,
    whole timestamp, host text, moment timestamptz, hours timestamptz
);
INSERT INTO formats
SELECT i, chr(97 + i % 26) || gen.s(i, 3, 7) || '@mail.example', (100 + gen.n(i, 3, 800)) || '-' || (10 + gen.n(i, 3, 80)) || '-1234',
       '4111' || lpad(gen.n(i, 3, 99999999)::text, 8, '0') || '1111', '411111' || lpad(gen.n(i, 3, 999999)::text, 6, '0') || '1111',
       'DE' || '00' || lpad(gen.n(i, 3, 99999999)::text, 14, '0') || '1234', '555-' || lpad(gen.n(i, 3, 999)::text, 3, '0') || '-9999',
       ('10.1.' || 100 + gen.n(i, 3, 100) || '.' || 100 + gen.n(i, 4, 100))::inet,
       make_date(1980 + i % 5, 1 + gen.n(i, 5, 12), 1 + gen.n(i, 3, 28)), 100 + gen.n(i, 3, 100), 100.25 + gen.n(i, 3, 100),
       jsonb_build_object('pin', gen.s(i, 3, 4), 'open', i), ARRAY[gen.s(i, 3, 4), gen.s(i, 4, 4)],
       'ab' || gen.s(i, 3, 8) || 'yz', 'in' || gen.s(i, 3, 8) || 'ou', gen.s(i, 3, 8), gen.s(i, 3, 8),
       make_timestamp(1990 + i % 3, 1 + gen.n(i, 5, 12), 1 + gen.n(i, 3, 28), 1, 2, 3), 'https://example.com/' || gen.s(i, 3, 8),
       timestamptz '2001-01-01 00:00+00' + make_interval(days => i, secs => gen.n(i, 5, 86400)),
       timestamptz '2001-01-01 00:00+00' + make_interval(hours => i, secs => gen.n(i, 5, 3600))
FROM generate_series(1, 60) i;

-- A condition: rows of the EU are shown as stored, and are alike in both worlds.
CREATE TABLE cond (id int PRIMARY KEY, region text NOT NULL, secret text, bonus int);
INSERT INTO cond
SELECT i, CASE WHEN i % 2 = 0 THEN 'EU' ELSE 'US' END, CASE WHEN i % 2 = 0 THEN 'c' || substr(md5('c' || i), 1, 7) ELSE gen.s(i, 3, 8) END,
       10 + gen.n(i, 5, 80) FROM generate_series(1, 60) i;

-- Searchable: who knows a value finds it. No value asked for here is in either world.
CREATE TABLE lookup (id int PRIMARY KEY, code text NOT NULL, open text NOT NULL);
INSERT INTO lookup SELECT i, gen.s(i, 4, 9), 'o' || i % 9 FROM generate_series(1, 200) i;
CREATE INDEX lookup_code ON lookup (code) WITH (deduplicate_items = off);

-- Enough of them for several pages of an index. How often it is descended tells of what lies between two values, and how many
-- there are in front of an open column.
CREATE TABLE sought (id int PRIMARY KEY, code text NOT NULL, part int, open int NOT NULL);
INSERT INTO sought SELECT i, gen.u(i, 9), gen.n(i, 4, 400), i % 50 FROM generate_series(1, 3000) i;
CREATE INDEX sought_code ON sought (code) WITH (deduplicate_items = off);
CREATE INDEX sought_part ON sought (part, open) WITH (deduplicate_items = off);

-- A journal that the owner's trigger and rule write.
CREATE TABLE accounts (id int PRIMARY KEY, holder text, pin text, balance int CHECK (balance > 0), open int NOT NULL DEFAULT 0);
CREATE TABLE accounts_journal (id int, holder text, pin text, what text);
INSERT INTO accounts SELECT i, gen.s(i, 5, 9), gen.s(i, 3, 4), 100 + gen.n(i, 4, 800), 0 FROM generate_series(1, 60) i;
CREATE FUNCTION journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO shop.accounts_journal VALUES (old.id, old.holder, old.pin, tg_op);
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_journal AFTER UPDATE OR DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION journal();
CREATE TABLE ruled (id int PRIMARY KEY, secret text);
INSERT INTO ruled SELECT i, gen.s(i, 5, 9) FROM generate_series(1, 20) i;
CREATE TABLE ruled_log (id int, secret text);
CREATE RULE ruled_upd AS ON UPDATE TO ruled DO ALSO INSERT INTO ruled_log VALUES (old.id, old.secret);

-- For writing.
CREATE TABLE desk (id int PRIMARY KEY, secret text, amount int, open text, UNIQUE (open));
INSERT INTO desk SELECT i, gen.s(i, 5, 8), 100 + gen.n(i, 4, 800), 'o' || i FROM generate_series(1, 60) i;

-- For updates that write the stored value, if guessed: those add no index entry. What counts such updates is
-- hidden; what shows the entries (a relation's size, heap fetches) is an oracle that is known. So nothing else
-- reads this table.
CREATE TABLE hotspot (id int PRIMARY KEY, secret text) WITH (fillfactor = 20);
INSERT INTO hotspot SELECT i, gen.s(i, 5, 8) FROM generate_series(1, 60) i;
CREATE INDEX hotspot_secret ON hotspot (secret) WITH (deduplicate_items = off);

-- A type of the masked role's own in another's table, and an index whose order is that of a secret.
CREATE DOMAIN home.lent AS text;
ALTER DOMAIN home.lent OWNER TO tw_masked;
CREATE TABLE lent (id int PRIMARY KEY, kind text, secret home.lent, flag boolean);
INSERT INTO lent SELECT i, 'k' || i % 3, gen.u(i, 8), (i + gen.n(1, 2, 100)) / 2 % 2 = 0 FROM generate_series(1, 120) i;
CREATE INDEX lent_kind ON lent (kind, secret) WITH (deduplicate_items = off);

-- Virtual generated columns, and keys over time.
SELECT current_setting('server_version_num')::int >= 180000 AS is_18 \gset
\if :is_18
CREATE TABLE computed_late (
    id int PRIMARY KEY, amount int, note text,
    twice int GENERATED ALWAYS AS (amount * 2) VIRTUAL, loud text GENERATED ALWAYS AS (upper(note)) VIRTUAL,
    open_twice int GENERATED ALWAYS AS (id * 2) VIRTUAL
);
INSERT INTO computed_late (id, amount, note) SELECT i, 100 + 2 * gen.n(i, 4, 400), gen.s(i, 5, 8) FROM generate_series(1, 40) i;
CREATE TABLE computed_risky (id int PRIMARY KEY, amount int, risky int GENERATED ALWAYS AS (1000 / (amount - 100)) VIRTUAL);
-- One row fails, in one world: what reads the whole table must differ between the two.
INSERT INTO computed_risky (id, amount) SELECT i, 100 + 2 * (gen.n(i, 4, 400) + (i <> 4)::int) FROM generate_series(1, 40) i;
CREATE TABLE forked (id int, secret text, n int, flag boolean GENERATED ALWAYS AS (n > 0) VIRTUAL) PARTITION BY RANGE (id);
CREATE TABLE stays (room int, stay int4range, guest text, PRIMARY KEY (room, stay WITHOUT OVERLAPS));
INSERT INTO stays SELECT i, int4range(1000 + gen.n((i + 1) / 2, 10000, 7000) / 10 * 10, 9999), gen.u(i, 8) FROM generate_series(1, 20) i;
CREATE TABLE stay_bills (room int, stay int4range, FOREIGN KEY (room, PERIOD stay) REFERENCES stays (room, PERIOD stay));
INSERT INTO stay_bills SELECT room, stay FROM stays WHERE room < 5;
\endif

-- What the rows from before a column have in it stands in the catalog.
CREATE TABLE belated (id int PRIMARY KEY);
INSERT INTO belated SELECT i FROM generate_series(1, 20) i;
ALTER TABLE belated ADD COLUMN secret text DEFAULT gen.s(1, 3, 8);
ALTER TABLE belated ALTER COLUMN secret DROP DEFAULT;

-- The positive control: labels.sql forgets it, and nobody under test may read it.
CREATE SCHEMA omitted AUTHORIZATION tw_control;
CREATE TABLE omitted.forgotten (id int PRIMARY KEY, secret text, amount int);
ALTER TABLE omitted.forgotten OWNER TO tw_control;
INSERT INTO omitted.forgotten SELECT i, gen.s(i, 5, 8), 100 + gen.n(i, 4, 800) FROM generate_series(1, 100) i;

-- The landlord's own.
CREATE TABLE estate.lodgers (id int PRIMARY KEY, secret text NOT NULL, rent int, room int NOT NULL);
INSERT INTO estate.lodgers SELECT i, gen.s(i, 5, 8), 100 + gen.n(i, 4, 800), i % 5 FROM generate_series(1, 80) i;

CREATE TABLE estate.boarders AS TABLE estate.lodgers;
ALTER TABLE estate.boarders ADD PRIMARY KEY (id), ALTER secret SET NOT NULL, ALTER room SET NOT NULL;

-- Masked by a rule; and by an index whose function fails where it is told to.
CREATE TABLE estate.payroll (id int PRIMARY KEY, ssn text, wage int, gap text);
INSERT INTO estate.payroll SELECT i, gen.s(i, 5, 8), 100 + gen.n(i, 4, 800), CASE WHEN gen.n(i, 3, 5) <> 0 THEN gen.s(i, 5, 8) END
FROM generate_series(1, 80) i;
CREATE FUNCTION estate.brittle(text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF current_setting('tw.brittle', true) = 'on' THEN RETURN $1::int; END IF;
    RETURN 1;
END $$;
CREATE INDEX payroll_brittle ON estate.payroll (estate.brittle(ssn));

-- An owner's trigger that pastes values into statements of its own.
CREATE TABLE pasted (id int PRIMARY KEY, secret text, how text);
INSERT INTO pasted SELECT i, gen.s(i, 5, 8), 'none' FROM generate_series(1, 20) i;
CREATE TABLE pasted_log (id int, secret text, how text NOT NULL);
CREATE FUNCTION paste() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE new.how
        WHEN 'slow' THEN EXECUTE format('SELECT pg_sleep(20), %L', old.secret);
        WHEN 'name' THEN EXECUTE format('SELECT %I', old.secret);
        WHEN 'cursor' THEN EXECUTE format('CLOSE %I', old.secret);
        WHEN 'long' THEN PERFORM repeat(old.secret, 1000000000);
        WHEN 'row' THEN INSERT INTO shop.pasted_log VALUES (old.id, old.secret, NULL);
        ELSE EXECUTE format('INSERT INTO shop.pasted_log VALUES (%s, %L, %L)', old.id, old.secret, new.how);
    END CASE;
    RETURN new;
END $$;
CREATE TRIGGER pasted BEFORE UPDATE ON pasted FOR EACH ROW EXECUTE FUNCTION paste();

-- An owner's trigger that looks up by name what it calls and where it writes.
CREATE TABLE traced (id int PRIMARY KEY, secret varchar(20), open text);
INSERT INTO traced SELECT i, gen.s(i, 5, 8), 'o' FROM generate_series(1, 20) i;
CREATE TABLE traces (id int, secret text);
CREATE FUNCTION trace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF old.secret IS DISTINCT FROM new.secret || '' THEN RETURN NULL; END IF;
    INSERT INTO traces VALUES (old.id, lower(old.secret));
    RETURN new;
END $$;
CREATE TRIGGER traced BEFORE UPDATE ON traced FOR EACH ROW EXECUTE FUNCTION trace();
CREATE FUNCTION idle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER traced_some AFTER UPDATE ON traced FOR EACH ROW WHEN (old.secret < 'b') EXECUTE FUNCTION idle();

-- What the masked role owns and may fill.
CREATE TABLE home.sink (id int, t text, n numeric, d date, j jsonb);
ALTER TABLE home.sink OWNER TO tw_masked;
CREATE SEQUENCE home.seq;
ALTER SEQUENCE home.seq OWNER TO tw_masked;

DO $$
DECLARE r record;
BEGIN
    FOR r IN SELECT c.oid::regclass AS t, c.relkind FROM pg_class c
             WHERE relnamespace = 'shop'::regnamespace AND relkind IN ('r', 'p') LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO tw_owner', r.t);
        EXECUTE format('GRANT ALL ON %s TO tw_masked, tw_cleared, tw_definer, tw_switch', r.t);
        EXECUTE format('GRANT SELECT ON %s TO tw_remote', r.t);
    END LOOP;
    FOR r IN SELECT c.oid::regclass AS t FROM pg_class c WHERE relnamespace = 'estate'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO tw_landlord', r.t);
    END LOOP;
    FOR r IN SELECT t.oid::regtype AS t FROM pg_type t
             WHERE typnamespace = 'shop'::regnamespace AND typname IN ('mood', 'pair') LOOP
        EXECUTE format('ALTER TYPE %s OWNER TO tw_owner', r.t);
    END LOOP;
END $$;
ALTER FUNCTION estate.brittle(text) OWNER TO tw_landlord;
ALTER FUNCTION journal() OWNER TO tw_owner;
ALTER FUNCTION paste() OWNER TO tw_owner;
ALTER FUNCTION trace() OWNER TO tw_owner;
