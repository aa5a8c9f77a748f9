// One transaction of draining.
#include "pg/audit/audit_batch.h"

extern "C" {
#include "executor/spi.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
}

namespace ddm
{

using core::AuditRecord;
using core::Number;
using core::Text;

constexpr uint64 batch_limit = 2 * 1024 * 1024; // bytes of one stream in one transaction

struct OpenFrame {
    uint64 position; // the key
    bytea *event;
};

Datum drain_stream_key(const Drain *drain)
{
    return CStringGetTextDatum(psprintf("%u/%s", drain->database, drain->stream));
}

Datum drain_summary_key(const Drain *drain)
{
    return CStringGetTextDatum(psprintf("%u/%s/summary", drain->database, drain->stream));
}

Datum drain_live_key(const Drain *drain)
{
    return CStringGetTextDatum(psprintf("%u/%s/live", drain->database, drain->stream));
}

Datum drain_lost_key(const Drain *drain)
{
    return CStringGetTextDatum(psprintf("%u/%s/lost", drain->database, drain->stream));
}

void drain_begin(Drain *drain)
{
    worker_begin();
    HASHCTL control = {};
    control.keysize = sizeof(uint64);
    control.entrysize = sizeof(OpenFrame);
    control.hcxt = CurrentMemoryContext;
    drain->opens = hash_create("ddm open frames", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
    drain->store = audit_store_begin();
}

uint64 drain_read_position(Datum key)
{
    const Oid types[] = {TEXTOID};
    const Datum values[] = {key};
    if (audit_spi("SELECT position FROM ddm.audit_position WHERE stream = $1", SPI_OK_SELECT, 1, types, values) == 0)
        return 0;
    bool null = false;
    return static_cast<uint64>(DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null)));
}

void drain_save_position(Datum key, uint64 position)
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
        const Datum values[] = {drain_stream_key(drain), Int64GetDatum(static_cast<int64>(open->position)),
                                PointerGetDatum(open->event)};
        audit_spi("INSERT INTO ddm.audit_open VALUES ($1, $2, $3)", SPI_OK_INSERT, 3, types, values);
    }
}

void drain_commit(Drain *drain)
{
    audit_store_end(drain->store);
    save_opens(drain);
    drain_save_position(drain_stream_key(drain), drain->position);
    worker_commit();
}

static char *source_of(const Drain *drain, uint64 position)
{
    return psprintf("%s:%llu", drain->stream, (unsigned long long)position);
}

void drain_add_remark(Drain *drain, const char *action, const char *reason, const char *source)
{
    AuditRecord record;
    record.set(Number::EventTime, GetCurrentTimestamp());
    record.set(Text::Kind, "trail");
    record.set(Text::Action, action);
    record.set(Text::Reason, reason);
    record.set(Text::Source, source);
    audit_store_add(drain->store, record);
}

void drain_tell_losses(Drain *drain, uint64 lost, uint64 told)
{
    told = Max(told, drain_read_position(drain_lost_key(drain)));
    if (lost <= told)
        return;
    drain_add_remark(drain, "lost",
                     psprintf("%llu events could not be recorded. The server log has those that were read in clear.",
                              (unsigned long long)(lost - told)),
                     drain->stream);
    drain_save_position(drain_lost_key(drain), lost);
}

// What can't be decoded is an event as well: that something was there, and where.
void drain_add_bytes(Drain *drain, const unsigned char *bytes, size_t size, uint64 position)
{
    AuditRecord record;
    char *source = source_of(drain, position);
    if (!core::decode(bytes, size, &record)) {
        drain_add_remark(drain, "unreadable", "An event of the spool could not be decoded.", source);
        return;
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
    const Datum values[] = {drain_stream_key(drain), Int64GetDatum(static_cast<int64>(position))};
    audit_spi("DELETE FROM ddm.audit_open WHERE stream = $1 AND position = $2", SPI_OK_DELETE, 2, types, values);
}

static void take_frame(Drain *drain, const Frame *frame)
{
    if (frame->type == FrameType::Open) {
        note_open(drain, frame);
    } else {
        if (frame->type == FrameType::Close)
            forget_open(drain, frame->opened_at);
        drain_add_bytes(drain, frame_bytes(frame), frame->size, frame->position);
    }
    drain->position = drain->frames_end = frame_end(frame);
}

// Frames stand without gaps. Behind the last one are the zeros that the segment was made with, or what a crash left of
// a write that nobody was told of; anything else was an event.
static void note_gap(Drain *drain, const unsigned char *bytes, uint64 size, bool inside)
{
    uint64 zeros = 0;
    while (zeros < size && bytes[zeros] == 0)
        zeros++;
    if (inside || zeros < size)
        drain_add_remark(drain, "unreadable",
                         psprintf("%llu bytes of the spool hold no whole event.", (unsigned long long)size),
                         source_of(drain, drain->position));
}

bool drain_take_segment(Drain *drain, uint64 limit)
{
    uint64 start = drain->frames_end = drain->position;
    uint64 segment_end = (start / spool_segment_size + 1) * spool_segment_size;
    uint64 end = Min(limit, segment_end);
    size_t size = 0;
    unsigned char *bytes = segment_read(drain->database, drain->stream, start, end, &size);
    if (!bytes)
        return false;
    while (drain->position < Min(end, start + batch_limit)) {
        const uint64 offset = drain->position - start;
        const Frame *frame = frame_next(drain->seed, bytes, size, start, offset);
        const uint64 next = frame ? frame->position - start : size;
        if (next > offset)
            note_gap(drain, bytes + offset, next - offset, frame != nullptr);
        if (!frame) {
            drain->position = end;
            break;
        }
        take_frame(drain, frame);
    }
    pfree(bytes);
    return true;
}

void drain_skip_segment(Drain *drain)
{
    drain_add_remark(drain, "missing", "A file of the spool is missing: the events in it are lost.",
                     source_of(drain, drain->position));
    drain->position = (drain->position / spool_segment_size + 1) * spool_segment_size;
}

} // namespace ddm
