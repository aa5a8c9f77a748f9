// The relations that a name may concern: of what is in a schema, of types, and of what conditions of rules and named
// policies say, whose texts are of no relation.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

List *relations_in(Oid schema);
List *types_in(Oid schema);
List *relations_with(const List *types); // have a column of one

// Those that a policy masks, or a rule, whose conditions may hold the name (nullptr: any condition).
List *relations_naming(const char *name);

} // namespace ddm
