// The counters of heap-only updates: whether an update of an indexed column was one says whether the value that was
// written is the value that was stored.
#pragma once

#include "pg/pg.h"

namespace ddm
{

// Puts the extension's functions, which show no such counter of a table with columns masked for the reader, in the
// place of the server's. For each query level that reads pg_class, as the system views do.
void hide_hot_counters(Query *query);

// A function is about to be executed: refuses the server's own.
void check_hot_counter(Oid function);

} // namespace ddm
