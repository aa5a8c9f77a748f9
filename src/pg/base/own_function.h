// The extension's own SQL functions by their names in schema ddm. Somebody else's function of such a name is
// never answered: what stands in a rewritten query is called by OID.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Raises where the function is missing or not the extension's.
Oid own_function(const char *name, int argument_count, const Oid *argument_types);

} // namespace ddm
