// An UPDATE that changes the key moves a row to another partition. Where that one masks less, or is read in clear, the
// row would be seen there as it was not to be seen where it was.
#pragma once

#include "pg/base/pg.h"
#include "pg/policy/masked_columns.h"

namespace ddm
{

// Raises 42501 where an UPDATE or MERGE assigns to the partition key of a tree whose partitions mask differently for the
// role. `target`: the result relation's masks, nullptr where it has none.
void guard_row_movement(const Query *query, const MaskedColumns *target);

// The same of an update of `assigned` (attribute numbers), made for `role`.
void guard_row_movement(Oid relation, Oid role, const Bitmapset *assigned);

} // namespace ddm
