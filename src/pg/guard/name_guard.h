// Names that code over stored values looks up, where they are given to something else.
#pragma once

#include "pg/object_access.h"

namespace ddm
{

// What has this name does something else from now on.
void guard_name_of(Oid catalog, Oid object);

// Something has another name, or is new.
void guard_function_named(Oid function, int sub, bool internal);
void guard_relation_named(Oid relation, int sub, bool internal);
void guard_type_named(Oid type, int sub, bool internal);
void guard_operator_named(Oid op, int sub, bool internal);
void guard_schema_named(Oid schema, int sub, bool internal);

// Something else happens to values of a type.
void guard_cast_made(Oid cast, int sub, bool internal);
void guard_domain_checked(Oid constraint, int sub, bool internal);

// Or to rows of a table or view.
void guard_trigger_made(Oid trigger, int sub, bool internal);

} // namespace ddm
