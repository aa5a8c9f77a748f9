// The last plan without notes that was found to read no masks (and no TOAST table), and the state of the policy then:
// what is planned is as a rule what starts next, and what starts what runs next. Asked by every statement, and so written
// for the compiler to see.
#pragma once

#include "pg/policy/policy.h"

extern "C" {
#include "utils/timestamp.h"
}

namespace ddm
{

struct UnmaskedPlan {
    const PlannedStmt *plan;
    const List *range_table;
    int length;
    uint64 stamp;
    bool planned;        // just now, and not started yet
    TimestampTz message; // during which
};
extern UnmaskedPlan unmasked;

inline void unmasked_found(const PlannedStmt *plan, uint64 stamp, bool planned)
{
    unmasked = {plan, plan->rtable, list_length(plan->rtable), stamp, planned, GetCurrentStatementStartTimestamp()};
}

inline bool is_unmasked(const PlannedStmt *plan)
{
    return plan == unmasked.plan && plan->rtable == unmasked.range_table &&
           list_length(plan->rtable) == unmasked.length && policy_stamp() == unmasked.stamp;
}

// Was that found when it was planned, during the message that starts it now? Then check_execution() need not be asked;
// once, as its memory may be another plan's one day.
inline bool planned_in_this_breath(const PlannedStmt *plan)
{
    if (!unmasked.planned || unmasked.message != GetCurrentStatementStartTimestamp() || !is_unmasked(plan))
        return false;
    unmasked.planned = false;
    return true;
}

} // namespace ddm
