// One transaction of draining: events of a stream go into the table, and how far the stream has got with them.
#pragma once

#include "pg/audit/audit_file.h"
#include "pg/audit/audit_store.h"

extern "C" {
#include "utils/hsearch.h"
}

namespace ddm
{

struct Drain {
    Oid database;
    const char *stream;
    uint32 seed;
    AuditStore *store;
    HTAB *opens;       // open frames of this batch that are not closed yet
    uint64 position;   // how far this batch has got
    uint64 frames_end; // where the last frame that was taken ends
};

// Begins the transaction; commit writes rows, open frames and position. Errors take everything back.
void drain_begin(Drain *drain);
void drain_commit(Drain *drain);

// Where positions stand in ddm.audit_position: of a database's stream, for a database cloned from this one brings the
// rows along. The number of the last harvest of summaries is kept in the
// same table, whether what was under way has been taken in, and how many lost events the trail has told of.
Datum drain_stream_key(const Drain *drain);
Datum drain_summary_key(const Drain *drain);
Datum drain_live_key(const Drain *drain);
Datum drain_lost_key(const Drain *drain);
uint64 drain_read_position(Datum key);
void drain_save_position(Datum key, uint64 position);

// Takes frames up to `limit` from the segment in which drain->position stands, a batch of them. What can't be read
// becomes an event that says so. False: there is no such file.
bool drain_take_segment(Drain *drain, uint64 limit);

// Steps over a segment that is gone, and says so in the trail.
void drain_skip_segment(Drain *drain);

// An event's bytes, from `position` in the stream.
void drain_add_bytes(Drain *drain, const unsigned char *bytes, size_t size, uint64 position);

// That more events of the stream could not be recorded than were told of is an event.
void drain_tell_losses(Drain *drain, uint64 lost, uint64 told);

// An event of the trail about itself.
void drain_add_remark(Drain *drain, const char *action, const char *reason, const char *source);

} // namespace ddm
