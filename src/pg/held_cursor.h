// Cursors WITH HOLD: their rows were read when the transaction ended, and no executor stands between them and
// whoever fetches. So they are shut while a role may not see what they hold, and opened again for one who may.
#pragma once

#include "pg/utility.h"

namespace ddm
{

// DECLARE CURSOR: remembers the holdable ones.
void held_cursor_statement(UtilityCall *call);

// FETCH, MOVE: an error that says why the cursor is shut.
void held_fetch_statement(UtilityCall *call);

// Before and after every statement: shuts or opens the cursors that are held, for the role of the moment. Where the
// session holds none it costs one look.
void held_cursors_check();

} // namespace ddm
