-- What a label's constants mean is no matter of settings that the reader makes before the mask is first read: what one
-- session was shown another can write back, and no client moves what a trusted mask goes by. (default() of a moment is the
-- first of 1900 by the reader's own clock, and is known again by another's.)
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE ddm_ks_reader;
CREATE SCHEMA ddm_ks;
GRANT USAGE ON SCHEMA ddm_ks TO ddm_ks_reader;
CREATE TABLE ddm_ks.person (id int PRIMARY KEY, seen timestamptz, awake timetz, born date, ago interval, pay money, span tstzrange,
    days date[], other timestamptz, hidden date, note text);
INSERT INTO ddm_ks.person VALUES (1, '2020-03-05 09:00+00', '09:00+00', '2020-03-05', '3 days', '7', '[2020-03-05,2020-03-06)',
    '{2020-03-05}', '2020-03-05 09:00+00', '2020-01-15', 'n');
GRANT ALL ON ddm_ks.person TO ddm_ks_reader;
CREATE FUNCTION ddm_ks.until(date, date) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN $1 < $2 THEN $1 ELSE '1900-01-01' END $$;
SECURITY LABEL FOR ddm ON FUNCTION ddm_ks.until(date, date) IS 'TRUSTED MASK';
SECURITY LABEL FOR ddm ON COLUMN ddm_ks.person.seen IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN ddm_ks.person.awake IS 'MASKED WITH FUNCTION default()';
SECURITY LABEL FOR ddm ON COLUMN ddm_ks.person.born IS 'MASKED WITH VALUE ''01/02/2000''';
SECURITY LABEL FOR ddm ON COLUMN ddm_ks.person.ago IS 'MASKED WITH VALUE ''-1 02:00:00''';
SECURITY LABEL FOR ddm ON COLUMN ddm_ks.person.pay IS 'MASKED WITH VALUE ''1,500.00''';
SECURITY LABEL FOR ddm ON COLUMN ddm_ks.person.span IS 'MASKED WITH VALUE ''[2000-01-01,2000-01-02)''';
SECURITY LABEL FOR ddm ON COLUMN ddm_ks.person.days IS 'MASKED WITH VALUE ''{01/02/2000}''';
SECURITY LABEL FOR ddm ON COLUMN ddm_ks.person.other IS 'MASKED WITH FUNCTION full(''2000-01-01 12:00 IST'')';
SECURITY LABEL FOR ddm ON COLUMN ddm_ks.person.hidden IS 'MASKED WITH FUNCTION ddm_ks.until(''01/02/2020'')';
CREATE VIEW ddm_ks.plainly AS SELECT to_char(seen, 'YYYY-MM-DD HH24:MI') AS seen, extract(epoch FROM awake) AS awake, born - make_date(2000, 1, 1) AS born,
    extract(epoch FROM ago) AS ago, pay::numeric AS pay, extract(epoch FROM lower(span)) AS span, days[1] - make_date(2000, 1, 1) AS days,
    extract(epoch FROM other) AS other, hidden - make_date(2020, 1, 1) AS hidden, note FROM ddm_ks.person;
GRANT SELECT ON ddm_ks.plainly TO ddm_ks_reader;
\c -
SET ROLE ddm_ks_reader;
SELECT * FROM ddm_ks.plainly;
\c -
SET ROLE ddm_ks_reader;
SET timezone_abbreviations = 'India';
SET DateStyle = 'SQL, DMY';
SET IntervalStyle = 'sql_standard';
SET TimeZone = 'Pacific/Kiritimati';
SELECT * FROM ddm_ks.plainly;
-- The one was shown what the other writes.
UPDATE ddm_ks.person SET seen = '1900-01-01 00:00 America/Los_Angeles', awake = '00:00+00', born = '2000-01-02', ago = '-1 days +02:00', pay = '1500',
    span = '["2000-01-01 00:00+00","2000-01-02 00:00+00")', days = '{2000-01-02}', other = '2000-01-01 10:00+00', hidden = hidden, note = 'saved';
\c -
SELECT * FROM ddm_ks.plainly;
SELECT seen AT TIME ZONE 'GMT' FROM ddm_ks.person;
-- Whoever chooses how many digits money has sees no other mask of it.
CREATE TABLE ddm_ks.paid (amount money, rounded money, whole money);
INSERT INTO ddm_ks.paid VALUES (54321.99, 5.45, 54321.99);
SECURITY LABEL FOR ddm ON COLUMN ddm_ks.paid.amount IS 'MASKED WITH FUNCTION bucket(1000)';
SECURITY LABEL FOR ddm ON COLUMN ddm_ks.paid.rounded IS 'MASKED WITH FUNCTION round_to(0)';
SECURITY LABEL FOR ddm ON COLUMN ddm_ks.paid.whole IS 'MASKED WITH VALUE ''7.5''';
GRANT SELECT ON ddm_ks.paid TO ddm_ks_reader;
SET ROLE ddm_ks_reader;
SELECT amount::numeric, rounded::numeric, whole::numeric FROM ddm_ks.paid;
\c -
SET ROLE ddm_ks_reader;
SET lc_monetary = 'C';
SELECT amount::numeric, rounded::numeric, whole::numeric FROM ddm_ks.paid;
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA ddm_ks CASCADE;
DROP ROLE ddm_ks_reader;
