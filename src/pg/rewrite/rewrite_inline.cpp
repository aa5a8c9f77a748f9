// SQL functions in FROM, inlined before the planner does it.
//
// The planner parses and rewrites the body of such a function on its own and plans it as part of the query,
// with no hook in between. Done here first, with the planner's own function, the body goes the way of any
// other sub-select, and conditions are pushed down into it as without ddm. (A function that is called rather
// than inlined plans its queries through planner_hook.)
#include "pg/rewrite/rewrite_inline.h"

extern "C" {
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "nodes/pathnodes.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
}

namespace ddm
{

// The conditions of inline_set_returning_function() that need no look at the body, in the order of their
// cost.
static bool might_be_inlined(const RangeTblEntry *rte)
{
    if (rte->rtekind != RTE_FUNCTION || rte->funcordinality || list_length(rte->functions) != 1)
        return false;
    auto *expression = linitial_node(RangeTblFunction, rte->functions)->funcexpr;
    if (!IsA(expression, FuncExpr))
        return false;
    auto *call = reinterpret_cast<FuncExpr *>(expression);
    if (call->funcid < FirstNormalObjectId || !call->funcretset)
        return false;
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(call->funcid));
    if (!HeapTupleIsValid(tuple))
        return false;
    auto *function = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
    const bool possible = function->prolang == SQLlanguageId && !function->proisstrict && !function->prosecdef &&
                          function->provolatile != PROVOLATILE_VOLATILE;
    ReleaseSysCache(tuple);
    return possible;
}

static PlannerInfo *make_planner(Query *query, ParamListInfo bound)
{
    PlannerInfo *root = makeNode(PlannerInfo);

    root->glob = makeNode(PlannerGlobal);
    root->glob->boundParams = bound;
    root->parse = query;
    root->query_level = 1;
    root->planner_cxt = CurrentMemoryContext;
    return root;
}

static bool inline_function_scan(RangeTblEntry *rte, PlannerInfo *root)
{
    rte->functions = reinterpret_cast<List *>(eval_const_expressions(root, reinterpret_cast<Node *>(rte->functions)));
    Query *body = inline_set_returning_function(root, rte);
    if (!body)
        return false;
    rte->rtekind = RTE_SUBQUERY; // as preprocess_function_rtes() does, which leaves `functions` for whole rows
    rte->subquery = body;
    rte->security_barrier = false;
    rte->funcordinality = false;
    return true;
}

void inline_functions(Query *query, ParamListInfo bound, InlinedFunctions *inlined)
{
    PlannerInfo *root = nullptr;
    ListCell *cell;

    foreach (cell, query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        if (!might_be_inlined(rte))
            continue;
        if (!root)
            root = make_planner(query, bound);
        inline_function_scan(rte, root);
    }
    if (!root)
        return;
    inlined->inval_items = list_concat(inlined->inval_items, root->glob->invalItems);
    inlined->depends_on_role |= root->glob->dependsOnRole;
}

} // namespace ddm
