// What the server keeps of a table's code in simplified form.
#pragma once

#include "pg/pg.h"

namespace ddm
{

// Expressions of indexes and partition keys over `relation`, and checks of domains, are simplified once a session: functions
// in SQL may have given their bodies, whose names were found by the search_path of that moment. Makes the server do it anew.
void forget_inlined_code(Oid relation);

} // namespace ddm
