// What of one row goes into one row of a query's result.
#pragma once

#include "pg/rewrite/lineage.h"

namespace ddm
{

// query_lineage(), with Origin::row: of a query that makes each row of one of a single relation, that relation, and the column
// of it that is passed as it is; of other results InvalidOid.
List *row_lineage(Query *query, Oid role);

} // namespace ddm
