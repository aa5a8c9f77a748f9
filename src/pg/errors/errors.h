// Errors raised while a masked role's statement runs show no stored value of a masked column.
//
// A callback at the bottom of the server's error context stack sees each error before PL/pgSQL, the log or the
// client do, also at commit, where no hook runs. Frames above it say whose statements are running.
#pragma once

#include "pg/base/pg.h"
#include "pg/base/transaction_end.h"
#include "pg/errors/error_workers.h"

extern "C" {
#include "access/parallel.h"
}

namespace ddm
{

// What parallel workers of a statement raise: it has none, or it is withheld, or shown where the worker found it clear.
enum class WorkerErrors : uint8 { None, Withheld, Judged };

// A statement that runs, on the C stack of the hook that runs it. The server pops it on errors itself.
struct ErrorFrame {
    ErrorContextCallback callback;
    ErrorContextCallback *outer;  // what stood on the stack before
    const PlannedStmt *statement; // utility statements too
    const char *source;           // the text that it came in
    Oid role;                     // that runs the statement
    Oid through;                  // the relation that a utility statement `hides`
    bool hides;   // of a utility statement: it works row by row through values that somebody on the stack must not see
    bool unknown; // ... or relations that it does not name
    bool quiet;   // what a message that is no error says of the statements around it may quote hidden values
    bool quiet_within;   // ... and of those within it
    bool whole_rows;     // it assigns to masked columns (row_logging.h)
    bool by_foreign_key; // run by a foreign key's action, or within it, with the rights of a table's owner
    uint64 shown;        // which masked columns the row that is being updated showed (condition_guard.h)
    uint32 definers;     // definer_depth() where it was started
    WorkerErrors workers;
    uint64 kept_values; // that ddm.keep_masked() found written back in it
};

void errors_install();

// Is it being found out what an error may show? What is run then must not swallow an error: it would take that one with it.
extern bool errors_decide;
inline bool errors_deciding() { return errors_decide; }

// No statement runs, and nothing that this transaction touched waits for its end.
extern ErrorContextCallback errors_bottom;
inline bool errors_at_rest() { return error_context_stack == &errors_bottom && !transaction_end_awaited; }

// In ExecutorStart, once the plan is known to be good: its relations with masks are in play from now on.
void errors_statement_touches(const PlannedStmt *statement);
inline void errors_statement_starts(const PlannedStmt *statement)
{
    if (!errors_at_rest() || statement->invalItems || statement->resultRelations || ParallelWorkerNumber >= 0)
        errors_statement_touches(statement);
}

// Around whatever runs a statement (ExecutorRun, ExecutorFinish, ProcessUtility).
void errors_enter(ErrorFrame *frame, const PlannedStmt *statement, const char *source);
inline void errors_leave(const ErrorFrame *frame)
{
    error_context_stack = frame->outer;
    if (unlikely(frame->workers != WorkerErrors::None))
        tell_workers();
}

// Within a statement that touched what is hidden from somebody on the stack, or a trigger at commit that may?
bool errors_in_hiding();

// Does others' code run? That is a table's (its triggers, checks and masks), or what has its owner's rights.
bool errors_in_others_code();

// Is there a frame with whole_rows?
bool errors_any_whole_rows();

// The statement whose expressions are being evaluated; nullptr outside of all. And the one that it runs in.
ErrorFrame *errors_innermost_frame();
ErrorFrame *errors_frame_around(const ErrorFrame *frame);

// The frame of the outermost statement within which others run: an executor's, DO's or CALL's (CREATE TABLE AS and
// EXECUTE are one statement with the query that they run). nullptr outside of all.
const ErrorFrame *errors_outermost_frame();

// Within a foreign key's action, which the server runs as the owner of a table: the role whose statement set it off.
// InvalidOid elsewhere, and within functions that run with their definer's rights.
Oid errors_cause_of_action();

// Who runs the innermost statement that is no action of a foreign key; at the end of a transaction, who ends it.
// `action`: the frame of the action next to it, where there is one.
Oid errors_role_behind_action(const ErrorFrame **action = nullptr);

} // namespace ddm
