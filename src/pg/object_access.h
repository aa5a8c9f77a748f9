// Objects that are made, altered and dropped, told to whoever keeps something about them.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "catalog/objectaccess.h"
}

namespace ddm
{

// Runs for every object event of its kind while the extension is installed (policy_active()); `sub` is an
// attribute number or 0. Only for a drop is the object still there to be read; after create and alter its new
// state may not be visible before the next command.
using ObjectHandler = void (*)(Oid object, int sub, bool internal);

void object_access_install();

} // namespace ddm
