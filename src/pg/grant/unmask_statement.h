// GRANT, REVOKE, ALTER DEFAULT PRIVILEGES and DROP OWNED, as far as they speak of UNMASK.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void grant_statement(UtilityCall *call);
void default_privileges_statement(UtilityCall *call);
void drop_owned_statement(UtilityCall *call);

} // namespace ddm
