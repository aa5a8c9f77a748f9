// The event of one statement under way: promised, opened, closed. The hooks that see statements come and go are
// in audit_state.cpp.
#pragma once

#include "pg/audit/audit_settings.h"
#include "pg/audit/audit_summary.h"
#include "pg/audit/audit_template.h"

namespace ddm
{

// One of the two events that a statement may have: of what it read in clear, and of what it read masked.
struct StatementEvent {
    EventBytes begun;   // the event if it is never closed, in the executor's memory
    size_t reserved;    // bytes of frames promised by the spool
    LiveEntry *summary; // where it is counted instead
    bool wanted;
    bool opened;  // an open frame stands in the spool at opened_at
    bool in_slot; // or in the live file
    uint64 opened_at;
};

struct RunningStatement {
    RunningStatement *next;
    QueryDesc *query_desc;
    EState *estate;
    MemoryContextCallback ended;
    bool ran;
    bool closed;
    bool counting; // a run whose rows leave is under way: they are in estate->es_processed
    uint64 rows;
    Durability durability;
    StatementEvent unmask;
    StatementEvent mask;
};

struct Nesting {
    bool nested;
    int64 query_id; // of the outermost statement; 0 where there is none, or it has none
};

// Before the first row leaves. Raises where the statement reads in clear and the trail can't be written.
void statement_begin(RunningStatement *statement, const char *command, int64 query_id, const Nesting &nesting);

// Some rows have left and success is about to be reported, but the statement may go on: with durability `commit`
// what there is goes to disk.
void statement_pause(RunningStatement *statement);

// Never raises. False where the event could not be recorded as asked. `durable`: wait for the disk.
bool statement_close(RunningStatement *statement, const char *status, const char *sqlstate, bool durable);

[[noreturn]] void statement_deny(const char *why);

} // namespace ddm
