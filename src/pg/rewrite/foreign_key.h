// Foreign keys look at stored values, whoever's statement makes them look.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

void foreign_key_install();

// Is this a query by which the server checks or enforces a foreign key? Runs as the owner of the relation
// that it reads or changes.
bool is_foreign_key_query(const Query *query);

// What an action's UPDATE assigns to: a list of PlanNote *.
List *foreign_key_assigns(const Query *query);

// Raises 42501 where the action would show the role that set it off what masks hide from it: by writing what a mask's
// condition asks for, or by moving rows to where less is masked.
void foreign_key_check_action(const PlannedStmt *plan);

} // namespace ddm
