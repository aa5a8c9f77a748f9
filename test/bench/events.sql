-- A trail as a restore brings it: a chain of another server, a partition a day. 1,000 users, skewed as people are.
-- Its hashes are no chain: what is measured is what questions read.
SET client_min_messages = warning;
DO $$
BEGIN
    EXECUTE 'CREATE TABLE ddm.audit_log_00000000000004d2 PARTITION OF ddm.audit_log FOR VALUES IN (1234) PARTITION BY RANGE (event_time)';
    CREATE INDEX ON ddm.audit_log_00000000000004d2 USING brin (event_time, event_id) WITH (pages_per_range = 32);
    CREATE INDEX ON ddm.audit_log_00000000000004d2 (user_name);
    FOR d IN 0..99 LOOP
        EXECUTE format('CREATE TABLE ddm.audit_log_00000000000004d2_%s PARTITION OF ddm.audit_log_00000000000004d2 FOR VALUES FROM (%L) TO (%L)',
                       to_char(date '2025-01-01' + d, 'YYYYMMDD'), (date '2025-01-01' + d) || ' 00:00:00+00', (date '2025-01-01' + d + 1) || ' 00:00:00+00');
    END LOOP;
END $$;
INSERT INTO ddm.audit_log (chain, event_id, event_time, finished_at, kind, user_name, role_name, authenticated_as, database_name, application_name, client_addr,
                           backend_pid, session_id, query_id, nested, command, status, columns, cleared_by, row_count, hash)
SELECT 1234, n, t, t + interval '1 ms', 'unmask', 'user' || (1000 * power(random(), 3))::int, 'compliance', 'scram-sha-256:web', 'shop', 'crm', '10.0.0.1',
       4711, '6565a1b2.1267', 42, false, 'SELECT', 'ok', '{public.customers.email,public.customers.ssn}', 'UNMASK on table public.customers to compliance', 1,
       '\x0000000000000000000000000000000000000000000000000000000000000000'
FROM (SELECT n, timestamptz '2025-01-01 00:00+00' + n * (interval '100 days' / :events::float8) - interval '1 ms' AS t FROM generate_series(1, :events) AS n) AS events;
VACUUM (ANALYZE) ddm.audit_log;
