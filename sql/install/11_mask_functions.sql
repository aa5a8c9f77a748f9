CREATE FUNCTION ddm.list_functions(
        OUT name text, OUT family text, OUT arguments text, OUT types text, OUT keyed boolean,
        OUT description text, OUT source text, OUT repeatable boolean)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'ddm_list_functions' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ddm.list_functions() IS 'internal: the catalogue of masks';

CREATE VIEW ddm.functions AS
    SELECT name, family, arguments, types, keyed, description, source FROM ddm.list_functions();
COMMENT ON VIEW ddm.functions IS 'the masks there are: arguments, types of columns, whether a key is in play';
GRANT SELECT ON ddm.functions TO PUBLIC;
GRANT USAGE ON SCHEMA ddm TO PUBLIC;

-- Each mask that needs no key as an SQL function ddm.NAME(value, argument, ...), made from the catalogue's rows: one
-- for each type that the mask takes, and text where nothing else is said. All of them are one C function, which
-- looks the mask up by the SQL function's name. Masks inside json() and each() are written as texts.
DO $make$
DECLARE
    mask record;
    value_type text;
    parameters text;
    signature text;
BEGIN
    FOR mask IN SELECT * FROM ddm.list_functions() AS f WHERE NOT f.keyed LOOP
        parameters := regexp_replace(mask.arguments, '[[:<:]]number[[:>:]]', 'double precision', 'g');
        parameters := regexp_replace(parameters, '[[:<:]]mask[[:>:]]', 'text', 'g');
        parameters := regexp_replace(parameters, '^([[:alnum:]_]+) text, ([[:alnum:]_]+) text, [.][.][.]$', E'VARIADIC \\1_and_\\2 text[]');
        parameters := regexp_replace(parameters, '([[:alnum:]_]+) text, [.][.][.]', E'VARIADIC \\1 text[]');
        FOREACH value_type IN ARRAY CASE WHEN mask.types = 'any' THEN ARRAY['anyelement', 'text'] ELSE (
            SELECT array_agg(t ORDER BY k.ord, t)
              FROM unnest(string_to_array(mask.types, ', ')) WITH ORDINALITY AS k(kind, ord),
                   unnest(CASE k.kind
                       WHEN 'integer' THEN ARRAY['smallint', 'integer', 'bigint']
                       WHEN 'float' THEN ARRAY['real', 'double precision']
                       WHEN 'json' THEN ARRAY['json', 'jsonb']
                       WHEN 'inet' THEN ARRAY['inet', 'cidr']
                       WHEN 'enum' THEN ARRAY['anyenum']
                       WHEN 'range' THEN ARRAY['anyrange']
                       WHEN 'array' THEN ARRAY['anyarray']
                       WHEN 'numeric' THEN ARRAY['numeric', 'money']
                       WHEN 'time' THEN ARRAY['time', 'timetz']
                       ELSE ARRAY[k.kind] END) AS t) END
        LOOP
            -- A value beside the column's is of its type; a width is a number, or of dates and times a word.
            signature := format('ddm.%I(value %s%s)', mask.name, value_type,
                CASE WHEN parameters = '' THEN ''
                     ELSE ', ' || replace(regexp_replace(parameters, '[[:<:]]value[[:>:]]',
                                                         CASE value_type WHEN 'money' THEN 'numeric' ELSE value_type END, 'g'),
                                          'literal', CASE WHEN value_type ~ '^(date|time)' THEN 'text' ELSE 'numeric' END) END);
            EXECUTE format('CREATE FUNCTION %s RETURNS %s AS ''MODULE_PATHNAME'', ''ddm_mask_by_hand'' LANGUAGE C %s STRICT PARALLEL SAFE',
                signature, value_type, CASE WHEN mask.repeatable THEN 'STABLE' ELSE 'VOLATILE' END);
            EXECUTE format('COMMENT ON FUNCTION %s IS %L',
                regexp_replace(signature, ' DEFAULT (''[^'']*''|[^,)]+)', '', 'g'), mask.description);
        END LOOP;
    END LOOP;
END
$make$;
