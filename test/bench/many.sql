-- Beside the table of ten.sql 999 more, so that there are 10,000 masked columns; 1,000 roles, 10,000 grants, 500 rules, 50
-- exemptions, tags on every table.
SET client_min_messages = error;
DO $$
BEGIN
    FOR t IN 2..1000 LOOP
        EXECUTE format('CREATE TABLE person_%s (id int, %s)', t,
                       (SELECT string_agg(format('c%s text', c), ', ') FROM generate_series(1, 10) c));
        FOR c IN 1..10 LOOP
            EXECUTE format('SECURITY LABEL FOR ddm ON COLUMN person_%s.c%s IS ''MASKED WITH FUNCTION partial(1, ''''*'''', 0)''', t, c);
        END LOOP;
        EXECUTE format('SECURITY LABEL FOR ddm_tag ON TABLE person_%s IS ''people, level=2''', t);
        EXECUTE format('GRANT SELECT ON person_%s TO reader', t);
    END LOOP;
END $$;
DO $$
BEGIN
    FOR r IN 1..1000 LOOP
        EXECUTE format('CREATE ROLE many_role_%s', r);
        FOR g IN 0..9 LOOP
            EXECUTE format('GRANT UNMASK ON person_%s TO many_role_%s', 1 + (r * 10 + g) % 1000, r);
        END LOOP;
    END LOOP;
    FOR r IN 2..1000 LOOP -- chains of memberships, ten long
        IF r % 10 <> 1 THEN
            EXECUTE format('GRANT many_role_%s TO many_role_%s', r - 1, r);
        END IF;
    END LOOP;
END $$;
SELECT count(ddm.create_rule('rule_' || n, format('resource.column_name == "ssn_%s" || resource.table_name.startsWith("hr_%s_") && resource.classification_level >= 3', n, n),
                             'FUNCTION default()', n)) FROM generate_series(1, 400) n;
SELECT count(ddm.create_rule('pattern_' || n, format('resource.column_name.matches(r"^(iban|bic)_%s$") && "pii" in resource.tags', n),
                             'FUNCTION default()', n)) FROM generate_series(1, 100) n;
SELECT count(ddm.create_exemption('exemption_' || n, ARRAY['many_role_' || n], format('resource.table_name == "person_%s"', n)))
  FROM generate_series(1, 50) n;
