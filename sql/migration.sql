-- doc/migration.md, line by line: what other products call a mask, as a label of ddm, and what it shows.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE migration_reader;
CREATE TABLE migration_lines (source text, theirs text, type text, value text, mask text);
INSERT INTO migration_lines VALUES
 ('SQL Server', 'default()', 'text', 'secret', 'default()'),
 ('SQL Server', 'email()', 'text', 'luis@embraer.com.br', 'email()'),
 ('SQL Server', 'random(1, 12)', 'int', '99', 'random(1, 12)'),
 ('SQL Server', 'partial(0,"XXX-XX-",4)', 'text', '123-45-6789', 'partial(0, ''XXX-XX-'', 4)'),
 ('SQL Server', 'datetime("Y")', 'date', '1985-07-12', 'date(''month'', ''day'')'),
 ('Oracle', 'DBMS_REDACT.FULL', 'int', '42', 'default()'),
 ('Oracle', 'DBMS_REDACT.PARTIAL', 'text', '987-65-4321', 'partial(0, ''***-**-'', 4)'),
 ('Oracle', 'DBMS_REDACT.REGEXP', 'text', 'call 555', 'regexp(''[0-9]'', ''#'')'),
 ('Oracle', 'DBMS_REDACT.RANDOM', 'numeric', '5', 'random(100, 200)'),
 ('Oracle', 'DBMS_REDACT.NULLIFY', 'text', 'x', 'nullify()'),
 ('MySQL', 'mask_inner(s, 1, 1)', 'text', 'abcdef', 'inner(1, 1)'),
 ('MySQL', 'mask_outer(s, 1, 2, ''#'')', 'text', 'abcdef', 'outer(1, 2, ''#'')'),
 ('MySQL', 'mask_ssn', 'text', '123-45-6789', 'ssn()'),
 ('MySQL', 'mask_pan', 'text', '4111111111111111', 'pan()'),
 ('MySQL', 'mask_pan_relaxed', 'text', '4111111111111111', 'pan_relaxed()'),
 ('MySQL', 'mask_iban', 'text', 'DE89370400440532013000', 'iban()'),
 ('MySQL', 'mask_uk_nin', 'text', 'QQ123456C', 'uk_nin()'),
 ('MySQL', 'mask_canada_sin', 'text', '046-454-286', 'canada_sin()'),
 ('MySQL', 'mask_uuid', 'text', '9c5b94b1-35ad-49bb-b118-8e8fc24abf80', 'uuid()'),
 ('Bytebase', 'full mask', 'text', 'secret', 'full(''******'')'),
 ('Bytebase', 'range mask', 'text', '0123456789', 'range(2, 5, ''***'')'),
 ('Bytebase', 'MD5 mask', 'text', 'secret', 'md5()'),
 ('Bytebase', 'inner mask', 'text', 'abcdef', 'inner(2, 2, ''*'')'),
 ('Bytebase', 'outer mask', 'text', 'abcdef', 'outer(2, 2, ''*'')'),
 ('Snowflake', '''********''', 'text', 'secret', 'full(''********'')'),
 ('Snowflake', 'REGEXP_REPLACE(val, ''.+\@'', ''*****@'')', 'text', 'me@x.org', 'regexp(''.+@'', ''*****@'')'),
 ('Snowflake', 'SHA2(val)', 'text', 'secret', 'hash()'),
 ('Aurora pg_columnmask', 'mask_text(v)', 'text', 'Hello World', 'inner(0, 0)'),
 ('Aurora pg_columnmask', 'mask_text(v, ''*'', 5, 1)', 'text', 'Hello World', 'inner(5, 1, ''*'')'),
 ('Aurora pg_columnmask', 'mask_email', 'text', 'me@x.org', 'email()'),
 ('Aurora pg_columnmask', 'mask_timestamp(v)', 'timestamp', '1985-07-12 10:11:12', 'default()'),
 ('PostgreSQL Anonymizer', 'anon.partial(v, 2, ''**'', 1)', 'text', 'abcdef', 'partial(2, ''**'', 1)'),
 ('PostgreSQL Anonymizer', 'anon.partial_email(v)', 'text', 'daamien@gmail.com', 'email()'),
 ('PostgreSQL Anonymizer', 'anon.hash(v)', 'text', 'secret', 'hash()'),
 ('PostgreSQL Anonymizer', 'anon.pseudo_first_name(v)', 'text', 'Zz Top', 'pseudonym(''first_name'')'),
 ('PostgreSQL Anonymizer', 'anon.pseudo_city(v)', 'text', 'Atlantis', 'pseudonym(''city'')'),
 ('PostgreSQL Anonymizer', 'anon.noise(v, 0.2)', 'numeric', '100.000000', 'noise(0.2)'),
 ('PostgreSQL Anonymizer', 'anon.dnoise(v, ''10 days'')', 'date', '2020-02-29', 'date_shift(10)'),
 ('PostgreSQL Anonymizer', 'anon.generalize_int4range(v, 10)', 'text', '42', 'generalize(10)'),
 ('PostgreSQL Anonymizer', 'anon.generalize_daterange(v, ''decade'')', 'date', '1985-07-12', 'generalize(''decade'')'),
 ('ddm', 'json', 'jsonb', '{"id": 7, "person": {"email": "me@x.org", "pay": 1234}, "notes": ["a", "b"]}', 'json(''$.person.email'', email(), ''$.person.pay'', round_to(-3), ''$.notes[*]'', default())'),
 ('ddm', 'json', 'json', '{"id": 7}', 'json(''$.person.email'', email())'),
 ('ddm', 'each', 'text[]', '{me@x.org,NULL,nobody}', 'each(email())'),
 ('ddm', 'each', 'int[]', '{17,23}', 'each(bucket(10))');
-- random, keyed and noisy results are shown by their shape
CREATE FUNCTION migration_shows(type text, value text, mask text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE shown text;
BEGIN
    EXECUTE format('CREATE TABLE migration_column (v %s)', type);
    EXECUTE format('INSERT INTO migration_column VALUES (%L)', value);
    EXECUTE format('SECURITY LABEL FOR ddm ON COLUMN migration_column.v IS %L', 'MASKED WITH FUNCTION ' || mask);
    GRANT SELECT ON migration_column TO migration_reader;
    SET LOCAL ROLE migration_reader;
    EXECUTE 'SELECT v::text FROM migration_column' INTO shown;
    RESET ROLE;
    DROP TABLE migration_column;
    RETURN CASE
        WHEN shown = value THEN 'THE VALUE'
        WHEN mask LIKE 'random(1, %' THEN (shown::numeric BETWEEN 1 AND 12)::text
        WHEN mask LIKE 'random(100%' THEN (shown::numeric BETWEEN 100 AND 200)::text
        WHEN mask LIKE 'noise%' THEN (shown::numeric BETWEEN 80 AND 120)::text
        WHEN mask LIKE 'date_shift%' THEN (abs(shown::date - value::date) BETWEEN 1 AND 10)::text
        WHEN mask LIKE 'pseudonym%' THEN regexp_replace(shown, '[a-z]+', 'name', 'i')
        WHEN mask IN ('hash()', 'md5()') THEN regexp_replace(shown, '[0-9a-f]', 'h', 'g')
        ELSE shown END;
END $$;
SELECT source, theirs, mask, migration_shows(type, value, mask) AS shows FROM migration_lines;
-- the catalogue and what may be called by hand
SELECT family, string_agg(name, ', ') FROM ddm.functions GROUP BY family ORDER BY family;
SELECT ddm.email('luis@embraer.com.br'), ddm.partial('123-45-6789', 0, 'XXX-XX-', 4), ddm.default('x'), ddm.default(7),
       ddm.default(date '2020-02-02'), ddm.full('x', 'y'), ddm.nullify('x'), ddm.phone('+55 (12) 3923-5555'), ddm.ip('10.1.2.3'::inet);
SELECT ddm.json('{"a": "me@x.org", "b": [1250]}'::jsonb, '$.a', 'email()', '$.b[0]', 'round_to(-2)'), ddm.each(ARRAY['me@x.org', NULL], 'email()'),
       ddm.each(ARRAY[[17, 23]], 'bucket(10)'), ddm.generalize(42, 10), ddm.generalize('42', 10), ddm.generalize(date '2020-02-02', 'decade'),
       ddm.round_to(12.345::money, 0), ddm.date(timetz '10:11:12+02', 'hour'), ddm.ip('10.1.2.0/24'::cidr, 16);
SET TimeZone = 'America/New_York';
SET DateStyle = 'SQL, DMY';
SELECT ddm.date(timestamptz '2020-06-15 22:00:00-04', 'year', 'day') = timestamptz '2020-01-16 00:00:00+00' AS parts_in_utc,
       ddm.random(timestamptz '2000-01-01 12:00+00', '2020-02-02 10:00+00', '2020-02-02 10:00:01+00') BETWEEN '2020-02-02 10:00+00' AND '2020-02-02 10:00:01+00' AS in_bounds,
       ddm.full(timestamptz '2000-01-01', '2020-02-02 10:00+00') = timestamptz '2020-02-02 10:00+00' AS constant;
RESET TimeZone;
RESET DateStyle;
SELECT ddm.partial('x', -1, '', 0);
-- no key by way of another mask
SELECT ddm.each(ARRAY['guess'], 'hash()');
SELECT ddm.json('{"a": "guess"}'::jsonb, '$.a', 'token()');
SELECT ddm.json('{"a": "guess"}'::jsonb, '$.a', 'email() WHEN (true)');
SELECT ddm.each(ARRAY['x'], 'no mask');
SELECT ddm.email(NULL) IS NULL AS null_stays_null;
DROP FUNCTION migration_shows(text, text, text);
DROP TABLE migration_lines;
DROP ROLE migration_reader;
