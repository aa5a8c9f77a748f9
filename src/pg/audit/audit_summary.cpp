// Summaries: counting in backends, harvesting in the worker.
#include "pg/audit/audit_summary.h"
#include "pg/audit/audit_event.h"

extern "C" {
#include "utils/timestamp.h"
}

namespace ddm
{

using core::AuditRecord;
using core::Number;
using core::Text;

constexpr uint32 probes = 16;         // entries that a key may stand in
constexpr uint32 quiet_harvests = 50; // after which an entry is free for another key

static LiveEntry *find(const LiveFile *file, const SummaryKey &key)
{
    for (uint32 i = 0; i < probes; i++) {
        LiveEntry *entry = &file->entries[(key.hash + i) % file->header->entries];
        if (pg_atomic_read_u32(&entry->state) == 1 && entry->hash == key.hash && entry->size == key.encoded.size &&
            memcmp(entry->bytes, key.encoded.bytes, entry->size) == 0)
            return entry;
    }
    return nullptr;
}

// Under the summary lock, exclusively.
static LiveEntry *claim(const LiveFile *file, const SummaryKey &key)
{
    for (uint32 i = 0; i < probes; i++) {
        LiveEntry *entry = &file->entries[(key.hash + i) % file->header->entries];
        if (pg_atomic_read_u32(&entry->state) != 0)
            continue;
        memset(static_cast<void *>(entry), 0, sizeof *entry);
        entry->hash = key.hash;
        entry->size = static_cast<uint32>(key.encoded.size);
        entry->checksum = live_checksum(key.encoded.bytes, key.encoded.size);
        memcpy(entry->bytes, key.encoded.bytes, key.encoded.size);
        pg_write_barrier();
        pg_atomic_write_u32(&entry->state, 1);
        return entry;
    }
    return nullptr;
}

static void count_execution(Spool *spool, LiveEntry *entry)
{
    auto now = static_cast<uint64>(GetCurrentTimestamp());
    uint64 none = 0;
    pg_atomic_fetch_add_u32(&entry->active, 1);
    pg_atomic_compare_exchange_u64(&entry->first, &none, now);
    pg_atomic_write_u64(&entry->last, now);
    pg_atomic_fetch_add_u64(&entry->executions, 1);
    pg_atomic_fetch_add_u64(&spool->counted, 1);
}

LiveEntry *summary_begin(const SummaryKey &key)
{
    const LiveFile *file = key.encoded.size <= sizeof LiveEntry{}.bytes ? live_file() : nullptr;
    if (!file)
        return nullptr;
    Spool *spool = my_spool();

    LWLockAcquire(&spool->summary_lock, LW_SHARED);
    LiveEntry *entry = find(file, key);
    if (!entry) {
        LWLockRelease(&spool->summary_lock);
        LWLockAcquire(&spool->summary_lock, LW_EXCLUSIVE);
        entry = find(file, key);
        if (!entry)
            entry = claim(file, key);
    }
    if (entry)
        count_execution(spool, entry);
    LWLockRelease(&spool->summary_lock);
    if (entry && pg_atomic_read_u32(&spool->idle) != 0)
        spool_wake(spool);
    return entry;
}

void summary_end(LiveEntry *entry, uint64 rows)
{
    Spool *spool = my_spool();
    LWLockAcquire(&spool->summary_lock, LW_SHARED);
    pg_atomic_fetch_add_u64(&entry->rows, rows);
    pg_atomic_write_u64(&entry->last, static_cast<uint64>(GetCurrentTimestamp()));
    pg_atomic_fetch_add_u64(&spool->counted, 1);
    pg_atomic_fetch_sub_u32(&entry->active, 1);
    LWLockRelease(&spool->summary_lock);
    if (pg_atomic_read_u32(&spool->idle) != 0)
        spool_wake(spool);
}

struct Taken {
    uint64 executions;
    uint64 rows;
    uint64 first;
    uint64 last;
    uint32 size;
    unsigned char bytes[sizeof LiveEntry{}.bytes];
};

static void add(AuditStore *store, const Taken &taken, const char *source)
{
    AuditRecord record;
    if (!core::decode(taken.bytes, taken.size, &record))
        return;
    record.set(Number::EventTime, static_cast<int64>(taken.first ? taken.first : taken.last));
    record.set(Number::FinishedAt, static_cast<int64>(taken.last));
    record.set(Number::Executions, static_cast<int64>(taken.executions));
    record.set(Number::RowCount, static_cast<int64>(taken.rows));
    record.set(Text::Source, source);
    audit_store_add(store, record);
}

// What an earlier harvest took and did not bring into the table is counted again.
static void settle(LiveEntry *entry, uint64 done)
{
    if (entry->harvest > done) {
        pg_atomic_fetch_add_u64(&entry->executions, static_cast<int64>(entry->taken_executions));
        pg_atomic_fetch_add_u64(&entry->rows, static_cast<int64>(entry->taken_rows));
        if (entry->taken_first != 0)
            pg_atomic_write_u64(&entry->first, entry->taken_first);
    }
    entry->harvest = 0;
}

// Under the summary lock, exclusively. False where there was nothing.
static bool take(LiveEntry *entry, uint64 harvest, Taken *taken)
{
    entry->taking = 1;
    pg_write_barrier();
    taken->executions = entry->taken_executions = pg_atomic_read_u64(&entry->executions);
    taken->rows = entry->taken_rows = pg_atomic_read_u64(&entry->rows);
    taken->first = entry->taken_first = pg_atomic_read_u64(&entry->first);
    taken->last = entry->taken_last = pg_atomic_read_u64(&entry->last);
    if (taken->executions == 0 && taken->rows == 0) {
        entry->taking = 0;
        if (++entry->quiet > quiet_harvests && pg_atomic_read_u32(&entry->active) == 0)
            pg_atomic_write_u32(&entry->state, 0);
        return false;
    }
    entry->quiet = 0;
    taken->size = entry->size;
    memcpy(taken->bytes, entry->bytes, entry->size);
    pg_write_barrier();
    entry->harvest = harvest; // who finds `taking` and this has the counts in taken_*
    pg_write_barrier();
    pg_atomic_write_u64(&entry->executions, 0);
    pg_atomic_write_u64(&entry->rows, 0);
    pg_atomic_write_u64(&entry->first, 0);
    pg_write_barrier();
    entry->taking = 0;
    return true;
}

uint64 summary_harvest(AuditStore *store, uint64 done)
{
    const LiveFile *file = live_file();
    if (!file)
        return 0;
    Spool *spool = my_spool();
    uint64 harvest = done + 1;
    List *list = NIL;
    auto *taken = static_cast<Taken *>(palloc(sizeof(Taken)));
    LWLockAcquire(&spool->summary_lock, LW_EXCLUSIVE);
    for (uint32 i = 0; i < file->header->entries; i++) {
        LiveEntry *entry = &file->entries[i];
        if (pg_atomic_read_u32(&entry->state) != 1)
            continue;
        settle(entry, done);
        if (take(entry, harvest, taken)) {
            list = lappend(list, taken);
            taken = static_cast<Taken *>(palloc(sizeof(Taken)));
        }
    }
    LWLockRelease(&spool->summary_lock);

    char source[96];
    pg_snprintf(source, sizeof source, "%s:summary %llu", spool_directory()->stream, (unsigned long long)harvest);
    ListCell *cell;
    foreach (cell, list)
        add(store, *static_cast<Taken *>(lfirst(cell)), source);
    return list ? harvest : 0;
}

void summary_recover(AuditStore *store, const LiveFile &file, const char *stream, uint64 done)
{
    char source[96];
    pg_snprintf(source, sizeof source, "%s:summary recovered", stream);
    auto *taken = static_cast<Taken *>(palloc(sizeof(Taken)));
    for (uint32 i = 0; i < file.header->entries; i++) {
        LiveEntry *entry = &file.entries[i];
        if (pg_atomic_read_u32(&entry->state) != 1 || entry->size > sizeof entry->bytes ||
            live_checksum(entry->bytes, entry->size) != entry->checksum)
            continue;
        if (entry->taking && entry->harvest > done) { // died while it took: nothing was counted since
            pg_atomic_write_u64(&entry->executions, 0);
            pg_atomic_write_u64(&entry->rows, 0);
        }
        settle(entry, done);
        if (take(entry, 0, taken))
            add(store, *taken, source);
    }
}

} // namespace ddm
