// The worker of one database: drains its spool into ddm.audit_log.
#include "pg/audit/audit_configuration.h"
#include "pg/audit/audit_drain.h"
#include "pg/audit/audit_file.h"
#include "pg/audit/audit_retention.h"
#include "pg/audit/audit_settings.h"
#include "pg/audit/audit_store.h"
#include "pg/base/monotonic.h"

extern "C" {
#include "access/xlog.h"
#include "catalog/pg_authid.h"
#include "executor/spi.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
}

extern "C" {
__attribute__((visibility("default"))) void ddm_audit_worker_main(Datum);
}

namespace ddm
{

static bool is_worker = false;
bool audit_is_worker() { return is_worker; }

constexpr long idle_lifetime = 60000; // ms without an event after which the worker leaves its slot to others

// The configuration was read, by the server before it started this worker or just now.
static bool configuration_due = true;

static bool something_to_do(Spool *spool)
{
    return pg_atomic_read_u64(&spool->drained) < pg_atomic_read_u64(&spool->written) ||
           pg_atomic_read_u64(&spool->policy_chained) < pg_atomic_read_u64(&spool->policy_committed) ||
           pg_atomic_read_u64(&spool->counted_drained) < pg_atomic_read_u64(&spool->counted) ||
           pg_atomic_read_u64(&spool->lost_told) < pg_atomic_read_u64(&spool->lost) ||
           pg_atomic_read_u32(&spool->hurry) != 0;
}

static void leave(int, Datum argument)
{
    auto *spool = reinterpret_cast<Spool *>(DatumGetPointer(argument));
    spool->worker = nullptr;
    pg_atomic_write_u32(&spool->idle, 1);
    if (something_to_do(spool))
        spool_wake(spool);
    ConditionVariableBroadcast(&spool->moved);
}

static bool claim(Spool *spool)
{
    LWLockAcquire(&spool_directory()->lock, LW_EXCLUSIVE);
    bool free = spool->worker == nullptr && pg_atomic_read_u32(&spool->barred) == 0;
    if (free) {
        spool->worker_pid = MyProcPid;
        spool->worker = MyProc;
    }
    LWLockRelease(&spool_directory()->lock);
    if (free)
        before_shmem_exit(leave, PointerGetDatum(spool));
    return free;
}

// Whatever the database or the server has set, the role included: the trail's own statements run as the trail needs them.
// As `replica`, so that no event trigger keeps a partition from being made (17 has a setting for that, too).
static void settle()
{
    static const struct {
        const char *name, *value;
    } settings[] = {{"search_path", "pg_catalog, pg_temp"},
                    {"synchronous_commit", "local"},
                    {"default_transaction_read_only", "off"},
                    {"default_transaction_isolation", "read committed"},
                    {"session_replication_role", "replica"},
                    {"event_triggers", "off"},
                    {"statement_timeout", "0"},
                    {"transaction_timeout", "0"},
                    {"idle_in_transaction_session_timeout", "0"},
                    {"default_tablespace", ""},
                    {"default_table_access_method", "heap"},
                    {"exit_on_error", "off"},
                    {"application_name", "ddm audit worker"}};
    for (const auto &setting : settings)
        if (GetConfigOption(setting.name, true, false)) // not every server has each
            SetConfigOption(setting.name, setting.value, PGC_SUSET, PGC_S_OVERRIDE);
    SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, 0); // ALTER DATABASE ... SET role
}

// A lock that somebody holds on the trail must not keep the spool from the disk.
static void bound_lock_waits()
{
    char value[32];
    pg_snprintf(value, sizeof value, "%d", audit_flush_interval);
    SetConfigOption("lock_timeout", value, PGC_SUSET, PGC_S_OVERRIDE);
}

static bool trail_exists()
{
    worker_begin();
    Oid schema = get_namespace_oid("ddm", true);
    bool exists = OidIsValid(schema) && OidIsValid(get_relname_relid("audit_log", schema)) &&
                  OidIsValid(get_relname_relid("audit_chain", schema));
    worker_commit();
    return exists;
}

// Looked at when the worker starts, when the settings were read again, and each hour; a minute after it failed, which it
// does while somebody holds the least lock on ddm.audit_log: it reads a whole partition.
static int64 retention_due = 0;

static void drop_what_expired()
{
    const int64 now = monotonic_ms();
    if (now < retention_due)
        return;
    retention_due = now + 60 * 1000;
    while (audit_drop_one_partition())
        CHECK_FOR_INTERRUPTS();
    retention_due = now + 3600 * 1000;
}

static void drain(Spool *spool, bool *old_streams_done)
{
    if (configuration_due) {
        configuration_due = false; // a failure repeats with the next worker or reload, not with every batch
        audit_record_configuration();
    }
    if (!*old_streams_done) {
        audit_drain_old_streams(spool);
        *old_streams_done = true;
        pg_atomic_write_u32(&spool->caught_up, 1);
        ConditionVariableBroadcast(&spool->moved);
    }
    spool_allocate_ahead(spool);
    audit_store_prepare_partitions();
    while (audit_drain_live(spool))
        audit_drain_pause(spool);
    drop_what_expired();
    spool->attempts = 0;
}

// False where it failed: the transaction took everything back, and another try follows.
static bool drain_guarded(Spool *spool, bool *old_streams_done)
{
    volatile bool good = true;
    PG_TRY();
    {
        drain(spool, old_streams_done);
    }
    PG_CATCH();
    {
        good = false;
        EmitErrorReport();
        AbortCurrentTransaction();
        FlushErrorState();
    }
    PG_END_TRY();
    if (!good)
        audit_drain_pause(spool);
    return good;
}

static void wait(long timeout)
{
    WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, timeout, PG_WAIT_EXTENSION);
    ResetLatch(MyLatch);
    CHECK_FOR_INTERRUPTS();
    if (ConfigReloadPending) {
        ConfigReloadPending = false;
        ProcessConfigFile(PGC_SIGHUP);
        bound_lock_waits();
        retention_due = 0;
        configuration_due = true;
    }
}

// Sleeps until somebody appends. False: nobody did for so long that the worker may go. What else wakes it, another database
// that is made or dropped, say, is no work.
static bool wait_for_work(Spool *spool)
{
    const int64 until = monotonic_ms() + idle_lifetime;
    bool found = false;

    pgstat_report_activity(STATE_IDLE, nullptr);
    for (;;) {
        pg_atomic_write_u32(&spool->wanted, 0);
        pg_atomic_exchange_u32(&spool->idle, 1); // a barrier: who appends from here on wakes the worker
        const long left = static_cast<long>(until - monotonic_ms());
        found = something_to_do(spool) || configuration_due;
        if (found || left <= 0)
            break;
        wait(left);
    }
    if (found)
        pg_atomic_write_u32(&spool->wanted, 1);
    pg_atomic_write_u32(&spool->idle, 0);
    return found;
}

// Lets events gather for a batch, unless somebody waits for the table.
static void gather(Spool *spool)
{
    const int64 until = monotonic_ms() + audit_flush_interval;
    for (;;) {
        const long left = static_cast<long>(until - monotonic_ms());
        if (left <= 0 || pg_atomic_exchange_u32(&spool->hurry, 0) != 0)
            return;
        wait(left);
    }
}

static void run_worker(Oid database)
{
    is_worker = true;
    pqsignal(SIGHUP, SignalHandlerForConfigReload);
    pqsignal(SIGTERM, die);
    BackgroundWorkerUnblockSignals();
    BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, BGWORKER_BYPASS_ALLOWCONN);
    Spool *spool = spool_of(database, true);
    if (!spool || !claim(spool))
        return;
    settle();
    bound_lock_waits();
    if (!trail_exists()) {
        pg_atomic_write_u32(&spool->wanted, 0);
        return;
    }
    // Also before anything is in it: by it the next start of the server knows that there is a trail here.
    if (!spool_make_directory(database))
        ereport(LOG, errcode_for_file_access(), errmsg("could not make the directory of the audit spool: %m"));
    bool old_streams_done = false;
    for (;;) {
        if (!drain_guarded(spool, &old_streams_done))
            wait(audit_flush_interval);
        if (something_to_do(spool))
            gather(spool);
        else if (!wait_for_work(spool))
            return;
        else
            gather(spool);
    }
}

} // namespace ddm

void ddm_audit_worker_main(Datum database) { ddm::run_worker(DatumGetObjectId(database)); }
