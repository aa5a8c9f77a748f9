// Events that are no statement's: changes of policy, which live and die with their transaction, and denials,
// which outlive theirs.
#include "pg/audit/audit_event.h"
#include "pg/audit/audit_row.h"
#include "pg/audit/audit_settings.h"
#include "pg/audit/audit_spool.h"
#include "pg/audit/statement_text.h"
#include "pg/base/monotonic.h"
#include "pg/base/transaction_end.h"
#include "pg/policy/fixed_settings.h"
#include "pg/policy/policy.h"

extern "C" {
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/xlog.h"
#include "utils/backend_status.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
}
#include <initializer_list>

namespace ddm
{

using core::AuditRecord;
using core::Number;
using core::Text;

// Has this transaction written a policy event that is still there if it commits?
static bool policy_event_written = false;

const char *audit_object(const ObjectAddress *object)
{
    const int level = fix_search_path("pg_catalog, pg_temp");
    const char *description = getObjectDescription(object, false);
    AtEOXact_GUC(true, level);
    return description;
}

static void describe_event(AuditRecord *record, const PolicyEvent &event)
{
    audit_describe_session(record);
    if (int64 id = static_cast<int64>(pgstat_get_my_query_id()))
        record->set(Number::QueryId, id);
    record->set(Text::Kind, audit_kind_name(event.kind));
    record->set(Text::Action, event.action);
    record->set(Text::Object, event.object);
    record->set(Text::Before, event.before);
    record->set(Text::After, event.after);
    record->set(Text::Reason, event.reason);
    record->set(Text::Approver, event.approver);
}

void audit_describe_policy(AuditRecord *record, const PolicyEvent &event)
{
    describe_event(record, event);
    if (event.by == PolicyEvent::Nobody)
        for (Text field : {Text::UserName, Text::RoleName, Text::AuthenticatedAs})
            record->set(field, static_cast<const char *>(nullptr));
    if (event.by != PolicyEvent::Statement) {
        record->clear(Number::QueryId);
        return;
    }
    CurrentStatement statement = current_statement();
    record->set(Text::Command, statement.command);
    if (statement.command)
        record->set(Text::Query, statement.text);
}

static void insert_pending(Relation relation, AuditRecord *record)
{
    TupleDesc desc = RelationGetDescr(relation);
    AuditRowShape shape;
    audit_row_shape(desc, &shape);
    auto *values = static_cast<Datum *>(palloc(sizeof(Datum) * desc->natts));
    auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * desc->natts));
    record->set(Text::Source,
                psprintf("transaction %llu", (unsigned long long)U64FromFullTransactionId(GetTopFullTransactionId())));
    audit_row_form(shape, desc, *record, values, nulls);
    HeapTuple tuple = heap_form_tuple(desc, values, nulls);
    // Past the permissions of whoever changes policy: nobody holds INSERT on the trail.
    simple_heap_insert(relation, tuple);
    heap_freetuple(tuple);
}

bool audit_trail_exists()
{
    Oid schema = get_namespace_oid("ddm", true);
    return OidIsValid(schema) && OidIsValid(get_relname_relid("audit_pending", schema));
}

// While CREATE EXTENSION runs the trail is not there yet; the policy it ships with is no change. Who turns the
// recording of policy off is recorded all the same.
bool audit_wants_policy(const PolicyEvent &event)
{
    return !creating_extension && (audit_wants(AUDIT_POLICY) || strcmp(event.action, "setting") == 0) &&
           audit_trail_exists();
}

static void record_pending(const AuditRecord &event)
{
    const bool bare = !ActiveSnapshotSet(); // SET runs without a snapshot, writing needs one
    if (bare)
        PushActiveSnapshot(GetTransactionSnapshot());
    AuditRecord record = event;
    Relation relation =
        table_open(get_relname_relid("audit_pending", get_namespace_oid("ddm", false)), RowExclusiveLock);
    insert_pending(relation, &record);
    table_close(relation, NoLock);
    if (bare)
        PopActiveSnapshot();
    policy_event_written = true;
    await_transaction_end();
}

void audit_policy_event(const PolicyEvent &event)
{
    if (!audit_wants_policy(event))
        return;
    MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "ddm policy event", ALLOCSET_SMALL_SIZES);
    MemoryContext outer = MemoryContextSwitchTo(scratch);
    AuditRecord record;
    audit_describe_policy(&record, event);
    // A transaction that may not write keeps no event: then it is the log that has it.
    const bool writable = !XactReadOnly && !RecoveryInProgress();
    if (writable)
        record_pending(record);
    audit_log_line(record, !writable);
    MemoryContextSwitchTo(outer);
    MemoryContextDelete(scratch);
}

void audit_denied_event(EventKind kind, const char *action, const char *object, const char *reason)
{
    if (!audit_wants(AUDIT_DENIED))
        return;
    const char *why = nullptr;
    AuditRecord record;
    PolicyEvent event = {kind, action, object, nullptr, nullptr, reason, nullptr};
    describe_event(&record, event);
    // What is denied is denied whether or not that can be recorded; the server log has it then.
    (void)audit_record_event(record, &why);
}

void audit_probe_event(const ProbeEvent &event)
{
    if (!audit_wants(AUDIT_DENIED) && !audit_wants(AUDIT_MASK))
        return;
    const char *why = nullptr;
    AuditRecord record;
    describe_event(&record, {event.kind, "probe", event.object, nullptr, nullptr, nullptr, nullptr});
    record.set(Text::Columns, std::string_view(event.column, strlen(event.column) + 1));
    record.set(Number::RowCount, event.values);
    record.set(Number::QueryId, event.query_id);
    if (audit_record_event(record, &why) || event.kind != EventKind::Probe || audit_on_failure() == OnFailure::Allow)
        return;
    ereport(ERROR, errcode(ERRCODE_IO_ERROR), errmsg("the audit trail cannot be written, so nothing is searched for"),
            errdetail("%s", why ? why : "The audit spool could not be written."),
            errhint("Make room for the trail, or let an administrator set ddm.audit_on_failure."));
}

void audit_policy_transaction_ended(XactEvent event)
{
    switch (event) {
    case XACT_EVENT_COMMIT:
        if (policy_event_written && my_spool()) {
            pg_atomic_fetch_add_u64(&my_spool()->policy_committed, 1);
            spool_wake(my_spool());
        }
        policy_event_written = false;
        break;
    case XACT_EVENT_ABORT:
    case XACT_EVENT_PREPARE: // see audit_transaction_statement()
        policy_event_written = false;
        break;
    default:
        break;
    }
}

static void wait_for_table(Spool *spool, int64 deadline)
{
    uint64 written = pg_atomic_read_u64(&spool->written);
    uint64 policy = pg_atomic_read_u64(&spool->policy_committed);
    uint64 counted = pg_atomic_read_u64(&spool->counted);
    uint64 lost = pg_atomic_read_u64(&spool->lost);
    ConditionVariablePrepareToSleep(&spool->moved);
    while (pg_atomic_read_u64(&spool->drained) < written || pg_atomic_read_u64(&spool->policy_chained) < policy ||
           pg_atomic_read_u64(&spool->counted_drained) < counted || pg_atomic_read_u64(&spool->lost_told) < lost ||
           pg_atomic_read_u32(&spool->caught_up) == 0) {
        if (monotonic_ms() >= deadline)
            ereport(ERROR, errcode(ERRCODE_LOCK_NOT_AVAILABLE),
                    errmsg("the audit trail's worker did not get there in time"),
                    errhint("See the server log: the worker may lack a slot (max_worker_processes), or wait for a "
                            "lock on ddm.audit_log."));
        spool_hurry(spool);
        ConditionVariableTimedSleep(&spool->moved, 100, PG_WAIT_EXTENSION);
    }
    ConditionVariableCancelSleep();
}

} // namespace ddm

DDM_FUNCTION(ddm_audit_flush)
{
    if (RecoveryInProgress())
        ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("recovery is in progress"),
                errhint("Events of a standby get into the table when it is promoted."));
    Interval *timeout = PG_GETARG_INTERVAL_P(0);
    const TimestampTz now = GetCurrentTimestamp();
    const TimestampTz until = DatumGetTimestampTz(
        DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(now), IntervalPGetDatum(timeout)));
    const int64 deadline = ddm::monotonic_ms() + (until - now) / 1000;
    ddm::Spool *spool = ddm::my_spool();
    if (!spool)
        ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("the audit trail is not running"),
                errhint("Add ddm to shared_preload_libraries and restart the server."));
    ddm::wait_for_table(spool, deadline);
    PG_RETURN_VOID();
}

static const char *text_argument(FunctionCallInfo fcinfo, int number)
{
    return PG_ARGISNULL(number) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(number));
}

DDM_FUNCTION(ddm_record_policy_change)
{
    const char *action = text_argument(fcinfo, 0);
    if (!action)
        ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a policy event needs an action"));
    ddm::audit_policy_event({ddm::EventKind::Policy, action, text_argument(fcinfo, 1), text_argument(fcinfo, 2),
                             text_argument(fcinfo, 3), nullptr});
    PG_RETURN_VOID();
}
