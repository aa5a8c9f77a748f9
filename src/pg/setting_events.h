// A change of a setting of ddm's is a change of policy: SET by a superuser, ALTER SYSTEM, ALTER DATABASE, ALTER ROLE.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void setting_set_statement(UtilityCall *call);
void setting_alter_system(UtilityCall *call);
void setting_alter_database(UtilityCall *call);
void setting_alter_role(UtilityCall *call);

} // namespace ddm
