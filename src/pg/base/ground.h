// What the rest stands on: that the library was preloaded, and that core's exceptions stay inside core.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Called once, while shared_preload_libraries are loaded.
void ground_install();

// Was this library loaded by shared_preload_libraries, so that its hooks stand in every backend?
bool is_preloaded();

} // namespace ddm
