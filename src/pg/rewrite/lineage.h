// What the columns of a query's result are made of, as far as stored values of masked columns go.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

struct Origin {
    enum class Kind : uint8 {
        Open,     // holds nothing that is stored in a masked column
        Called,   // made of what functions answer that may read some: whether they did shows when they ran
        Passed,   // holds such a column's values as they are
        Computed, // computed from some
    };
    Kind kind;
    Oid relation; // of Passed
    AttrNumber attno;
    Oid row; // see lineage_row.h
    AttrNumber row_attno;
};

// For each column of `query`'s result, in order, a palloc'd Origin: of the stored values that `role` would read, of all
// that are masked for anybody where it is InvalidOid.
// What the role reads through a mask is no stored value. `query` is after the server's rewriter (views expanded)
// and not yet ddm's; functions that the planner would inline are inlined in it. Counts hold no value; conditions
// are not followed.
List *query_lineage(Query *query, Oid role);

} // namespace ddm
