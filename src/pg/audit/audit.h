// The audit trail, as the rest of ddm sees it: statements open and close, everything else is one event.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "catalog/objectaddress.h"
#include "executor/execdesc.h"
}

namespace ddm
{

enum class EventKind : uint8 {
    Unmask,
    Mask,
    Denied,
    Throttled,
    Policy,
    Grant,
    Revoke,
    Request,
    Approval,
    Expiry,
    Probe
};

// Shared memory, settings, the worker. Called by install().
void audit_install();

// Executor hooks. A statement whose plan carries no notes costs one look at invalItems, and is not followed.
bool audit_follows(const QueryDesc *query_desc);
void audit_executor_start(QueryDesc *query_desc, int eflags); // after the executor's own start
void audit_executor_before_run(QueryDesc *query_desc);        // before the first row leaves: sync waits here
void audit_executor_after_run(QueryDesc *query_desc, ScanDirection direction, uint64 count); // counts
void audit_executor_failed(QueryDesc *query_desc); // in PG_CATCH of a run: closes with the error's code
void audit_executor_end(QueryDesc *query_desc);    // closes the event: status 'ok'

// Anything that is not a statement: a policy change, a grant, a denial. `object` is an object's identity (see
// audit_object()), `before` and `after` its policy text or nullptr. Policy events are written with the transaction that
// changes the policy: they live and die with it, and with none is it committed.
struct PolicyEvent {
    EventKind kind;
    const char *action; // "label", "grant", "revoke", "rule", "setting", ...
    const char *object;
    const char *before;
    const char *after;
    const char *reason;
    const char *approver = nullptr;
    enum By : uint8 { Statement, Session, Nobody } by = Statement; // not the statement under way; not even this session
};
void audit_policy_event(const PolicyEvent &event);

// What an event calls an object ("column email of table public.customers"), whatever the search_path is.
const char *audit_object(const ObjectAddress *object);

// The same for what holds in the whole cluster: roles, memberships, settings. The trails of the other databases get
// it too, when the transaction commits, also where this database has none.
void audit_cluster_event(const PolicyEvent &event);

// The same for what a rollback does not undo: if the transaction aborts, the event is written all the same.
void audit_policy_event_now(const PolicyEvent &event);

// False while the extension is being made or dropped.
bool audit_trail_exists();

// Is this process the worker that writes the trail?
bool audit_is_worker();

// A denial outlives the transaction that it ends: goes through the ring.
void audit_denied_event(EventKind kind, const char *action, const char *object, const char *reason);

// So many values were searched for in a searchable column ("schema.table.column"), or would have been: Probe or
// Throttled. Outlives its transaction. A probe that cannot be recorded raises, as a read of stored values does.
struct ProbeEvent {
    EventKind kind;
    const char *object;
    const char *column;
    int64 values;
    int64 query_id;
};
void audit_probe_event(const ProbeEvent &event);

} // namespace ddm
