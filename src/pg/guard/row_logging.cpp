// The server logs whole rows where logical decoding wants them. Recovery takes either form, and what a backend logs beside
// is ignored by it. So the backend's own copy of wal_level is raised for as long as such a statement runs; the
// setting of the server stays what it is. Below replica, where no archive and no standby reads the log, it is left alone.
#include "pg/guard/row_logging.h"
#include "pg/base/transaction_end.h"
#include "pg/rewrite/plan_note.h"

extern "C" {
#include "access/xlog.h"
}

namespace ddm
{

static int configured_level = WAL_LEVEL_MINIMAL;

static bool assigns_masked(const PlannedStmt *plan)
{
    PlanNote note;

    return plan_note_find(plan, NoteKind::Assigned, &note);
}

static bool raised = false;

static void set_level()
{
    raised = errors_any_whole_rows();
    if (raised)
        await_transaction_end();
    wal_level = raised ? WAL_LEVEL_LOGICAL : configured_level;
}

void row_logging_enter(ErrorFrame *frame)
{
    frame->whole_rows = configured_level == WAL_LEVEL_REPLICA && assigns_masked(frame->statement);
    if (frame->whole_rows)
        set_level();
}

void row_logging_leave(ErrorFrame *frame)
{
    if (!frame->whole_rows)
        return;
    frame->whole_rows = false;
    set_level();
}

// Errors take frames off the stack without a word.
void row_logging_transaction_ended()
{
    if (raised)
        set_level();
}

static void subtransaction_event(SubXactEvent event, SubTransactionId, SubTransactionId, void *)
{
    if (raised && event == SUBXACT_EVENT_ABORT_SUB)
        set_level();
}

void row_logging_install()
{
    configured_level = wal_level;
    RegisterSubXactCallback(subtransaction_event, nullptr);
}

} // namespace ddm
