// The functions that the server calls with rows of a table: those of triggers, checks, generated columns, indexes and row
// security, of its partitions and children too.
#pragma once

#include "pg/pg.h"

namespace ddm
{

// Those that look names up while they run: written in a language of the server's, and not parsed when they were made.
List *functions_over(Oid relation);

} // namespace ddm
