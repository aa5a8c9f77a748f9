// Whoever renames, moves, converts or attaches a table changes no mask by it, and clears nobody.
#pragma once

#include "pg/object_access.h"

namespace ddm
{

// Note what is in force before the statement; for the table of object events.
void upkeep_relation_altered(Oid relation, int sub, bool internal);
void upkeep_schema_altered(Oid schema, int sub, bool internal);
void upkeep_tree_altered(Oid child, int sub, bool internal);

// Notes what rules and policies mask whose conditions may hold the name (nullptr: any condition).
void upkeep_note_naming(const char *name);

void upkeep_column_added(Oid relation, int sub, bool internal);
void upkeep_column_dropped(Oid relation, int sub, bool internal);
void upkeep_type_altered(Oid type, int sub, bool internal); // also its schema

// At the end of a utility statement: puts a label where a mask would be lost, and raises where somebody would be
// cleared by whoever may not grant it.
void upkeep_settle();

void upkeep_install();

} // namespace ddm
