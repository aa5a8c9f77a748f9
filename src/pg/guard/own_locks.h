// Who may keep a lock on the extension's tables to the end of a transaction: policy is looked up there, and the worker
// writes there.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void own_locks_lock(UtilityCall *call);
void own_locks_reindex(UtilityCall *call);
void own_locks_cluster(UtilityCall *call);
void own_locks_analyze(UtilityCall *call);

} // namespace ddm
