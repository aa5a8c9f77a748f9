// Names that code over stored values looks up, where they are given to something else.
#pragma once

#include "pg/object_access.h"

namespace ddm
{

// Something is named so from now on, or does something else under that name.
void guard_name(const char *name);

void guard_relation_named(Oid relation, int sub, bool internal);
void guard_type_named(Oid type, int sub, bool internal);
void guard_operator_named(Oid op, int sub, bool internal);
void guard_schema_named(Oid schema, int sub, bool internal);

} // namespace ddm
