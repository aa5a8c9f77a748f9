// Searches of a B-tree for an array of values (SEARCHABLE): the server descends once for those that lie on one page, and
// pg_stat_user_indexes and EXPLAIN ANALYZE tell how often. Which values share a page tells what is stored between them.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "executor/execdesc.h"
}

namespace ddm
{

// Has the executor look up the values one by one, as it does for the other access methods, where a bitmap scan of a
// statement that starts searches columns which its role sees masked.
void searched_arrays_prepare(const QueryDesc *query_desc);

} // namespace ddm
