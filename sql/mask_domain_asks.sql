-- What a domain's check runs may read the very table whose masks are held against the check, or take in that policy has
-- changed: it is not asked without end, and what was found out about masks meanwhile is not lost.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
-- What a check writes it can't write while anything runs in parallel: so the server has it.
ALTER DATABASE :DBNAME SET max_parallel_workers_per_gather = 0;
CREATE ROLE domain_asks_reader;
CREATE SCHEMA domain_asks;
GRANT USAGE ON SCHEMA domain_asks TO domain_asks_reader;
SET search_path = domain_asks;
CREATE TABLE todo (what text, rule text);
CREATE TABLE other ();
CREATE TABLE unread ();
CREATE FUNCTION asked(text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = domain_asks AS $$
BEGIN
    PERFORM FROM other;
    CASE (SELECT what FROM todo)
    WHEN 'read it' THEN
        PERFORM * FROM held;
    WHEN 'drop a rule' THEN
        PERFORM ddm.drop_rule(rule) FROM todo;
        DELETE FROM todo;
        PERFORM FROM unread;
    ELSE
    END CASE;
    RETURN true;
END $$;
CREATE DOMAIN code AS text CHECK (asked(VALUE));
CREATE TABLE held (a code, b code, c code);
INSERT INTO held VALUES ('aaaa', 'bbbb', 'cccc');
GRANT SELECT ON held TO domain_asks_reader;
DO $$
BEGIN
    PERFORM ddm.create_rule('domain_asks_0', 'resource.column_name == "domain_asks_z"',
        'FUNCTION partial(0, ''---------------------------'', 1)', 5);
    PERFORM ddm.create_rule('domain_asks_' || name,
        format('resource.schema_name == "domain_asks" && resource.column_name == "%s"', name), mask, 5)
    FROM (VALUES ('a', 'FUNCTION partial(1, ''-'', 0)'), ('b', 'FUNCTION partial(1, ''-'', 1)'),
        ('c', 'FUNCTION default()')) AS rules (name, mask);
END $$;
-- Before the masks are known.
\c -
INSERT INTO domain_asks.todo VALUES ('read it');
SET ROLE domain_asks_reader;
SELECT * FROM domain_asks.held;
SELECT * FROM domain_asks.held;
RESET ROLE;
TRUNCATE domain_asks.todo;
-- Policy changes while the statement runs, between two checks and within one.
CREATE FUNCTION domain_asks.change() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$
    SELECT ddm.create_rule('domain_asks_1', 'resource.column_name == "domain_asks_y"', 'FUNCTION default()', 5);
    SELECT '' $$;
SET ROLE domain_asks_reader;
SELECT a, domain_asks.change(), b, c FROM domain_asks.held;
BEGIN;
SELECT * FROM domain_asks.held;
RESET ROLE;
INSERT INTO domain_asks.todo VALUES ('drop a rule', 'domain_asks_1');
SET ROLE domain_asks_reader;
SELECT * FROM domain_asks.held;
SELECT * FROM domain_asks.held;
COMMIT;
RESET ROLE;
-- The rules are read anew while their masks are bound.
DROP TABLE domain_asks.unread;
CREATE TABLE domain_asks.unread ();
\c -
INSERT INTO domain_asks.todo VALUES ('drop a rule', 'domain_asks_0');
SELECT column_name, mask, why FROM ddm.preview('domain_asks_reader', 'domain_asks.held');
SELECT * FROM domain_asks.todo;
SET client_min_messages = warning;
SELECT ddm.drop_rule('domain_asks_' || name) FROM unnest(ARRAY['a', 'b', 'c']) AS name;
DROP SCHEMA domain_asks CASCADE;
DROP ROLE domain_asks_reader;
ALTER DATABASE :DBNAME RESET max_parallel_workers_per_gather;
