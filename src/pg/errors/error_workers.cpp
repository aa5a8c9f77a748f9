// A place in shared memory for each process, which writes into its own alone.
#include "pg/errors/error_workers.h"
#include "pg/errors/errors.h"

extern "C" {
#include "access/parallel.h"
#include "access/xact.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "port/atomics.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "storage/shmem.h"
}

namespace ddm
{

// Workers of one statement that come and go may have had the same place before their leader hears of the first.
static constexpr uint32 kept_verdicts = 16;

struct Place {
    pg_atomic_uint64 verdicts[kept_verdicts]; // of workers: hashes of the errors that they found clear; 0 for none
    uint32 next;                              // to be written
    pg_atomic_uint32 withhold;                // of a leader
};

static Place *places = nullptr; // MaxBackends of them
static shmem_request_hook_type prev_shmem_request = nullptr;
static shmem_startup_hook_type prev_shmem_startup = nullptr;

static Size size_of_places() { return mul_size(MaxBackends, sizeof(Place)); }

static void shmem_request()
{
    if (prev_shmem_request)
        prev_shmem_request();
    RequestAddinShmemSpace(size_of_places());
}

static void shmem_startup()
{
    bool found;

    if (prev_shmem_startup)
        prev_shmem_startup();
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    places = static_cast<Place *>(ShmemInitStruct("ddm parallel workers", size_of_places(), &found));
    for (int i = 0; !found && i < MaxBackends; i++) {
        for (pg_atomic_uint64 &verdict : places[i].verdicts)
            pg_atomic_init_u64(&verdict, 0);
        places[i].next = 0;
        pg_atomic_init_u32(&places[i].withhold, 0);
    }
    LWLockRelease(AddinShmemInitLock);
}

void error_workers_install()
{
    prev_shmem_request = shmem_request_hook;
    shmem_request_hook = shmem_request;
    prev_shmem_startup = shmem_startup_hook;
    shmem_startup_hook = shmem_startup;
}

// nullptr for a process that is no backend, without shared memory, and where there is no such process.
static Place *place_of(const PGPROC *process)
{
    const auto number = process ? process - ProcGlobal->allProcs : MaxBackends;
    return places && number < MaxBackends ? &places[number] : nullptr;
}

void tell_workers()
{
    const ErrorFrame *frame = errors_innermost_frame();
    Place *own = place_of(MyProc);

    while (frame && frame->workers == WorkerErrors::None)
        frame = errors_frame_around(frame);
    if (own)
        pg_atomic_write_u32(&own->withhold, frame && frame->workers == WorkerErrors::Withheld ? 1 : 0);
}

void withhold_from_workers()
{
    bool any = false;

    for (ErrorFrame *frame = errors_innermost_frame(); frame; frame = errors_frame_around(frame))
        if (frame->workers == WorkerErrors::Judged) {
            frame->workers = WorkerErrors::Withheld;
            any = true;
        }
    if (any)
        tell_workers();
}

bool worker_must_withhold()
{
    Place *leader = place_of(MyProc->lockGroupLeader);
    return !leader || pg_atomic_read_u32(&leader->withhold) != 0;
}

static uint64 add_text(uint64 hash, const char *text)
{
    return text ? hash_bytes_extended(reinterpret_cast<const unsigned char *>(text), static_cast<int>(strlen(text)),
                                      hash)
                : hash_combine64(hash, 1);
}

static uint64 add_number(uint64 hash, int64 number) { return hash_combine64(hash, static_cast<uint64>(number)); }

// Of what comes along from a worker to its leader, but for the context, to which he adds. Both know the start of the
// transaction and of the statement.
static uint64 verdict_on(const ErrorData *error, int leader)
{
    uint64 hash = add_number(leader, GetCurrentTransactionStartTimestamp());
    hash = add_number(hash, GetCurrentStatementStartTimestamp());
    hash = add_number(hash, error->sqlerrcode);
    const char *const texts[] = {error->message,       error->detail,      error->hint,          error->schema_name,
                                 error->table_name,    error->column_name, error->datatype_name, error->constraint_name,
                                 error->internalquery, error->filename,    error->funcname};
    for (const char *text : texts)
        hash = add_text(hash, text);
    hash = add_number(hash, error->lineno);
    return hash == 0 ? 1 : hash;
}

void worker_verdict_note(const ErrorData *error)
{
    Place *own = place_of(MyProc);
    if (IsParallelWorker() && own && MyProc->lockGroupLeader)
        pg_atomic_write_u64(&own->verdicts[own->next++ % kept_verdicts],
                            verdict_on(error, MyProc->lockGroupLeader->pid));
}

bool worker_verdict_found(const ErrorData *error)
{
    const uint64 verdict = verdict_on(error, MyProcPid);

    for (int i = 0; places && i < MaxBackends; i++)
        for (pg_atomic_uint64 &kept : places[i].verdicts)
            if (pg_atomic_read_u64(&kept) == verdict)
                return true;
    return false;
}

} // namespace ddm
