// The code that hangs on a table and sees its rows: whoever the statement's role is, it works on stored values.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

struct CodeColumns {
    Bitmapset *columns; // attribute numbers
    bool all;
};

// Columns that such code sees of a row that is read (row security), and of one that is changed as well: checks, generated
// columns, indexes, triggers.
CodeColumns columns_seen_by_code(Oid relation, bool changed);

} // namespace ddm
