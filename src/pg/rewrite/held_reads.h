// What statements read whose rows a portal may keep: those of functions that its query calls, and of EXECUTE and the
// like. Asked when the policy has moved: would they show the same?
#pragma once

#include "pg/policy/policy.h"
#include "pg/rewrite/rewrite.h"

namespace ddm
{

// A moment before which nothing was read that is asked about.
struct ReadsSince {
    uint64 executions; // masked_executions()
    uint64 generation; // of the policy
};
inline ReadsSince reads_since_now() { return {masked_executions(), policy_generation()}; }

// A plan that starts, after check_execution().
void held_reads_note(const PlannedStmt *plan);

// Does each plan that was noted since show what it showed, and is known to? Other readers' count too.
bool held_reads_hold(const ReadsSince &since);

} // namespace ddm
