// Functions that somebody wrote for a range type of his: the server calls them with bounds, an index on ranges among it.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Of the range that is `type`, or that it is made of; InvalidOid where there is none.
struct RangeCode {
    Oid canonical, difference;
};
RangeCode range_code_of(Oid type);

// Is it such a function of any type? From the type's first use in a session on, the server keeps how to call it.
bool is_range_code(Oid function);

} // namespace ddm
