// A result relation (of UPDATE, DELETE, MERGE, INSERT) can't become a sub-select: what the statement reads of
// it is replaced by masks, reference by reference.
#pragma once

#include "pg/pg.h"
#include "pg/masked_columns.h"

namespace ddm
{

// Replaces the references to the query's result relation in conditions, assigned expressions, RETURNING, ON
// CONFLICT and the actions of MERGE, sub-selects included. EXCLUDED holds what the user wrote himself and
// stays; row security and its checks work on stored values.
void mask_target(Query *query, const MaskedColumns *columns);

} // namespace ddm
