// How many values each session user has searched for in each searchable column.
#include "pg/rewrite/probe_limit.h"

extern "C" {
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/hsearch.h"
#include "utils/timestamp.h"
}

namespace ddm
{

struct CounterKey {
    Oid database;
    Oid user;
    Oid relation;
    int32 attno;
};

struct Counter {
    CounterKey key;
    TimestampTz start; // of the period
    TimestampTz end;
    uint32 count;
};

static const long most_counters = 16384;
static const char *const tranche = "ddm probes";

static HTAB *counters = nullptr;
static LWLock *lock = nullptr;
static shmem_request_hook_type prev_shmem_request = nullptr;
static shmem_startup_hook_type prev_shmem_startup = nullptr;

static void shmem_request()
{
    if (prev_shmem_request)
        prev_shmem_request();
    RequestAddinShmemSpace(hash_estimate_size(most_counters, sizeof(Counter)));
    RequestNamedLWLockTranche(tranche, 1);
}

static void shmem_startup()
{
    if (prev_shmem_startup)
        prev_shmem_startup();
    HASHCTL control = {};
    control.keysize = sizeof(CounterKey);
    control.entrysize = sizeof(Counter);
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    counters = ShmemInitHash(tranche, most_counters, most_counters, &control, HASH_ELEM | HASH_BLOBS);
    lock = &GetNamedLWLockTranche(tranche)->lock;
    LWLockRelease(AddinShmemInitLock);
}

void probe_limit_install()
{
    prev_shmem_request = shmem_request_hook;
    shmem_request_hook = shmem_request;
    prev_shmem_startup = shmem_startup_hook;
    shmem_startup_hook = shmem_startup;
}

static void drop_expired(TimestampTz now)
{
    HASH_SEQ_STATUS scan;
    hash_seq_init(&scan, counters);
    while (auto *counter = static_cast<Counter *>(hash_seq_search(&scan)))
        if (counter->end <= now)
            hash_search(counters, &counter->key, HASH_REMOVE, nullptr);
}

static Counter *find_counter(const CounterKey *key, TimestampTz now, bool *found)
{
    auto *counter = static_cast<Counter *>(hash_search(counters, key, HASH_FIND, found));
    if (counter)
        return counter;
    if (hash_get_num_entries(counters) >= most_counters)
        drop_expired(now);
    if (hash_get_num_entries(counters) >= most_counters)
        return nullptr;
    return static_cast<Counter *>(hash_search(counters, key, HASH_ENTER_NULL, found));
}

bool probe_charge(Oid relation, AttrNumber attno, uint64 count, uint32 limit, int64 period)
{
    CounterKey key = {MyDatabaseId, GetSessionUserId(), relation, attno};
    TimestampTz now = GetCurrentTimestamp();
    bool found = false;
    bool allowed = false;

    if (!counters)
        return false;
    LWLockAcquire(lock, LW_EXCLUSIVE);
    Counter *counter = find_counter(&key, now, &found);
    if (counter) {
        // A clock that was set back, or a label with another period, begins a new one.
        if (!found || counter->end <= now || counter->start > now || counter->end - counter->start != period) {
            counter->start = now;
            counter->end = now + period;
            counter->count = 0;
        }
        allowed = count <= limit && counter->count <= limit - count;
        if (allowed)
            counter->count += static_cast<uint32>(count);
    }
    LWLockRelease(lock);
    return allowed;
}

} // namespace ddm
