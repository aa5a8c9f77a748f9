// SEARCHABLE columns: a masked role finds a row by a full value that it already knows.
//
// A condition `column = constant` at the top of a SELECT's WHERE is compared with the stored value; everything
// else about the column stays masked. How many values are searched for is counted when the statement starts, per
// session user over all sessions of the server, and bounded.
#pragma once

#include "pg/base/pg.h"
#include "pg/policy/masked_columns.h"

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
    int64 period; // in microseconds
};

// The right by which `role` searches the column; nullptr where it has none.
const SearchRight *search_right(const RelationPolicy *policy, AttrNumber attno, Oid role);

// One condition that is compared with stored values.
struct Probe {
    Oid relation;
    AttrNumber attno;
    uint32 count;    // of values, where known
    int array_param; // else the number of the external parameter that holds an array of them
};

// One way to read a condition: this column equal to that value, or to an element of that array.
struct Comparison {
    const Var *column; // of the level at hand
    Node *value;
    Oid equality;
    Oid collation;
    bool array;
};

// The ways there are, at most two: their number.
int comparisons_of(Node *condition, Comparison ways[2]);

// Does the comparison search `column` (its own, or the one below a view) by values that are known before the
// statement runs? Sets the probe's count.
bool is_search(const Comparison &comparison, const Var *column, Probe *probe);

// The conditions of a WHERE, however its ANDs are nested; and back.
List *conditions_of(Node *where);
Node *join_conditions(List *conditions);

// Moves conditions that search through a simple view or sub-select into it, where they search its relation.
void search_through_views(Query *query, Oid role);

// Takes the conditions out of the query's WHERE that search its relations in `by_varno` (by range table index), so
// that masking does not touch them.
List *search_take_out(Query *query, MaskedColumns *const *by_varno, List **probes);
// Puts those on the relation at `varno` into the WHERE of `into`, where it stands at `new_varno`.
void search_put_back(Query *into, List *conditions, Index varno, Index new_varno);

// Notes the probes on the plan; counts them, or raises, when it starts.
void searchable_note(PlannedStmt *plan, const List *probes);
void searchable_charge(QueryDesc *query_desc, int eflags);

// Does it search within a serializable transaction? Then the indexes that it may use are locked whole, by this process.
bool searchable_hides_pages(const QueryDesc *query_desc);

} // namespace ddm
