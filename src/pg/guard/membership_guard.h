// Guards the roles through which stored values or the policy can be reached against whoever may only create
// roles: before PostgreSQL 16, CREATEROLE grants itself any role and sets anybody's password.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void guard_grant_role(UtilityCall *call);  // GRANT role TO role, REVOKE
void guard_create_role(UtilityCall *call); // IN ROLE, and the names of the extension's own roles
void guard_alter_role(UtilityCall *call);  // passwords, attributes, ALTER GROUP
void guard_alter_role_set(UtilityCall *call);
void guard_drop_role(UtilityCall *call);
void guard_rename(UtilityCall *call);

} // namespace ddm
