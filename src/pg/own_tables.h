// Who may write the tables of the policy and of the trail.
#pragma once

#include "pg/pg.h"

namespace ddm
{

constexpr AclMode own_write_privileges = ACL_INSERT | ACL_UPDATE | ACL_DELETE;

bool may_write(Oid relation, AclMode privileges, Oid role, bool raise);

// May the role write such a table in any way?
bool may_write_some(Oid relation, Oid role);

// May a statement that needs these privileges on the relation have them, as `role` (InvalidOid: the current one)? Other
// relations than the extension's own are none of its business. Raises where `raise` asks for it.
inline bool may_write_own(Oid relation, AclMode privileges, Oid role, bool raise)
{
    return (privileges & own_write_privileges) == 0 || may_write(relation, privileges, role, raise);
}

} // namespace ddm
