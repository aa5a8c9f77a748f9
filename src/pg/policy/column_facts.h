// What a column is, as conditions of rules and exemptions ask for it: names, type, classification, this server.
#pragma once

#include "pg/base/pg.h"
#include "core/cel.h"

namespace ddm
{

// Every column of `relation` by attribute number (natts + 1 entries; without a name where there is none), in
// CurrentMemoryContext.
core::ConditionInput *column_facts(Oid relation, int *natts);

// The tags and the level in force on a column, from its own label down to the database's. `level` is 0 where no
// level is said; `origin` is where it is: "column", "table", "schema", "database" or nullptr. A List of char *, in
// the order of their bytes.
List *column_tags(Oid relation, AttrNumber attno, int *level, const char **origin);

} // namespace ddm
