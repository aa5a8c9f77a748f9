// A masked role that may write the columns of a mask's WHEN could write what makes the mask let go. A row that an
// UPDATE leaves may show it no stored value that the row did not show before.
#pragma once

#include "pg/pg.h"
#include "pg/masked_columns.h"

namespace ddm
{

// Where a statement assigns to a column of such a condition: puts a note of what the old row shows into its assignments,
// and a check of the new row into the query. `target`: the result relation's masks, nullptr where it has none.
void guard_conditions(Query *query, const MaskedColumns *target);

} // namespace ddm
