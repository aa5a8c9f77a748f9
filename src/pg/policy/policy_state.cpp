// The state of the policy: generations, invalidation, and whether the extension is there at all.
//
// Two ways tell a backend that policy moved. Invalidation messages do so exactly, also over WAL to a standby
// and out of a prepared transaction: every change invalidates the relation ddm.unmask_grant, memberships and
// roles their system caches. The shared generation tells it without a message, once the change is visible.
// Callbacks only move counters and mark cached plans (ResetPlanCache reads no catalog).
#include "pg/policy/policy_state.h"
#include "pg/base/transaction_end.h"
#include "pg/debug_settings.h"
#include "pg/guard/own_tables.h"
#include "pg/label/label_provider.h"
#include "pg/object_access.h"
#include "pg/policy/policy.h"
#include "pg/policy/policy_moment.h"
#include "pg/policy/rule_match.h"
#include "pg/policy/rules.h"
#include "pg/policy/settings.h"
#include "pg/policy/tag_provider.h"

extern "C" {
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "storage/procsignal.h"
#include "storage/shmem.h"
#include "storage/sinval.h"
#include "utils/plancache.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

PolicyState policy_state = {nullptr, 1, 1, 1, 0, false};

static shmem_request_hook_type prev_shmem_request = nullptr;
static shmem_startup_hook_type prev_shmem_startup = nullptr;

static uint64 seen_generation = 0;   // the shared generation at the last look
static bool changed_here = false;    // this transaction changed policy
static bool committed_here = false;  // ... and is visible now
static bool extension_moved = false; // while it was being looked for

static Oid schema_oid = InvalidOid;
static Oid marker_relation = InvalidOid; // ddm.unmask_grant, whose invalidation means: policy changed
static Oid watched_relation = InvalidOid;
static bool watch_hit = false;

static void shmem_request()
{
    if (prev_shmem_request)
        prev_shmem_request();
    RequestAddinShmemSpace(MAXALIGN(sizeof(pg_atomic_uint64)));
}

static void shmem_startup()
{
    bool found;

    if (prev_shmem_startup)
        prev_shmem_startup();
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    policy_state.shared =
        static_cast<pg_atomic_uint64 *>(ShmemInitStruct("ddm policy", sizeof(pg_atomic_uint64), &found));
    if (!found)
        pg_atomic_init_u64(policy_state.shared, 1);
    LWLockRelease(AddinShmemInitLock);
}

void policy_stale()
{
    policy_state.changes++;
    ResetPlanCache();
}

static void relation_callback(Datum, Oid relation)
{
    if (relation == InvalidOid || relation == watched_relation)
        watch_hit = true;
    rules_relation_invalidated(relation);
    rule_matches_forget(relation);
    own_tables_forget(relation);
    if (relation == InvalidOid)
        policy_state.resets++;
    else if (relation == marker_relation)
        policy_stale();
    else
        policy_forget(relation);
}

static void membership_callback(Datum, int, uint32 hash)
{
    if (hash == 0)
        policy_state.resets++;
    else
        policy_state.memberships++;
    ResetPlanCache();
}

// Extensions have no system cache on 15: their schema's and types' do, and the shared generation moves.
static void extension_callback(Datum, int, uint32)
{
    policy_state.active_stamp = 0;
    extension_moved = true;
}

static void namespace_callback(Datum data, int cache, uint32 hash)
{
    rules_facts_changed();
    extension_callback(data, cache, hash);
}

void policy_state_transaction_ended(XactEvent event)
{
    switch (event) {
    case XACT_EVENT_COMMIT: // after the change became visible, before the client hears of it
        if (changed_here)
            policy_publish();
        committed_here = changed_here;
        changed_here = false;
        policy_forget_retired();
        break;
    case XACT_EVENT_ABORT:
    case XACT_EVENT_PREPARE:
        if (changed_here)
            policy_stale();
        changed_here = false;
        policy_forget_retired();
        break;
    default:
        break;
    }
}

static void subtransaction_callback(SubXactEvent event, SubTransactionId, SubTransactionId, void *)
{
    if (event == SUBXACT_EVENT_ABORT_SUB && changed_here)
        policy_stale();
}

void policy_publish()
{
    if (policy_state.shared)
        pg_atomic_fetch_add_u64(policy_state.shared, 1);
}

// Sessions that sit idle in a transaction take invalidations in when this interrupt arrives, so that their next
// statement finds its prepared plan gone and makes a new one, instead of finding out too late and failing.
static void wake_other_sessions()
{
    for (uint32 i = 0; i < ProcGlobal->allProcCount; i++) {
        const PGPROC *other = &ProcGlobal->allProcs[i];
        // Unlocked reads: a pid that is gone has no slot to be signalled in.
        if (other->pid != 0 && other->pid != MyProcPid && other->databaseId == MyDatabaseId)
            SendProcSignal(other->pid, PROCSIG_CATCHUP_INTERRUPT, -1);
    }
}

// The invalidation messages of a transaction go out after its callbacks, before its locks are released.
static void release_callback(ResourceReleasePhase phase, bool is_commit, bool is_top_level, void *)
{
    if (!committed_here || phase != RESOURCE_RELEASE_AFTER_LOCKS || !is_top_level)
        return;
    committed_here = false;
    if (is_commit)
        wake_other_sessions();
}

// Only a backend that changes policy pays for looking on at every release.
static void register_release_callback()
{
    static bool registered = false;

    if (!registered)
        RegisterResourceReleaseCallback(release_callback, nullptr);
    registered = true;
}

void policy_changed()
{
    register_release_callback();
    changed_here = true;
    await_transaction_end();
    policy_stale();
    policy_state.active_stamp = 0;
    Oid marker = ddm_relation("unmask_grant");
    if (OidIsValid(marker))
        CacheInvalidateRelcacheByRelid(marker);
}

uint64 membership_stamp() { return policy_state.memberships + policy_state.resets; }

void policy_watch(Oid relation)
{
    watched_relation = relation;
    watch_hit = false;
}

bool policy_watch_hit() { return watch_hit; }

bool policy_look_for_extension()
{
    if (!OidIsValid(MyDatabaseId) || !IsTransactionState())
        return policy_state.active && OidIsValid(MyDatabaseId);
    AcceptInvalidationMessages();
    const uint64 stamp = policy_stamp();
    extension_moved = false;
    own_tables_forget(InvalidOid);
    InvalidateCatalogSnapshot();
    Oid extension = get_extension_oid("ddm", true);
    schema_oid = OidIsValid(extension) ? get_namespace_oid("ddm", true) : InvalidOid;
    marker_relation = OidIsValid(schema_oid) ? get_relname_relid("unmask_grant", schema_oid) : InvalidOid;
    policy_state.active = OidIsValid(extension) && !(creating_extension && CurrentExtensionObject == extension);
    policy_state.active_stamp = extension_moved || creating_extension ? 0 : stamp;
    return policy_state.active;
}

static inline bool catch_up()
{
    const uint64 generation = policy_shared_changes();

    if (generation != seen_generation) {
        seen_generation = generation;
        ResetPlanCache();
    }
    moment_check();
    return policy_active();
}

bool policy_catch_up()
{
    if (!OidIsValid(MyDatabaseId) || !IsTransactionState())
        return policy_active();
    AcceptInvalidationMessages();
    return catch_up();
}

// In a transaction, whose start has taken them in.
bool policy_catch_up_first()
{
    static TimestampTz last = 0;
    const TimestampTz message = GetCurrentStatementStartTimestamp();
    const bool first = message != last && message == GetCurrentTransactionStartTimestamp();

    last = message;
    if (!first)
        AcceptInvalidationMessages();
    return catch_up();
}

Oid ddm_schema()
{
    policy_active();
    return schema_oid;
}

Oid ddm_relation(const char *name)
{
    Oid schema = IsTransactionState() ? get_namespace_oid("ddm", true) : InvalidOid;
    return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
}

void policy_install()
{
    settings_install();
    debug_settings_install();
    prev_shmem_request = shmem_request_hook;
    shmem_request_hook = shmem_request;
    prev_shmem_startup = shmem_startup_hook;
    shmem_startup_hook = shmem_startup;

    CacheRegisterRelcacheCallback(relation_callback, (Datum)0);
    CacheRegisterSyscacheCallback(AUTHOID, membership_callback, (Datum)0);
    CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, membership_callback, (Datum)0);
    CacheRegisterSyscacheCallback(DATABASEOID, membership_callback, (Datum)0); // pg_database_owner
    CacheRegisterSyscacheCallback(NAMESPACEOID, namespace_callback, (Datum)0);
    CacheRegisterSyscacheCallback(TYPEOID, extension_callback, (Datum)0);
    RegisterSubXactCallback(subtransaction_callback, nullptr);
    object_access_install();
    label_provider_install();
    tag_provider_install();
}

} // namespace ddm
