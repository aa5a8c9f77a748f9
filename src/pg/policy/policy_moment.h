// What makes a plan old without a change of policy: the clock, and what the session says of itself.
#pragma once

#include "pg/policy/exemptions.h"

extern "C" {
#include "utils/timestamp.h"
}

namespace ddm
{

// A plan was made that shows what may be shown until then.
void moment_until(TimestampTz until);

// At every statement, before its plan is looked for: cached plans whose moment is over are made anew.
struct PolicyMoment {
    TimestampTz next_end;
    uint32 session_said;
};
extern PolicyMoment policy_moment;
void moment_look();
inline void moment_check()
{
    if (unlikely(policy_moment.session_said != request_context() || policy_moment.next_end != DT_NOEND))
        moment_look();
}

} // namespace ddm
