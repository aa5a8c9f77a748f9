// Functions that run with their definer's rights, as they come and go.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

void definer_install();

// How many of them are running, one within the other.
extern uint32 definers_running;
inline uint32 definer_depth() { return definers_running; }

} // namespace ddm
