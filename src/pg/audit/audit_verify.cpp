// ddm.audit_verify(): follows a chain over the rows and names the first that was changed, put in or taken out.
#include "pg/audit/audit_ranges.h"
#include "pg/audit/audit_store.h"
#include "pg/policy/policy_state.h"

extern "C" {
#include "catalog/pg_inherits.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "utils/array.h"
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
    int64 last;                                // to be looked at; 0: the head of the chain
    int64 counted;                             // the last of the range asked for
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
    check->events += event <= check->counted;
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

// The stretch of the chain between the first event of the time asked for, or behind it, and the last of it, or before:
// numbers follow the ends of statements, times their beginnings, so that either may come first where there is nothing.
struct Bounds {
    bool given;
    bool ends;
    int64 first;
    int64 last;
};

// One day more is enough where there is anything in it; 0: there is nothing at all.
static int64 edge(const char *near, const char *far, const Datum *values)
{
    const Oid types[] = {INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID};
    bool null = false;
    Datum event = 0;
    audit_spi(near, SPI_OK_SELECT, 3, types, values, true);
    event = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null);
    if (null) {
        audit_spi(far, SPI_OK_SELECT, 3, types, values, true);
        event = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null);
    }
    return null ? 0 : DatumGetInt64(event);
}

static Bounds bounds_of(int64 chain, FunctionCallInfo fcinfo)
{
    if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
        return {false, false, 0, 0};
    const Datum values[] = {Int64GetDatum(chain),
                            TimestampTzGetDatum(PG_ARGISNULL(0) ? DT_NOBEGIN : PG_GETARG_TIMESTAMPTZ(0)),
                            TimestampTzGetDatum(PG_ARGISNULL(1) ? DT_NOEND : PG_GETARG_TIMESTAMPTZ(1))};
    const int64 low = edge("SELECT min(event_id) FROM ddm.audit_log WHERE chain = $1 AND event_time >= $2 AND "
                           "event_time < $3 + interval '1 day'",
                           "SELECT min(event_id) FROM ddm.audit_log WHERE chain = $1 AND event_time >= $2", values);
    const int64 high = edge("SELECT max(event_id) FROM ddm.audit_log WHERE chain = $1 AND event_time < $3 AND "
                            "event_time >= $2 - interval '1 day'",
                            "SELECT max(event_id) FROM ddm.audit_log WHERE chain = $1 AND event_time < $3", values);
    const bool one = low == 0 || high == 0;
    return {true, !PG_ARGISNULL(1), one ? Max(low, high) : Min(low, high), Max(low, high)};
}

// The event nearest to `event` on one side: itself and its neighbour first, which an index finds. 0: there is none.
static int64 nearest(int64 chain, int64 event, bool before, Verification *check)
{
    const Oid types[] = {INT8OID, INT8OID};
    const Datum values[] = {Int64GetDatum(chain), Int64GetDatum(event)};
    if (audit_spi("SELECT event_id, hash FROM ddm.audit_log WHERE chain = $1 AND event_id = $2", SPI_OK_SELECT, 2,
                  types, values, true) == 0 &&
        audit_spi(before ? "SELECT event_id, hash FROM ddm.audit_log WHERE chain = $1 AND event_id < $2 "
                           "ORDER BY event_id DESC LIMIT 1"
                         : "SELECT event_id, hash FROM ddm.audit_log WHERE chain = $1 AND event_id > $2 "
                           "ORDER BY event_id LIMIT 1",
                  SPI_OK_SELECT, 2, types, values, true) == 0)
        return 0;
    bool null = false;
    if (before)
        copy_hash(check->hash, SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &null));
    return DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
}

// Where to begin: at the first event there is or ever was, or behind the last that stands before the range asked for,
// whose hash is taken as it stands. Where to end: at the head, or with the first event behind the range: what was taken
// out at its edges is missing between these.
static void find_ends(Verification *check, const Bounds &bounds)
{
    if (!core::chain_genesis(check->chain, check->hash))
        ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute a hash"));
    check->expected = 1;
    check->counted = bounds.ends ? bounds.last : PG_INT64_MAX;
    if (!bounds.given)
        return;
    if (bounds.first > 1)
        check->expected = nearest(check->chain, bounds.first - 1, true, check) + 1;
    if (bounds.ends)
        check->last = nearest(check->chain, bounds.last + 1, false, check);
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

static void put_answer(ReturnSetInfo *result, const Verification &check)
{
    Datum values[5] = {Int64GetDatum(check.chain), BoolGetDatum(check.bad_event == 0), Int64GetDatum(check.events),
                       Int64GetDatum(check.bad_event), 0};
    bool nulls[5] = {false, false, false, check.bad_event == 0, check.bad_event == 0};
    if (check.problem)
        values[4] = CStringGetTextDatum(check.problem);
    tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

// Events of chains that have no head: nobody but a forger begins one without.
static void put_strangers(ReturnSetInfo *result, SPITupleTable *heads, uint64 chains)
{
    bool null = false;
    auto *known = static_cast<Datum *>(palloc(sizeof(Datum) * (chains + 1)));
    for (uint64 i = 0; i < chains; i++)
        known[i] = SPI_getbinval(heads->vals[i], heads->tupdesc, 1, &null);
    const Oid types[] = {INT8ARRAYOID};
    const Datum values[] = {PointerGetDatum(
        construct_array(known, static_cast<int>(chains), INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE))};
    uint64 count =
        audit_spi("SELECT chain, min(event_id) FROM ddm.audit_log WHERE chain <> ALL ($1) GROUP BY chain ORDER BY 1",
                  SPI_OK_SELECT, 1, types, values, true);
    for (uint64 i = 0; i < count; i++) {
        Verification check = {};
        check.chain = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &null));
        found(&check, DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2, &null)),
              "put in: no chain of this number has a head");
        put_answer(result, check);
    }
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
        check.dropped = dropped_ranges(check.chain);
        find_ends(&check, bounds_of(check.chain, fcinfo));
        verify_chain(&check, head, head_hash);
        put_answer(result, check);
    }
    put_strangers(result, heads, chains);
}

// A partition that retention drops is gone for every snapshot at once, while the event that says so is there for later
// ones only: none goes between the snapshot and the look at its rows.
static void hold_partitions() { find_all_inheritors(ddm_relation("audit_log"), AccessShareLock, nullptr); }

} // namespace ddm

// (from timestamptz, to timestamptz) -> (chain, ok, events, bad_event, problem)
DDM_FUNCTION(ddm_audit_verify)
{
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    SPI_connect();
    ddm::hold_partitions();
    // Rows and head at one moment: the worker goes on meanwhile.
    PushActiveSnapshot(GetLatestSnapshot());
    ddm::verify_all(fcinfo, result);
    PopActiveSnapshot();
    SPI_finish();
    PG_RETURN_NULL();
}
