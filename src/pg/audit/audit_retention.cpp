// ddm.audit_retention.
#include "pg/audit/audit_retention.h"
#include "pg/audit/audit_ranges.h"
#include "pg/audit/audit_settings.h"
#include "pg/audit/audit_store.h"

extern "C" {
#include "access/xact.h"
#include "executor/spi.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
}

namespace ddm
{

using core::AuditRecord;
using core::Number;
using core::Text;

// Partitions are named by chain and day (audit_store.cpp), so their names sort as their days do.
static char *oldest_expired(int64 chain)
{
    char parent[NAMEDATALEN];
    audit_chain_name(parent, sizeof parent, chain);
    const Oid types[] = {TEXTOID, INT4OID};
    const Datum values[] = {CStringGetTextDatum(parent), Int32GetDatum(audit_retention_days())};
    if (audit_spi("SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
                  "WHERE i.inhparent = ('ddm.' || $1)::regclass "
                  "AND to_date(right(c.relname, 8), 'YYYYMMDD') < (now() AT TIME ZONE 'UTC')::date - $2 "
                  "ORDER BY right(c.relname, 8) LIMIT 1",
                  SPI_OK_SELECT, 2, types, values) == 0)
        return nullptr;
    return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
}

// The runs of event ids in the partition, each with the hash of its last event.
static List *add_ranges_of(const char *partition, List *ranges, int64 *events)
{
    uint64 runs = audit_spi(psprintf("SELECT min(event_id), max(event_id), "
                                     "(array_agg(hash ORDER BY event_id DESC))[1] FROM (SELECT event_id, hash, "
                                     "event_id - row_number() OVER (ORDER BY event_id) AS run FROM ddm.%s) AS numbered "
                                     "GROUP BY run ORDER BY 1",
                                     partition),
                            SPI_OK_SELECT, 0, nullptr, nullptr);
    SPITupleTable *rows = SPI_tuptable;
    *events = 0;
    for (uint64 i = 0; i < runs; i++) {
        bool null = false;
        DroppedRange range;
        range.first = DatumGetInt64(SPI_getbinval(rows->vals[i], rows->tupdesc, 1, &null));
        range.last = DatumGetInt64(SPI_getbinval(rows->vals[i], rows->tupdesc, 2, &null));
        bytea *hash = DatumGetByteaPP(SPI_getbinval(rows->vals[i], rows->tupdesc, 3, &null));
        memcpy(range.hash, VARDATA_ANY(hash), sizeof range.hash);
        *events += range.last - range.first + 1;
        ranges = dropped_ranges_add(ranges, range);
    }
    return ranges;
}

static void record(AuditStore *store, const char *partition, int64 events, List *ranges)
{
    AuditRecord event;
    // The moment by which the partition is past its time: by another the record could fall into that very partition.
    event.set(Number::EventTime, GetCurrentTransactionStartTimestamp());
    event.set(Text::Kind, "trail");
    event.set(Text::Action, "retention");
    event.set(Text::Object, partition);
    event.set(Text::Reason,
              psprintf("ddm.audit_retention = '%s': %lld events dropped", audit_retention, (long long)events));
    event.set(Text::After, dropped_ranges_text(ranges));
    audit_store_add(store, event);
}

bool audit_drop_one_partition()
{
    if (audit_retention_days() == 0)
        return false;
    worker_begin();
    AuditStore *store = audit_store_begin();
    char *partition = oldest_expired(audit_store_chain(store));
    if (partition) {
        int64 events = 0;
        List *ranges = add_ranges_of(partition, dropped_ranges(audit_store_chain(store)), &events);
        record(store, partition, events, ranges);
        audit_store_end(store);
        audit_spi(psprintf("DROP TABLE ddm.%s", partition), SPI_OK_UTILITY, 0, nullptr, nullptr);
    }
    worker_commit();
    return partition != nullptr;
}

} // namespace ddm
