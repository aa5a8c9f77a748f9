// Who may write the tables of the policy and of the trail.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Is it in the extension's schema? Every statement that writes asks: the last table that is not is remembered, until it is
// altered, or the extension comes or goes.
extern Oid last_other_table;
bool own_tables_look_up(Oid relation);
inline bool is_own_table(Oid relation) { return relation != last_other_table && own_tables_look_up(relation); }
void own_tables_forget(Oid relation); // InvalidOid: all

constexpr AclMode own_write_privileges = ACL_INSERT | ACL_UPDATE | ACL_DELETE;

// May the role write such a table so, or in any way?
bool may_write(Oid relation, AclMode privileges, Oid role, bool raise);
bool may_write_some(Oid relation, Oid role);

// May a statement that needs these privileges on the relation have them, as `role` (InvalidOid: the current one)? Other
// relations than the extension's own are none of its business. Raises where `raise` asks for it.
inline bool may_write_own(Oid relation, AclMode privileges, Oid role, bool raise)
{
    return (privileges & own_write_privileges) == 0 || !is_own_table(relation) ||
           may_write(relation, privileges, role, raise);
}

} // namespace ddm
