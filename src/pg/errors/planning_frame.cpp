#include "pg/errors/planning_frame.h"
#include "pg/errors/errors.h"
#include "pg/errors/judged_messages.h"

namespace ddm
{

// The frames below would have withheld what it quotes.
static void cut_off_message(void *argument)
{
    auto *frame = static_cast<PlanningFrame *>(argument);

    frame->callback.previous = judge_message_at_hand() ? nullptr : frame->outer;
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
