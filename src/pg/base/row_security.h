// Which of the conditions on a range table entry are row security's, and which those of views.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// How many of the entry's securityQuals, from the first on, come from row-level security policies. Those that
// follow are conditions of security_barrier views through which the entry became a result relation.
int row_security_quals(Query *query, int varno);

// Is the check on a written or conflicting row a policy's? The others are those of views, of which minor releases of the
// server may know more kinds than the one that this was compiled for.
bool is_row_security_check(const WithCheckOption *check);

} // namespace ddm
