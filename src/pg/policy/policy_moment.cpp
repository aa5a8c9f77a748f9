// What makes a plan old without a change of policy; see policy_moment.h.
//
// That a plan is still good is asked when it runs (execution_check.cpp), and one that is not fails there. Here it is
// seen to that this happens to hardly any: only a plan that the protocol binds without a statement before it, or the
// one that runs while its clearance ends.
#include "pg/policy/policy_moment.h"
#include "pg/policy/exemptions.h"

extern "C" {
#include "utils/plancache.h"
}

namespace ddm
{

static TimestampTz next_end = DT_NOEND;
static uint32 session_said = 0;

void moment_until(TimestampTz until) { next_end = Min(next_end, until); }

void moment_check()
{
    const uint32 says = request_context();
    const bool over = next_end != DT_NOEND && GetCurrentTimestamp() >= next_end;

    if (says == session_said && !over)
        return;
    session_said = says;
    if (over)
        next_end = DT_NOEND; // plans that are made anew say when theirs is
    ResetPlanCache();
}

} // namespace ddm
