// Reads of TOAST tables by name: a masked value that is stored out of line stands there as it is.
//
// The server lets few read them: superusers, and through pg_read_all_data who sees everything else masked.
#pragma once

#include "pg/pg.h"

namespace ddm
{

// Does the plan read a TOAST table? Raises 42501 where it may hold what is hidden from the current role.
bool check_toast_reads(const PlannedStmt *plan);

} // namespace ddm
