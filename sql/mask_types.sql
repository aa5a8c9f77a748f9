-- Every mask over columns of every type: what shows is never the value, always of the column's type, and no read fails.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS hstore;
CREATE ROLE mask_types_reader;
CREATE SCHEMA mask_types;
GRANT USAGE ON SCHEMA mask_types TO mask_types_reader;
SET search_path = mask_types, public;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN lower_text AS text CHECK (VALUE ~ '^[a-z@.]*$');
CREATE DOMAIN short_lower AS lower_text CHECK (length(VALUE) < 12);
CREATE DOMAIN above_five AS int CHECK (VALUE > 5);
CREATE DOMAIN six AS varchar(6);
CREATE DOMAIN some_texts AS text[] CHECK (cardinality(VALUE) < 5);
CREATE DOMAIN a_pair AS pair;
CREATE TABLE stored (type text, value text);
INSERT INTO stored VALUES
  ('text', 'w'), ('text', 'luis@embraer.com.br'), ('text', '123-45-6789'), ('text', '4111111111111111'), ('text', '10.1.2.3'),
  ('text', 'https://u:p@h.org/x?y'), ('text', '42'), ('text', U&'e\0301w'), ('text', U&'\0645\0631\062d\0628\0627'),
  ('varchar(8)', 'luis@e.b'), ('varchar(8)', 'w'), ('varchar(3)', U&'\65e5\672c\8a9e'), ('char(8)', 'wv'), ('char(8)', 'luis@e.b'),
  ('char', 'w'), ('bpchar', 'wv'), ('name', 'luis@embraer.com.br'), ('citext', 'Luis@X.Org'), ('"char"', 'q'),
  ('lower_text', 'w@x.org'), ('short_lower', 'w@x.org'), ('six', 'abcdef'),
  ('smallint', '7'), ('smallint', '-32768'), ('int', '7'), ('int', '2147483647'), ('bigint', '-9223372036854775808'), ('above_five', '77'),
  ('numeric', '12.34'), ('numeric', '0.33333333333333333333'), ('numeric', '123456789012345678901234567890123456789012345'),
  ('numeric', 'NaN'), ('numeric', '-Infinity'), ('numeric(8,2)', '12.34'), ('numeric(2,2)', '0.34'), ('numeric(5,-2)', '12300'),
  ('numeric(3,5)', '0.00123'), ('real', '7.25'), ('real', 'NaN'), ('double precision', '12.34'), ('double precision', '1e308'),
  ('double precision', 'Infinity'), ('money', '12.34'),
  ('date', '1985-07-12'), ('date', 'infinity'), ('date', '4713-11-24 BC'), ('date', '5874897-12-31'),
  ('timestamp', '1985-07-12 10:11:12.345'), ('timestamp', '-infinity'), ('timestamp(0)', '1985-07-12 10:11:12'),
  ('timestamp', '294276-12-31 23:59:59.999999'), ('timestamptz', '1985-07-12 10:11:12.345+02'), ('timestamptz', 'infinity'),
  ('timestamptz', '4713-11-24 10:00:00+00 BC'), ('time', '10:11:12.5'), ('time(0)', '23:59:59'), ('timetz', '10:11:12+02'),
  ('interval', '-3 days'), ('boolean', 'true'), ('uuid', '9c5b94b1-35ad-49bb-b118-8e8fc24abf80'), ('bytea', '\xdeadbeef'),
  ('bytea', '\x'), ('bit(8)', '10101010'), ('varbit', '101'), ('inet', '10.1.2.3'), ('inet', '2001:db8::1'), ('cidr', '10.1.2.0/24'),
  ('cidr', '10.0.0.0/8'), ('macaddr', '08:00:2b:01:02:03'), ('macaddr8', '08:00:2b:01:02:03:04:05'),
  ('json', '{"a":{"b":"w@x.org"},"c":[7]}'), ('jsonb', '{"a":{"b":"w@x.org"},"c":[7]}'), ('jsonb', '"w@x.org"'), ('jsonb', '[17]'),
  ('hstore', 'a=>1'), ('xml', '<a>w</a>'), ('mood', 'happy'), ('pair', '(1,w)'), ('a_pair', '(1,w)'),
  ('text[]', '{w@x.org,NULL,ab}'), ('text[]', '{{w@x.org,bb},{cc,dd}}'), ('text[]', '[2:3]={aa,bb}'), ('int[]', '{17,23}'),
  ('varchar(5)[]', '{abcde,fg}'), ('pair[]', '{"(1,w)"}'), ('uuid[]', '{9c5b94b1-35ad-49bb-b118-8e8fc24abf80}'), ('mood[]', '{happy,ok}'),
  ('numeric(5,2)[]', '{1.25,3.50}'), ('lower_text[]', '{w@x.org}'), ('date[]', '{1985-07-12,infinity}'), ('jsonb[]', '{"{\"a\":1}"}'),
  ('some_texts', '{ww,vv}'), ('int4range', '[3,7)'), ('numrange', '[1.5,2.5]'), ('tstzrange', '[2020-01-01,2021-01-01)'),
  ('int4multirange', '{[3,7),[8,9)}'), ('point', '(1,2)'), ('lseg', '[(1,2),(3,4)]'), ('box', '(3,4),(1,2)'), ('path', '[(1,2),(3,4)]'),
  ('polygon', '((1,2),(3,4),(5,6))'), ('circle', '<(1,2),3>'), ('line', '{1,2,3}'), ('tsvector', '''w'':1'), ('tsquery', '''w'''),
  ('pg_lsn', '16/B374D848'), ('xid', '77'), ('tid', '(1,2)'), ('oid', '77'), ('jsonpath', '$."w"'), ('int2vector', '1 2'), ('regclass', 'pg_class'),
  ('refcursor', 'w'), ('pg_snapshot', '10:20:');
CREATE TABLE masks (mask text);
INSERT INTO masks VALUES
  ('default()'), ('nullify()'), ('partial(1, ''X'', 1)'), ('partial(0, '''', 0)'), ('inner(1, 1)'), ('outer(1, 1)'), ('outer(100, 100)'),
  ('range(1, 3)'), ('range(0, 1, '''')'), ('range(100, 200)'), ('regexp(''[a-z]'', ''#'')'), ('regexp(''z*'', '''')'), ('email()'), ('phone()'),
  ('ssn()'), ('pan()'), ('pan_relaxed()'), ('iban()'), ('uk_nin()'), ('canada_sin()'), ('uuid()'), ('ip()'), ('ip(31)'), ('ip(127)'), ('url()'),
  ('name()'), ('random(100, 112)'), ('random(1000000, 2000000)'), ('random(''2000-01-01'', ''2010-01-01'')'), ('random(''10:00'', ''10:10'')'),
  ('noise(0.1)'), ('noise(10)'), ('bucket(5)'), ('bucket(500)'), ('round_to(-2)'), ('round_to(1)'), ('date(''year'')'), ('date(''month'', ''day'')'),
  ('date(''hour'')'), ('date_shift(10)'), ('generalize(5)'), ('generalize(''decade'')'), ('generalize(''hour'')'), ('hash()'), ('token(51)'),
  ('fpe()'), ('fpe(''alphanumeric'')'), ('fpe_pan()'), ('pseudonym(''city'')'), ('md5()'), ('json(''$.a.b'', email())'), ('json(''$.zz'', email())'),
  ('json(''$[*]'', bucket(10))'), ('each(default())'), ('each(email())'), ('each(partial(1, ''X'', 1))'), ('each(bucket(10))'), ('each(hash())'),
  ('each(nullify())'), ('each(date(''year''))'), ('each(json(''$.a'', default()))');
CREATE TABLE seen (type text, value text, mask text, what text, shown text);
-- What a masked role is shown is stored again, in a column of the same type: it fits or the row says why not.
CREATE PROCEDURE look(type text, value text) LANGUAGE plpgsql AS $$
DECLARE m text; shown text; outcome text;
BEGIN
    EXECUTE format('CREATE TABLE mask_types.c (v %1$s); CREATE TABLE mask_types.again (v %1$s)', type);
    EXECUTE format('INSERT INTO mask_types.c VALUES (%L), (NULL)', value);
    GRANT SELECT ON mask_types.c TO mask_types_reader;
    GRANT INSERT, SELECT ON mask_types.again TO mask_types_reader;
    FOR m IN SELECT mask FROM mask_types.masks LOOP
        shown := NULL;
        BEGIN
            EXECUTE format('SECURITY LABEL FOR ddm ON COLUMN mask_types.c.v IS %L', 'MASKED WITH FUNCTION ' || m);
            outcome := 'shown';
        EXCEPTION WHEN datatype_mismatch OR invalid_parameter_value THEN
            outcome := 'refused';
        END;
        IF outcome = 'shown' THEN
            BEGIN
                SET LOCAL ROLE mask_types_reader;
                INSERT INTO mask_types.again SELECT v FROM mask_types.c;
                RESET ROLE;
                EXECUTE 'SELECT max(v::text), count(*) - count(v) FROM mask_types.again' INTO shown, outcome;
                outcome := CASE WHEN outcome = '0' THEN 'NULL LOST' ELSE 'shown' END;
                EXECUTE 'TRUNCATE mask_types.again';
            EXCEPTION WHEN others THEN
                RESET ROLE;
                outcome := 'FAILED ' || SQLSTATE;
            END;
        END IF;
        INSERT INTO mask_types.seen VALUES (type, value, m, outcome, shown);
    END LOOP;
    DROP TABLE mask_types.c, mask_types.again;
END $$;
\set ECHO none
SELECT format('CALL look(%L, %L)', type, value) FROM stored
\gexec
\set ECHO all
-- each type takes some masks, and each mask some types
SELECT type FROM stored EXCEPT SELECT type FROM seen WHERE what = 'shown' AND mask NOT IN ('default()', 'nullify()') ORDER BY 1;
SELECT mask FROM masks EXCEPT SELECT mask FROM seen WHERE what = 'shown' ORDER BY 1;
-- nothing failed
SELECT * FROM seen WHERE what NOT IN ('shown', 'refused') ORDER BY type, value, mask;
-- values that lie on the edge of what they are made to show, and no others (a token of one character is any of 36, a hash
-- of numeric(2,2) any of 199, of numeric(3,5) of 1999)
SELECT type, value, mask FROM seen WHERE what = 'shown' AND trim(shown) = value AND NOT (mask = 'token(51)' AND length(value) = 1)
   AND NOT (mask = 'hash()' AND type IN ('numeric(2,2)', 'numeric(3,5)'))
  ORDER BY type, value, mask;
-- what default() is
SELECT type, min(shown) AS shown FROM seen WHERE mask = 'default()' GROUP BY type ORDER BY type COLLATE "C";
-- values as they are stored when they are long: short headers, compressed, out of line, both
CREATE TABLE long (how text, v text);
ALTER TABLE long ALTER COLUMN v SET STORAGE EXTENDED;
INSERT INTO long VALUES ('short', 'abcdef'), ('plain', repeat('abcdef', 100)), ('compressed', repeat('abcdef', 2000)),
    ('both', repeat('abcdef', 2000000));
ALTER TABLE long ALTER COLUMN v SET STORAGE EXTERNAL;
INSERT INTO long VALUES ('out of line', repeat('abcdef', 2000));
SELECT how, length(v), pg_column_size(v) < length(v) AS smaller FROM long ORDER BY length(v), how;
GRANT SELECT ON long TO mask_types_reader;
SECURITY LABEL FOR ddm ON COLUMN mask_types.long.v IS 'MASKED WITH FUNCTION inner(2, 3)';
SET ROLE mask_types_reader;
SELECT how, length(v), left(v, 4) AS begins, right(v, 5) AS ends FROM mask_types.long ORDER BY length(v), how;
RESET ROLE;
SECURITY LABEL FOR ddm ON COLUMN mask_types.long.v IS 'MASKED WITH FUNCTION partial(1, ''-'', 2)';
SET ROLE mask_types_reader;
SELECT how, v FROM mask_types.long ORDER BY how;
RESET ROLE;
-- An empty query, of which nothing is said.
CREATE TABLE mask_types.asked (q tsquery);
INSERT INTO mask_types.asked VALUES ('a & b');
GRANT SELECT ON mask_types.asked TO mask_types_reader;
SECURITY LABEL FOR ddm ON COLUMN mask_types.asked.q IS 'MASKED WITH FUNCTION default()';
\c -
SET ROLE mask_types_reader;
SELECT q, numnode(q), q || 'c' AS longer, 'a'::tsvector @@ q AS found FROM mask_types.asked;
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA mask_types CASCADE;
DROP ROLE mask_types_reader;
