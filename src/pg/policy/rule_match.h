// What a backend remembers of which rules match which columns.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// A callback: the relation, its columns or their tags changed.
void rule_matches_forget(Oid relation);

} // namespace ddm
