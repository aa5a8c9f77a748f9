// References to masked columns, replaced one by one.
#include "pg/rewrite/rewrite_references.h"
#include "pg/base/row_security.h"
#include "pg/base/tree.h"
#include "pg/code/known_code.h"
#include "pg/guard/condition_guard.h"
#include "pg/guard/partition_move.h"
#include "pg/policy/roles.h"
#include "pg/rewrite/assignment.h"

extern "C" {
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
}

namespace ddm
{

struct References {
    Query *query;
    MaskedColumns *const *by_varno;
    int depth; // of sub-selects between the expression at hand and `query`
};

static Node *mask_expression(Node *node, void *context);

static const MaskedColumns *masks_of(const Var *var, const References *references)
{
    if (static_cast<int>(var->varlevelsup) != references->depth || var->varattno < 0)
        return nullptr;
    const MaskedColumns *columns = references->by_varno[var->varno];
    if (!columns || (var->varattno > 0 && !bms_is_member(var->varattno, columns->masked)))
        return nullptr;
    return columns;
}

static bool find_reference(Node *node, void *context)
{
    auto *references = static_cast<References *>(context);

    if (!node)
        return false;
    if (IsA(node, Var))
        return masks_of(reinterpret_cast<Var *>(node), references) != nullptr;
    if (IsA(node, Query)) {
        references->depth++;
        bool found = walk_query(reinterpret_cast<Query *>(node), find_reference, context, 0);
        references->depth--;
        return found;
    }
    return walk_expression(node, find_reference, context);
}

#if DDM_HAS_RETURNING_OLD_NEW

struct ReturningVersion {
    Index varno;
    VarReturningType type;
};

static bool set_returning_type(Node *node, void *context)
{
    auto *version = static_cast<ReturningVersion *>(context);

    if (!node)
        return false;
    if (IsA(node, Var)) {
        auto *var = reinterpret_cast<Var *>(node);
        if (static_cast<Index>(var->varno) == version->varno && var->varlevelsup == 0)
            var->varreturningtype = version->type;
        return false;
    }
    return walk_expression(node, set_returning_type, context);
}

// RETURNING old.c and new.c: the mask of that version of the row, NULL where there is none.
static Expr *of_returning_version(Expr *expression, const Var *reference)
{
    ReturningVersion version = {static_cast<Index>(reference->varno), reference->varreturningtype};

    if (version.type == VAR_RETURNING_DEFAULT)
        return expression;
    set_returning_type(reinterpret_cast<Node *>(expression), &version);
    if (IsA(expression, Var))
        return expression;
    ReturningExpr *wrapped = makeNode(ReturningExpr);
    wrapped->retlevelsup = 0;
    wrapped->retold = version.type == VAR_RETURNING_OLD;
    wrapped->retexpr = expression;
    return reinterpret_cast<Expr *>(wrapped);
}

#else

static Expr *of_returning_version(Expr *expression, const Var *) { return expression; }

#endif

static Node *mask_reference(Var *var, const References *references)
{
    const MaskedColumns *columns = masks_of(var, references);
    const auto varno = static_cast<Index>(var->varno);

    if (!columns)
        return reinterpret_cast<Node *>(var);
    Expr *seen = var->varattno == InvalidAttrNumber
                     ? masked_row(masked_target_list(columns, varno), var->vartype)
                     : policy_mask_expression(columns->policy, var->varattno, columns->role, varno);
    seen = of_returning_version(seen, var);
    if (references->depth > 0)
        IncrementVarSublevelsUp(reinterpret_cast<Node *>(seen), references->depth, 0);
    return reinterpret_cast<Node *>(seen);
}

static Node *mask_expression(Node *node, void *context)
{
    auto *references = static_cast<References *>(context);

    if (!node)
        return nullptr;
    if (IsA(node, Var))
        return mask_reference(reinterpret_cast<Var *>(node), references);
    if (IsA(node, Query)) {
        references->depth++;
        Query *masked = mutate_query(reinterpret_cast<Query *>(node), mask_expression, context, 0);
        references->depth--;
        return reinterpret_cast<Node *>(masked);
    }
    return mutate_expression(node, mask_expression, context);
}

// Replaces in place, and only where there is something to replace.
template <typename T> static void mask_in(T *&node, References *references)
{
    auto *expression = reinterpret_cast<Node *>(node);

    if (find_reference(expression, references))
        node = reinterpret_cast<T *>(mask_expression(expression, references));
}

// `SET address.street = ...`, `SET tags[3] = ...`: the parts not named come from the stored value and go back
// into the same column. Only what is put in, and where, is what the user reads.
static Expr *mask_assigned(Expr *expression, AttrNumber attno, References *references)
{
    if (IsA(expression, Var)) {
        auto *var = reinterpret_cast<Var *>(expression);
        if (var->varno == references->query->resultRelation && var->varlevelsup == 0 && var->varattno == attno)
            return expression;
    } else if (IsA(expression, SubscriptingRef) && reinterpret_cast<SubscriptingRef *>(expression)->refassgnexpr) {
        auto *part = reinterpret_cast<SubscriptingRef *>(expression);

        mask_in(part->refupperindexpr, references);
        mask_in(part->reflowerindexpr, references);
        mask_in(part->refassgnexpr, references);
        part->refexpr = mask_assigned(part->refexpr, attno, references);
        return expression;
    } else if (IsA(expression, FieldStore)) {
        auto *part = reinterpret_cast<FieldStore *>(expression);

        mask_in(part->newvals, references);
        part->arg = mask_assigned(part->arg, attno, references);
        return expression;
    } else if (IsA(expression, CoerceToDomain)) {
        auto *coerced = reinterpret_cast<CoerceToDomain *>(expression);

        coerced->arg = mask_assigned(coerced->arg, attno, references);
        return expression;
    }
    mask_in(expression, references);
    return expression;
}

static Assignment assignment_of(const TargetEntry *entry, const References *references)
{
    const AttrNumber attno = entry->resno;
    const auto varno = static_cast<Index>(references->query->resultRelation);
    const MaskedColumns *columns = references->by_varno[varno];
    Expr *mask = policy_mask_expression(columns->policy, attno, columns->role, varno);
    auto *node = reinterpret_cast<Node *>(mask);
    Var *stored = makeVar(varno, attno, exprType(node), exprTypmod(node), exprCollation(node), 0);

    return {columns, references->query, varno, attno, entry->expr, reinterpret_cast<Expr *>(stored), mask};
}

// The select list of an UPDATE, of ON CONFLICT DO UPDATE or of an UPDATE action of MERGE: resno is the
// column.
static void mask_assignments(List *assignments, References *references)
{
    const MaskedColumns *target = references->by_varno[references->query->resultRelation];
    ListCell *cell;

    foreach (cell, assignments) {
        auto *entry = lfirst_node(TargetEntry, cell);

        if (entry->resjunk || !target || !bms_is_member(entry->resno, target->masked)) {
            mask_in(entry->expr, references);
        } else if (is_part_assignment(entry->expr)) {
            entry->expr = mask_assigned(entry->expr, entry->resno, references);
            guard_part_assignment(assignment_of(entry, references));
        } else {
            mask_in(entry->expr, references);
            entry->expr = guard_assignment(assignment_of(entry, references));
        }
    }
}

static void mask_merge_actions(References *references)
{
    ListCell *cell;

    foreach (cell, references->query->mergeActionList) {
        auto *action = lfirst_node(MergeAction, cell);

        mask_in(action->qual, references);
        if (action->commandType == CMD_UPDATE)
            mask_assignments(action->targetList, references);
        else
            mask_in(action->targetList, references);
    }
#if DDM_HAS_MERGE_RETURNING
    mask_in(references->query->mergeJoinCondition, references);
#endif
}

static void mask_range_table(References *references)
{
    ListCell *cell;

    foreach (cell, references->query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        if (rte->rtekind == RTE_SUBQUERY && rte->lateral)
            mask_in(rte->subquery, references);
        mask_in(rte->tablesample, references);
        mask_in(rte->functions, references);
        mask_in(rte->tablefunc, references);
        mask_in(rte->values_lists, references);
        mask_in(rte->joinaliasvars, references);
#if DDM_HAS_GROUP_RTE
        mask_in(rte->groupexprs, references);
#endif
    }
}

static bool reads_sibling(const RangeTblEntry *rte, References *references)
{
    Node *const parts[] = {rte->rtekind == RTE_SUBQUERY && rte->lateral ? reinterpret_cast<Node *>(rte->subquery)
                                                                        : nullptr,
                           reinterpret_cast<Node *>(rte->functions), reinterpret_cast<Node *>(rte->tablefunc),
                           reinterpret_cast<Node *>(rte->values_lists), reinterpret_cast<Node *>(rte->tablesample)};

    for (Node *part : parts)
        if (find_reference(part, references))
            return true;
    return false;
}

bool lateral_reads_masks(Query *query, MaskedColumns *const *by_varno)
{
    References references = {query, by_varno, 0};
    ListCell *cell;

    foreach (cell, query->rtable)
        if (reads_sibling(lfirst_node(RangeTblEntry, cell), &references))
            return true;
    return false;
}

static void mask_windows(References *references)
{
    ListCell *cell;

    foreach (cell, references->query->windowClause) {
        auto *window = lfirst_node(WindowClause, cell);

        mask_in(window->startOffset, references);
        mask_in(window->endOffset, references);
    }
}

// Of the conditions that the result relation carries, row security's come first; those after it are the WHERE
// of security_barrier views, which show each role what it may see.
static void mask_barrier_quals(References *references)
{
    Query *query = references->query;

    if (query->resultRelation == 0)
        return;
    RangeTblEntry *rte = rt_fetch(query->resultRelation, query->rtable);
    for (int i = row_security_quals(query, query->resultRelation); i < list_length(rte->securityQuals); i++) {
        ListCell *cell = list_nth_cell(rte->securityQuals, i);
        auto *qual = static_cast<Node *>(lfirst(cell));

        mask_in(qual, references);
        lfirst(cell) = qual;
    }
}

static bool shows_all_to_owner(const RangeTblEntry *view, Oid relation)
{
    MaskedColumns columns;

    return !masked_columns(relation, relation_owner(view->relid), &columns) || !columns.masked;
}

// WITH CHECK OPTION is the code of the view's owner: it sees stored values if he does. (A view of one's own
// would else be a way to ask about masked columns.)
static bool sees_stored_values(const WithCheckOption *check, const Query *query, Oid target)
{
    bool trusted = false;
    ListCell *entry;

    foreach (entry, query->rtable) {
        const auto *rte = lfirst_node(RangeTblEntry, entry);
        const char *name = rte->relkind == RELKIND_VIEW ? get_rel_name(rte->relid) : nullptr;

        if (!name || strcmp(name, check->relname) != 0)
            continue;
        trusted = shows_all_to_owner(rte, target);
        if (!trusted)
            break;
    }
    return trusted;
}

// Newer minor releases hold the row that ON CONFLICT DO UPDATE finds against the WHERE of views as well: which rows these
// show is decided by the masks, as for a plain UPDATE.
static void mask_view_checks(References *references)
{
    Query *query = references->query;
    const MaskedColumns *target = query->resultRelation ? references->by_varno[query->resultRelation] : nullptr;
    ListCell *cell;

    if (!target)
        return;
    foreach (cell, query->withCheckOptions) {
        auto *check = lfirst_node(WithCheckOption, cell);
        if (is_row_security_check(check))
            continue;
        if (check->kind == WCO_VIEW_CHECK && sees_stored_values(check, query, target->relation))
            stored_code_in(target->relation, check->qual);
        else
            mask_in(check->qual, references);
    }
}

void mask_references(Query *query, MaskedColumns *const *by_varno)
{
    References references = {query, by_varno, 0};

    if (query->commandType == CMD_UPDATE)
        mask_assignments(query->targetList, &references);
    else
        mask_in(query->targetList, &references);
    mask_in(query->jointree, &references);
    mask_in(query->returningList, &references);
    mask_in(query->havingQual, &references);
    mask_windows(&references);
    if (query->onConflict) {
        mask_assignments(query->onConflict->onConflictSet, &references);
        mask_in(query->onConflict->onConflictWhere, &references);
    }
    mask_merge_actions(&references);
    mask_barrier_quals(&references);
    mask_view_checks(&references);
    mask_range_table(&references);
    if (query->resultRelation) {
        guard_conditions(query, by_varno[query->resultRelation]);
        guard_row_movement(query, by_varno[query->resultRelation]);
    }
}

bool can_mask_references(const Query *query, const MaskedColumns *columns)
{
    int attno = -1;

    // Grouping sets make a grouped column NULL, the source of a MERGE may be missing: both only work with
    // what is computed below.
    if (query->groupingSets != NIL || query->commandType == CMD_MERGE)
        return false;
    while ((attno = bms_next_member(columns->masked, attno)) >= 0) {
        Expr *mask = policy_mask_expression(columns->policy, static_cast<AttrNumber>(attno), columns->role, 1);

        if (contain_volatile_functions(reinterpret_cast<Node *>(mask)))
            return false; // one value for all references to a row's column
    }
    return true;
}

} // namespace ddm
