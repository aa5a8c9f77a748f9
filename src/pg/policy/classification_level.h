// Classification levels by name: "level=restricted" in a tag is a number to conditions.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// The number of a level's name, in whatever case. False: nobody knows it.
bool classification_level(const char *name, int *level);

// The same; the highest that there can be where nobody knows it.
int level_by_name(const char *name);

} // namespace ddm
