// What EXPLAIN ANALYZE says of memory, temporary files and calls of triggers. Where a mask is computed above a sort, a hash
// or another node that keeps rows, the node keeps stored values: what it needed tells how wide they are, of one row as well.
// The sub-selects of row security's policies find rows by stored values; a policy says yes or no, and not how many.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "executor/execdesc.h"
}

namespace ddm
{

// Takes the figures out of a statement that has run, if it reads relations which have columns that the role sees masked.
// Nothing reads its rows any more.
void hide_explain_figures(const QueryDesc *query_desc);

// How often triggers were called, of relations that have such columns: it tells for how many rows a trigger's condition held,
// and of a foreign key's whether the value that was written is the value that was stored.
void hide_trigger_calls(const EState *estate);

} // namespace ddm
