// The order of an index over a masked column is the order of its stored values.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "nodes/pathnodes.h"
}

namespace ddm
{

// Lets the planner use such indexes of the relation only where rows do not come out in their order, for a role that
// sees the column masked: through a bitmap.
void hide_index_order(Oid relation, RelOptInfo *rel);

} // namespace ddm
