// Scans that show columns, some through a mask, build their rows without the executor's expression interpreter: its way
// to a function and back takes as long as most masks do.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "executor/execdesc.h"
}

namespace ddm
{

// To be called when the executor has started a plan that may read masks. Leaves alone every scan that it does not know.
void masked_projections_prepare(QueryDesc *query_desc);

} // namespace ddm
