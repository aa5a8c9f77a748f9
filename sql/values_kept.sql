-- A masked value that a node of the plan keeps while it reads on is its own row's, under every way to plan: each query
-- answers over the masked table what it answers over a table of the masks' results.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE kept_reader;
CREATE TABLE kept AS
    SELECT n AS id, n % 7 AS grp, chr(97 + n % 26) || repeat('x', n % 31) || '@' || (ARRAY['a.example', 'bb.example', 'c.example'])[1 + n % 3] AS email,
           lpad((n % 899)::text, 3, '0') || '-11-' || lpad((n * 37 % 9999)::text, 4, '0') AS ssn,
           CASE WHEN n % 5 > 0 THEN repeat('long ' || n, 200) END AS note
      FROM generate_series(1, 120) n;
SET ddm.derived_masks = off;
CREATE TABLE shown AS
    SELECT id, grp, ddm.email(email) AS email, ddm.partial(ssn, 0, 'XXX-XX-', 4) AS ssn, ddm.partial(note, 2, '...', 600) AS note FROM kept;
RESET ddm.derived_masks;
SECURITY LABEL FOR ddm ON COLUMN kept.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN kept.ssn IS 'MASKED WITH FUNCTION partial(0, ''XXX-XX-'', 4)';
SECURITY LABEL FOR ddm ON COLUMN kept.note IS 'MASKED WITH FUNCTION partial(2, ''...'', 600)';
CREATE INDEX ON kept (id);
CREATE INDEX ON shown (id);
GRANT SELECT ON kept, shown TO kept_reader;
ANALYZE kept, shown;

CREATE FUNCTION rows_of(query text, OUT rows text[]) LANGUAGE plpgsql AS $$
DECLARE r record; c refcursor;
BEGIN
    OPEN c SCROLL FOR EXECUTE query; -- each row is fetched, and kept, by itself
    LOOP
        FETCH c INTO r;
        EXIT WHEN NOT FOUND;
        rows := rows || r::text;
    END LOOP;
END $$;

CREATE TABLE questions (n int GENERATED ALWAYS AS IDENTITY, query text);
INSERT INTO questions (query) VALUES
    ('SELECT id, email, ssn, note FROM T ORDER BY id'),
    ('SELECT min(email), max(email), min(ssn), max(ssn), min(note), max(note) FROM T'),
    ('SELECT grp, min(email), max(email), array_agg(email ORDER BY id), string_agg(ssn, '','' ORDER BY id) FROM T GROUP BY grp ORDER BY grp'),
    ('SELECT grp, array_agg(DISTINCT ssn), count(DISTINCT email), mode() WITHIN GROUP (ORDER BY email), percentile_disc(0.3) WITHIN GROUP (ORDER BY email) FROM T GROUP BY grp ORDER BY grp'),
    ('SELECT email, count(*), min(id) FROM T GROUP BY email ORDER BY email'),
    ('SELECT email, ssn, count(*) FROM T GROUP BY GROUPING SETS ((email), (ssn), ()) ORDER BY 1, 2, 3'),
    ('SELECT DISTINCT email FROM T ORDER BY 1'),
    ('SELECT DISTINCT ON (email) email, ssn, id FROM T ORDER BY email, id'),
    ('SELECT email, id FROM T ORDER BY email, id LIMIT 40'),
    ('SELECT email FROM T ORDER BY email FETCH FIRST 11 ROWS WITH TIES'),
    ('SELECT id, lag(email) OVER w, lead(email, 2, email) OVER w, first_value(email) OVER w, last_value(ssn) OVER w, nth_value(note, 3) OVER w, rank() OVER w FROM T WINDOW w AS (PARTITION BY grp ORDER BY email, id ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING) ORDER BY id'),
    ('SELECT id, min(email) OVER w, max(ssn) OVER w, lag(email, 1, ssn) OVER w FROM T WINDOW w AS (PARTITION BY grp ORDER BY id RANGE BETWEEN 9 PRECEDING AND CURRENT ROW) ORDER BY id'),
    ('SELECT a.id, b.id, a.email, b.email, a.ssn, b.ssn FROM T a JOIN T b ON a.email = b.email ORDER BY 1, 2'),
    ('SELECT a.id, b.id, a.email, b.email FROM T a LEFT JOIN T b ON a.ssn = b.ssn AND a.id < b.id ORDER BY 1, 2'),
    ('SELECT a.id, b.email, b.note FROM T a FULL JOIN (SELECT * FROM T WHERE grp = 3) b ON a.email = b.email AND a.id = b.id ORDER BY 1, 2'),
    ('SELECT a.id, x.email, x.ssn FROM T a, LATERAL (SELECT * FROM T b WHERE b.email >= a.email ORDER BY b.email, b.id LIMIT 3) x ORDER BY 1, 2, 3'),
    ('SELECT id, email, word FROM T, regexp_split_to_table(email, ''[@.]'') WITH ORDINALITY s(word, n) ORDER BY id, n'),
    ('SELECT id, regexp_split_to_table(email, ''@''), unnest(string_to_array(ssn, ''-'')), email FROM T ORDER BY id, 2, 3'),
    ('SELECT id, email FROM T WHERE email IN (SELECT email FROM T WHERE grp = 2) ORDER BY id'),
    ('SELECT id, email = ANY (SELECT email FROM T b WHERE b.grp = T.grp AND b.id < T.id) FROM T ORDER BY id'),
    ('SELECT id, ARRAY(SELECT email FROM T b WHERE b.grp = T.grp ORDER BY id DESC), (SELECT max(ssn) FROM T b WHERE b.email = T.email) FROM T ORDER BY id'),
    ('SELECT email FROM T UNION SELECT ssn FROM T ORDER BY 1'),
    ('SELECT email FROM T WHERE grp < 5 INTERSECT ALL SELECT email FROM T WHERE grp > 2 ORDER BY 1'),
    ('SELECT email FROM T EXCEPT SELECT email FROM T WHERE grp = 1 ORDER BY 1'),
    ('SELECT email, ssn FROM T a UNION ALL SELECT ssn, email FROM T b ORDER BY 1, 2'),
    ('WITH c AS MATERIALIZED (SELECT * FROM T) SELECT a.id, a.email, b.ssn FROM c a JOIN c b ON a.id = b.id + 1 ORDER BY 1'),
    ('WITH RECURSIVE r AS (SELECT id, email, 1 AS depth FROM T WHERE id < 4 UNION ALL SELECT t.id, t.email, depth + 1 FROM r JOIN T t ON t.id = r.id + 20) SELECT * FROM r ORDER BY 1, 3'),
    ('SELECT id, CASE email WHEN lag(email) OVER (ORDER BY email, id) THEN ''same'' ELSE email END FROM T ORDER BY id'),
    ('SELECT id, greatest(email, ssn, note), least(email, ssn), coalesce(note, email), nullif(email, ssn), ARRAY[email, ssn, email], ROW(email, ssn, note) FROM T ORDER BY id'),
    ('SELECT id, jsonb_build_object(''e'', email, ''s'', ssn), T, to_jsonb(T) FROM T ORDER BY id'),
    ('SELECT jsonb_object_agg(id, email ORDER BY id), json_agg(T ORDER BY id) FROM T');

CREATE TABLE ways (way text, names text[]);
INSERT INTO ways VALUES
    ('as planned', '{}'), ('no hash', '{enable_hashjoin,enable_hashagg}'), ('no sort', '{enable_sort,enable_mergejoin,enable_hashjoin}'),
    ('no nested loop', '{enable_nestloop,enable_hashjoin}'), ('nested loops', '{enable_mergejoin,enable_hashjoin,enable_material,enable_memoize}'),
    ('no sequential scan', '{enable_seqscan,enable_bitmapscan}'), ('little memory', '{enable_incremental_sort}');
GRANT SELECT ON questions, ways TO kept_reader;

CREATE FUNCTION compare(OUT way text, OUT question int, OUT rows int, OUT same boolean) RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE w record; q record; setting text; over_masks text[]; over_shown text[];
BEGIN
    FOR w IN SELECT * FROM ways LOOP
        FOREACH setting IN ARRAY w.names LOOP
            PERFORM set_config(setting, 'off', true);
        END LOOP;
        PERFORM set_config('work_mem', CASE w.way WHEN 'little memory' THEN '64kB' ELSE '4MB' END, true);
        FOR q IN SELECT * FROM questions LOOP
            over_masks := rows_of(regexp_replace(q.query, '\mT\M', 'kept', 'g'));
            over_shown := rows_of(regexp_replace(q.query, '\mT\M', 'shown', 'g'));
            way := w.way; question := q.n; rows := cardinality(over_masks); same := over_masks = over_shown;
            RETURN NEXT;
        END LOOP;
        FOREACH setting IN ARRAY w.names LOOP
            PERFORM set_config(setting, 'on', true);
        END LOOP;
    END LOOP;
END $$;
SET ROLE kept_reader;
SELECT way, count(*) AS questions, sum(rows) AS rows, count(*) FILTER (WHERE same) AS same,
       array_agg(question) FILTER (WHERE same IS NOT TRUE) AS different
  FROM compare() GROUP BY way ORDER BY way COLLATE "C";
RESET ROLE;
DROP TABLE kept, shown, questions, ways;
DROP FUNCTION rows_of, compare;
DROP ROLE kept_reader;
