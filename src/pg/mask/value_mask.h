// MASKED WITH VALUE: a constant in place of every stored value, nulls included.
#pragma once

#include "pg/base/pg.h"
#include "pg/mask/mask_call.h"

namespace ddm
{

// Reads `text` as a value of a base type: nullptr, or what the type's input function has against it. Without a
// subtransaction: not for domains, whose checks are anybody's code.
const char *try_input_value(const char *text, Oid type, int32 typmod, Datum *value);

// The constant (`text`, or null where that is nullptr) as the column's type sees it; nullptr where the type does
// not take it (any more). May be called while planning only: it tries an input function and takes its error back.
Expr *value_mask_expression(const char *text, const MaskTarget &target);

// Raises unless the column takes the constant, which stands at character `position` of the label.
void value_mask_check(const char *text, int position, const MaskTarget &target, const NameData *column);

} // namespace ddm
