// Stored values that catalogs keep: most common values and the like in statistics, and in pg_attribute what the rows from
// before a column have in it.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Does the column of a catalog hold values of tables? 0 is the whole row.
bool holds_values(Oid catalog, AttrNumber attno);

// Does the query read such a column of this entry of its range table?
bool reads_values(const Query *query, RangeTblEntry *rte);

// Before planning: each reference to such a column in `query` gives out nothing of a column that is masked for the
// current role, and leaves an event where it is cleared, when it is evaluated.
void watch_values(Query *query);

} // namespace ddm
