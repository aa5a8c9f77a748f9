-- Statistics of a column that is masked for a role are shown to it neither by the views nor by EXPLAIN's estimates.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_st_masked;
CREATE ROLE ddm_st_cleared;
CREATE ROLE ddm_st_half;
-- The views of extended statistics show a table's owner his own only.
CREATE ROLE ddm_st_owner;
GRANT ddm_st_owner TO ddm_st_masked, ddm_st_cleared;
SET ddm.exempt_owner = off;
CREATE SCHEMA statistics_hidden;
GRANT USAGE ON SCHEMA statistics_hidden TO ddm_st_masked, ddm_st_cleared, ddm_st_half;
SET search_path = statistics_hidden;
-- Two tables that differ in nothing but what is masked, and in the distribution of it.
CREATE TABLE world_a (id int, secret text, open int);
CREATE TABLE world_b (id int, secret text, open int);
INSERT INTO world_a SELECT g, 'value ' || lpad((g % 3)::text, 4, '0'), g % 10 FROM generate_series(1, 1000) g;
INSERT INTO world_b SELECT g, 'other ' || lpad(g::text, 4, '0'), g % 10 FROM generate_series(1, 1000) g;
CREATE INDEX a_lower ON world_a (lower(secret));
CREATE INDEX b_lower ON world_b (lower(secret));
CREATE STATISTICS a_ext (mcv, ndistinct, dependencies) ON secret, open FROM world_a;
CREATE STATISTICS b_ext (mcv, ndistinct, dependencies) ON secret, open FROM world_b;
CREATE STATISTICS a_open (ndistinct) ON id, open FROM world_a;
CREATE STATISTICS a_expr ON upper(secret) FROM world_a;
ANALYZE world_a, world_b;
SECURITY LABEL FOR ddm ON COLUMN world_a.secret IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN world_b.secret IS 'MASKED WITH FUNCTION default()';
GRANT SELECT ON ALL TABLES IN SCHEMA statistics_hidden TO ddm_st_masked, ddm_st_cleared, ddm_st_half;
ALTER TABLE world_a OWNER TO ddm_st_owner;
ALTER TABLE world_b OWNER TO ddm_st_owner;
GRANT UNMASK ON world_a, world_b TO ddm_st_cleared;
GRANT UNMASK (secret) ON world_b TO ddm_st_half;

PREPARE shown AS SELECT tablename, attname FROM pg_stats WHERE schemaname = 'statistics_hidden' ORDER BY 1, 2;
PREPARE shown_ext AS SELECT statistics_name FROM pg_stats_ext WHERE schemaname = 'statistics_hidden' ORDER BY 1;
PREPARE shown_exprs AS
    SELECT statistics_name, expr, n_distinct FROM pg_stats_ext_exprs WHERE schemaname = 'statistics_hidden' ORDER BY 1;
SET ROLE ddm_st_cleared;
EXECUTE shown;
EXECUTE shown_ext;
EXECUTE shown_exprs;
SET ROLE ddm_st_masked;
EXECUTE shown;
EXECUTE shown_ext;
EXECUTE shown_exprs;
SELECT count(*) FROM pg_stats WHERE schemaname = 'statistics_hidden' AND most_common_vals::text LIKE '%value%';
SET ROLE ddm_st_half;
EXECUTE shown;
-- Whoever was given the catalogs themselves.
RESET ROLE;
EXECUTE shown_ext;
GRANT SELECT ON pg_statistic, pg_statistic_ext_data TO ddm_st_masked;
SET ROLE ddm_st_masked;
SELECT starelid::regclass, staattnum FROM pg_statistic WHERE starelid >= 16384 AND starelid::regclass::text LIKE 'world%'
    ORDER BY 1, 2;
SELECT count(*) FROM pg_statistic_ext_data WHERE stxdmcv IS NOT NULL;
RESET ROLE;
REVOKE SELECT ON pg_statistic, pg_statistic_ext_data FROM ddm_st_masked;

-- The same estimates in both worlds for a masked role; not for one that is cleared.
CREATE FUNCTION estimate(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; lines text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN ' || query LOOP
        lines := lines || regexp_replace(line, 'world_[ab]|\m[ab]_\w+', 'x', 'g') || E'\n';
    END LOOP;
    RETURN lines;
END $$;
CREATE FUNCTION same_in_both(query text) RETURNS bool LANGUAGE sql AS
    $$ SELECT estimate(format(query, 'world_a')) = estimate(format(query, 'world_b')) $$;
CREATE TABLE queries (q text);
INSERT INTO queries VALUES
    ('SELECT * FROM %s'), ('SELECT secret FROM %s GROUP BY secret'), ('SELECT DISTINCT secret, open FROM %s'),
    ('SELECT * FROM %s WHERE secret = ''value 0001'''), ('SELECT * FROM %s WHERE secret LIKE ''value%%'''),
    ('SELECT * FROM %s WHERE secret > ''p'' AND open = 1'), ('SELECT * FROM %s WHERE lower(secret) = ''value 0001'''),
    ('SELECT * FROM %1$s x JOIN %1$s y USING (secret)'), ('SELECT x FROM %s x ORDER BY secret'),
    ('SELECT count(*) FROM %s x GROUP BY x'), ('SELECT * FROM %s WHERE secret IS NULL');
GRANT SELECT ON queries TO ddm_st_masked, ddm_st_cleared;
SET ROLE ddm_st_masked;
SELECT same_in_both(q), q FROM queries ORDER BY q;
SET ROLE ddm_st_cleared;
SELECT bool_and(same_in_both(q)) FROM queries;
-- Row security works on stored values; its estimate tells nothing of them.
RESET ROLE;
CREATE POLICY stored ON world_a USING (secret = 'value 0001');
CREATE POLICY stored ON world_b USING (secret = 'value 0001');
ALTER TABLE world_a ENABLE ROW LEVEL SECURITY;
ALTER TABLE world_b ENABLE ROW LEVEL SECURITY;
ALTER TABLE world_a FORCE ROW LEVEL SECURITY;
ALTER TABLE world_b FORCE ROW LEVEL SECURITY;
SET ROLE ddm_st_masked;
SELECT same_in_both('SELECT * FROM %s');

-- A parent that is masked for the sake of a child has statistics of its values. They go when the child leaves or is dropped;
-- of what the parent masks itself they stay. (Its owner has no way into the schema: a superuser labels it all the same.)
RESET ROLE;
CREATE TABLE parent (id int, secret text);
CREATE TABLE leaves (id int, secret text) INHERITS (parent);
CREATE TABLE dropped () INHERITS (parent);
INSERT INTO leaves SELECT g, 'hidden ' || g % 3 FROM generate_series(1, 30) g;
INSERT INTO dropped SELECT g, 'hidden ' || g % 3 FROM generate_series(1, 30) g;
CREATE STATISTICS parent_ext (mcv) ON id, secret FROM parent;
SECURITY LABEL FOR ddm ON COLUMN leaves.secret IS 'MASKED WITH FUNCTION default()';
GRANT SELECT ON parent, leaves TO ddm_st_masked;
ALTER TABLE parent OWNER TO ddm_st_owner;
CREATE VIEW of_parent AS
    SELECT (SELECT count(*) FROM pg_stats WHERE schemaname = 'statistics_hidden' AND tablename = 'parent' AND most_common_vals::text ~ 'hidden') AS columns,
           (SELECT count(*) FROM pg_stats_ext WHERE schemaname = 'statistics_hidden' AND tablename = 'parent' AND most_common_vals::text ~ 'hidden') AS extended;
GRANT SELECT ON of_parent TO ddm_st_masked;
ANALYZE parent;
SELECT * FROM of_parent;
ALTER TABLE leaves NO INHERIT parent;
SET ROLE ddm_st_masked;
SELECT * FROM of_parent;
RESET ROLE;
SELECT * FROM of_parent;
SECURITY LABEL FOR ddm ON COLUMN dropped.secret IS 'MASKED WITH FUNCTION default()';
ANALYZE parent;
SELECT * FROM of_parent;
DROP TABLE dropped;
SET ROLE ddm_st_masked;
SELECT * FROM of_parent;
RESET ROLE;
ALTER TABLE leaves INHERIT parent;
SECURITY LABEL FOR ddm ON COLUMN parent.secret IS 'MASKED WITH FUNCTION default()';
ANALYZE parent;
ALTER TABLE leaves NO INHERIT parent;
SELECT * FROM of_parent;
SET ROLE ddm_st_masked;
SELECT * FROM of_parent;

RESET ROLE;
DEALLOCATE shown;
DEALLOCATE shown_ext;
DEALLOCATE shown_exprs;
-- What pg_attribute keeps for the rows from before a column.
CREATE TABLE belated (id int);
INSERT INTO belated VALUES (1);
ALTER TABLE belated ADD COLUMN secret text DEFAULT 'stored', ADD COLUMN open text DEFAULT 'open';
SECURITY LABEL FOR ddm ON COLUMN belated.secret IS 'MASKED WITH FUNCTION default()';
GRANT UNMASK ON belated TO ddm_st_cleared;
PREPARE kept AS SELECT attname, attmissingval, to_jsonb(a) ->> 'attmissingval' AS whole FROM pg_attribute a
    LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum WHERE attrelid = 'belated'::regclass AND atthasmissing ORDER BY 1;
SET ROLE ddm_st_masked;
EXECUTE kept;
SELECT s.* FROM pg_class c, LATERAL (SELECT c.relname, attmissingval FROM pg_attribute WHERE attrelid = c.oid AND attname = 'secret') s WHERE c.oid = 'belated'::regclass;
SELECT attname FROM pg_attribute a WHERE attrelid = 'belated'::regclass AND EXISTS (SELECT WHERE a::text ~ 'stored');
SELECT attname FROM (pg_attribute JOIN pg_class c ON c.oid = attrelid) x WHERE attrelid = 'belated'::regclass AND x::text ~ 'stored';
CREATE FUNCTION pg_temp.attributes() RETURNS SETOF pg_attribute LANGUAGE sql STABLE BEGIN ATOMIC TABLE pg_attribute; END;
SELECT attname, attmissingval FROM pg_temp.attributes() WHERE attrelid = 'belated'::regclass AND atthasmissing ORDER BY 1;
DROP FUNCTION pg_temp.attributes();
SET ROLE ddm_st_cleared;
EXECUTE kept;
RESET ROLE;

DROP SCHEMA statistics_hidden CASCADE;
DROP ROLE ddm_st_masked, ddm_st_cleared, ddm_st_half, ddm_st_owner;
RESET ddm.exempt_owner;
