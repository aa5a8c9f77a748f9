// How the client proved who it is, as the server knows it.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// "method:name", as SYSTEM_USER is since 16; nullptr where nothing was proved (trust, no client).
const char *client_identity();

void client_identity_install();

} // namespace ddm
