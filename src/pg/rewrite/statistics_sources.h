// Of which columns statistics are.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "nodes/bitmapset.h"
}

namespace ddm
{

struct SourceColumns {
    Oid table;          // InvalidOid where the object is gone
    Bitmapset *columns; // attribute numbers; 0 stands for the whole row
};

// Of one column of a table, or of an index. Whoever plans with the index has locked it.
SourceColumns sources_of_column(Oid relation, AttrNumber attno);

// Of extended statistics.
SourceColumns sources_of_statistics(Oid statistics);

} // namespace ddm
