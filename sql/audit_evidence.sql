-- The evidence of a period as one page: well formed, every value escaped, no script, no outside link; the same as jsonb.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
SET TimeZone = 'UTC';
CREATE ROLE "audit_ev_<script>alert(1)</script>";
CREATE ROLE audit_ev_auditor IN ROLE ddm_auditor;
CREATE ROLE "audit_ev_of the very longest name that a role can have, 63 byte";
CREATE TABLE audit_ev_people (id int, "e<script>mail&'""" text, plain text);
INSERT INTO audit_ev_people VALUES (1, 'somebody@example.com', 'x');
SECURITY LABEL FOR ddm ON COLUMN audit_ev_people."e<script>mail&'""" IS 'MASKED WITH FUNCTION email()';
GRANT SELECT ON audit_ev_people TO "audit_ev_<script>alert(1)</script>";
GRANT UNMASK ON audit_ev_people TO "audit_ev_<script>alert(1)</script>";
SELECT ddm.grant_unmask('audit_ev_of the very longest name that a role can have, 63 byte', 'audit_ev_people',
                        until => '2999-01-01', reason => '"quoted" & <b>bold</b>');
SET ROLE "audit_ev_<script>alert(1)</script>";
SELECT * FROM audit_ev_people;
RESET ROLE;
SELECT ddm.audit_flush();
SELECT now() - interval '1 hour' AS since, now() + interval '1 hour' AS until \gset
SET ROLE audit_ev_auditor;
SELECT ddm.evidence_report(:'since', :'until') AS page \gset
SELECT ddm.evidence_report_json(:'since', :'until') AS data \gset
RESET ROLE;
SELECT :'page' ~ '^<!DOCTYPE html>' AS html, :'page' LIKE '%</html>' AS whole, xml_is_well_formed_document(:'page') AS well_formed,
       :'page' ILIKE '%<script%' AS script,
       :'page' ~* 'https?:|src=|href=|url\(|@import|javascript:|\son[a-z]+=' AS outside,
       :'page' LIKE '%audit\_ev\_&lt;script&gt;alert(1)&lt;/script&gt;%' AS role_named,
       :'page' LIKE '%audit\_ev\_of the very longest name that a role can have, 63 byte%' AS long_role_named,
       :'page' LIKE '%e&lt;script&gt;mail&amp;&#39;%' AS column_named,
       :'page' LIKE '%&quot;quoted&quot; &amp; &lt;b&gt;bold&lt;/b&gt;%' AS reason_said,
       :'page' LIKE '%somebody@example.com%' AS holds_a_value;
SELECT r ->> 'role' AS role, (r ->> 'executions')::int > 0 AS counted FROM jsonb_array_elements(:'data'::jsonb -> 'unmask_by_role') AS r
WHERE r ->> 'role' LIKE 'audit_ev%';
SELECT c ->> 'ok' AS ok FROM jsonb_array_elements(:'data'::jsonb -> 'chains') AS c;
SELECT w ->> 'role' AS role, w ->> 'columns' AS columns, w ->> 'why' AS why, (w ->> 'until')::timestamptz AS until
FROM jsonb_array_elements(:'data'::jsonb -> 'who_can_unmask') AS w WHERE w ->> 'table' = 'public.audit_ev_people' AND w ->> 'role' LIKE '%audit_ev%' ORDER BY 1;
SELECT c ->> 'action' AS action, c ->> 'after' AS after, c ->> 'reason' AS reason, c ->> 'statement' AS statement
FROM jsonb_array_elements(:'data'::jsonb -> 'changes') AS c WHERE c ->> 'object' LIKE '%audit_ev_people%' ORDER BY c ->> 'time';

-- The page is made of the data, and says all of it.
SELECT regexp_replace(ddm.evidence_page(:'data'::jsonb), 'Made</dt>.*?</dd>', '') = regexp_replace(:'page', 'Made</dt>.*?</dd>', '') AS same_but_for_the_time;
SELECT count(*) AS missing FROM jsonb_path_query(:'data'::jsonb, 'strict $.** ? (@.type() == "string")') AS value
WHERE position(ddm.html(value #>> '{}') IN :'page') = 0
  AND value #>> '{}' !~ '^\d\d\d\d-\d\d-\d\d'                                      -- times stand to the second
  AND value NOT IN (SELECT jsonb_path_query(:'data'::jsonb, '$.status.*'));

-- Nobody but auditors.
SET ROLE "audit_ev_<script>alert(1)</script>";
SELECT ddm.evidence_report(now(), now());
SELECT ddm.evidence_report_json(now(), now());
RESET ROLE;

-- Periods: empty, endless, and days of the session's time zone.
SELECT p -> 'unmask_by_day' AS days, p #> '{totals,executions}' AS executions, p -> 'calendar' AS calendar, p -> 'whole' AS whole
FROM ddm.evidence_report_json('1999-01-01', '1999-01-02') AS p;
SELECT xml_is_well_formed_document(ddm.evidence_report('1999-01-01', '1999-01-02')) AS empty,
       xml_is_well_formed_document(ddm.evidence_report('-infinity', 'infinity')) AS endless;
SET session_replication_role = replica;
INSERT INTO ddm.audit_pending (event_time, kind, user_name, role_name, columns, status, row_count)
SELECT t, 'unmask', 'audit_ev', 'audit_ev', '{public.audit_ev_people.plain}', 'ok', 10
FROM unnest('{2098-03-01 01:30+00, 2098-03-01 23:30+00, 2098-03-03 12:00+00}'::timestamptz[]) AS t;
RESET session_replication_role;
SET ddm.audit_timeout = '6s'; -- a change of policy, for which audit_flush() waits
SELECT ddm.audit_flush();
SELECT p -> 'time_zone' AS time_zone, p -> 'unmask_by_day' AS days, p -> 'calendar' AS calendar
FROM ddm.evidence_report_json('2098-03-01', '2098-03-04') AS p;
SET TimeZone = 'Europe/Helsinki';
SELECT p -> 'time_zone' AS time_zone, p -> 'unmask_by_day' AS days, p -> 'calendar_step' AS step
FROM ddm.evidence_report_json('2098-03-01', '2098-03-04') AS p;
SELECT ddm.evidence_report('2098-03-01', '2098-03-04') LIKE '%2098-03-01 00:00:00 +02%' AS page_names_the_zone;
SET TimeZone = 'UTC';
-- The last moment does not belong to the period, the first does.
SELECT ddm.evidence_report_json('2098-03-01 01:30', '2098-03-03 12:00') #> '{totals,executions}' AS executions;
SELECT p -> 'calendar_step' AS step, jsonb_array_length(p -> 'calendar') AS bars FROM ddm.evidence_report_json('2098-01-01', '2098-12-31') AS p;

-- A trail that was tampered with.
SET session_replication_role = replica;
BEGIN;
UPDATE ddm.audit_log SET row_count = 11 WHERE user_name = 'audit_ev' AND event_time = '2098-03-03 12:00+00';
SELECT p -> 'whole' AS whole, p #>> '{chains,0,problem}' AS problem, ddm.evidence_page(p) LIKE '%verdict bad%Broken%' AS said
FROM ddm.evidence_report_json('2098-03-01', '2098-03-04') AS p;
ROLLBACK;
RESET session_replication_role;

DROP TABLE audit_ev_people;
DROP ROLE "audit_ev_<script>alert(1)</script>", audit_ev_auditor, "audit_ev_of the very longest name that a role can have, 63 byte";
