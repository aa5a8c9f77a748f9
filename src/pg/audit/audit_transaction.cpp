// Policy events that the end of a transaction sends another way than its own rows go: to the trails of other databases,
// because roles and settings are the cluster's, and past a rollback, because what a session sets works at once.
#include "pg/audit/audit_event.h"
#include "pg/audit/audit_live.h"
#include "pg/audit/audit_settings.h"
#include "pg/audit/audit_spool.h"
#include "pg/base/transaction_end.h"
#include "pg/policy/policy.h"

extern "C" {
#include "access/xlog.h"
}

namespace ddm
{

using core::AuditRecord;

enum class Route { OtherDatabases, PastRollback };

struct KeptEvent {
    Route route;
    SubTransactionId made_in;
    const unsigned char *bytes;
    size_t size;
};

static List *events = NIL; // of this transaction, in its own memory

// Databases whose trail this server knows of: those that have a spool.
static bool is_elsewhere(const Spool &spool) { return OidIsValid(spool.database) && spool.database != MyDatabaseId; }

static bool anybody_elsewhere()
{
    if (spool_directory())
        for (const Spool &spool : spool_directory()->spool)
            if (is_elsewhere(spool))
                return true;
    return false;
}

static void keep(const PolicyEvent &event, Route route)
{
    AuditRecord record;
    MemoryContext outer = MemoryContextSwitchTo(TopTransactionContext);
    auto *kept = static_cast<KeptEvent *>(palloc(sizeof(KeptEvent)));
    audit_describe_policy(&record, event);
    kept->route = route;
    kept->made_in = GetCurrentSubTransactionId();
    kept->bytes = audit_encode(record, &kept->size);
    events = lappend(events, kept);
    await_transaction_end();
    MemoryContextSwitchTo(outer);
}

void audit_cluster_event(const PolicyEvent &event)
{
    audit_policy_event(event);
    if (!RecoveryInProgress() && !creating_extension && anybody_elsewhere() &&
        (audit_wants(AUDIT_POLICY) || strcmp(event.action, "setting") == 0))
        keep(event, Route::OtherDatabases);
}

void audit_policy_event_now(const PolicyEvent &event)
{
    if (!audit_wants_policy(event))
        return;
    if (!XactReadOnly && !RecoveryInProgress()) {
        audit_policy_event(event);
        keep(event, Route::PastRollback);
        return;
    }
    const char *why = nullptr;
    AuditRecord record;
    audit_describe_policy(&record, event);
    (void)audit_record_event(record, &why); // the log has it where the spool can't be written
}

static void hand_out(const KeptEvent *event)
{
    for (Spool &spool : spool_directory()->spool)
        if (is_elsewhere(spool) && !spool_append_elsewhere(&spool, spool.database, event->bytes, event->size))
            live_lose(&spool);
}

static void save(const KeptEvent *event)
{
    uint64 end = 0;
    AuditRecord record;
    if (!spool_append(FrameType::Event, 0, event->bytes, event->size, &end) &&
        core::decode(event->bytes, event->size, &record))
        audit_log_line(record, true);
}

static void send(Route route)
{
    ListCell *cell;
    foreach (cell, events) {
        auto *event = static_cast<KeptEvent *>(lfirst(cell));
        if (event->route != route)
            continue;
        if (route == Route::OtherDatabases)
            hand_out(event);
        else
            save(event);
    }
}

void audit_transaction_ended(XactEvent event)
{
    if (events == NIL)
        return;
    switch (event) {
    case XACT_EVENT_COMMIT:
        send(Route::OtherDatabases);
        events = NIL;
        break;
    case XACT_EVENT_PREPARE: // its end is another session's: whatever that is, these are on record
        send(Route::OtherDatabases);
        send(Route::PastRollback);
        events = NIL;
        break;
    case XACT_EVENT_ABORT:
        send(Route::PastRollback);
        events = NIL;
        break;
    default:
        break;
    }
}

// What was made in the subtransaction, or in those below it, carries its number or a later one.
static void subtransaction_ended(SubXactEvent event, SubTransactionId id, SubTransactionId, void *)
{
    ListCell *cell;
    if (event != SUBXACT_EVENT_ABORT_SUB)
        return;
    foreach (cell, events) {
        auto *kept = static_cast<KeptEvent *>(lfirst(cell));
        if (kept->made_in < id)
            continue;
        if (kept->route == Route::PastRollback)
            save(kept);
        events = foreach_delete_current(events, cell);
    }
}

void audit_transaction_install() { RegisterSubXactCallback(subtransaction_ended, nullptr); }

} // namespace ddm
