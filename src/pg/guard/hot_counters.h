// The counters of heap-only updates: whether an update of an indexed column was one says whether the value that was
// written is the value that was stored.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "utils/fmgroids.h"
}

namespace ddm
{

// Puts the extension's functions, which show no such counter of a table with columns masked for the reader, in the
// place of the server's. For each query level that reads pg_class, as the system views do.
void hide_hot_counters(Query *query);

// Is it one of the server's own? Then who is about to execute it is refused.
inline bool is_hot_counter(Oid function)
{
    return function == F_PG_STAT_GET_TUPLES_HOT_UPDATED || function == F_PG_STAT_GET_XACT_TUPLES_HOT_UPDATED;
}
void refuse_hot_counter(Oid function);

} // namespace ddm
