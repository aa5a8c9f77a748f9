// What is allowed in a label, and likely not meant.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Warns of a mask that shows the same for every row: on a key, where joins would multiply, and of nulls where
// the column promises that there are none.
void label_warn_constant(Oid relation, AttrNumber attno, bool shows_null);

// Warns of a mask on the key by which a table is partitioned.
void label_warn_partition_key(Oid relation, AttrNumber attno);

// Of functions that the server calls with stored values: they belong to others, who will see masks.
void label_warn_code(Oid relation);

// A role that a mask names and that is not there. `consequence`: a sentence.
void label_warn_role(const char *name, const char *consequence);

} // namespace ddm
