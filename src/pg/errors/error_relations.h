// Which relations an error may speak of, and whether one of them hides something from a role that may read it.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Is a column of the relation masked for one of the roles? `only` bounds it to some columns (attribute numbers),
// nullptr to none. A partition's or child's own masks count for its parents.
bool relation_hides(Oid relation, const Bitmapset *only, const List *roles);

// For an error that names a relation and perhaps a constraint: 1 it quotes hidden values, 0 it does not,
// -1 it names none that exists.
int named_relation_hides(const ErrorData *error, const List *roles);

// The columns of which an error quotes values; no relation where it quotes none that can be told. `utility`: the
// statement that failed, if it is one, and what it works through (see below).
struct ShownColumns {
    Oid relation;
    Bitmapset *columns;
    bool all; // or any
};
ShownColumns error_shows(const ErrorData *error, const Node *utility, Oid through);

// For a running plan: does it work on stored values that one of the roles must not see? Reads that go through
// their masks alone count too: an error can't be told from one over stored values.
bool plan_hides(const PlannedStmt *plan, const List *roles);

// For a utility statement that is about to run: does it work, row by row, through a relation that hides something
// from one of the roles? *through: the relation, if it is one; *unknown: through several, or some that it does not name.
bool utility_hides(const Node *statement, const List *roles, Oid *through, bool *unknown);

// Does any relation of the database hide something from one of the roles? Looks at all of them.
bool any_relation_hides(const List *roles);

// Statements that run without a frame: those of autovacuum, and of the workers of an index build. They do not say
// over which relation.
bool maintenance_hides(const List *roles, bool running);

} // namespace ddm
