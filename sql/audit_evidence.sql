-- The evidence of a period as one page: every value escaped, no script, no outside link.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS ddm;
CREATE ROLE "audit_ev_<script>alert(1)</script>";
CREATE ROLE audit_ev_auditor IN ROLE ddm_auditor;
CREATE TABLE audit_ev_people (id int, "e<script>mail&'""" text, plain text);
INSERT INTO audit_ev_people VALUES (1, 'somebody@example.com', 'x');
SECURITY LABEL FOR ddm ON COLUMN audit_ev_people."e<script>mail&'""" IS 'MASKED WITH FUNCTION email()';
GRANT SELECT ON audit_ev_people TO "audit_ev_<script>alert(1)</script>";
GRANT UNMASK ON audit_ev_people TO "audit_ev_<script>alert(1)</script>";
SET ROLE "audit_ev_<script>alert(1)</script>";
SELECT * FROM audit_ev_people;
RESET ROLE;
SELECT ddm.audit_flush();
SET ROLE audit_ev_auditor;
SELECT ddm.evidence_report(now() - interval '1 hour', now() + interval '1 hour') AS page \gset
SELECT ddm.evidence_report_json(now() - interval '1 hour', now() + interval '1 hour') AS data \gset
RESET ROLE;
SELECT :'page' ~ '^<!DOCTYPE html>' AS html, :'page' LIKE '%</html>' AS whole, :'page' ILIKE '%<script%' AS script,
       :'page' ~* 'https?:|src=|href=|javascript:|\son[a-z]+=' AS outside,
       :'page' LIKE '%audit\_ev\_&lt;script&gt;alert(1)&lt;/script&gt;%' AS role_named,
       :'page' LIKE '%e&lt;script&gt;mail&amp;&#39;%' AS column_named,
       :'page' LIKE '%somebody@example.com%' AS holds_a_value;
SELECT r ->> 'role' AS role, (r ->> 'executions')::int > 0 AS counted FROM jsonb_array_elements(:'data'::jsonb -> 'unmask_by_role') AS r
WHERE r ->> 'role' LIKE 'audit_ev%';
SELECT c ->> 'ok' AS ok FROM jsonb_array_elements(:'data'::jsonb -> 'chains') AS c;
SELECT length(ddm.evidence_report('1999-01-01', '1999-01-02')) > 0 AS empty_period;

DROP TABLE audit_ev_people;
DROP ROLE "audit_ev_<script>alert(1)</script>", audit_ev_auditor;
