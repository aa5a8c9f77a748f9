// What makes a plan old without a change of policy: the clock, and what the session says of itself.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "utils/timestamp.h"
}

namespace ddm
{

// A plan was made that shows what may be shown until then.
void moment_until(TimestampTz until);

// At every statement, before its plan is looked for: cached plans whose moment is over are made anew.
void moment_check();

} // namespace ddm
