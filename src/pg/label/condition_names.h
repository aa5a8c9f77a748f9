// Roles that a condition names in its text: WHEN (NOT pg_has_role('auditors', 'member')), WHEN (current_user <> 'boss').
//
// Who gets such a name would be whom the condition lets through. So the roles are guarded when the text is set, and kept as
// those that FOR names are (role_names.h); a condition that names another role by now, made or renamed since, is not asked.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// The strings in a condition that asks for roles, where a role has that name; of char *. Raises where it is no condition.
List *condition_role_names(const char *text);

// For a policy that is loaded: what such a condition may name, and who was meant.
List *condition_names_bind(const char *text);

// Are the roles that have these names now the ones that were meant?
bool condition_names_hold(const List *names);

} // namespace ddm
