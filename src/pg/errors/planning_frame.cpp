#include "pg/errors/planning_frame.h"
#include "pg/errors/error_text.h"
#include "pg/errors/errors.h"

namespace ddm
{

// The frames below would have withheld what it quotes.
static void cut_off_message(void *argument)
{
    auto *frame = static_cast<PlanningFrame *>(argument);
    MemoryContext caller = MemoryContextSwitchTo(frame->memory);
    ErrorData *message = CopyErrorData();

    frame->callback.previous = message->elevel < ERROR ? nullptr : frame->outer;
    if (quoted_in_message(message) == Quoted::Values)
        message_withhold(message, Quoted::Values);
    MemoryContextSwitchTo(caller);
}

void planning_begins(PlanningFrame *frame)
{
    const bool hiding = errors_in_hiding();

    frame->outer = error_context_stack;
    frame->memory = CurrentMemoryContext;
    frame->callback = {frame->outer, cut_off_message, frame};
    if (hiding)
        error_context_stack = &frame->callback;
}

} // namespace ddm
