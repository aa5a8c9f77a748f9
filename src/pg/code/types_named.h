// Which types and sequences the source of a function may mean.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// The oids of those that its words find in `schemas`, each in the first that has it.
List *types_named_in(Oid function, const List *schemas);
List *sequences_named_in(Oid function, const List *schemas);

} // namespace ddm
