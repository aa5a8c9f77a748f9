// What earlier starts of this server (or, after promotion, of the standby) left in the spool.
#include "pg/audit/audit_drain.h"
#include "pg/audit/audit_batch.h"
#include "pg/audit/audit_summary.h"

extern "C" {
#include "executor/spi.h"
#include "storage/fd.h"
#include "utils/snapmgr.h"
}
#include <unistd.h>

namespace ddm
{

using core::AuditRecord;
using core::Number;
using core::Text;

// What is known of old streams, and goes when they are done with, or the next try begins.
static MemoryContext old_memory()
{
    static MemoryContext memory = AllocSetContextCreate(TopMemoryContext, "ddm old streams", ALLOCSET_SMALL_SIZES);
    return memory;
}

// The statements of a stream whose server is gone will not be closed any more.
static void interrupt_opens(Drain *drain)
{
    const Oid types[] = {TEXTOID};
    const Datum values[] = {drain_stream_key(drain)};
    uint64 count = audit_spi("DELETE FROM ddm.audit_open WHERE stream = $1 RETURNING position, event",
                             SPI_OK_DELETE_RETURNING, 1, types, values);
    SPITupleTable *rows = SPI_tuptable;
    for (uint64 i = 0; i < count; i++) {
        bool null = false;
        auto position = static_cast<uint64>(DatumGetInt64(SPI_getbinval(rows->vals[i], rows->tupdesc, 1, &null)));
        bytea *event = DatumGetByteaPP(SPI_getbinval(rows->vals[i], rows->tupdesc, 2, &null));
        drain_add_bytes(drain, reinterpret_cast<unsigned char *>(VARDATA_ANY(event)), VARSIZE_ANY_EXHDR(event),
                        position);
    }
}

struct OldStream {
    char name[32];
    bool has_segments;
    uint64 first; // segments
    uint64 last;
};

static OldStream *stream_named(List **streams, const char *name)
{
    ListCell *cell;
    foreach (cell, *streams) {
        auto *stream = static_cast<OldStream *>(lfirst(cell));
        if (strcmp(stream->name, name) == 0)
            return stream;
    }
    auto *fresh = static_cast<OldStream *>(palloc0(sizeof(OldStream)));
    strlcpy(fresh->name, name, sizeof fresh->name);
    *streams = lappend(*streams, fresh);
    return fresh;
}

static void note_segment(OldStream *stream, uint64 segment)
{
    stream->first = stream->has_segments ? Min(stream->first, segment) : segment;
    stream->last = stream->has_segments ? Max(stream->last, segment) : segment;
    stream->has_segments = true;
}

// A file that was being made when the server died.
static bool is_unfinished(const char *name)
{
    const size_t size = strlen(name);
    return size > 4 && strcmp(name + size - 4, ".new") == 0 && !strstr(name, spool_directory()->stream);
}

static void find_files(Oid database, List **streams)
{
    char path[MAXPGPATH], stream[sizeof OldStream{}.name];
    pg_snprintf(path, sizeof path, "%s/%u", spool_root, database);
    DIR *directory = AllocateDir(path);
    if (!directory && errno == ENOENT)
        return;
    while (dirent *entry = ReadDir(directory, path)) {
        uint64 segment = 0;
        if (segment_name(entry->d_name, stream, sizeof stream, &segment))
            note_segment(stream_named(streams, stream), segment);
        else if (live_name(entry->d_name, stream, sizeof stream))
            stream_named(streams, stream);
        else if (is_unfinished(entry->d_name))
            unlink(psprintf("%s/%s", path, entry->d_name));
    }
    FreeDir(directory);
}

// Statements that a primary had open when it died may be all that is here of its stream: they came by replication.
static void find_opens(Oid database, List **streams)
{
    const Oid types[] = {TEXTOID};
    const Datum values[] = {CStringGetTextDatum(psprintf("%u/", database))};
    worker_begin();
    uint64 count =
        audit_spi("SELECT DISTINCT substr(stream, length($1) + 1) FROM ddm.audit_open WHERE starts_with(stream, $1)",
                  SPI_OK_SELECT, 1, types, values, true);
    for (uint64 i = 0; i < count; i++) {
        MemoryContext inner = MemoryContextSwitchTo(old_memory());
        stream_named(streams, SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1));
        MemoryContextSwitchTo(inner);
    }
    worker_commit();
}

// In the order in which they began: names begin with the time.
static List *old_streams(Oid database)
{
    List *streams = NIL;
    ListCell *cell;
    find_files(database, &streams);
    find_opens(database, &streams);
    foreach (cell, streams)
        if (strcmp(static_cast<OldStream *>(lfirst(cell))->name, spool_directory()->stream) == 0)
            streams = foreach_delete_current(streams, cell);
    list_sort(streams, [](const ListCell *a, const ListCell *b) {
        return strcmp(static_cast<OldStream *>(lfirst(a))->name, static_cast<OldStream *>(lfirst(b))->name);
    });
    return streams;
}

// Is an event that was being written when its backend died in the table, or among those that were opened?
static bool is_drained(const Drain *drain, uint64 position, TimestampTz time)
{
    const Oid open_types[] = {TEXTOID, INT8OID};
    const Datum open_values[] = {drain_stream_key(drain), Int64GetDatum(static_cast<int64>(position))};
    if (audit_spi("SELECT FROM ddm.audit_open WHERE stream = $1 AND position = $2", SPI_OK_SELECT, 2, open_types,
                  open_values) > 0)
        return true;
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
        if (slot->closing_at != 0 && is_drained(drain, slot->closing_at - 1, record.get(Number::EventTime)))
            continue;
        record.set(Text::Source, psprintf("%s:slot %u", drain->stream, i));
        audit_store_add(drain->store, record);
    }
}

// What was under way; once, also where the file comes back.
static void take_live_file(Drain *drain)
{
    LiveFile file;
    if (drain_read_position(drain_live_key(drain)) != 0 || !live_read(drain->database, drain->stream, &file))
        return;
    interrupt_slots(drain, file); // looks for open frames: before these go
    summary_recover(drain->store, file, drain->stream, drain_read_position(drain_summary_key(drain)));
    drain_tell_losses(drain, pg_atomic_read_u64(&file.header->lost), 0);
    drain_save_position(drain_live_key(drain), 1);
}

static void finish_old_stream(Drain *drain)
{
    drain_begin(drain);
    drain->position = drain_read_position(drain_stream_key(drain));
    take_live_file(drain);
    interrupt_opens(drain);
    drain_commit(drain);
}

// Answers whether there is more. The position stays behind the last frame that there is: what is here may be an old
// copy, and the files that hold the rest may come yet.
static bool drain_old_batch(Drain *drain, const OldStream *stream)
{
    drain_begin(drain);
    drain->position = drain_read_position(drain_stream_key(drain));
    if (drain->position == 0)
        drain->position = stream->first * spool_segment_size;
    const uint64 end = (stream->last + 1) * spool_segment_size;
    bool more = stream->has_segments && drain->position < end;
    if (more && !drain_take_segment(drain, end))
        drain_skip_segment(drain); // drained segments go behind the position: this one was not
    if (more && drain->position == end) {
        drain->position = drain->frames_end;
        more = false;
    }
    drain_commit(drain);
    return more;
}

static void drain_old_stream(Spool *spool, const OldStream *stream)
{
    const Oid database = spool->database;
    Drain drain = {database, stream->name, stream_seed(stream->name), nullptr, nullptr, 0, 0};
    while (drain_old_batch(&drain, stream))
        audit_drain_pause(spool);
    finish_old_stream(&drain);
    live_remove(database, stream->name);
    if (stream->has_segments)
        segments_remove(database, stream->name, stream->first, stream->last + 1);
}

void audit_drain_old_streams(Spool *spool)
{
    ListCell *cell;
    MemoryContextReset(old_memory());
    MemoryContext outer = MemoryContextSwitchTo(old_memory());
    List *streams = old_streams(spool->database);
    foreach (cell, streams) {
        MemoryContextSwitchTo(old_memory());
        drain_old_stream(spool, static_cast<OldStream *>(lfirst(cell)));
    }
    MemoryContextSwitchTo(outer);
    MemoryContextReset(old_memory());
}

} // namespace ddm
