// Named policies: rows of ddm.named_policies, a mask under a name for many columns.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// The mask of the policy in the label grammar, or nullptr where there is none of that name.
char *named_policy_mask(const char *name);

} // namespace ddm
