// Which columns of relations with masks a query really reads.
//
// The privileges that a query asks for (selectedCols) say too much: a view names every column of its select
// list, used or not. This walks from the outermost select list down and follows only what is used: an output
// of a sub-select or of a WITH query counts where somebody above refers to it, a condition always counts.
#pragma once

#include "pg/base/pg.h"
#include "pg/policy/policy.h"

namespace ddm
{

struct ColumnsRead {
    Oid relation;
    const RelationPolicy *policy;
    Bitmapset *columns; // attribute numbers; 0 stands for the whole row
};

// A List of ColumnsRead *, one for each relation with masks of which `query` reads any user column.
// Conditions of row security are the table owner's code and do not count. To be called before the query's
// relations are replaced.
List *columns_read(Query *query);

} // namespace ddm
