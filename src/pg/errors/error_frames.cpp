// What is asked of the frames on the server's error context stack: of the statements that run, and for whom.
#include "pg/errors/errors.h"
#include "pg/rewrite/definer.h"

namespace ddm
{

bool errors_any_whole_rows()
{
    for (const ErrorFrame *frame = errors_innermost_frame(); frame; frame = errors_frame_around(frame))
        if (frame->whole_rows)
            return true;
    return false;
}

static bool runs_others(const PlannedStmt *statement)
{
    return !statement->utilityStmt || IsA(statement->utilityStmt, DoStmt) || IsA(statement->utilityStmt, CallStmt);
}

const ErrorFrame *errors_outermost_frame()
{
    const ErrorFrame *found = nullptr;

    for (const ErrorFrame *frame = errors_innermost_frame(); frame; frame = errors_frame_around(frame))
        if (runs_others(frame->statement))
            found = frame;
    return found;
}

Oid errors_role_behind_action(const ErrorFrame **action)
{
    for (const ErrorFrame *frame = errors_innermost_frame(); frame; frame = errors_frame_around(frame)) {
        if (!frame->by_foreign_key)
            return frame->role;
        if (action)
            *action = frame;
    }
    return GetOuterUserId();
}

Oid errors_cause_of_action()
{
    const ErrorFrame *action = nullptr;
    const Oid role = InNoForceRLSOperation() ? errors_role_behind_action(&action) : InvalidOid;

    return action && definer_depth() == action->definers ? role : InvalidOid;
}

} // namespace ddm
