// What pg_attribute keeps of a column that was added with a default: the value that earlier rows have in it.
#pragma once

#include "pg/pg.h"

namespace ddm
{

// Reads of pg_attribute in `query` itself that ask for such values get none of a column that is masked for them.
void hide_missing_values(Query *query);

// The value, of the range table entry `varno` over pg_attribute, as the current role sees it.
Expr *missing_value_as_seen(Index varno);

} // namespace ddm
