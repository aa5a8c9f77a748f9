// Stored values that an error shows to a role which is cleared for them: a read that no plan made, and so an event.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// For an error whose values are not withheld: writes the unmask event of those that the role did not write itself and
// that the event of its own statement does not name. False where it could not be recorded and reads are denied then.
bool error_values_recorded(const ErrorData *error);

} // namespace ddm
