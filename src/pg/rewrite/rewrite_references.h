// References to masked columns, replaced one by one.
//
// The way for a result relation, which can't become a sub-select, and the short way for a relation that is
// read where no outer join can make its row NULL: the query is left as it is but for the references, as if
// the planner had pulled the sub-select up already.
#pragma once

#include "pg/base/pg.h"
#include "pg/policy/masked_columns.h"

namespace ddm
{

// Replaces in `query`, sub-selects included, the references to masked columns of the relations in `by_varno`
// (indexed by range table index, nullptr for what is left alone). EXCLUDED holds what the user wrote himself
// and stays; row security and its checks work on stored values.
void mask_references(Query *query, MaskedColumns *const *by_varno);

// Does something lateral in FROM refer to a masked column? Before masks are put in.
bool lateral_reads_masks(Query *query, MaskedColumns *const *by_varno);

// Can references to the relation be replaced where the query refers to it, or does it take a sub-select that
// is computed once, below joins and grouping?
bool can_mask_references(const Query *query, const MaskedColumns *columns);

} // namespace ddm
