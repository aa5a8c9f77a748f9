// What the rewriter leaves for the plan check.
#pragma once

#include "pg/rewrite/rewrite.h"
#include "pg/rewrite/rewrite_inline.h"

namespace ddm
{

struct RewriteResult {
    uint64 generation; // of the policy, before anything of it was read
    uint32 context;
    Oid role;
    List *columns; // of ColumnsRead *
    InlinedFunctions inlined;
    List *action;       // of PlanNote *: what a foreign key's action assigns to
    List *probes;       // of Probe *
    bool assigns;       // to masked columns
    bool lateral_masks; // something lateral in FROM refers to a masked column
};

} // namespace ddm
