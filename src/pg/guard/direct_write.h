// Statements that write a system catalog, or a table of the trail or the policy, past every command that has events of
// its own. Only superusers can; that they did is on record.
#pragma once

#include "pg/utility.h"

extern "C" {
#include "executor/execdesc.h"
}

namespace ddm
{

void direct_write_starts(const QueryDesc *query_desc, int eflags); // after the executor's start
void direct_copy(UtilityCall *call);
void direct_truncate(UtilityCall *call);

} // namespace ddm
