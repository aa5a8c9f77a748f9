// The spool: where every event is from the moment it happens until the worker has put it into ddm.audit_log.
//
// Backends append to files under ddm_audit/ in the data directory, one run of segments per database and server
// start (a *stream*). What is in a file's pages survives the death of any process, after fdatasync() that of the machine; shared
// memory holds positions only, so a crash of the server loses none. A worker drains the stream into the table
// and records in the same transaction how far it got: each event gets there exactly once.
//
// Functions here that a transaction abort calls never raise.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "port/atomics.h"
#include "storage/condition_variable.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
}

namespace ddm
{

enum class FrameType : uint32 {
    Event = 1, // a finished event
    Open = 2,  // a statement under way; its bytes are the event that it becomes if it is never closed
    Close = 3, // the finished event of the statement whose open frame stands at `opened_at`
};

// What stands before each event in a segment, 8-byte aligned. The checksum covers all after itself and is
// seeded with the stream, the position makes what an older use of the same file left behind invalid.
struct Frame {
    uint32 checksum; // CRC-32C
    uint32 size;     // of the bytes that follow
    uint64 position; // linear, from the start of the stream
    uint64 opened_at;
    FrameType type;
    uint32 unused;
};

constexpr uint64 spool_segment_size = 4 * 1024 * 1024;
constexpr size_t spool_largest_event = 1024 * 1024;

// One database's spool, in shared memory.
struct Spool {
    Oid database; // InvalidOid: free. Set under the directory lock
    LWLock append_lock;
    LWLock allocate_lock; // taken behind append_lock where both are
    LWLock flush_lock;
    LWLock summary_lock;       // entries of the live file; taken before append_lock where both are
    pg_atomic_uint64 written;  // end of the last whole frame; moved under append_lock
    pg_atomic_uint64 flushed;  // on disk up to here; moved under flush_lock
    pg_atomic_uint64 doubtful; // a flush up to here failed: only the table can say that these are on disk
    pg_atomic_uint64 drained;  // in the table up to here; moved by the worker
    pg_atomic_uint64 reserved; // bytes promised to statements under way
    uint64 allocated;          // segments exist up to here; moved under allocate_lock
    uint64 named;              // directory entries are on disk up to here; under flush_lock
    ConditionVariable moved;   // `drained` moved, or the worker came or went

    // The worker of this database; see audit_launcher.h.
    pg_atomic_uint32 wanted;    // there is something to drain, or somebody waits
    pg_atomic_uint32 idle;      // the worker sleeps until somebody appends
    pg_atomic_uint32 hurry;     // somebody waits for the table: do not gather a batch first
    pg_atomic_uint32 caught_up; // what earlier streams left is in the table
    pg_atomic_uint32 barred;    // statements under way that need the database without sessions
    PGPROC *volatile worker;    // nullptr: none is running
    pid_t worker_pid;
    int attempts;                      // launches that came to nothing since the last good one
    int64 next_attempt;                // by monotonic_ms()
    pg_atomic_uint64 policy_committed; // transactions with policy events that committed
    pg_atomic_uint64 policy_chained;   // of which in the table
    pg_atomic_uint64 lost;             // events that could not be recorded
    pg_atomic_uint64 lost_told;        // of which the trail says so
    pg_atomic_uint64 counted;          // changes of summaries
    pg_atomic_uint64 counted_flushed;  // of which on disk
    pg_atomic_uint64 counted_drained;  // of which in the table
};

constexpr int spool_max_databases = 256;

struct SpoolDirectory {
    LWLock lock;
    int tranche;
    char stream[32]; // of this start of the server: file names begin with it
    uint32 stream_seed;
    PGPROC *volatile launcher;
    Spool spool[spool_max_databases];
};

void spool_request_memory();
void spool_create_memory();

SpoolDirectory *spool_directory();

// The spool of the current database, or of another; nullptr where there is no room for one more.
Spool *spool_of(Oid database, bool create);
Spool *my_spool();

// Promises room for so many bytes of whole frames, so that the append at the end of a statement cannot fail for want
// of it. Waits up to ddm.audit_timeout. False: the trail cannot be written now; *why says what is wrong.
bool spool_reserve(size_t frames, const char **why);
bool spool_reserve_now(size_t frames, const char **why); // the same without waiting
void spool_release(size_t frames);

// Makes segments for twice what was written since the last call, so that no statement has to: the worker's.
void spool_allocate_ahead(Spool *spool);
size_t spool_frame_size(size_t event_size);

// Appends one event. False where the file system refuses; errno is set. `closing`, if any, becomes 1 + the
// position before the event is written there: who finds it after a crash knows where to look. Never raises.
bool spool_append(FrameType type, uint64 opened_at, const unsigned char *bytes, size_t size, uint64 *end,
                  uint64 *closing = nullptr);

// Appends to the spool of another database, where there is room without waiting. Never raises.
bool spool_append_elsewhere(Spool *spool, Oid database, const unsigned char *bytes, size_t size);

// The descriptor of a segment that this backend has open for writing, or -1.
int spool_open_file(Oid database, uint64 segment);

// Waits until everything before `end` is on disk. False where the file system refuses. Never raises.
bool spool_flush(Spool *spool, uint64 end);

// Wakes the worker, or the launcher to start one. Never raises.
void spool_wake(Spool *spool);

// The same for who waits: the worker does not gather a batch first.
void spool_hurry(Spool *spool);

// Forgets the spool of a database that was dropped, and its files.
void spool_drop(Oid database);

} // namespace ddm
