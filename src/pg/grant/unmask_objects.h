// From the names that a user typed to the objects and roles that an UNMASK grant is about.
#pragma once

#include "pg/grant/grant_unmask.h"

namespace ddm
{

// A relation whose columns can be masked, locked against being dropped. `whatever` answers InvalidOid where the
// name means something else (REVOKE ALL on a view), instead of raising.
Oid unmask_relation(const RangeVar *name, bool whatever);
void unmask_check_relation(Oid relation);

// Adds to `objects` the relation itself, or one row per column named (Strings).
List *unmask_add_relation(List *objects, Oid relation, List *columns);

// What can hold nothing masked, a schema of the system or of the extension, can't be granted on; revoked it can be.
List *unmask_add_schema(List *objects, const char *schema, bool is_grant);
List *unmask_add_all_tables(List *objects, const char *schema, List *columns, bool is_grant);
List *unmask_add_database(List *objects, const char *database, bool whatever);
List *unmask_add_default(List *objects, Oid creator, const char *schema, bool is_grant); // schema: nullptr for all

// Oids of RoleSpecs; PUBLIC is refused, or left out where `whatever`.
List *unmask_grantees(List *roles, bool whatever);
Oid unmask_role_named(const char *name);

} // namespace ddm
