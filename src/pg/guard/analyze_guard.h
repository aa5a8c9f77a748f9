// ANALYZE, and VACUUM (ANALYZE), leave out what is masked for whoever runs them, be it the owner.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void guard_analyze(UtilityCall *call);

} // namespace ddm
