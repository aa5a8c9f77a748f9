// What a statement assigns to a column that its role reads through a mask.
#pragma once

#include "pg/base/pg.h"
#include "pg/policy/masked_columns.h"

namespace ddm
{

struct Assignment {
    const MaskedColumns *columns; // of the result relation
    const Query *query;           // UPDATE, INSERT ... ON CONFLICT or MERGE
    Index varno;                  // of the result relation in it
    AttrNumber attno;
    Expr *source; // what the user assigns, his references to masked columns already masks
    Expr *stored; // the column's stored value: for what stays in the column alone
    Expr *mask;   // what the role was shown of it
};

// Has any assignment to a masked column been looked at since this was asked last?
bool assignments_looked_at();

// The expression to assign in place of `source`. Called for each masked column of the result relation that an
// existing row gets a new value for. What it answers is not masked again.
Expr *guard_assignment(const Assignment &assignment);

// Is it `SET column.field = ...` or `SET column[i] = ...`, which go into the stored value?
bool is_part_assignment(const Expr *expression);

// The same for such a one, in place. Raises where it is not allowed.
void guard_part_assignment(const Assignment &assignment);

} // namespace ddm
