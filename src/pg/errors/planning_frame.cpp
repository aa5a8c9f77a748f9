#include "pg/errors/planning_frame.h"
#include "pg/errors/judged_messages.h"

namespace ddm
{

// The frames below would have withheld what it quotes.
static void cut_off_message(void *argument)
{
    auto *frame = static_cast<PlanningFrame *>(argument);

    frame->callback.previous = judge_message_at_hand() ? nullptr : frame->outer;
}

void planning_begins_within(PlanningFrame *frame)
{
    if (!errors_in_hiding())
        return;
    frame->outer = error_context_stack;
    frame->callback = {frame->outer, cut_off_message, frame};
    error_context_stack = &frame->callback;
}

} // namespace ddm
