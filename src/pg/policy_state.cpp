// The state of the policy: generations, invalidation, and whether the extension is there at all.
//
// Two ways tell a backend that policy moved. Invalidation messages do so exactly, also over WAL to a standby
// and out of a prepared transaction: every change invalidates the relation ddm.unmask_grant, memberships and
// roles their system caches. The shared generation tells it without a message, once the change is visible.
// Callbacks only move counters and mark cached plans (ResetPlanCache reads no catalog).
#include "pg/policy_state.h"
#include "pg/debug_settings.h"
#include "pg/label_provider.h"
#include "pg/object_access.h"
#include "pg/policy.h"
#include "pg/policy_moment.h"
#include "pg/rule_match.h"
#include "pg/rules.h"
#include "pg/settings.h"
#include "pg/tag_provider.h"

extern "C" {
#include "port/atomics.h"
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

struct SharedPolicy {
    pg_atomic_uint64 generation;
};

static SharedPolicy *shared = nullptr;
static shmem_request_hook_type prev_shmem_request = nullptr;
static shmem_startup_hook_type prev_shmem_startup = nullptr;

static uint64 local_policy = 1;     // changes of policy that this backend made or was told of
static uint64 local_membership = 1; // the same of roles and memberships
static uint64 local_resets = 1;     // whole caches thrown away: what was read may be old, but is not known to be
static uint64 seen_generation = 0;  // the shared generation at the last look
static bool changed_here = false;   // this transaction changed policy
static bool committed_here = false; // ... and is visible now

static bool active_known = false;
static bool active = false;
static uint64 active_stamp = 0;
static Oid schema_oid = InvalidOid;
static Oid marker_relation = InvalidOid; // ddm.unmask_grant, whose invalidation means: policy changed
static Oid watched_relation = InvalidOid;
static bool watch_hit = false;

static void shmem_request()
{
    if (prev_shmem_request)
        prev_shmem_request();
    RequestAddinShmemSpace(MAXALIGN(sizeof(SharedPolicy)));
}

static void shmem_startup()
{
    bool found;

    if (prev_shmem_startup)
        prev_shmem_startup();
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    shared = static_cast<SharedPolicy *>(ShmemInitStruct("ddm policy", sizeof(SharedPolicy), &found));
    if (!found)
        pg_atomic_init_u64(&shared->generation, 1);
    LWLockRelease(AddinShmemInitLock);
}

static uint64 shared_generation() { return shared ? pg_atomic_read_u64(&shared->generation) : 0; }

void policy_stale()
{
    local_policy++;
    ResetPlanCache();
}

static void relation_callback(Datum, Oid relation)
{
    if (relation == InvalidOid || relation == watched_relation)
        watch_hit = true;
    rules_relation_invalidated(relation);
    rule_matches_forget(relation);
    if (relation == InvalidOid)
        local_resets++;
    else if (relation == marker_relation)
        policy_stale();
    else
        policy_forget(relation);
}

static void membership_callback(Datum, int, uint32 hash)
{
    if (hash == 0)
        local_resets++;
    else
        local_membership++;
    ResetPlanCache();
}

// Extensions have no system cache on 15: their schema's and types' do, and the shared generation moves.
static void extension_callback(Datum, int, uint32) { active_known = false; }

static void namespace_callback(Datum data, int cache, uint32 hash)
{
    rules_facts_changed();
    extension_callback(data, cache, hash);
}

static void transaction_callback(XactEvent event, void *)
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
    if (shared)
        pg_atomic_fetch_add_u64(&shared->generation, 1);
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
    policy_stale();
    active_known = false;
    Oid marker = ddm_relation("unmask_grant");
    if (OidIsValid(marker))
        CacheInvalidateRelcacheByRelid(marker);
}

uint64 policy_stamp() { return shared_generation() + local_policy + local_resets; }
uint64 membership_stamp() { return local_membership + local_resets; }

// Resets are left out: they happen all the time under debug_discard_caches, and the server itself throws away
// every cached plan over a relation then.
uint64 policy_generation() { return shared_generation() + local_policy + local_membership; }

void policy_watch(Oid relation)
{
    watched_relation = relation;
    watch_hit = false;
}

bool policy_watch_hit() { return watch_hit; }

static void look_for_extension()
{
    uint64 stamp = policy_stamp();

    InvalidateCatalogSnapshot();
    Oid extension = get_extension_oid("ddm", true);
    schema_oid = OidIsValid(extension) ? get_namespace_oid("ddm", true) : InvalidOid;
    marker_relation = OidIsValid(schema_oid) ? get_relname_relid("unmask_grant", schema_oid) : InvalidOid;
    active = OidIsValid(extension) && !(creating_extension && CurrentExtensionObject == extension);
    active_stamp = stamp;
    if (creating_extension)
        active_known = false;
}

bool policy_active()
{
    if (active_known && active_stamp == policy_stamp())
        return active;
    if (!OidIsValid(MyDatabaseId) || !IsTransactionState())
        return active && OidIsValid(MyDatabaseId);
    AcceptInvalidationMessages();
    active_known = true; // an invalidation that arrives while looking takes it back
    look_for_extension();
    return active;
}

bool policy_catch_up()
{
    if (OidIsValid(MyDatabaseId) && IsTransactionState()) {
        AcceptInvalidationMessages();
        const uint64 generation = shared_generation();
        if (generation != seen_generation) {
            seen_generation = generation;
            ResetPlanCache();
        }
        moment_check();
    }
    return policy_active();
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
    RegisterXactCallback(transaction_callback, nullptr);
    RegisterSubXactCallback(subtransaction_callback, nullptr);
    object_access_install();
    label_provider_install();
    tag_provider_install();
}

} // namespace ddm
