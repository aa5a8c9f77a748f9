// SQL functions in FROM that the planner would inline: inlined before it, so that what they read is masked
// too.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// What inlining adds to what a plan depends on.
struct InlinedFunctions {
    List *inval_items; // to be appended to PlannedStmt.invalItems
    bool depends_on_role;
};

// Turns the function scans of `query` (this level only) into sub-selects where the planner would. `bound`
// holds the values of parameters that the planner may use as constants.
void inline_functions(Query *query, ParamListInfo bound, InlinedFunctions *inlined);

} // namespace ddm
