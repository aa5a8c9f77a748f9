// Compare the conditions of two policies of one column, before and after a change.
#pragma once

#include "pg/policy/relation_policy.h"

namespace ddm
{

// Do bound conditions read the same columns at the same places? What the server puts around them may be of another type now.
bool conditions_alike(Node *before, Node *now);

// Was a condition understood before that isn't now? In the label itself too, or only in the policies that it names.
bool conditions_lost(const ColumnPolicy *before, const ColumnPolicy *now);
bool conditions_of_named_lost(const ColumnPolicy *before, const ColumnPolicy *now);

// Does one of the same text ask for something now that it did not ask for before?
bool conditions_moved(const ColumnPolicy *before, const ColumnPolicy *now);

// What the conditions of a mask ask for, in whichever branch; offset as by pull_varattnos().
Bitmapset *conditions_columns(const ColumnPolicy *column);

} // namespace ddm
