// Labels follow their columns into other tables: CREATE TABLE (LIKE), and what leaves a partition or
// inheritance tree keeps the masks that it had there.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void label_create_table(UtilityCall *call);
void label_alter_table(UtilityCall *call);

// Gives `to` the labels that are in force on columns of the same names of `from`. `reason` goes on record.
void label_copy(Oid from, Oid to, const char *reason);

// Sets one label without asking who may: what the extension itself has decided. Recorded.
void label_set(Oid relation, AttrNumber attno, const char *text, const char *reason);

// A table with masks has a new owner.
void label_owner_changed(Oid relation, int sub, bool internal);

} // namespace ddm
