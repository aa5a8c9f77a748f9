// What makes a plan old without a change of policy; see policy_moment.h.
//
// That a plan is still good is asked when it runs (execution_check.cpp), and one that is not fails there. Here it is
// seen to that this happens to hardly any: only a plan that the protocol binds without a statement before it, or the
// one that runs while its clearance ends.
#include "pg/policy/policy_moment.h"

extern "C" {
#include "utils/plancache.h"
}

namespace ddm
{

PolicyMoment policy_moment = {DT_NOEND, 0};

void moment_until(TimestampTz until) { policy_moment.next_end = Min(policy_moment.next_end, until); }

void moment_look()
{
    const uint32 says = request_context();
    const bool over = policy_moment.next_end != DT_NOEND && GetCurrentTimestamp() >= policy_moment.next_end;

    if (says == policy_moment.session_said && !over)
        return;
    policy_moment.session_said = says;
    if (over)
        policy_moment.next_end = DT_NOEND; // plans that are made anew say when theirs is
    ResetPlanCache();
}

} // namespace ddm
