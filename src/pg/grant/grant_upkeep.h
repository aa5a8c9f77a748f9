// Keeps the stored grants true while tables, columns, schemas and roles come, change their names and go.
#pragma once

#include "pg/object_access.h"

namespace ddm
{

void grants_relation_created(Oid relation, int sub, bool internal); // default privileges
void grants_relation_altered(Oid relation, int sub, bool internal); // a column may have a new name
void grants_relation_dropped(Oid relation, int sub, bool internal);
void grants_schema_altered(Oid schema, int sub, bool internal);
void grants_schema_dropped(Oid schema, int sub, bool internal);
void grants_role_dropped(Oid role, int sub, bool internal);

} // namespace ddm
