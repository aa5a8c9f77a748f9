// What EXPLAIN ANALYZE says of memory and temporary files. Where a mask is computed above a sort, a hash or another node that
// keeps rows, the node keeps stored values: what it needed tells how wide they are, of one row as well.
#pragma once

#include "pg/pg.h"

extern "C" {
#include "executor/execdesc.h"
}

namespace ddm
{

// Takes the figures out of a statement that has run, if it reads relations which have columns that the role sees masked.
// Nothing reads its rows any more.
void hide_explain_figures(const QueryDesc *query_desc);

} // namespace ddm
