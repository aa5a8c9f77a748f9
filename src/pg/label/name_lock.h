// Rules, exemptions and grants go by names, labels by what is in a tree. Who writes one has seen what it says of the tables
// there are: a rename that is under way then would take it back later, with nobody to notice. So the one waits for the
// other. Who holds a lock on a relation takes this one after it.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// For who writes policy: no name changes until this transaction ends.
void names_stay();

// For who renames, moves, or takes out of a tree: no policy is written until this transaction ends. Then what was
// written before is seen.
void names_change();

} // namespace ddm
