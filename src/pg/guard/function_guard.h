// Functions that are changed, where the server runs them over stored values that are masked for who changes them.
#pragma once

#include "pg/object_access.h"

namespace ddm
{

void guard_function_changed(Oid function, int sub, bool internal);

// By a rule: its own, where it is a view.
void guard_view_changed(Oid rule, int sub, bool internal);

} // namespace ddm
