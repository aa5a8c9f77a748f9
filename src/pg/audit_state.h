// Statements under way that touch masked columns: from the first run to the event.
#pragma once

#include "pg/pg.h"

namespace ddm
{

void audit_state_install();

} // namespace ddm
