// Which mask of a label applies to a role and a row: FOR branches in the order written, then the base mask.
#pragma once

#include "pg/base/pg.h"
#include "pg/policy/relation_policy.h"

namespace ddm
{

// What `role` sees in place of the column of `varno`: the mask of the branch that decides, as a CASE where
// conditions on the row have a say. Never a condition's answer by itself: null counts as true.
Expr *mask_choice_expression(const ColumnPolicy *column, Oid role, Index varno);

// Whether the mask lets the stored value of a row through for the role, as a boolean over the row; nullptr where it
// never does.
Expr *mask_choice_shows(const ColumnPolicy *column, Oid role, Index varno);

// The same in words, for ddm.preview(): "FUNCTION hash() WHEN (region <> 'EU'), else FUNCTION email()".
char *mask_choice_text(const ColumnPolicy *column, Oid role);

// Does any mask that the column may show need a key?
bool mask_choice_is_keyed(const ColumnPolicy *column);

// The mask of the column without its branches and conditions; in policy_cache.cpp.
Expr *mask_plain_expression(const ColumnPolicy *column, Index varno);

} // namespace ddm
