// What is under way, in a file that every backend of a database has mapped: it survives whatever kills a process.
//
// A slot for each backend holds the event that its running statement becomes if it is never closed: a copy into
// the slot before the first row leaves costs no system call. An entry for each summary counts what is recorded
// per interval instead of per execution, and the header what the spool has no room for. The file belongs to one stream
// of the spool, and to no base backup (its name begins as the server's temporary files do): in a copy of the data
// directory nothing is under way.
#pragma once

#include "pg/audit/audit_spool.h"

namespace ddm
{

struct LiveSlot {
    pg_atomic_uint32 state; // 1: a statement is under way; written last
    uint32 size;
    uint32 checksum;
    uint32 unused;
    uint64 closing_at; // 1 + where the event is about to be written into the spool; 0 until then
    unsigned char bytes[1000];
};

struct LiveEntry {
    pg_atomic_uint32 state;  // 1: counts what `bytes` describe; under the summary lock
    pg_atomic_uint32 active; // statements under way that will count here
    uint32 hash;
    uint32 size;
    uint32 checksum;
    uint32 quiet;  // harvests that found nothing
    uint32 taking; // 1 while a harvest moves the counts to taken_*
    uint32 unused;
    pg_atomic_uint64 executions;
    pg_atomic_uint64 rows;
    pg_atomic_uint64 first; // times of the first and the last execution
    pg_atomic_uint64 last;

    // What the harvest with this number has taken, until it is known to be in the table.
    uint64 harvest;
    uint64 taken_executions;
    uint64 taken_rows;
    uint64 taken_first;
    uint64 taken_last;
    unsigned char bytes[920];
};

struct LiveHeader {
    uint64 magic;
    uint32 slots;
    uint32 entries;
    pg_atomic_uint64 lost; // events of this stream that the trail could not keep; what it tells of them is a position
    unsigned char unused[1000];
};

static_assert(sizeof(LiveSlot) == 1024 && sizeof(LiveEntry) == 1024 && sizeof(LiveHeader) == 1024);

struct LiveFile {
    LiveHeader *header;
    LiveSlot *slots;
    LiveEntry *entries;
};

// Maps the file of the current database, making it on first use; nullptr where the file system refuses. Raises
// nothing.
const LiveFile *live_file();

// False where this backend's slot is taken (a nested statement) or too small.
bool live_has_room(size_t size);
// Takes the slot for the event, where it has room.
bool live_open(const unsigned char *bytes, size_t size);
// Where the append that takes the event over notes its position; and the end.
uint64 *live_closing();
void live_close();

// Where the name is that of such a file, its stream.
bool live_name(const char *name, char *stream, size_t room);

// The file of an earlier stream, read into palloc'd memory; false where there is none.
bool live_read(Oid database, const char *stream, LiveFile *file);
void live_remove(Oid database, const char *stream);

uint32 live_checksum(const unsigned char *bytes, size_t size);

// One event more that the trail could not keep; the worker will say so, also that of a later start. Never raises.
void live_lose(Spool *spool);

// Waits until what was counted before the call is on disk. Any process may do so for any database. Never raises.
bool live_flush(Spool *spool);

} // namespace ddm
