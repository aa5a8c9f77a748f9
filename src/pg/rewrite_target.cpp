// What a statement reads of its result relation is replaced by masks, reference by reference.
#include "pg/rewrite_target.h"
#include "pg/assignment.h"
#include "pg/tree.h"

extern "C" {
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "rewrite/rowsecurity.h"
}

namespace ddm
{

struct Target {
    Query *query;
    Index varno;
    const MaskedColumns *columns;
    const List *as_seen; // masked_target_list()
    Oid row_type;
    int depth; // of sub-selects between the expression at hand and the statement
};

static Node *mask_references(Node *node, void *context);

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

static Expr *of_returning_version(Expr *expression, const Var *)
{
    return expression;
}

#endif

static Expr *column_as_seen(const Target *target, AttrNumber attno)
{
    auto *entry = static_cast<TargetEntry *>(list_nth(target->as_seen, attno - 1));
    return static_cast<Expr *>(copyObjectImpl(entry->expr));
}

static Node *mask_reference(Var *var, Target *target)
{
    Expr *seen;

    if (static_cast<Index>(var->varno) != target->varno ||
        static_cast<int>(var->varlevelsup) != target->depth || var->varattno < 0)
        return reinterpret_cast<Node *>(var);
    if (var->varattno == InvalidAttrNumber)
        seen = masked_row(target->as_seen, target->row_type);
    else if (bms_is_member(var->varattno, target->columns->masked))
        seen = column_as_seen(target, var->varattno);
    else
        return reinterpret_cast<Node *>(var);
    seen = of_returning_version(seen, var);
    if (target->depth > 0)
        IncrementVarSublevelsUp(reinterpret_cast<Node *>(seen), target->depth, 0);
    return reinterpret_cast<Node *>(seen);
}

static Node *mask_references(Node *node, void *context)
{
    auto *target = static_cast<Target *>(context);

    if (!node)
        return nullptr;
    if (IsA(node, Var))
        return mask_reference(reinterpret_cast<Var *>(node), target);
    if (IsA(node, Query)) {
        target->depth++;
        Query *masked = mutate_query(reinterpret_cast<Query *>(node), mask_references, context, 0);
        target->depth--;
        return reinterpret_cast<Node *>(masked);
    }
    return mutate_expression(node, mask_references, context);
}

template <typename T> static void mask_in(T *&node, Target *target)
{
    node = reinterpret_cast<T *>(mask_references(reinterpret_cast<Node *>(node), target));
}

// `SET address.street = ...`, `SET tags[3] = ...`: the parts not named come from the stored value and go back
// into the same column. Only what is put in, and where, is what the user reads.
static Node *mask_assigned(Node *expression, AttrNumber attno, Target *target)
{
    if (!expression)
        return nullptr;
    if (IsA(expression, Var)) {
        auto *var = reinterpret_cast<Var *>(expression);
        if (static_cast<Index>(var->varno) == target->varno && var->varlevelsup == 0 &&
            var->varattno == attno)
            return expression;
    }
    if (IsA(expression, SubscriptingRef) && reinterpret_cast<SubscriptingRef *>(expression)->refassgnexpr) {
        auto *part = reinterpret_cast<SubscriptingRef *>(expression);

        mask_in(part->refupperindexpr, target);
        mask_in(part->reflowerindexpr, target);
        mask_in(part->refassgnexpr, target);
        part->refexpr =
            reinterpret_cast<Expr *>(mask_assigned(reinterpret_cast<Node *>(part->refexpr), attno, target));
        return expression;
    }
    if (IsA(expression, FieldStore)) {
        auto *part = reinterpret_cast<FieldStore *>(expression);

        mask_in(part->newvals, target);
        part->arg =
            reinterpret_cast<Expr *>(mask_assigned(reinterpret_cast<Node *>(part->arg), attno, target));
        return expression;
    }
    if (IsA(expression, CoerceToDomain)) {
        auto *coerced = reinterpret_cast<CoerceToDomain *>(expression);

        coerced->arg =
            reinterpret_cast<Expr *>(mask_assigned(reinterpret_cast<Node *>(coerced->arg), attno, target));
        return expression;
    }
    return mask_references(expression, target);
}

static bool is_partial_assignment(const Expr *expression)
{
    if (IsA(expression, CoerceToDomain))
        return is_partial_assignment(reinterpret_cast<const CoerceToDomain *>(expression)->arg);
    return IsA(expression, FieldStore) ||
           (IsA(expression, SubscriptingRef) &&
            reinterpret_cast<const SubscriptingRef *>(expression)->refassgnexpr != nullptr);
}

static Assignment assignment_of(const TargetEntry *entry, const Target *target)
{
    const AttrNumber attno = entry->resno;
    Expr *mask = column_as_seen(target, attno);
    Expr *stored = reinterpret_cast<Expr *>(makeVar(
        target->varno, attno, exprType(reinterpret_cast<Node *>(mask)),
        exprTypmod(reinterpret_cast<Node *>(mask)), exprCollation(reinterpret_cast<Node *>(mask)), 0));
    return {target->columns, target->query, target->varno, attno, entry->expr, stored, mask};
}

// The select list of an UPDATE, of ON CONFLICT DO UPDATE or of an UPDATE action of MERGE: resno is the
// column.
static void mask_assignments(List *assignments, Target *target)
{
    ListCell *cell;

    foreach (cell, assignments) {
        auto *entry = lfirst_node(TargetEntry, cell);

        if (entry->resjunk || !bms_is_member(entry->resno, target->columns->masked)) {
            mask_in(entry->expr, target);
            continue;
        }
        const bool whole = !is_partial_assignment(entry->expr);
        if (whole) {
            mask_in(entry->expr, target);
            entry->expr = guard_assignment(assignment_of(entry, target));
        } else {
            check_part_assignment(assignment_of(entry, target));
            entry->expr = reinterpret_cast<Expr *>(
                mask_assigned(reinterpret_cast<Node *>(entry->expr), entry->resno, target));
        }
    }
}

static void mask_merge_actions(Target *target)
{
    ListCell *cell;

    foreach (cell, target->query->mergeActionList) {
        auto *action = lfirst_node(MergeAction, cell);

        mask_in(action->qual, target);
        if (action->commandType == CMD_UPDATE)
            mask_assignments(action->targetList, target);
        else
            mask_in(action->targetList, target);
    }
#if DDM_HAS_MERGE_RETURNING
    mask_in(target->query->mergeJoinCondition, target);
#endif
}

// Rules may leave references to the target in sub-selects and functions in FROM.
static void mask_range_table(Target *target)
{
    ListCell *cell;

    foreach (cell, target->query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        if (rte->rtekind == RTE_SUBQUERY && rte->lateral)
            mask_in(rte->subquery, target);
        mask_in(rte->functions, target);
        mask_in(rte->values_lists, target);
        mask_in(rte->joinaliasvars, target);
    }
}

// Of the conditions that the target carries, row security's come first; those after it are the WHERE of
// security_barrier views, which show each role what it may see.
static void mask_barrier_quals(Target *target)
{
    RangeTblEntry *rte = rt_fetch(target->varno, target->query->rtable);
    List *row_security = NIL;
    List *checks = NIL;
    bool has_row_security;
    bool has_sub_links;

    if (rte->securityQuals == NIL)
        return;
    get_row_security_policies(target->query, rte, static_cast<int>(target->varno), &row_security, &checks,
                              &has_row_security, &has_sub_links);
    for (int i = list_length(row_security); i < list_length(rte->securityQuals); i++) {
        ListCell *cell = list_nth_cell(rte->securityQuals, i);
        lfirst(cell) = mask_references(static_cast<Node *>(lfirst(cell)), target);
    }
}

void mask_target(Query *query, const MaskedColumns *columns)
{
    Target target = {query,
                     static_cast<Index>(query->resultRelation),
                     columns,
                     masked_target_list(columns, static_cast<Index>(query->resultRelation)),
                     get_rel_type_id(columns->relation),
                     0};

    if (query->commandType == CMD_UPDATE)
        mask_assignments(query->targetList, &target);
    else
        mask_in(query->targetList, &target);
    mask_in(query->jointree, &target);
    mask_in(query->returningList, &target);
    if (query->onConflict) {
        mask_assignments(query->onConflict->onConflictSet, &target);
        mask_in(query->onConflict->onConflictWhere, &target);
    }
    mask_merge_actions(&target);
    mask_barrier_quals(&target);
    mask_range_table(&target);
}

} // namespace ddm
