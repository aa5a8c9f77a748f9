// What the extension's scripts may rely on where they run.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Raises an error where somebody but superusers has put, or may put, into schema ddm what a script would find in place of
// its own. `update`: the extension is there already.
void require_own_schema(bool update);

} // namespace ddm
