// The launcher of the audit trail's workers.
#include "pg/audit/audit_launcher.h"
#include "pg/audit/audit_file.h"
#include "pg/audit/audit_live.h"
#include "pg/audit/audit_settings.h"
#include "pg/base/monotonic.h"

extern "C" {
#include "access/heapam.h"
#include "access/tableam.h"
#include "access/xlog.h"
#include "catalog/pg_database.h"
#include "commands/dbcommands.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/fd.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
}

extern "C" {
__attribute__((visibility("default"))) void ddm_audit_launcher_main(Datum);
}

namespace ddm
{

void audit_register_launcher()
{
    BackgroundWorker worker = {};
    pg_snprintf(worker.bgw_name, BGW_MAXLEN, "ddm audit launcher");
    pg_snprintf(worker.bgw_type, BGW_MAXLEN, "ddm audit launcher");
    pg_snprintf(worker.bgw_library_name, sizeof worker.bgw_library_name, "ddm");
    pg_snprintf(worker.bgw_function_name, BGW_MAXLEN, "ddm_audit_launcher_main");
    worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
    worker.bgw_start_time = BgWorkerStart_ConsistentState;
    worker.bgw_restart_time = 1;
    RegisterBackgroundWorker(&worker);
}

static bool start_worker(const Spool *spool)
{
    BackgroundWorker worker = {};
    BackgroundWorkerHandle *handle = nullptr;
    pg_snprintf(worker.bgw_name, BGW_MAXLEN, "ddm audit worker");
    pg_snprintf(worker.bgw_type, BGW_MAXLEN, "ddm audit worker");
    pg_snprintf(worker.bgw_library_name, sizeof worker.bgw_library_name, "ddm");
    pg_snprintf(worker.bgw_function_name, BGW_MAXLEN, "ddm_audit_worker_main");
    worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
    worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
    worker.bgw_restart_time = BGW_NEVER_RESTART;
    worker.bgw_main_arg = ObjectIdGetDatum(spool->database);
    worker.bgw_notify_pid = MyProcPid;
    return RegisterDynamicBackgroundWorker(&worker, &handle);
}

static List *databases()
{
    List *oids = NIL;
    StartTransactionCommand();
    MemoryContext transaction = CurrentMemoryContext;
    (void)GetTransactionSnapshot();
    Relation relation = table_open(DatabaseRelationId, AccessShareLock);
    TableScanDesc scan = table_beginscan_catalog(relation, 0, nullptr);
    while (HeapTuple tuple = heap_getnext(scan, ForwardScanDirection)) {
        MemoryContextSwitchTo(TopMemoryContext);
        oids = lappend_oid(oids, ((Form_pg_database)GETSTRUCT(tuple))->oid);
        MemoryContextSwitchTo(transaction);
    }
    table_endscan(scan);
    table_close(relation, AccessShareLock);
    CommitTransactionCommand();
    MemoryContextSwitchTo(TopMemoryContext);
    return oids;
}

// What earlier starts of the server left behind: databases with files have something to drain, files without a
// database go with it.
static void find_left_over()
{
    List *known = databases();
    DIR *directory = AllocateDir(spool_root);
    while (directory) {
        dirent *entry = ReadDirExtended(directory, spool_root, LOG);
        if (!entry)
            break;
        Oid database = static_cast<Oid>(strtoul(entry->d_name, nullptr, 10));
        if (!OidIsValid(database))
            continue;
        if (!list_member_oid(known, database)) {
            spool_drop(database);
            continue;
        }
        Spool *spool = spool_of(database, true);
        if (spool)
            pg_atomic_write_u32(&spool->wanted, 1);
    }
    if (directory)
        FreeDir(directory);
    list_free(known);
}

static void want_workers()
{
    for (Spool &spool : spool_directory()->spool)
        if (OidIsValid(spool.database))
            pg_atomic_write_u32(&spool.wanted, 1);
}

static void launch(Spool *spool, int64 now)
{
    if (pg_atomic_read_u32(&spool->wanted) == 0 || pg_atomic_read_u32(&spool->barred) != 0 || now < spool->next_attempt)
        return;
    bool started = start_worker(spool);
    if (!started && spool->attempts == 0)
        ereport(LOG, errmsg("no background worker slot is free for the audit trail of database %u", spool->database),
                errhint("Raise max_worker_processes."));
    // Not rarer than every two seconds, however many ended before they were done: unmasked reads may wait for the next.
    spool->attempts = Min(spool->attempts + 1, 2);
    spool->next_attempt = now + (started ? 1000 * spool->attempts : 1000);
}

// Answers whether any spool waits for a worker.
static bool look_after_spools(bool recovering)
{
    bool busy = false;
    const int64 now = monotonic_ms();
    for (Spool &spool : spool_directory()->spool) {
        if (!OidIsValid(spool.database) || spool.worker)
            continue;
        if (!recovering)
            launch(&spool, now);
        // Without a worker, that events are on disk in time is the launcher's work.
        uint64 written = pg_atomic_read_u64(&spool.written);
        if (!spool_flush(&spool, written) || !live_flush(&spool))
            ereport(LOG, errcode_for_file_access(), errmsg("could not flush the audit spool: %m"));
        busy = busy || pg_atomic_read_u32(&spool.wanted) != 0;
    }
    return busy;
}

static void forget_launcher(int, Datum) { spool_directory()->launcher = nullptr; }

static void run_launcher()
{
    pqsignal(SIGHUP, SignalHandlerForConfigReload);
    pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
    BackgroundWorkerUnblockSignals();
    BackgroundWorkerInitializeConnection(nullptr, nullptr, 0);
    before_shmem_exit(forget_launcher, 0);
    spool_directory()->launcher = MyProc;

    bool looked_around = false;
    for (;;) {
        bool recovering = RecoveryInProgress();
        CHECK_FOR_INTERRUPTS();
        if (ShutdownRequestPending)
            proc_exit(1); // with 0 it would not come back after pg_terminate_backend()
        if (!looked_around && !recovering) {
            find_left_over();
            looked_around = true;
        }
        bool busy = look_after_spools(recovering);
        long timeout = recovering ? 1000 : busy ? audit_flush_interval : 10000;
        (void)WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, timeout, PG_WAIT_EXTENSION);
        ResetLatch(MyLatch);
        if (ConfigReloadPending) {
            ConfigReloadPending = false;
            ProcessConfigFile(PGC_SIGHUP);
            want_workers(); // they record what is configured otherwise now
        }
    }
}

static Spool *bar(Oid database)
{
    Spool *spool = OidIsValid(database) ? spool_of(database, false) : nullptr;
    if (!spool)
        return nullptr;
    pg_atomic_fetch_add_u32(&spool->barred, 1);
    ConditionVariablePrepareToSleep(&spool->moved);
    for (int tries = 0; spool->worker && tries < 100; tries++) {
        if (tries % 10 == 0)
            kill(spool->worker_pid, SIGTERM);
        ConditionVariableTimedSleep(&spool->moved, 100, PG_WAIT_EXTENSION);
    }
    ConditionVariableCancelSleep();
    return spool;
}

static void unbar(Spool *spool)
{
    if (spool && pg_atomic_fetch_sub_u32(&spool->barred, 1) == 1)
        spool_wake(spool);
}

static const char *database_of(Node *statement)
{
    ListCell *cell;
    switch (nodeTag(statement)) {
    case T_DropdbStmt:
        return reinterpret_cast<DropdbStmt *>(statement)->dbname;
    case T_AlterDatabaseStmt: // only SET TABLESPACE needs the database to itself; stopping a worker costs little
        return reinterpret_cast<AlterDatabaseStmt *>(statement)->dbname;
    case T_RenameStmt:
        return reinterpret_cast<RenameStmt *>(statement)->renameType == OBJECT_DATABASE
                   ? reinterpret_cast<RenameStmt *>(statement)->subname
                   : nullptr;
    case T_CreatedbStmt:
        foreach (cell, reinterpret_cast<CreatedbStmt *>(statement)->options) {
            auto *option = static_cast<DefElem *>(lfirst(cell));
            if (strcmp(option->defname, "template") == 0 && option->arg && IsA(option->arg, String))
                return strVal(option->arg);
        }
        return "template1";
    default:
        return nullptr;
    }
}

static void run_without_worker(UtilityCall *call, Spool *const spool)
{
    PG_TRY();
    {
        utility_run(call);
    }
    PG_CATCH();
    {
        unbar(spool);
        PG_RE_THROW();
    }
    PG_END_TRY();
    unbar(spool);
}

void audit_database_statement(UtilityCall *call)
{
    Node *statement = call->statement->utilityStmt;
    const char *name = database_of(statement);
    Oid database = name ? get_database_oid(name, true) : InvalidOid;

    run_without_worker(call, bar(database));
    if (IsA(statement, DropdbStmt) && OidIsValid(database) && !OidIsValid(get_database_oid(name, true)))
        spool_drop(database);
}

} // namespace ddm

void ddm_audit_launcher_main(Datum) { ddm::run_launcher(); }
