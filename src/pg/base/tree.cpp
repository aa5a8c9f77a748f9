// Walking query trees. Before 16 the server's walkers take a function of no declared arguments, which C++ can
// only reach by a cast.
#include "pg/base/tree.h"

namespace ddm
{

#if DDM_HAS_TYPED_WALKERS

bool walk_expression(Node *node, Walker walker, void *context) { return expression_tree_walker(node, walker, context); }

bool walk_query(Query *query, Walker walker, void *context, int flags)
{
    return query_tree_walker(query, walker, context, flags);
}

bool walk_raw(Node *node, Walker walker, void *context) { return raw_expression_tree_walker(node, walker, context); }

Node *mutate_expression(Node *node, Mutator mutator, void *context)
{
    return expression_tree_mutator(node, mutator, context);
}

Query *mutate_query(Query *query, Mutator mutator, void *context, int flags)
{
    return query_tree_mutator(query, mutator, context, flags);
}

bool walk_plan_states(PlanState *state, PlanWalker walker, void *context)
{
    return planstate_tree_walker(state, walker, context);
}

#else

using UntypedWalker = bool (*)();
using UntypedMutator = Node *(*)();

static UntypedWalker untyped(Walker walker)
{
    return reinterpret_cast<UntypedWalker>(reinterpret_cast<void (*)()>(walker));
}

static UntypedWalker untyped(PlanWalker walker)
{
    return reinterpret_cast<UntypedWalker>(reinterpret_cast<void (*)()>(walker));
}

static UntypedMutator untyped(Mutator mutator)
{
    return reinterpret_cast<UntypedMutator>(reinterpret_cast<void (*)()>(mutator));
}

bool walk_expression(Node *node, Walker walker, void *context)
{
    return expression_tree_walker(node, untyped(walker), context);
}

bool walk_query(Query *query, Walker walker, void *context, int flags)
{
    return query_tree_walker(query, untyped(walker), context, flags);
}

bool walk_raw(Node *node, Walker walker, void *context)
{
    return raw_expression_tree_walker(node, untyped(walker), context);
}

bool walk_plan_states(PlanState *state, PlanWalker walker, void *context)
{
    return planstate_tree_walker(state, untyped(walker), context);
}

Node *mutate_expression(Node *node, Mutator mutator, void *context)
{
    return expression_tree_mutator(node, untyped(mutator), context);
}

Query *mutate_query(Query *query, Mutator mutator, void *context, int flags)
{
    return query_tree_mutator(query, untyped(mutator), context, flags);
}

#endif

static bool walk_range_table(Query *query, Walker walker, void *context)
{
    ListCell *cell;

    foreach (cell, query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        switch (rte->rtekind) {
        case RTE_RELATION:
            if (walker(reinterpret_cast<Node *>(rte->tablesample), context))
                return true;
            break;
        case RTE_FUNCTION:
            if (walker(reinterpret_cast<Node *>(rte->functions), context))
                return true;
            break;
        case RTE_TABLEFUNC:
            if (walker(reinterpret_cast<Node *>(rte->tablefunc), context))
                return true;
            break;
        case RTE_VALUES:
            if (walker(reinterpret_cast<Node *>(rte->values_lists), context))
                return true;
            break;
#if DDM_HAS_GROUP_RTE
        case RTE_GROUP:
            if (walker(reinterpret_cast<Node *>(rte->groupexprs), context))
                return true;
            break;
#endif
        default:
            break;
        }
    }
    return false;
}

bool walk_level(Query *query, Walker walker, void *context)
{
    List *const checks = query->withCheckOptions;

    query->withCheckOptions = NIL;
    bool found = walk_query(query, walker, context, QTW_IGNORE_RC_SUBQUERIES | QTW_IGNORE_RANGE_TABLE);
    query->withCheckOptions = checks;
    return found || walk_range_table(query, walker, context);
}

bool walk_join_aliases(Query *query, Walker walker, void *context)
{
    ListCell *cell;

    foreach (cell, query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        if (rte->rtekind == RTE_JOIN && walker(reinterpret_cast<Node *>(rte->joinaliasvars), context))
            return true;
    }
    return false;
}

} // namespace ddm
