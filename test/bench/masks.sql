-- A million values, as they are and to be masked: psql -v type=text -v value="n::text".
DROP TABLE IF EXISTS mask_raw, mask_masked;
CREATE TABLE mask_raw AS SELECT CAST((:value)::text AS :type) AS v FROM generate_series(1, 1000000) n;
CREATE TABLE mask_masked AS TABLE mask_raw;
GRANT SELECT ON mask_raw, mask_masked TO reader;
VACUUM (FREEZE, ANALYZE) mask_raw, mask_masked;
