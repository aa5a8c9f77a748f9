// Is what a plan shows still what the policy says?
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Notes for each relation with masks that `plan` reads what `role` sees of it, as a hash. After the notes on
// columns.
void note_fingerprints(PlannedStmt *plan, Oid role);

// Under a later state of the policy: would the plan come out the same for the role that it was made for? True only if every
// relation in it that has masks shows the same columns through the same masks as when it was planned.
bool fingerprints_hold(const PlannedStmt *plan);

} // namespace ddm
