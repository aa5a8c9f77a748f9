// ddm.audit_verify(): follows a chain over the rows and names the first that was changed, put in or taken out.
#include "pg/audit_ranges.h"
#include "pg/audit_store.h"

extern "C" {
#include "executor/spi.h"
#include "funcapi.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
}

namespace ddm
{

using core::AuditRecord;

struct Verification {
    int64 chain;
    int64 expected;                            // the event id that comes next
    int64 last;                                // that the range asked for ends with; 0: the head of the chain
    unsigned char hash[core::chain_hash_size]; // of the event before
    List *dropped;
    int64 events;
    int64 bad_event; // 0: none
    const char *problem;
};

static void found(Verification *check, int64 event, const char *problem)
{
    check->bad_event = event;
    check->problem = problem;
}

// Steps over what retention dropped. False where the next event is missing without that.
static bool step_over_dropped(Verification *check, int64 to)
{
    ListCell *cell;
    foreach (cell, check->dropped) {
        auto *range = static_cast<DroppedRange *>(lfirst(cell));
        if (range->first <= check->expected && check->expected <= range->last) {
            check->expected = range->last + 1;
            memcpy(check->hash, range->hash, sizeof check->hash);
        }
    }
    return check->expected == to;
}

static void verify_row(Verification *check, const AuditRowShape &shape, const Datum *values, const bool *nulls)
{
    int64 event = DatumGetInt64(values[shape.event_id - 1]);
    if (event < check->expected) {
        found(check, event, "put in: its number is another event's");
        return;
    }
    if (event > check->expected && !step_over_dropped(check, event)) {
        found(check, check->expected, "missing");
        return;
    }
    AuditRecord record;
    audit_row_deform(shape, values, nulls, &record);
    size_t size = core::encoded_size(record);
    auto *bytes = static_cast<unsigned char *>(palloc(size));
    core::encode(record, bytes);
    bytea *stored = DatumGetByteaPP(values[shape.hash - 1]);
    bool good = core::chain_next(check->hash, event, bytes, size, check->hash) &&
                VARSIZE_ANY_EXHDR(stored) == sizeof check->hash &&
                memcmp(VARDATA_ANY(stored), check->hash, sizeof check->hash) == 0;
    if (!good) {
        found(check, event, "changed, or put in for another");
        return;
    }
    check->expected = event + 1;
    check->events++;
}

static void verify_rows(Verification *check)
{
    const Oid types[] = {INT8OID, INT8OID, INT8OID};
    const Datum values[] = {Int64GetDatum(check->chain), Int64GetDatum(check->expected),
                            Int64GetDatum(check->last ? check->last : PG_INT64_MAX)};
    Portal portal =
        SPI_cursor_open_with_args(nullptr,
                                  "SELECT * FROM ddm.audit_log WHERE chain = $1 AND event_id "
                                  "BETWEEN $2 AND $3 ORDER BY event_id",
                                  3, const_cast<Oid *>(types), const_cast<Datum *>(values), nullptr, true, 0);
    MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "ddm verify", ALLOCSET_DEFAULT_SIZES);
    for (;;) {
        SPI_cursor_fetch(portal, true, 1000);
        SPITupleTable *rows = SPI_tuptable;
        if (SPI_processed == 0)
            break;
        AuditRowShape shape;
        audit_row_shape(rows->tupdesc, &shape);
        for (uint64 i = 0; i < SPI_processed && check->bad_event == 0; i++) {
            MemoryContext outer = MemoryContextSwitchTo(scratch);
            auto *row = static_cast<Datum *>(palloc(sizeof(Datum) * rows->tupdesc->natts));
            auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * rows->tupdesc->natts));
            heap_deform_tuple(rows->vals[i], rows->tupdesc, row, nulls);
            verify_row(check, shape, row, nulls);
            MemoryContextSwitchTo(outer);
            MemoryContextReset(scratch);
        }
        SPI_freetuptable(rows);
        if (check->bad_event != 0)
            break;
        CHECK_FOR_INTERRUPTS();
    }
    SPI_cursor_close(portal);
}

static void copy_hash(unsigned char *to, Datum from)
{
    bytea *hash = DatumGetByteaPP(from);
    if (VARSIZE_ANY_EXHDR(hash) != core::chain_hash_size)
        ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED), errmsg("the head of the audit chain is damaged"));
    memcpy(to, VARDATA_ANY(hash), core::chain_hash_size);
}

// Where to begin: at the first event there is or ever was, or at the first of the range asked for, whose
// predecessor's hash is taken as it stands.
static void find_start(Verification *check, bool bounded, int64 first)
{
    if (!core::chain_genesis(check->chain, check->hash))
        ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute a hash"));
    check->expected = 1;
    if (!bounded || first <= 1)
        return;
    const Oid types[] = {INT8OID, INT8OID};
    const Datum values[] = {Int64GetDatum(check->chain), Int64GetDatum(first - 1)};
    if (audit_spi("SELECT hash FROM ddm.audit_log WHERE chain = $1 AND event_id = $2", SPI_OK_SELECT, 2, types, values,
                  true) > 0) {
        bool null = false;
        copy_hash(check->hash, SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
        check->expected = first;
    }
}

static void verify_chain(Verification *check, int64 head, const unsigned char *head_hash)
{
    if (check->expected <= (check->last ? check->last : head) || check->last == 0)
        verify_rows(check);
    int64 end = check->last ? check->last : head;
    if (check->bad_event == 0 && check->expected <= end && !step_over_dropped(check, end + 1))
        found(check, check->expected, "missing: the end of the chain was cut off");
    if (check->bad_event == 0 && check->last == 0 &&
        (check->expected != head + 1 || memcmp(check->hash, head_hash, sizeof check->hash) != 0))
        found(check, check->expected - 1, "the head of the chain does not fit the last event");
}

struct Bounds {
    bool given;
    int64 first;
    int64 last;
};

static Bounds bounds_of(int64 chain, FunctionCallInfo fcinfo)
{
    if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
        return {false, 0, 0};
    const Oid types[] = {INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID};
    const Datum values[] = {Int64GetDatum(chain),
                            TimestampTzGetDatum(PG_ARGISNULL(0) ? DT_NOBEGIN : PG_GETARG_TIMESTAMPTZ(0)),
                            TimestampTzGetDatum(PG_ARGISNULL(1) ? DT_NOEND : PG_GETARG_TIMESTAMPTZ(1))};
    audit_spi("SELECT coalesce(min(event_id), 0), coalesce(max(event_id), -1) FROM ddm.audit_log WHERE chain = $1 "
              "AND event_time >= $2 AND event_time < $3",
              SPI_OK_SELECT, 3, types, values, true);
    bool null = false;
    HeapTuple row = SPI_tuptable->vals[0];
    Bounds bounds = {true, DatumGetInt64(SPI_getbinval(row, SPI_tuptable->tupdesc, 1, &null)),
                     DatumGetInt64(SPI_getbinval(row, SPI_tuptable->tupdesc, 2, &null))};
    if (PG_ARGISNULL(1))
        bounds.last = 0; // to the head
    return bounds;
}

static void put_answer(ReturnSetInfo *result, const Verification &check)
{
    Datum values[5] = {Int64GetDatum(check.chain), BoolGetDatum(check.bad_event == 0), Int64GetDatum(check.events),
                       Int64GetDatum(check.bad_event), 0};
    bool nulls[5] = {false, false, false, check.bad_event == 0, check.bad_event == 0};
    if (check.problem)
        values[4] = CStringGetTextDatum(check.problem);
    tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static void verify_all(FunctionCallInfo fcinfo, ReturnSetInfo *result)
{
    uint64 chains = audit_spi("SELECT chain, event_id, hash FROM ddm.audit_chain ORDER BY created", SPI_OK_SELECT, 0,
                              nullptr, nullptr, true);
    SPITupleTable *heads = SPI_tuptable;
    for (uint64 i = 0; i < chains; i++) {
        bool null = false;
        unsigned char head_hash[core::chain_hash_size];
        Verification check = {};
        check.chain = DatumGetInt64(SPI_getbinval(heads->vals[i], heads->tupdesc, 1, &null));
        int64 head = DatumGetInt64(SPI_getbinval(heads->vals[i], heads->tupdesc, 2, &null));
        copy_hash(head_hash, SPI_getbinval(heads->vals[i], heads->tupdesc, 3, &null));
        Bounds bounds = bounds_of(check.chain, fcinfo);
        check.dropped = dropped_ranges(check.chain);
        check.last = bounds.last;
        find_start(&check, bounds.given, bounds.first);
        if (!(bounds.given && bounds.last < 0))
            verify_chain(&check, head, head_hash);
        put_answer(result, check);
    }
}

} // namespace ddm

// (from timestamptz, to timestamptz) -> (chain, ok, events, bad_event, problem)
DDM_FUNCTION(ddm_audit_verify)
{
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    SPI_connect();
    // Rows and head at one moment: the worker goes on meanwhile.
    PushActiveSnapshot(GetTransactionSnapshot());
    ddm::verify_all(fcinfo, result);
    PopActiveSnapshot();
    SPI_finish();
    PG_RETURN_NULL();
}
