// Shared state of the spool: positions, reservation, append.
#include "pg/audit/audit_file.h"
#include "pg/audit/audit_settings.h"
#include "pg/base/monotonic.h"

extern "C" {
#include "access/xlog.h"
#include "storage/fd.h"
#include "storage/ipc.h"
#include "storage/shmem.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
}
#include <fcntl.h>
#include <initializer_list>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ddm
{

static SpoolDirectory *directory = nullptr;
static Spool *own = nullptr;

// The segment that this backend has open for writing, and mapped: an event is copied into the file's pages, which outlive the
// process as what is written does, without a system call, which takes as long as all else that is done for it. fdatasync() of
// the file, by whoever, flushes pages that were written to through a mapping, too. They are the file's already, full of
// zeros, so that there is nothing to be allocated for them.
static int open_fd = -1;
static char *mapped = nullptr;
static Oid open_database = InvalidOid;
static uint64 open_segment = 0;
static size_t at_hand = 0; // bytes from the segment's beginning whose pages this process has

// What this backend has reserved and not released: given back when it exits.
static size_t outstanding = 0;
static bool exit_registered = false;

SpoolDirectory *spool_directory() { return directory; }

void spool_request_memory() { RequestAddinShmemSpace(sizeof(SpoolDirectory)); }

static void zero_positions(Spool *spool)
{
    for (pg_atomic_uint64 *word :
         {&spool->written, &spool->flushed, &spool->doubtful, &spool->drained, &spool->reserved,
          &spool->policy_committed, &spool->policy_chained, &spool->lost, &spool->lost_told, &spool->counted,
          &spool->counted_flushed, &spool->counted_drained})
        pg_atomic_init_u64(word, 0);
}

static void init_spool(Spool *spool, int tranche)
{
    LWLockInitialize(&spool->append_lock, tranche);
    LWLockInitialize(&spool->allocate_lock, tranche);
    LWLockInitialize(&spool->flush_lock, tranche);
    LWLockInitialize(&spool->summary_lock, tranche);
    ConditionVariableInit(&spool->moved);
    zero_positions(spool);
    for (pg_atomic_uint32 *word : {&spool->wanted, &spool->idle, &spool->hurry, &spool->caught_up, &spool->barred})
        pg_atomic_init_u32(word, 0);
    pg_atomic_write_u32(&spool->idle, 1); // nobody drains yet: the first append wakes the launcher
}

void spool_create_memory()
{
    bool found = false;
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    directory = static_cast<SpoolDirectory *>(ShmemInitStruct("ddm audit spool", sizeof(SpoolDirectory), &found));
    if (!found) {
        uint32 salt = 0;
        memset(static_cast<void *>(directory), 0, sizeof *directory);
        if (!pg_strong_random(&salt, sizeof salt))
            ereport(FATAL, errmsg("could not generate a random number for the audit spool"));
        pg_snprintf(directory->stream, sizeof directory->stream, "%016llX%08X",
                    (unsigned long long)GetCurrentTimestamp(), salt);
        directory->stream_seed = stream_seed(directory->stream);
        directory->tranche = LWLockNewTrancheId();
        LWLockInitialize(&directory->lock, directory->tranche);
        for (Spool &spool : directory->spool)
            init_spool(&spool, directory->tranche);
    }
    LWLockRegisterTranche(directory->tranche, "ddm_audit");
    LWLockRelease(AddinShmemInitLock);
}

Spool *spool_of(Oid database, bool create)
{
    if (!directory)
        return nullptr;
    Spool *answer = nullptr, *free_one = nullptr;
    LWLockAcquire(&directory->lock, create ? LW_EXCLUSIVE : LW_SHARED);
    for (Spool &spool : directory->spool) {
        if (spool.database == database)
            answer = &spool;
        else if (!OidIsValid(spool.database) && !free_one)
            free_one = &spool;
    }
    if (!answer && create && free_one) {
        free_one->database = database;
        answer = free_one;
    }
    LWLockRelease(&directory->lock);
    return answer;
}

static void give_back(int, Datum)
{
    if (outstanding > 0 && own)
        pg_atomic_fetch_sub_u64(&own->reserved, outstanding);
    outstanding = 0;
}

Spool *my_spool()
{
    if (own && own->database == MyDatabaseId)
        return own;
    own = spool_of(MyDatabaseId, true);
    if (own && !exit_registered) {
        on_shmem_exit(give_back, 0); // behind the abort of the last transaction, which writes and releases
        exit_registered = true;
    }
    return own;
}

size_t spool_frame_size(size_t event_size) { return MAXALIGN(sizeof(Frame) + event_size); }

// Makes segments until there is room for `needed` bytes and one frame of slack per segment boundary. With the append lock
// or without it: others append meanwhile, to the segments that there are.
static bool allocate(Spool *spool, uint64 needed)
{
    const uint64 end = pg_atomic_read_u64(&spool->written) + needed + spool_segment_size;
    bool good = true;

    if (spool->allocated >= end)
        return true;
    LWLockAcquire(&spool->allocate_lock, LW_EXCLUSIVE);
    while (good && spool->allocated < end) {
        good = segment_create(spool->database, directory->stream, spool->allocated / spool_segment_size);
        if (good)
            spool->allocated += spool_segment_size;
    }
    LWLockRelease(&spool->allocate_lock);
    return good;
}

void spool_allocate_ahead(Spool *spool)
{
    static uint64 before = 0;
    const uint64 written = pg_atomic_read_u64(&spool->written);

    if (written > before)
        allocate(spool, 2 * Min(written - before, 4 * spool_segment_size));
    before = written;
}

static bool try_reserve(Spool *spool, size_t size, const char **why)
{
    uint64 before = pg_atomic_fetch_add_u64(&spool->reserved, size);
    uint64 drained = pg_atomic_read_u64(&spool->drained); // first: it must not overtake what is written
    pg_read_barrier();
    uint64 written = pg_atomic_read_u64(&spool->written);
    uint64 waiting = written - drained;
    uint64 limit = static_cast<uint64>(audit_spool_size) * 1024;
    uint64 needed = before + size;

    if (waiting + needed > limit) {
        *why = "The spool of events that wait for the audit table is full.";
    } else if (written + needed + spool_segment_size / 2 <= spool->allocated) {
        return true; // a stale read of `allocated` is a smaller one: it only grows
    } else {
        if (allocate(spool, needed))
            return true;
        *why = "A segment of the audit spool could not be written.";
    }
    pg_atomic_fetch_sub_u64(&spool->reserved, size);
    return false;
}

bool spool_reserve_now(size_t frames, const char **why)
{
    Spool *spool = my_spool();
    if (!spool) {
        *why = "Too many databases of this server have an audit spool.";
        return false;
    }
    if (!try_reserve(spool, frames, why))
        return false;
    outstanding += frames;
    return true;
}

bool spool_reserve(size_t frames, const char **why)
{
    if (spool_reserve_now(frames, why))
        return true;
    Spool *spool = my_spool();
    if (!spool || audit_timeout == 0)
        return false;
    bool good = false;
    const int64 deadline = monotonic_ms() + audit_timeout;
    ConditionVariablePrepareToSleep(&spool->moved);
    while (!(good = spool_reserve_now(frames, why)) && monotonic_ms() < deadline) {
        spool_hurry(spool);
        ConditionVariableTimedSleep(&spool->moved, Min(100, audit_timeout), PG_WAIT_EXTENSION);
    }
    ConditionVariableCancelSleep();
    return good;
}

void spool_release(size_t frames)
{
    pg_atomic_fetch_sub_u64(&own->reserved, static_cast<int64>(frames));
    outstanding -= frames;
}

static void close_segment()
{
    const int saved = errno;
    if (mapped)
        munmap(mapped, spool_segment_size);
    if (open_fd >= 0) {
        close(open_fd);
        ReleaseExternalFD();
    }
    mapped = nullptr;
    open_fd = -1;
    errno = saved;
}

int spool_open_file(Oid database, uint64 segment)
{
    return open_segment == segment && open_database == database ? open_fd : -1;
}

static bool open_for_writing(Spool *spool, uint64 segment)
{
    if (mapped && open_segment == segment && open_database == spool->database)
        return true;
    close_segment();
    char path[MAXPGPATH];
    segment_path(path, sizeof path, spool->database, directory->stream, segment);
    open_fd = BasicOpenFile(path, O_RDWR | PG_BINARY);
    if (open_fd < 0)
        return false;
    ReserveExternalFD();
    void *memory = mmap(nullptr, spool_segment_size, PROT_READ | PROT_WRITE, MAP_SHARED, open_fd, 0);
    if (memory == MAP_FAILED) {
        close_segment();
        return false;
    }
    mapped = static_cast<char *>(memory);
    at_hand = 0;
    open_database = spool->database;
    open_segment = segment;
    return true;
}

static bool write_frame(Spool *spool, FrameType type, uint64 opened_at, const unsigned char *bytes, size_t size,
                        uint64 *end, uint64 *closing)
{
    size_t whole = spool_frame_size(size);
    uint64 position = pg_atomic_read_u64(&spool->written);
    if (position % spool_segment_size + whole > spool_segment_size)
        position += spool_segment_size - position % spool_segment_size;
    if (position + whole > spool->allocated && !allocate(spool, whole))
        return false;
    if (!open_for_writing(spool, position / spool_segment_size))
        return false;

    Frame frame = {0, static_cast<uint32>(size), position, opened_at, type, 0};
    frame.checksum = frame_checksum(directory->stream_seed, frame, bytes);
    if (closing) {
        *closing = position + 1;
        pg_write_barrier();
    }
    char *to = mapped + position % spool_segment_size;
    memcpy(to, &frame, sizeof frame);
    memcpy(to + sizeof frame, bytes, size);
    *end = position + whole;
    pg_write_barrier();
    pg_atomic_write_u64(&spool->written, *end);
    return true;
}

// The pages that the next events go to, many at once and while nobody waits for the lock: each would else be a fault of its
// own under it. Where the system can't do that, they are.
static void take_pages(uint64 end)
{
#ifdef MADV_POPULATE_WRITE
    constexpr size_t ahead = 64 * 1024;
    const size_t offset = end % spool_segment_size;

    if (!mapped || end / spool_segment_size != open_segment || offset < at_hand)
        return;
    const size_t from = offset - offset % ahead;
    at_hand = from + ahead;
    madvise(mapped + from, ahead, MADV_POPULATE_WRITE);
#endif
}

bool spool_append(FrameType type, uint64 opened_at, const unsigned char *bytes, size_t size, uint64 *end,
                  uint64 *closing)
{
    Spool *spool = my_spool();
    if (!spool || size > spool_largest_event) {
        errno = EFBIG;
        return false;
    }
    LWLockAcquire(&spool->append_lock, LW_EXCLUSIVE);
    bool good = write_frame(spool, type, opened_at, bytes, size, end, closing);
    int saved = errno;
    LWLockRelease(&spool->append_lock);
    if (good)
        take_pages(*end);
    if (good && pg_atomic_read_u32(&spool->idle) != 0)
        spool_wake(spool);
    errno = saved;
    return good;
}

bool spool_append_elsewhere(Spool *spool, Oid database, const unsigned char *bytes, size_t size)
{
    uint64 end = 0;
    bool good = false;
    LWLockAcquire(&spool->append_lock, LW_EXCLUSIVE);
    uint64 waiting = pg_atomic_read_u64(&spool->written) - pg_atomic_read_u64(&spool->drained);
    if (spool->database == database && size <= spool_largest_event &&
        waiting + spool_frame_size(size) <= static_cast<uint64>(audit_spool_size) * 1024)
        good = write_frame(spool, FrameType::Event, 0, bytes, size, &end, nullptr);
    LWLockRelease(&spool->append_lock);
    if (good)
        spool_wake(spool);
    return good;
}

void spool_wake(Spool *spool)
{
    pg_atomic_write_u32(&spool->wanted, 1);
    pg_atomic_write_u32(&spool->idle, 0);
    PGPROC *process = spool->worker ? spool->worker : directory->launcher;
    if (process)
        SetLatch(&process->procLatch);
}

void spool_hurry(Spool *spool)
{
    pg_atomic_write_u32(&spool->hurry, 1);
    spool_wake(spool);
}

void spool_drop(Oid database)
{
    char path[MAXPGPATH];
    pg_snprintf(path, sizeof path, "%s/%u", spool_root, database);
    Spool *spool = spool_of(database, false);
    if (spool) {
        LWLockAcquire(&directory->lock, LW_EXCLUSIVE);
        spool->database = InvalidOid;
        spool->allocated = spool->named = 0;
        spool->attempts = 0;
        spool->next_attempt = 0;
        zero_positions(spool);
        pg_atomic_write_u32(&spool->wanted, 0);
        pg_atomic_write_u32(&spool->caught_up, 0);
        LWLockRelease(&directory->lock);
    }
    if (access(path, F_OK) == 0 && !rmtree(path, true))
        ereport(WARNING, errmsg("could not remove the audit spool \"%s\"", path));
}

} // namespace ddm
