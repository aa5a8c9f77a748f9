// What the server keeps of a table's code in simplified form.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Expressions of indexes and partition keys over `relation` are simplified once a session: functions in SQL may have given
// their bodies, whose names were found by the search_path of that moment. Makes the server do it anew.
void forget_inlined_code(Oid relation);

// So are checks of domains; and casts to them keep what they call until the end of the transaction.
void forget_inlined_checks();

} // namespace ddm
