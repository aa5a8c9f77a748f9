-- A million people, four times over: masked, raw, behind hand-written views, and under a conditional mask.
CREATE EXTENSION ddm;
\ir reader.sql

CREATE TABLE raw AS
SELECT n AS id, 'person' || n || '@' || (ARRAY['example.com','example.org','mail.example'])[1 + n % 3] AS email,
       lpad((n % 899 + 1)::text, 3, '0') || '-' || lpad((n % 98 + 1)::text, 2, '0') || '-' || lpad((n % 9998 + 1)::text, 4, '0') AS ssn,
       'Street ' || n % 5000 AS address, (ARRAY['EU','US','APAC'])[1 + hashint4(n) % 2 + 1] AS region,
       'city' || n % 300 AS city, date '2020-01-01' + n % 1500 AS created, (n % 100000)::numeric / 100 AS amount
  FROM generate_series(1, 1000000) n;
CREATE TABLE masked AS TABLE raw;
CREATE TABLE conditional AS TABLE raw;
ALTER TABLE raw ADD PRIMARY KEY (id);
ALTER TABLE masked ADD PRIMARY KEY (id);
ALTER TABLE conditional ADD PRIMARY KEY (id);

CREATE VIEW by_hand AS
    SELECT id, regexp_replace(email, '^(.).*(@.*)$', '\1***\2') AS email, 'XXX-XX-' || right(ssn, 4) AS ssn,
           'withheld'::text AS address, region, city, created, amount FROM raw;
CREATE VIEW conditional_by_hand AS
    SELECT id, CASE WHEN region <> 'EU' THEN regexp_replace(email, '^(.).*(@.*)$', '\1***\2') ELSE email END AS email,
           region, city, created, amount FROM raw;

SECURITY LABEL FOR ddm ON COLUMN masked.email IS 'MASKED WITH FUNCTION email()';
SECURITY LABEL FOR ddm ON COLUMN masked.ssn IS 'MASKED WITH FUNCTION partial(0, ''XXX-XX-'', 4)';
SECURITY LABEL FOR ddm ON COLUMN masked.address IS 'MASKED WITH FUNCTION full(''withheld'')';
SECURITY LABEL FOR ddm ON COLUMN conditional.email IS 'MASKED WITH FUNCTION email() WHEN (region <> ''EU'')';

-- Not masked at all: what every other query of the server costs.
CREATE TABLE plain AS SELECT n AS id, 'row ' || n AS note FROM generate_series(1, 10000) n;
ALTER TABLE plain ADD PRIMARY KEY (id);
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
VACUUM (FREEZE, ANALYZE);
