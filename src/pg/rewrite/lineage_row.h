// What of one row goes into one row of a query's result.
#pragma once

#include "pg/rewrite/lineage.h"

namespace ddm
{

// query_lineage(), with Origin::beside: of a query of a single relation the columns that it passes under their own names.
List *row_lineage(Query *query, Oid role);

} // namespace ddm
