-- Parts of the page of evidence: text, tables, charts. Every value that comes from the database passes ddm.html().
CREATE FUNCTION ddm.html(value text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ddm_html';
COMMENT ON FUNCTION ddm.html(text) IS 'internal: the text as it may stand in an HTML page, in an attribute too';

-- A value as it stands in a cell: numbers with separators, times to the second, lists one a line.
CREATE FUNCTION ddm.html_cell(value jsonb, look text) RETURNS text
    LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN value IS NULL OR value IN ('null', '""', '[]', '"infinity"') THEN '<td class="no">&#8211;</td>'
        WHEN look = 'n' THEN '<td class="n">' || ddm.html(to_char((value #>> '{}')::numeric, 'FM999,999,999,999,990')) || '</td>'
        WHEN look = 't' THEN '<td class="t">' || ddm.html(to_char((value #>> '{}')::timestamptz, 'YYYY-MM-DD HH24:MI:SS')) || '</td>'
        WHEN look = 'l' AND jsonb_typeof(value) = 'array' THEN '<td class="w">' ||
            (SELECT string_agg('<bdi>' || ddm.html(e) || '</bdi>', ', ' ORDER BY n) FROM jsonb_array_elements_text(value) WITH ORDINALITY AS l(e, n)) || '</td>'
        WHEN jsonb_typeof(value) = 'array' THEN '<td class="' || look || '">' ||
            (SELECT string_agg('<bdi>' || ddm.html(e) || '</bdi>', '<br/>' ORDER BY n) FROM jsonb_array_elements_text(value) WITH ORDINALITY AS l(e, n)) || '</td>'
        WHEN look IN ('c', 'w') THEN '<td class="' || look || '"><bdi>' || ddm.html(value #>> '{}') || '</bdi></td>'
        ELSE '<td><bdi>' || ddm.html(value #>> '{}') || '</bdi></td>' END
$$;
REVOKE ALL ON FUNCTION ddm.html_cell(jsonb, text) FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_cell(jsonb, text) IS 'internal: a value as a cell of an HTML table';

-- Columns are field:look:title; looks are n (number), t (time), c (code), x (text), w (wide text), l (a list
-- in one line). `total`, if any, is a last row.
CREATE FUNCTION ddm.html_table(list jsonb, columns text[], nothing text, total jsonb DEFAULT '{}') RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN jsonb_array_length(list) = 0 THEN '<p class="none">' || ddm.html(nothing) || '</p>' ELSE
        '<table><thead><tr>'
        || (SELECT string_agg(format('<th class="%s">%s</th>', ddm.html(split_part(c, ':', 2)), ddm.html(split_part(c, ':', 3))), '' ORDER BY n)
            FROM unnest(columns) WITH ORDINALITY AS h(c, n))
        || '</tr></thead><tbody>' || E'\n'
        || (SELECT string_agg('<tr>' || (SELECT string_agg(ddm.html_cell(item -> split_part(c, ':', 1), split_part(c, ':', 2)), '' ORDER BY cn)
                                         FROM unnest(columns) WITH ORDINALITY AS h(c, cn)) || '</tr>', E'\n' ORDER BY n)
            FROM jsonb_array_elements(list) WITH ORDINALITY AS rows(item, n))
        || CASE WHEN total = '{}' THEN '' ELSE '<tr class="total">'
            || (SELECT string_agg(CASE WHEN total ? split_part(c, ':', 1) THEN ddm.html_cell(total -> split_part(c, ':', 1), split_part(c, ':', 2)) ELSE '<td></td>' END, '' ORDER BY cn)
                FROM unnest(columns) WITH ORDINALITY AS h(c, cn)) || '</tr>' END
        || '</tbody></table>' END
$$;
REVOKE ALL ON FUNCTION ddm.html_table(jsonb, text[], text, jsonb) FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_table(jsonb, text[], text, jsonb) IS 'internal: a list of objects as an HTML table';

-- A long list of short rows, in three tables side by side.
CREATE FUNCTION ddm.html_three_tables(list jsonb, columns text[], nothing text) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN jsonb_array_length(list) < 12 THEN ddm.html_table(list, columns, nothing) ELSE
        '<div class="three">' || (SELECT string_agg(ddm.html_table(part, columns, nothing), E'\n' ORDER BY third)
            FROM (SELECT third, jsonb_agg(item ORDER BY n) AS part
                  FROM (SELECT item, n, ntile(3) OVER (ORDER BY n) AS third FROM jsonb_array_elements(list) WITH ORDINALITY AS rows(item, n)) AS split
                  GROUP BY third) AS parts) || '</div>' END
$$;
REVOKE ALL ON FUNCTION ddm.html_three_tables(jsonb, text[], text) FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_three_tables(jsonb, text[], text) IS 'internal: a list of objects as three HTML tables';

CREATE FUNCTION ddm.html_short(value numeric) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN value >= 1e9 THEN trim_scale(round(value / 1e9, 1)) || 'G' WHEN value >= 1e6 THEN trim_scale(round(value / 1e6, 1)) || 'M'
                WHEN value >= 1e4 THEN trim_scale(round(value / 1e3, 1)) || 'k' ELSE to_char(value, 'FM999,990') END
$$;
REVOKE ALL ON FUNCTION ddm.html_short(numeric) FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_short(numeric) IS 'internal: a number as the axis of a chart shows it';

-- The distance of grid lines: 1, 2 or 5 times a power of ten, with four lines at most below the highest value.
CREATE FUNCTION ddm.html_grid_step(most numeric) RETURNS numeric
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT min(factor * power(10::numeric, exponent)) FROM unnest(ARRAY[1, 2, 5]::numeric[]) AS factor, generate_series(0, 18) AS exponent
    WHERE factor * power(10::numeric, exponent) * 4 >= most
$$;
REVOKE ALL ON FUNCTION ddm.html_grid_step(numeric) FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_grid_step(numeric) IS 'internal: the distance of a chart''s grid lines';

-- Bars over time, from left to right. The list has no gaps.
CREATE FUNCTION ddm.html_calendar(list jsonb, field text, title text, step text) RETURNS text
    LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    WITH bars AS (
        SELECT n - 1 AS n, item ->> 'starts' AS starts, (item ->> field)::numeric AS amount, count(*) OVER () AS many,
               max((item ->> field)::numeric) OVER () AS most
        FROM jsonb_array_elements(list) WITH ORDINALITY AS rows(item, n)
    ), scale AS ( -- the plot is 800 by 170 units, its origin at (70, 200)
        SELECT many, 800.0 / many AS width, ddm.html_grid_step(most) AS grid, ddm.html_grid_step(most) * ceil(greatest(most, 1) / ddm.html_grid_step(most)) AS top,
               greatest(1, ceil(many / 10.0))::int AS every
        FROM bars LIMIT 1
    )
    SELECT coalesce((SELECT format('<svg role="img" viewBox="0 0 920 244"><title>%s</title><text class="h" x="0" y="14">%s</text>', ddm.html(title), ddm.html(title))
        || (SELECT string_agg(format('<path class="g" d="M70 %s H870"/><text x="62" y="%s" text-anchor="end">%s</text>',
                round(200 - 170 * v / top, 1), round(204 - 170 * v / top, 1), ddm.html(ddm.html_short(v))), '' ORDER BY v)
            FROM generate_series(0, top, grid) AS v)
        || (SELECT string_agg(CASE WHEN amount > 0 THEN format('<rect x="%s" y="%s" width="%s" height="%s"><title>%s: %s</title></rect>',
                round(70 + n * width + width * 0.12, 2), round(200 - greatest(170 * amount / top, 1), 2), round(least(width * 0.76, 60), 2),
                round(greatest(170 * amount / top, 1), 2), ddm.html(starts), ddm.html(to_char(amount, 'FM999,999,999,999,990'))) ELSE '' END
                || CASE WHEN n % every = 0 THEN format('<text x="%s" y="217" text-anchor="middle">%s</text>',
                       round(70 + n * width + least(width / 2, 30 + width * 0.12), 1), ddm.html(starts)) ELSE '' END, '' ORDER BY n)
            FROM bars)
        || format('<path class="a" d="M70 200 H870"/><text class="l" x="470" y="238" text-anchor="middle">%s</text></svg>', ddm.html(step))
        FROM scale), '')
$$;
REVOKE ALL ON FUNCTION ddm.html_calendar(jsonb, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_calendar(jsonb, text, text, text) IS 'internal: a chart of bars over time, inline SVG';

-- The highest ten of a list, by name, and what the others come to.
CREATE FUNCTION ddm.html_bars(list jsonb, label text, field text, title text) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    WITH sums AS (
        SELECT item ->> label AS name, sum((item ->> field)::numeric) AS amount FROM jsonb_array_elements(list) AS rows(item) GROUP BY 1
    ), ranked AS (
        SELECT name, amount, row_number() OVER (ORDER BY amount DESC, name) AS n FROM sums
    ), bars AS (
        SELECT n, coalesce(name, '(none)') AS name, amount, 'b' AS look FROM ranked WHERE n <= 10
        UNION ALL
        SELECT 11, format('%s others', count(*)), sum(amount), 'o' FROM ranked WHERE n > 10 HAVING count(*) > 0
    ), scale AS (
        SELECT count(*) AS many, greatest(max(amount), 1) AS most FROM bars
    )
    SELECT coalesce((SELECT format('<svg role="img" viewBox="0 0 920 %s"><title>%s</title><text class="h" x="0" y="14">%s</text>',
            many * 26 + 34, ddm.html(title), ddm.html(title))
        || (SELECT string_agg(format('<text x="312" y="%s" text-anchor="end"><title>%s</title>%s</text><rect class="%s" x="322" y="%s" width="%s" height="17" rx="1"/><text x="%s" y="%s">%s</text>',
                n * 26 + 14, ddm.html(name), ddm.html(CASE WHEN length(name) > 44 THEN left(name, 20) || '...' || right(name, 21) ELSE name END),
                look, n * 26, round(greatest(500 * amount / most, 1), 1), round(330 + 500 * amount / most, 1), n * 26 + 14,
                ddm.html(to_char(amount, 'FM999,999,999,999,990'))), '' ORDER BY n) FROM bars)
        || format('<path class="a" d="M322 22 V%s"/></svg>', many * 26 + 24)
        FROM scale WHERE many > 0), '')
$$;
REVOKE ALL ON FUNCTION ddm.html_bars(jsonb, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION ddm.html_bars(jsonb, text, text, text) IS 'internal: a list of objects as a bar chart, inline SVG';
