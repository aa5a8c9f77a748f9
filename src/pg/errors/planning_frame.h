// On the stack while a statement is planned within another that touched what is hidden: a message that is no error would quote
// it, and whoever wrote the code may have pasted values into it.
#pragma once

#include "pg/errors/errors.h"

namespace ddm
{

struct PlanningFrame {
    ErrorContextCallback callback;
    ErrorContextCallback *outer;
};

void planning_begins_within(PlanningFrame *frame);

inline void planning_begins(PlanningFrame *frame)
{
    frame->outer = error_context_stack;
    if (unlikely(!errors_at_rest()))
        planning_begins_within(frame);
}

inline void planning_ends(const PlanningFrame *frame) { error_context_stack = frame->outer; }

} // namespace ddm
