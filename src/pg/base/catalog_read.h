// Catalog rows as the current command has just written them: for object hooks, which run before they are visible.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// A copy of the row, or nullptr.
HeapTuple read_new(Oid catalog, Oid index, int keys, ScanKey key);
HeapTuple read_new_by_oid(Oid catalog, Oid index, AttrNumber oid_column, Oid object);

// One column of a catalog's row.
Datum read_column(Oid catalog, HeapTuple tuple, AttrNumber column, bool *null);

// Rows of pg_depend, of what depends on the object or a part of it.
List *dependents_of(Oid catalog, Oid object);

} // namespace ddm
