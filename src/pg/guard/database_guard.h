// Guards databases that use ddm against whoever owns one and may only create databases, and records what becomes of them.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void guard_create_database(UtilityCall *call); // of another one as the template
void guard_rename_database(UtilityCall *call);
void audit_drop_database(UtilityCall *call);

} // namespace ddm
