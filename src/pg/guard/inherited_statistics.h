// Statistics of a tree as a whole, which ANALYZE keeps with the relation at its top.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// `leaving` is about to leave its trees: what stands above it and is masked for its sake alone has statistics of its
// values, and will not be masked any more.
void forget_statistics_of(Oid leaving);

// The same of a relation that is about to be dropped.
void statistics_relation_dropped(Oid relation, int attno, bool internal);

} // namespace ddm
