// Searches through views: WHERE email = 'x' over a view that shows the column as it is searches the table below.
//
// The planner would move the condition there anyway, but the mask stands in its way: in what the view shows. So it
// is moved before masking, one level at a time, where that changes nothing else.
#include "pg/rewrite/searchable.h"
#include "pg/base/relation_mark.h"

extern "C" {
#include "parser/parsetree.h"
}

namespace ddm
{

// Does a condition on the rows of the sub-select say the same inside it?
static bool takes_conditions(const RangeTblEntry *rte)
{
    const Query *query = rte->subquery;
    return rte->rtekind == RTE_SUBQUERY && !rte->security_barrier && query->commandType == CMD_SELECT &&
           !query->setOperations && !query->hasAggs && !query->hasWindowFuncs && !query->hasTargetSRFs &&
           query->groupClause == NIL && query->groupingSets == NIL && !query->havingQual &&
           query->distinctClause == NIL && query->sortClause == NIL && !query->limitOffset && !query->limitCount &&
           query->rowMarks == NIL && query->jointree != nullptr;
}

// The column of a relation that `var`, a column of a sub-select, shows; *relation is its entry of the range table.
static const Var *column_below(const Query *query, const Var *var, const RangeTblEntry **relation)
{
    const RangeTblEntry *rte = rt_fetch(var->varno, query->rtable);
    while (rte->rtekind == RTE_SUBQUERY) {
        if (!takes_conditions(rte) || var->varattno > list_length(rte->subquery->targetList))
            return nullptr;
        const auto *entry = list_nth_node(TargetEntry, rte->subquery->targetList, var->varattno - 1);
        auto *shown = reinterpret_cast<Node *>(entry->expr);
        while (IsA(shown, RelabelType))
            shown = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(shown)->arg);
        if (!IsA(shown, Var) || reinterpret_cast<Var *>(shown)->varlevelsup != 0 ||
            reinterpret_cast<Var *>(shown)->varattno <= 0)
            return nullptr;
        var = reinterpret_cast<Var *>(shown);
        rte = rt_fetch(var->varno, rte->subquery->rtable);
    }
    *relation = rte;
    return is_maskable(rte) ? var : nullptr;
}

static bool searches_below(const Query *query, const Comparison &comparison, Oid role)
{
    const RangeTblEntry *relation = nullptr;
    MaskedColumns columns;
    Probe probe = {};
    const Var *below = column_below(query, comparison.column, &relation);
    return below && masked_columns(relation->relid, role, &columns) && bms_is_member(below->varattno, columns.masked) &&
           search_right(columns.policy, below->varattno, role) && is_search(comparison, below, &probe);
}

// The sub-selects in FROM whose rows no outer join makes NULL.
static Bitmapset *add_from(const Query *query, Node *from, Bitmapset *found)
{
    if (!from)
        return found;
    if (IsA(from, FromExpr)) {
        ListCell *cell;
        foreach (cell, reinterpret_cast<FromExpr *>(from)->fromlist)
            found = add_from(query, static_cast<Node *>(lfirst(cell)), found);
    } else if (IsA(from, JoinExpr)) {
        auto *join = reinterpret_cast<JoinExpr *>(from);
        if (join->jointype == JOIN_INNER || join->jointype == JOIN_LEFT)
            found = add_from(query, join->larg, found);
        if (join->jointype == JOIN_INNER || join->jointype == JOIN_RIGHT)
            found = add_from(query, join->rarg, found);
    } else if (IsA(from, RangeTblRef)) {
        int varno = reinterpret_cast<RangeTblRef *>(from)->rtindex;
        if (takes_conditions(rt_fetch(varno, query->rtable)))
            found = bms_add_member(found, varno);
    }
    return found;
}

static bool has_subselect(const Query *query)
{
    ListCell *cell;
    foreach (cell, query->rtable)
        if (lfirst_node(RangeTblEntry, cell)->rtekind == RTE_SUBQUERY)
            return true;
    return false;
}

// Puts what the sub-select shows in place of its column: the condition has no other.
static void move_into(Query *query, Node *condition, const Comparison &comparison)
{
    Query *inner = rt_fetch(comparison.column->varno, query->rtable)->subquery;
    const auto *entry = list_nth_node(TargetEntry, inner->targetList, comparison.column->varattno - 1);
    auto *shown = reinterpret_cast<Node *>(entry->expr);
    while (IsA(shown, RelabelType))
        shown = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(shown)->arg);
    *const_cast<Var *>(comparison.column) = *reinterpret_cast<Var *>(shown);
    inner->jointree->quals = join_conditions(lappend(conditions_of(inner->jointree->quals), condition));
}

static bool moves(Query *query, Node *condition, const Bitmapset *subselects, Oid role)
{
    Comparison ways[2];
    int count = comparisons_of(condition, ways);
    for (int i = 0; i < count; i++) {
        if (!bms_is_member(ways[i].column->varno, subselects) || !searches_below(query, ways[i], role))
            continue;
        move_into(query, condition, ways[i]);
        return true;
    }
    return false;
}

void search_through_views(Query *query, Oid role)
{
    List *rest = NIL;
    ListCell *cell;
    if (query->commandType != CMD_SELECT || !query->jointree || !query->jointree->quals || !has_subselect(query))
        return;
    const Bitmapset *subselects = add_from(query, reinterpret_cast<Node *>(query->jointree), nullptr);
    if (!subselects)
        return;
    foreach (cell, conditions_of(query->jointree->quals))
        if (!moves(query, static_cast<Node *>(lfirst(cell)), subselects, role))
            rest = lappend(rest, lfirst(cell));
    query->jointree->quals = join_conditions(rest);
}

} // namespace ddm
