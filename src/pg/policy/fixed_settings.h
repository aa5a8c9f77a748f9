// Settings under which the text of labels is read, so that it means the same in each session: the conditions in it, and
// the constants.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Answers the level for AtEOXact_GUC(), which takes them back.
int fix_settings();
int fix_search_path(const char *path); // alone

// What the type's input function makes of the text; nullptr is NULL. Raises what that raises.
Datum read_constant(const char *text, Oid type, int32 typmod);

} // namespace ddm
