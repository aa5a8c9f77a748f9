// A new check on a domain is held against every column of it, whoever owns their tables.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void guard_alter_domain(UtilityCall *call);

} // namespace ddm
