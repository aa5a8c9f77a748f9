// Walking query trees: the server's walkers with one signature on every version.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

using Walker = bool (*)(Node *node, void *context);
using Mutator = Node *(*)(Node *node, void *context);
using PlanWalker = bool (*)(PlanState *state, void *context);

bool walk_expression(Node *node, Walker walker, void *context);
bool walk_query(Query *query, Walker walker, void *context, int flags);
bool walk_raw(Node *node, Walker walker, void *context);                   // what the grammar gives, before analysis
bool walk_plan_states(PlanState *state, PlanWalker walker, void *context); // of the states below
Node *mutate_expression(Node *node, Mutator mutator, void *context);
Query *mutate_query(Query *query, Mutator mutator, void *context, int flags);

// Calls `walker` on each expression that stands in `query` itself: select list, conditions, RETURNING, the
// arguments of functions, VALUES and TABLESAMPLE in FROM. Not on sub-selects in FROM and WITH, and not on the
// conditions of row security and views with check option (securityQuals, withCheckOptions).
bool walk_level(Query *query, Walker walker, void *context);

// The aliases of a join's columns: references that are used only where an expression names the join.
bool walk_join_aliases(Query *query, Walker walker, void *context);

} // namespace ddm
