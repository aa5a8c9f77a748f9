-- A million values, as they are and to be masked: psql -v type=text -v value="n::text".
DROP TABLE IF EXISTS mask_raw, mask_masked;
-- In rows of some width, as people store them.
CREATE TABLE mask_raw AS
SELECT n AS id, CAST((:value)::text AS :type) AS v, 'city' || n % 300 AS city, date '2020-01-01' + n % 1500 AS created,
       (n % 100000)::numeric / 100 AS amount, 'Street ' || n % 5000 AS address
  FROM generate_series(1, 1000000) n;
CREATE TABLE mask_masked AS TABLE mask_raw;
GRANT SELECT ON mask_raw, mask_masked TO reader;
VACUUM (FREEZE, ANALYZE) mask_raw, mask_masked;
