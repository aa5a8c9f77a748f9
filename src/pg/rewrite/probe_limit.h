// How many values each session user has searched for in each searchable column: counted in shared memory, over
// all sessions of the server.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

void probe_limit_install();

// Counts `count` more for the session's user, unless there would then be more than `limit` in the running period
// of `period` microseconds: false, and nothing is counted. False also where there is no room to count.
bool probe_charge(Oid relation, AttrNumber attno, uint64 count, uint32 limit, int64 period);

} // namespace ddm
