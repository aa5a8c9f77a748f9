// Statistics of masked columns: hidden from the planner and from the system views for whoever is masked there.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// The planner's hooks: estimates say nothing about a column that the current role reads masked.
void stats_install();

// Reads of the catalogs that hold statistics (through pg_stats and the like) skip the rows about such columns.
void hide_statistics(RangeTblEntry *rte, Index varno);

} // namespace ddm
