#include "pg/errors/planning_frame.h"
#include "pg/errors/errors.h"

namespace ddm
{

static void cut_off_message(void *argument)
{
    auto *frame = static_cast<PlanningFrame *>(argument);
    ErrorData *message = CopyErrorData();

    frame->callback.previous = message->elevel < ERROR ? nullptr : frame->outer;
    FreeErrorData(message);
}

void planning_begins(PlanningFrame *frame)
{
    const bool hiding = errors_in_hiding();

    frame->outer = error_context_stack;
    frame->callback = {frame->outer, cut_off_message, frame};
    if (hiding)
        error_context_stack = &frame->callback;
}

} // namespace ddm
