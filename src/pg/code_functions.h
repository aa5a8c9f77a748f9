// The functions that the server calls with rows of a table: those of triggers, checks, generated columns, indexes and row
// security, of its partitions and children too.
#pragma once

#include "pg/pg.h"

namespace ddm
{

// Those that may look names up while they run, as functions in C do that make statements of their arguments: all but the
// server's own, and what was parsed when it was made.
List *functions_over(Oid relation);

} // namespace ddm
