-- Views over the audit trail, for members of ddm_auditor.
CREATE VIEW ddm.unmask_events AS
    SELECT event_time, user_name, role_name, query_id, columns AS columns_unmasked, row_count,
           authenticated_as, cleared_by, database_name, application_name, client_addr::inet AS client_addr,
           backend_pid, session_id, command, status, query,
           nested, outer_query_id, invoked_by, executions, finished_at, sqlstate, event_id
    FROM ddm.audit_log WHERE kind = 'unmask';
COMMENT ON VIEW ddm.unmask_events IS 'Statements that read stored values of masked columns';

CREATE VIEW ddm.mask_events AS
    SELECT event_time, user_name, role_name, query_id, columns AS columns_masked, row_count,
           authenticated_as, would, database_name, application_name, client_addr::inet AS client_addr,
           backend_pid, session_id, command, status, query,
           nested, outer_query_id, invoked_by, executions, finished_at, sqlstate, event_id
    FROM ddm.audit_log WHERE kind = 'mask';
COMMENT ON VIEW ddm.mask_events IS 'Statements that read masked columns through their masks, as a rule counted per interval';

-- Changes of policy show at once, also those that the worker has yet to chain (event_id is null then).
CREATE VIEW ddm.policy_history AS
    SELECT event_time, user_name AS actor, role_name, kind, action, object, before, after, reason, approver,
           query AS statement, authenticated_as, database_name, application_name,
           client_addr::inet AS client_addr, backend_pid, session_id, event_id, query_id
    FROM (SELECT * FROM ddm.audit_log UNION ALL SELECT * FROM ddm.audit_pending) AS events
    WHERE kind IN ('policy', 'grant', 'revoke');
COMMENT ON VIEW ddm.policy_history IS 'Every change of policy: who, when, before, after, why and who approved it';

CREATE VIEW ddm.access_history AS
    SELECT event_time, user_name AS actor, role_name, kind, action, object, before, after, reason, approver,
           authenticated_as, database_name, application_name, client_addr::inet AS client_addr, backend_pid,
           session_id, event_id
    FROM (SELECT * FROM ddm.audit_log UNION ALL SELECT * FROM ddm.audit_pending) AS events
    WHERE kind IN ('request', 'approval', 'expiry');
COMMENT ON VIEW ddm.access_history IS 'Access for a time: requests, approvals, denials and expiries';

CREATE VIEW ddm.denied_events AS
    SELECT event_time, user_name, role_name, kind, action, object, reason, query_id, columns, sqlstate,
           authenticated_as, database_name, application_name, client_addr::inet AS client_addr, backend_pid,
           session_id, event_id
    FROM ddm.audit_log WHERE kind IN ('denied', 'throttled');
COMMENT ON VIEW ddm.denied_events IS 'What was refused, and what ran into a limit';

CREATE VIEW ddm.probe_events AS
    SELECT event_time, user_name, role_name, query_id, columns[1] AS column_searched, row_count AS values_searched,
           kind OPERATOR(pg_catalog.=) 'throttled' AS throttled,
           authenticated_as, database_name, application_name, client_addr::inet AS client_addr, backend_pid,
           session_id, event_id
    FROM ddm.audit_log WHERE kind IN ('probe', 'throttled') AND action OPERATOR(pg_catalog.=) 'probe';
COMMENT ON VIEW ddm.probe_events IS 'How many values were searched for in SEARCHABLE columns, by whom, and what ran into the limit';

REVOKE ALL ON ddm.unmask_events, ddm.mask_events, ddm.policy_history, ddm.access_history, ddm.denied_events,
    ddm.probe_events FROM PUBLIC;
GRANT SELECT ON ddm.unmask_events, ddm.mask_events, ddm.policy_history, ddm.access_history, ddm.denied_events,
    ddm.probe_events TO ddm_auditor;
