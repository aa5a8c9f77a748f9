// Who asks for what is ddm's own, and has no right to it: the server refuses him, and tells no hook. The error alone says so.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Records it, where the error says that; nothing where the catalog can't be read.
void refused_access_note(const ErrorData *error);

} // namespace ddm
