// From the spool into the table.
#include "pg/audit_drain.h"
#include "pg/audit_file.h"
#include "pg/audit_summary.h"

extern "C" {
#include "executor/spi.h"
#include "storage/fd.h"
#include "utils/hsearch.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
}
#include <unistd.h>

namespace ddm
{

using core::AuditRecord;
using core::Number;
using core::Text;

// Where the position of a stream stands once all of it is in the table, what was interrupted included.
constexpr uint64 stream_finished = PG_INT64_MAX;
constexpr uint64 batch_limit = 2 * 1024 * 1024; // bytes of one stream in one transaction

struct OpenFrame {
    uint64 position; // the key
    bytea *event;
};

struct Drain {
    Oid database;
    const char *stream;
    uint32 seed;
    AuditStore *store;
    HTAB *opens;     // open frames of this batch that are not closed yet
    uint64 position; // how far this batch has got
};

// Positions are of a database's stream: a database cloned from this one brings the rows along.
static Datum stream_key(const Drain *drain)
{
    return CStringGetTextDatum(psprintf("%u/%s", drain->database, drain->stream));
}

static void begin(Drain *drain)
{
    StartTransactionCommand();
    PushActiveSnapshot(GetTransactionSnapshot());
    SPI_connect();
    HASHCTL control = {};
    control.keysize = sizeof(uint64);
    control.entrysize = sizeof(OpenFrame);
    control.hcxt = CurrentMemoryContext;
    drain->opens = hash_create("ddm open frames", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
    drain->store = audit_store_begin();
}

// The number of the last harvest of summaries is kept in the same table.
static Datum summary_key(const Drain *drain)
{
    return CStringGetTextDatum(psprintf("%u/%s/summary", drain->database, drain->stream));
}

static uint64 read_position(Datum key)
{
    const Oid types[] = {TEXTOID};
    const Datum values[] = {key};
    if (audit_spi("SELECT position FROM ddm.audit_position WHERE stream = $1", SPI_OK_SELECT, 1, types, values) == 0)
        return 0;
    bool null = false;
    return static_cast<uint64>(DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null)));
}

static void save_position(Datum key, uint64 position)
{
    const Oid types[] = {TEXTOID, INT8OID};
    const Datum values[] = {key, Int64GetDatum(static_cast<int64>(position))};
    audit_spi("INSERT INTO ddm.audit_position AS p VALUES ($1, $2) ON CONFLICT (stream) DO UPDATE SET position = $2",
              SPI_OK_INSERT, 2, types, values);
}

static void save_opens(Drain *drain)
{
    HASH_SEQ_STATUS scan;
    hash_seq_init(&scan, drain->opens);
    while (auto *open = static_cast<OpenFrame *>(hash_seq_search(&scan))) {
        const Oid types[] = {TEXTOID, INT8OID, BYTEAOID};
        const Datum values[] = {stream_key(drain), Int64GetDatum(static_cast<int64>(open->position)),
                                PointerGetDatum(open->event)};
        audit_spi("INSERT INTO ddm.audit_open VALUES ($1, $2, $3)", SPI_OK_INSERT, 3, types, values);
    }
}

static void commit(Drain *drain)
{
    audit_store_end(drain->store);
    save_opens(drain);
    save_position(stream_key(drain), drain->position);
    SPI_finish();
    PopActiveSnapshot();
    CommitTransactionCommand();
}

// What can't be decoded is an event as well: that something was there, and where.
static void add_bytes(Drain *drain, const unsigned char *bytes, size_t size, uint64 position)
{
    AuditRecord record;
    char source[96];
    pg_snprintf(source, sizeof source, "%s:%llu", drain->stream, (unsigned long long)position);
    if (!core::decode(bytes, size, &record)) {
        record = {};
        record.set(Number::EventTime, GetCurrentTimestamp());
        record.set(Text::Kind, "trail");
        record.set(Text::Action, "unreadable");
        record.set(Text::Reason, "An event of the spool could not be decoded.");
    }
    record.set(Text::Source, source);
    audit_store_add(drain->store, record);
}

static void note_open(Drain *drain, const Frame *frame)
{
    auto *open = static_cast<OpenFrame *>(hash_search(drain->opens, &frame->position, HASH_ENTER, nullptr));
    open->event = static_cast<bytea *>(palloc(VARHDRSZ + frame->size));
    SET_VARSIZE(open->event, VARHDRSZ + frame->size);
    memcpy(VARDATA(open->event), frame_bytes(frame), frame->size);
}

static void forget_open(Drain *drain, uint64 position)
{
    bool found = false;
    hash_search(drain->opens, &position, HASH_REMOVE, &found);
    if (found)
        return;
    const Oid types[] = {TEXTOID, INT8OID};
    const Datum values[] = {stream_key(drain), Int64GetDatum(static_cast<int64>(position))};
    audit_spi("DELETE FROM ddm.audit_open WHERE stream = $1 AND position = $2", SPI_OK_DELETE, 2, types, values);
}

static void take_frame(Drain *drain, const Frame *frame)
{
    if (frame->type == FrameType::Open) {
        note_open(drain, frame);
    } else {
        if (frame->type == FrameType::Close)
            forget_open(drain, frame->opened_at);
        add_bytes(drain, frame_bytes(frame), frame->size, frame->position);
    }
    drain->position = frame_end(frame);
}

// Takes frames up to `limit` from the segment in which drain->position stands. False: there is no such file.
static bool take_segment(Drain *drain, uint64 limit)
{
    uint64 start = drain->position;
    uint64 segment_end = (start / spool_segment_size + 1) * spool_segment_size;
    uint64 end = Min(limit, segment_end);
    size_t size = 0;
    unsigned char *bytes = segment_read(drain->database, drain->stream, start, end, &size);
    if (!bytes)
        return false;
    while (drain->position < Min(end, start + batch_limit)) {
        const Frame *frame = frame_next(drain->seed, bytes, size, start, drain->position - start);
        if (!frame) {
            drain->position = end;
            break;
        }
        take_frame(drain, frame);
    }
    pfree(bytes);
    return true;
}

static bool take_policy_events(Drain *drain)
{
    uint64 count = audit_spi("DELETE FROM ddm.audit_pending WHERE ctid = ANY (ARRAY(SELECT ctid FROM "
                             "ddm.audit_pending LIMIT 1000)) RETURNING *",
                             SPI_OK_DELETE_RETURNING, 0, nullptr, nullptr);
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

static void remove_segments(Oid database, const char *stream, uint64 from, uint64 to)
{
    char path[MAXPGPATH];
    for (uint64 segment = from; segment < to; segment++) {
        segment_path(path, sizeof path, database, stream, segment);
        unlink(path);
    }
}

bool audit_drain_live(Spool *spool)
{
    static uint64 removed = 0;
    static Oid removed_of = InvalidOid;
    SpoolDirectory *directory = spool_directory();
    Drain drain = {spool->database, directory->stream, directory->stream_seed, nullptr, nullptr, 0};
    uint64 policy = pg_atomic_read_u64(&spool->policy_committed);
    uint64 counted = pg_atomic_read_u64(&spool->counted);
    uint64 written = pg_atomic_read_u64(&spool->written);

    begin(&drain);
    drain.position = read_position(stream_key(&drain));
    if (removed_of != spool->database) {
        removed_of = spool->database;
        removed = drain.position / spool_segment_size;
    }
    if (drain.position < written && !take_segment(&drain, written))
        ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
                errmsg("a segment of the audit spool is missing: events were lost"));
    bool more_policy = take_policy_events(&drain);
    if (counted != pg_atomic_read_u64(&spool->counted_drained)) {
        uint64 harvest = summary_harvest(drain.store, read_position(summary_key(&drain)));
        if (harvest != 0)
            save_position(summary_key(&drain), harvest);
    }
    commit(&drain);

    pg_atomic_write_u64(&spool->drained, drain.position);
    if (!more_policy)
        pg_atomic_write_u64(&spool->policy_chained, policy);
    pg_atomic_write_u64(&spool->counted_drained, counted);
    ConditionVariableBroadcast(&spool->moved);
    remove_segments(spool->database, directory->stream, removed, drain.position / spool_segment_size);
    removed = drain.position / spool_segment_size;
    return more_policy || drain.position < pg_atomic_read_u64(&spool->written);
}

// The statements of a stream whose server is gone will not be closed any more.
static void interrupt_opens(Drain *drain)
{
    const Oid types[] = {TEXTOID};
    const Datum values[] = {stream_key(drain)};
    uint64 count = audit_spi("DELETE FROM ddm.audit_open WHERE stream = $1 RETURNING position, event",
                             SPI_OK_DELETE_RETURNING, 1, types, values);
    SPITupleTable *rows = SPI_tuptable;
    for (uint64 i = 0; i < count; i++) {
        bool null = false;
        auto position = static_cast<uint64>(DatumGetInt64(SPI_getbinval(rows->vals[i], rows->tupdesc, 1, &null)));
        bytea *event = DatumGetByteaPP(SPI_getbinval(rows->vals[i], rows->tupdesc, 2, &null));
        add_bytes(drain, reinterpret_cast<unsigned char *>(VARDATA_ANY(event)), VARSIZE_ANY_EXHDR(event), position);
    }
}

struct OldStream {
    char name[32];
    uint64 first;
    uint64 last;
};

static List *old_streams(Oid database)
{
    char path[MAXPGPATH];
    List *streams = NIL;
    pg_snprintf(path, sizeof path, "%s/%u", spool_root, database);
    DIR *directory = AllocateDir(path);
    if (!directory && errno == ENOENT)
        return NIL;
    while (dirent *entry = ReadDir(directory, path)) {
        OldStream found = {};
        if ((!segment_name(entry->d_name, found.name, sizeof found.name, &found.first) &&
             !live_name(entry->d_name, found.name, sizeof found.name)) ||
            strcmp(found.name, spool_directory()->stream) == 0)
            continue;
        OldStream *known = nullptr;
        ListCell *cell;
        foreach (cell, streams) {
            auto *stream = static_cast<OldStream *>(lfirst(cell));
            if (strcmp(stream->name, found.name) == 0)
                known = stream;
        }
        if (!known) {
            known = static_cast<OldStream *>(palloc(sizeof(OldStream)));
            *known = found;
            known->last = found.first;
            streams = lappend(streams, known);
        }
        known->first = Min(known->first, found.first);
        known->last = Max(known->last, found.first);
    }
    FreeDir(directory);
    list_sort(streams, [](const ListCell *a, const ListCell *b) {
        return strcmp(static_cast<OldStream *>(lfirst(a))->name, static_cast<OldStream *>(lfirst(b))->name);
    });
    return streams;
}

// Is an event that was being written when its backend died in the table?
static bool in_table(const Drain *drain, uint64 position, TimestampTz time)
{
    const Oid types[] = {TEXTOID, TIMESTAMPTZOID};
    const Datum values[] = {CStringGetTextDatum(psprintf("%s:%llu", drain->stream, (unsigned long long)position)),
                            TimestampTzGetDatum(time)};
    return audit_spi("SELECT FROM ddm.audit_log WHERE source = $1 AND event_time = $2", SPI_OK_SELECT, 2, types,
                     values) > 0;
}

static void interrupt_slots(Drain *drain, const LiveFile &file)
{
    for (uint32 i = 0; i < file.header->slots; i++) {
        LiveSlot *slot = &file.slots[i];
        AuditRecord record;
        if (pg_atomic_read_u32(&slot->state) != 1 || slot->size > sizeof slot->bytes ||
            live_checksum(slot->bytes, slot->size) != slot->checksum || !core::decode(slot->bytes, slot->size, &record))
            continue;
        if (slot->closing_at != 0 && in_table(drain, slot->closing_at - 1, record.get(Number::EventTime)))
            continue;
        record.set(Text::Source, psprintf("%s:slot %u", drain->stream, i));
        audit_store_add(drain->store, record);
    }
}

static void finish_old_stream(Drain *drain)
{
    LiveFile file;
    begin(drain);
    interrupt_opens(drain);
    if (live_read(drain->database, drain->stream, &file)) {
        interrupt_slots(drain, file);
        summary_recover(drain->store, file, drain->stream, read_position(summary_key(drain)));
    }
    drain->position = stream_finished;
    commit(drain);
}

// Answers whether there is more.
static bool drain_old_batch(Drain *drain, const OldStream *stream)
{
    begin(drain);
    drain->position = Max(read_position(stream_key(drain)), stream->first * spool_segment_size);
    uint64 end = (stream->last + 1) * spool_segment_size;
    bool more = drain->position < end;
    if (more && !take_segment(drain, end))
        drain->position = (drain->position / spool_segment_size + 1) * spool_segment_size;
    commit(drain);
    return more;
}

static bool is_finished(Drain *drain)
{
    begin(drain);
    drain->position = read_position(stream_key(drain));
    bool finished = drain->position == stream_finished;
    commit(drain);
    return finished;
}

static void drain_old_stream(Oid database, const OldStream *stream)
{
    Drain drain = {database, stream->name, stream_seed(stream->name), nullptr, nullptr, 0};
    if (!is_finished(&drain)) {
        while (drain_old_batch(&drain, stream))
            CHECK_FOR_INTERRUPTS();
        finish_old_stream(&drain);
    }
    live_remove(database, stream->name);
    remove_segments(database, stream->name, stream->first, stream->last + 1);
}

void audit_drain_old_streams(Spool *spool)
{
    MemoryContext context = AllocSetContextCreate(TopMemoryContext, "ddm old streams", ALLOCSET_SMALL_SIZES);
    MemoryContext outer = MemoryContextSwitchTo(context);
    List *streams = old_streams(spool->database);
    ListCell *cell;
    foreach (cell, streams)
        drain_old_stream(spool->database, static_cast<OldStream *>(lfirst(cell)));
    MemoryContextSwitchTo(outer);
    MemoryContextDelete(context);
}

} // namespace ddm
