// From the spool into the table: the live stream.
#include "pg/audit/audit_drain.h"
#include "pg/audit/audit_batch.h"
#include "pg/audit/audit_live.h"
#include "pg/audit/audit_settings.h"
#include "pg/audit/audit_summary.h"
#include "pg/base/monotonic.h"

extern "C" {
#include "executor/spi.h"
#include "utils/timestamp.h"
}

namespace ddm
{

using core::AuditRecord;
using core::Number;
using core::Text;

// In the order in which they happened: where a row stands says nothing, room of older ones is used again.
static bool take_policy_events(Drain *drain)
{
    uint64 count = audit_spi("WITH gone AS (DELETE FROM ddm.audit_pending WHERE ctid = ANY (ARRAY(SELECT ctid FROM "
                             "ddm.audit_pending ORDER BY event_time LIMIT 1000)) RETURNING *) "
                             "SELECT * FROM gone ORDER BY event_time",
                             SPI_OK_SELECT, 0, nullptr, nullptr);
    if (count == 0)
        return false;
    SPITupleTable *rows = SPI_tuptable;
    AuditRowShape shape;
    audit_row_shape(rows->tupdesc, &shape);
    auto *values = static_cast<Datum *>(palloc(sizeof(Datum) * rows->tupdesc->natts));
    auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * rows->tupdesc->natts));
    for (uint64 i = 0; i < count; i++) {
        AuditRecord record;
        heap_deform_tuple(rows->vals[i], rows->tupdesc, values, nulls);
        audit_row_deform(shape, values, nulls, &record);
        audit_store_add(drain->store, record);
    }
    SPI_freetuptable(rows);
    return true;
}

void audit_drain_pause(Spool *spool)
{
    static int64 flushed_at = 0;
    CHECK_FOR_INTERRUPTS();
    if (monotonic_ms() - flushed_at < audit_flush_interval)
        return;
    if (!spool_flush(spool, pg_atomic_read_u64(&spool->written)) || !live_flush(spool))
        ereport(LOG, errcode_for_file_access(), errmsg("could not flush the audit spool: %m"));
    flushed_at = monotonic_ms();
}

bool audit_drain_live(Spool *spool)
{
    static uint64 removed = 0;
    static Oid removed_of = InvalidOid;
    SpoolDirectory *directory = spool_directory();
    Drain drain = {spool->database, directory->stream, directory->stream_seed, nullptr, nullptr, 0, 0};
    uint64 policy = pg_atomic_read_u64(&spool->policy_committed);
    uint64 counted = pg_atomic_read_u64(&spool->counted);
    uint64 written = pg_atomic_read_u64(&spool->written);
    uint64 lost = pg_atomic_read_u64(&spool->lost);

    drain_begin(&drain);
    // The latter is ahead only where the extension was made anew: what the one before had taken went with it.
    drain.position = Max(drain_read_position(drain_stream_key(&drain)), pg_atomic_read_u64(&spool->drained));
    if (removed_of != spool->database) {
        removed_of = spool->database;
        removed = drain.position / spool_segment_size;
    }
    if (drain.position < written && !drain_take_segment(&drain, written))
        drain_skip_segment(&drain);
    if (lost != pg_atomic_read_u64(&spool->lost_told))
        drain_tell_losses(&drain, lost, pg_atomic_read_u64(&spool->lost_told));
    bool more_policy = take_policy_events(&drain);
    if (counted != pg_atomic_read_u64(&spool->counted_drained)) {
        uint64 harvest = summary_harvest(drain.store, drain_read_position(drain_summary_key(&drain)));
        if (harvest != 0)
            drain_save_position(drain_summary_key(&drain), harvest);
    }
    drain_commit(&drain);

    pg_atomic_write_u64(&spool->drained, drain.position);
    if (!more_policy)
        pg_atomic_write_u64(&spool->policy_chained, policy);
    pg_atomic_write_u64(&spool->counted_drained, counted);
    pg_atomic_write_u64(&spool->lost_told, lost);
    ConditionVariableBroadcast(&spool->moved);
    segments_remove(spool->database, directory->stream, removed, drain.position / spool_segment_size);
    removed = drain.position / spool_segment_size;
    return more_policy || drain.position < pg_atomic_read_u64(&spool->written);
}

} // namespace ddm
