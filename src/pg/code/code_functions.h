// The functions that the server calls with rows of a table: those of triggers, checks, generated columns, indexes, row
// security and partition keys, of its partitions and children too, and of the views and domains that these use, and of its
// ranges.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Those that may look names up while they run, as functions in C do that make statements of their arguments: all but the
// server's own, and what was parsed when it was made.
List *functions_over(Oid relation);

// The same of a function: itself, or what it calls where it was parsed when it was made.
List *functions_reached_by(Oid function);

// Of an expression.
List *functions_called_in(Node *expression);

// And of the checks of all domains.
List *functions_of_domains();

} // namespace ddm
