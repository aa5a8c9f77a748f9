// Who may write the tables of the policy and of the trail.
#pragma once

#include "pg/pg.h"

namespace ddm
{

// May a statement that needs these privileges on the relation have them, as `role` (InvalidOid: the current one)? Other
// relations than the extension's own are none of its business. Raises where `raise` asks for it.
bool may_write_own(Oid relation, AclMode privileges, Oid role, bool raise);

} // namespace ddm
