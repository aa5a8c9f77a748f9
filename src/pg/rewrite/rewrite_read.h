// A relation that is read becomes a sub-select over itself with masks in its select list.
#pragma once

#include "pg/base/pg.h"
#include "pg/policy/masked_columns.h"

namespace ddm
{

// Replaces entry `varno` of the query's range table, a relation in its FROM, the way the server's rewriter
// expands a view: `(SELECT id, mask(email), ... FROM rel) AS rel`. The planner pulls it up again.
void read_through_masks(Query *query, Index varno, const MaskedColumns *columns);

} // namespace ddm
