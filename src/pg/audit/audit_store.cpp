// The writing side of ddm.audit_log.
#include "pg/audit/audit_store.h"

extern "C" {
#include "access/heapam.h"
#include "access/tableam.h"
#include "access/xlog.h"
#include "catalog/indexing.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "utils/snapmgr.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"
}
#include <initializer_list>

namespace ddm
{

using core::AuditRecord;
using core::Number;
using core::Text;

constexpr int64 day_us = INT64CONST(86400000000);
constexpr int batch_rows = 512;
constexpr size_t batch_bytes = 512 * 1024;

struct AuditStore {
    int64 chain;
    int64 event_id;
    unsigned char hash[core::chain_hash_size];

    // The partition that is being written, and its batch.
    int64 day;
    Relation relation;
    EState *estate;
    ResultRelInfo *result;
    AuditRowShape shape;
    BulkInsertState bulk;
    TupleTableSlot *slots[batch_rows];
    int made;
    int used;
    size_t bytes;
    MemoryContext batch;
};

void audit_chain_name(char *name, size_t room, int64 chain)
{
    pg_snprintf(name, room, "audit_log_%016llx", (unsigned long long)chain);
}

static Datum bytea_datum(const unsigned char *bytes, size_t size)
{
    auto *value = static_cast<bytea *>(palloc(VARHDRSZ + size));
    SET_VARSIZE(value, VARHDRSZ + size);
    memcpy(VARDATA(value), bytes, size);
    return PointerGetDatum(value);
}

// Partitions are made as tables of their own and attached: that locks the parent less than CREATE TABLE ... PARTITION OF,
// and waits for nobody who reads the trail, nor for a transaction that has but prepared to.
static void make_chain(AuditStore *store)
{
    if (!pg_strong_random(&store->chain, sizeof store->chain) || !core::chain_genesis(store->chain, store->hash))
        ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not begin a hash chain"));
    char name[NAMEDATALEN];
    audit_chain_name(name, sizeof name, store->chain);
    audit_spi(
        psprintf("CREATE TABLE ddm.%s (LIKE ddm.audit_log INCLUDING STORAGE) PARTITION BY RANGE (event_time)", name),
        SPI_OK_UTILITY, 0, nullptr, nullptr);
    audit_spi(psprintf("ALTER TABLE ddm.audit_log ATTACH PARTITION ddm.%s FOR VALUES IN (%lld)", name,
                       (long long)store->chain),
              SPI_OK_UTILITY, 0, nullptr, nullptr);
    // Here and not on ddm.audit_log: attaching a restored partition would make it before the dump's own statement.
    audit_spi(psprintf("CREATE INDEX ON ddm.%s USING brin (event_time, event_id) WITH (pages_per_range = 32)", name),
              SPI_OK_UTILITY, 0, nullptr, nullptr);
    audit_spi(psprintf("CREATE INDEX ON ddm.%s (user_name)", name), SPI_OK_UTILITY, 0, nullptr, nullptr);
    const Oid types[] = {INT8OID, INT8OID, OIDOID, BYTEAOID};
    const Datum values[] = {Int64GetDatum(store->chain), Int64GetDatum(static_cast<int64>(GetSystemIdentifier())),
                            ObjectIdGetDatum(MyDatabaseId), bytea_datum(store->hash, sizeof store->hash)};
    audit_spi("INSERT INTO ddm.audit_chain VALUES ($1, $2, $3, 0, $4, pg_catalog.now())", SPI_OK_INSERT, 4, types,
              values);
}

// A chain that was restored from elsewhere, or cloned with the database, is not continued.
static bool find_chain(AuditStore *store)
{
    const Oid types[] = {INT8OID, OIDOID};
    const Datum values[] = {Int64GetDatum(static_cast<int64>(GetSystemIdentifier())), ObjectIdGetDatum(MyDatabaseId)};
    if (audit_spi("SELECT chain, event_id, hash FROM ddm.audit_chain WHERE system_identifier = $1 AND "
                  "database_id = $2 ORDER BY created DESC LIMIT 1 FOR UPDATE",
                  SPI_OK_SELECT, 2, types, values) == 0)
        return false;
    HeapTuple row = SPI_tuptable->vals[0];
    bool null = false;
    store->chain = DatumGetInt64(SPI_getbinval(row, SPI_tuptable->tupdesc, 1, &null));
    store->event_id = DatumGetInt64(SPI_getbinval(row, SPI_tuptable->tupdesc, 2, &null));
    bytea *hash = DatumGetByteaPP(SPI_getbinval(row, SPI_tuptable->tupdesc, 3, &null));
    if (VARSIZE_ANY_EXHDR(hash) != core::chain_hash_size)
        ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED), errmsg("the head of the audit chain is damaged"));
    memcpy(store->hash, VARDATA_ANY(hash), core::chain_hash_size);
    SPI_freetuptable(SPI_tuptable);
    return true;
}

AuditStore *audit_store_begin()
{
    auto *store = static_cast<AuditStore *>(palloc0(sizeof(AuditStore)));
    store->batch = AllocSetContextCreate(CurrentMemoryContext, "ddm audit batch", ALLOCSET_DEFAULT_SIZES);
    if (!find_chain(store))
        make_chain(store);
    return store;
}

int64 audit_store_chain(const AuditStore *store) { return store->chain; }

static int64 day_of(TimestampTz time)
{
    int64 day = time / day_us;
    return time % day_us < 0 ? day - 1 : day;
}

static char *day_bound(int64 day)
{
    pg_tm tm = {};
    j2date(static_cast<int>(day) + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
    return psprintf("%04d-%02d-%02d 00:00:00+00", tm.tm_year, tm.tm_mon, tm.tm_mday);
}

static char *partition_name(int64 chain, int64 day)
{
    char name[NAMEDATALEN];
    pg_tm tm = {};
    audit_chain_name(name, sizeof name, chain);
    j2date(static_cast<int>(day) + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
    return psprintf("%s_%04d%02d%02d", name, tm.tm_year, tm.tm_mon, tm.tm_mday);
}

static Oid make_partition(int64 chain, int64 day)
{
    char parent[NAMEDATALEN];
    char *name = partition_name(chain, day);
    audit_chain_name(parent, sizeof parent, chain);
    audit_spi(psprintf("CREATE TABLE ddm.%s (LIKE ddm.audit_log INCLUDING STORAGE)", name), SPI_OK_UTILITY, 0, nullptr,
              nullptr);
    audit_spi(psprintf("ALTER TABLE ddm.%s ATTACH PARTITION ddm.%s FOR VALUES FROM ('%s') TO ('%s')", parent, name,
                       day_bound(day), day_bound(day + 1)),
              SPI_OK_UTILITY, 0, nullptr, nullptr);
    audit_spi(psprintf("CREATE TRIGGER audit_refuse_truncate BEFORE TRUNCATE ON ddm.%s FOR EACH STATEMENT EXECUTE "
                       "FUNCTION ddm.audit_refuse_write()",
                       name),
              SPI_OK_UTILITY, 0, nullptr, nullptr);
    return get_relname_relid(name, get_namespace_oid("ddm", false));
}

static Oid partition_of(int64 chain, int64 day)
{
    Oid relation = get_relname_relid(partition_name(chain, day), get_namespace_oid("ddm", false));
    return OidIsValid(relation) ? relation : make_partition(chain, day);
}

static void open_partition(AuditStore *store, int64 day)
{
    store->day = day;
    store->relation = table_open(partition_of(store->chain, day), RowExclusiveLock);
    store->estate = CreateExecutorState();
    store->result = makeNode(ResultRelInfo);
    InitResultRelInfo(store->result, store->relation, 1, nullptr, 0);
    ExecOpenIndices(store->result, false);
    audit_row_shape(RelationGetDescr(store->relation), &store->shape);
    store->bulk = GetBulkInsertState();
}

static void write_batch(AuditStore *store)
{
    if (store->used == 0)
        return;
    table_multi_insert(store->relation, store->slots, store->used, GetCurrentCommandId(true), 0, store->bulk);
    for (int i = 0; i < store->used; i++) {
        if (store->result->ri_NumIndices > 0)
            list_free(DDM_INSERT_INDEX_TUPLES(store->result, store->slots[i], store->estate));
        ResetPerTupleExprContext(store->estate);
        ExecClearTuple(store->slots[i]);
    }
    store->used = 0;
    store->bytes = 0;
    MemoryContextReset(store->batch);
}

static void close_partition(AuditStore *store)
{
    if (!store->relation)
        return;
    write_batch(store);
    for (int i = 0; i < store->made; i++)
        ExecDropSingleTupleTableSlot(store->slots[i]);
    store->made = 0;
    FreeBulkInsertState(store->bulk);
    table_finish_bulk_insert(store->relation, 0);
    ExecCloseIndices(store->result);
    FreeExecutorState(store->estate);
    table_close(store->relation, NoLock);
    store->relation = nullptr;
}

static void link_event(AuditStore *store, const AuditRecord &record)
{
    size_t size = core::encoded_size(record);
    auto *bytes = static_cast<unsigned char *>(palloc(size));
    core::encode(record, bytes);
    store->event_id++;
    if (!core::chain_next(store->hash, store->event_id, bytes, size, store->hash))
        ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not extend the audit chain"));
    store->bytes += size;
}

// A partition has a day, and its name has four digits for the year. What a broken clock or a forged row says beyond
// that must not stop what comes behind it.
static AuditRecord with_sound_time(const AuditRecord &event)
{
    const int64 first = -(POSTGRES_EPOCH_JDATE - date2j(1970, 1, 1)) * day_us;
    const int64 last = (date2j(9999, 12, 30) - POSTGRES_EPOCH_JDATE) * day_us;
    const int64 time = event.get(Number::EventTime);
    if (time >= first && time < last)
        return event;
    AuditRecord record = event;
    record.set(Number::EventTime, GetCurrentTimestamp());
    record.set(Text::Reason, psprintf("event_time was %lld microseconds from 2000", (long long)time));
    return record;
}

void audit_store_add(AuditStore *store, const AuditRecord &event)
{
    const AuditRecord record = with_sound_time(event);
    int64 day = day_of(record.get(Number::EventTime));
    if (!store->relation || store->day != day) {
        close_partition(store);
        open_partition(store, day);
    }
    MemoryContext outer = MemoryContextSwitchTo(store->batch);
    link_event(store, record);

    if (store->used == store->made) {
        MemoryContextSwitchTo(outer); // slots outlive the batch
        store->slots[store->made++] = table_slot_create(store->relation, nullptr);
        MemoryContextSwitchTo(store->batch);
    }
    TupleTableSlot *slot = store->slots[store->used++];
    TupleDesc desc = RelationGetDescr(store->relation);
    audit_row_form(store->shape, desc, record, slot->tts_values, slot->tts_isnull);
    const AuditRowShape &shape = store->shape;
    slot->tts_values[shape.chain - 1] = Int64GetDatum(store->chain);
    slot->tts_values[shape.event_id - 1] = Int64GetDatum(store->event_id);
    slot->tts_values[shape.hash - 1] = bytea_datum(store->hash, sizeof store->hash);
    for (AttrNumber attno : {shape.chain, shape.event_id, shape.hash})
        slot->tts_isnull[attno - 1] = false;
    ExecStoreVirtualTuple(slot);
    MemoryContextSwitchTo(outer);

    if (store->used == batch_rows || store->bytes > batch_bytes)
        write_batch(store);
}

void audit_store_end(AuditStore *store)
{
    close_partition(store);
    const Oid types[] = {INT8OID, INT8OID, BYTEAOID};
    const Datum values[] = {Int64GetDatum(store->chain), Int64GetDatum(store->event_id),
                            bytea_datum(store->hash, sizeof store->hash)};
    audit_spi("UPDATE ddm.audit_chain SET event_id = $2, hash = $3 WHERE chain = $1", SPI_OK_UPDATE, 3, types, values);
}

void audit_store_prepare_partitions()
{
    static int64 prepared_for = 0;
    int64 today = day_of(GetCurrentTimestamp());
    if (prepared_for == today)
        return;
    worker_begin();
    AuditStore *store = audit_store_begin();
    for (int64 day : {today, today + 1})
        partition_of(store->chain, day);
    worker_commit();
    prepared_for = today;
}

} // namespace ddm
