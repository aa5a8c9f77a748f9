// A masked role that may write the columns of a mask's WHEN could write what makes the mask let go. A row that an
// UPDATE leaves may show it no stored value that the row did not show before.
#pragma once

#include "pg/base/pg.h"
#include "pg/policy/hidden_columns.h"
#include "pg/policy/masked_columns.h"

namespace ddm
{

// Where a statement assigns to a column of such a condition, or may make the table do so: puts a note of what the old
// row shows into its assignments, and a check of the new row into the query. `target`: the result relation's masks,
// nullptr where it has none.
void guard_conditions(Query *query, const MaskedColumns *target);

// Another statement is about to be rewritten.
void conditions_guarded_anew();

// A foreign key's action assigns to columns (attribute numbers) of `target`, on behalf of its role: no row of it is held
// against what it was, so that none of them may be a condition's.
void guard_conditions_of_action(const MaskedColumns *target, const Bitmapset *assigned);

// Other values of this column, or another order of them, could make a condition let go that holds, or that would hold for
// the next row. Refuses it where the mask is in force for whoever runs the statement.
void guard_condition_input(const HiddenColumns *hidden, AttrNumber attno, const char *what);

} // namespace ddm
