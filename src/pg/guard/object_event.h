// Objects whose code the server runs over stored values, made by whoever sees them: the values are in no plan of his, and
// the code may show or keep them.
#pragma once

#include "pg/policy/hidden_columns.h"

namespace ddm
{

// The event of the columns of these names that the role which makes the object sees in clear. Raises where it can't be
// recorded.
void record_object(const HiddenColumns *hidden, const List *names);

// The same of those that an expression names, as the grammar gave it or as the catalog keeps it.
void record_object_expression(const HiddenColumns *hidden, Node *expression);
void record_object_tree(const HiddenColumns *hidden, Node *expression);

} // namespace ddm
