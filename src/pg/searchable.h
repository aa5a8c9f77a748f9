// SEARCHABLE columns: a masked role finds a row by a full value that it already knows.
//
// A condition `column = constant` at the top of a SELECT's WHERE is compared with the stored value; everything
// else about the column stays masked. How many values are searched for is counted when the statement starts, per
// session user over all sessions of the server, and bounded.
#pragma once

#include "pg/pg.h"
#include "pg/masked_columns.h"

extern "C" {
#include "executor/execdesc.h"
}

namespace ddm
{

// What a label says of searching.
struct SearchRight {
    List *roles;        // oids
    bool for_everybody; // no FOR
    uint32 limit;
    int64 period;       // in microseconds
};

// One condition that is compared with stored values.
struct Probe {
    Oid relation;
    AttrNumber attno;
    uint32 count;   // of values, where known
    int array_param; // else the number of the external parameter that holds an array of them
};

// Takes the conditions out of the query's WHERE that search its relations in `by_varno` (by range table index), so
// that masking does not touch them. searchable_put_back() adds them again.
List *searchable_take_out(Query *query, MaskedColumns *const *by_varno, List **probes);
void searchable_put_back(Query *query, List *conditions);

// Notes the probes on the plan; counts them, or raises, when it starts.
void searchable_note(PlannedStmt *plan, const List *probes);
void searchable_charge(QueryDesc *query_desc, int eflags);

} // namespace ddm
