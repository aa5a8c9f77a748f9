-- 200 tables of 50 masked columns, 1,000 roles, 10,000 grants.
DO $$
BEGIN
    FOR t IN 1..200 LOOP
        EXECUTE format('CREATE TABLE many_%s (%s)', t, (SELECT string_agg(format('c%s text', c), ', ') FROM generate_series(1, 50) c));
        FOR c IN 1..50 LOOP
            EXECUTE format('SECURITY LABEL FOR ddm ON COLUMN many_%s.c%s IS ''MASKED WITH FUNCTION default()''', t, c);
        END LOOP;
    END LOOP;
END $$;
DO $$
BEGIN
    FOR r IN 1..1000 LOOP
        EXECUTE format('CREATE ROLE many_role_%s', r);
        FOR g IN 0..9 LOOP
            EXECUTE format('GRANT UNMASK ON many_%s TO many_role_%s', 1 + (r * 10 + g) % 200, r);
        END LOOP;
    END LOOP;
END $$;
