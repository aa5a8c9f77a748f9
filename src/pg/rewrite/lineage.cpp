// What the columns of a query's result are made of.
#include "pg/rewrite/lineage.h"
#include "pg/base/relation_mark.h"
#include "pg/base/tree.h"
#include "pg/policy/policy.h"
#include "pg/rewrite/catalog_values.h"
#include "pg/rewrite/rewrite_inline.h"

extern "C" {
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

using Kind = Origin::Kind;

// A query level. A sub-select has one per place that refers to it; a WITH query knows it is being followed.
struct Scope {
    Query *query;
    Scope *outer;
    Oid role;
};

// A WITH query on the way to the column at hand: a recursive one refers to itself.
struct Following {
    const CommonTableExpr *cte;
    int column;
    Following *previous;
};

static Following *following = nullptr;

static Origin origin_of_output(Scope *scope, int column);
static Origin origin_of_expression(Node *node, Scope *scope);

static constexpr Origin open_origin = {Kind::Open, InvalidOid, InvalidAttrNumber};
static constexpr Origin called_origin = {Kind::Called, InvalidOid, InvalidAttrNumber};
static constexpr Origin computed_origin = {Kind::Computed, InvalidOid, InvalidAttrNumber};

// Of what is made of several things, by the strictest of them.
static Origin origin_of_inputs(Kind strictest)
{
    return strictest == Kind::Open ? open_origin : strictest == Kind::Called ? called_origin : computed_origin;
}

static bool same(const Origin &a, const Origin &b)
{
    return a.kind == b.kind && a.relation == b.relation && a.attno == b.attno;
}

// Does the role read values as stored? A mask that shows some rows as they are (identity(), WHEN) counts.
static bool reads_stored(const RelationPolicy *policy, AttrNumber attno, Oid role)
{
    if (!OidIsValid(role))
        return true;
    switch (policy_decide(policy, attno, role).verdict) {
    case Verdict::Open:
        return false;
    case Verdict::Cleared:
        return true;
    case Verdict::Masked:
        break;
    }
    Expr *mask = policy_mask_expression(policy, attno, role, 1);
    return IsA(mask, Var) || IsA(mask, CaseExpr);
}

// InvalidOid for the role: whatever is stored.
static Origin origin_in_relation(Oid relation, AttrNumber attno, Oid role)
{
    const RelationPolicy *policy = policy_of(relation);
    const Bitmapset *masked = policy ? policy_masked_columns(policy) : nullptr;
    int member = -1;

    if (attno > 0)
        return bms_is_member(attno, masked) && reads_stored(policy, attno, role) ? Origin{Kind::Passed, relation, attno}
                                                                                 : open_origin;
    while ((member = bms_next_member(masked, member)) >= 0)
        if (reads_stored(policy, static_cast<AttrNumber>(member), role))
            return computed_origin;
    return open_origin;
}

static Origin origin_of_column(const RangeTblEntry *rte, AttrNumber attno, Oid role)
{
    if (holds_values(rte->relid, attno)) // of which column, shows when they are read
        return called_origin;
    return is_maskable(rte) && attno >= 0 ? origin_in_relation(rte->relid, attno, role) : open_origin;
}

// A trigger's transition table has the rows as they are stored, whoever sets it off.
static Origin origin_of_transition(const RangeTblEntry *rte, AttrNumber attno)
{
    return OidIsValid(rte->relid) ? origin_in_relation(rte->relid, attno, InvalidOid) : open_origin;
}

// Column 0 is the whole row.
static Origin origin_in_query(Query *query, Scope *outer, Oid role, int column)
{
    Scope scope = {query, outer, role};
    Kind strictest = Kind::Open;
    ListCell *cell;

    if (column > 0)
        return origin_of_output(&scope, column);
    foreach (cell, query->commandType == CMD_SELECT ? query->targetList : query->returningList) {
        auto *entry = lfirst_node(TargetEntry, cell);
        if (!entry->resjunk)
            strictest = Max(strictest, origin_of_output(&scope, entry->resno).kind);
    }
    return origin_of_inputs(strictest);
}

static Origin origin_in_with_query(Scope *scope, const RangeTblEntry *rte, int column)
{
    ListCell *cell;

    for (Index up = rte->ctelevelsup; up > 0 && scope; up--)
        scope = scope->outer;
    foreach (cell, scope ? scope->query->cteList : NIL) {
        auto *cte = lfirst_node(CommonTableExpr, cell);
        if (strcmp(cte->ctename, rte->ctename) != 0)
            continue;
        for (const Following *at = following; at; at = at->previous)
            if (at->cte == cte && at->column == column)
                return open_origin; // its other branch says
        Following here = {cte, column, following};
        following = &here;
        Origin origin = origin_in_query(castNode(Query, cte->ctequery), scope, scope->role, column);
        following = here.previous;
        return origin;
    }
    return computed_origin; // not found: the careful answer
}

// Whatever goes into a function in FROM may come out of any of its columns.
static Origin origin_of_inputs(Node *inputs, Scope *scope)
{
    return origin_of_inputs(origin_of_expression(inputs, scope).kind);
}

static Origin origin_of_nth(List *expressions, AttrNumber attno, Scope *scope)
{
    if (attno > 0 && attno <= list_length(expressions))
        return origin_of_expression(static_cast<Node *>(list_nth(expressions, attno - 1)), scope);
    return origin_of_inputs(reinterpret_cast<Node *>(expressions), scope);
}

static Origin origin_of_var(const Var *var, Scope *scope)
{
    for (Index up = var->varlevelsup; up > 0 && scope; up--)
        scope = scope->outer;
    if (!scope || var->varno <= 0 || static_cast<int>(var->varno) > list_length(scope->query->rtable))
        return computed_origin;

    RangeTblEntry *rte = rt_fetch(var->varno, scope->query->rtable);
    switch (rte->rtekind) {
    case RTE_RELATION:
        return origin_of_column(rte, var->varattno, scope->role);
    case RTE_SUBQUERY:
        return origin_in_query(rte->subquery, scope, scope->role, Max(var->varattno, 0));
    case RTE_CTE:
        return origin_in_with_query(scope, rte, Max(var->varattno, 0));
    case RTE_JOIN:
        return origin_of_nth(rte->joinaliasvars, var->varattno, scope);
    case RTE_FUNCTION:
        return origin_of_inputs(reinterpret_cast<Node *>(rte->functions), scope);
    case RTE_TABLEFUNC:
        return origin_of_inputs(reinterpret_cast<Node *>(rte->tablefunc), scope);
    case RTE_VALUES:
        return origin_of_inputs(reinterpret_cast<Node *>(rte->values_lists), scope);
    case RTE_NAMEDTUPLESTORE:
        return origin_of_transition(rte, var->varattno);
#if DDM_HAS_GROUP_RTE
    case RTE_GROUP:
        return origin_of_nth(rte->groupexprs, var->varattno, scope);
#endif
    default:
        return open_origin;
    }
}

struct ColumnSearch {
    Scope *scope;
    Kind strictest;
};

static bool is_count(Oid function) { return function == F_COUNT_ || function == F_COUNT_ANY; }

// The server's own that do are few; what else does can't be told from outside.
static bool runs_statements(Oid function, void *)
{
    if (function >= FirstNormalObjectId)
        return true;
    switch (function) {
    case F_TABLE_TO_XML:
    case F_QUERY_TO_XML:
    case F_CURSOR_TO_XML:
    case F_TABLE_TO_XML_AND_XMLSCHEMA:
    case F_QUERY_TO_XML_AND_XMLSCHEMA:
    case F_SCHEMA_TO_XML:
    case F_SCHEMA_TO_XML_AND_XMLSCHEMA:
    case F_DATABASE_TO_XML:
    case F_DATABASE_TO_XML_AND_XMLSCHEMA:
    case F_TS_STAT_TEXT:
    case F_TS_STAT_TEXT_TEXT:
    case F_TS_REWRITE_TSQUERY_TEXT:
        return true;
    default:
        return false;
    }
}

static bool search_values(Node *node, void *context);

static void search_sorted(const List *clauses, ColumnSearch *search)
{
    ListCell *cell;

    foreach (cell, clauses)
        search_values(get_sortgroupclause_expr(lfirst_node(SortGroupClause, cell), search->scope->query->targetList),
                      search);
}

// What a window function answers of a row depends on which rows stand beside and before it. A count does on the latter
// alone: of as many rows as are equal it says nothing else than any count.
static void search_window(const WindowFunc *function, ColumnSearch *search)
{
    ListCell *cell;

    foreach (cell, search->scope->query->windowClause) {
        const auto *window = lfirst_node(WindowClause, cell);
        if (window->winref != function->winref)
            continue;
        search_sorted(window->orderClause, search);
        if (!is_count(function->winfnoid))
            search_sorted(window->partitionClause, search);
    }
}

// Whether there is a row depends on the conditions, here and below, and on nothing that is selected.
static Kind kind_of_conditions(Query *query, Scope *outer)
{
    Scope scope = {query, outer, outer->role};
    ColumnSearch search = {&scope, Kind::Open};
    ListCell *cell;

    check_stack_depth();
    search_values(reinterpret_cast<Node *>(query->jointree), &search);
    search_values(query->havingQual, &search);
    foreach (cell, query->rtable)
        if (lfirst_node(RangeTblEntry, cell)->rtekind == RTE_SUBQUERY)
            search.strictest =
                Max(search.strictest, kind_of_conditions(lfirst_node(RangeTblEntry, cell)->subquery, &scope));
    foreach (cell, query->cteList)
        search.strictest =
            Max(search.strictest,
                kind_of_conditions(castNode(Query, lfirst_node(CommonTableExpr, cell)->ctequery), &scope));
    return search.strictest;
}

// What is asked of the rows that there are depends on the conditions, too: x IN (SELECT id ... WHERE secret = 1).
static Kind kind_of_sub_select(const SubLink *link, Scope *scope)
{
    auto *query = castNode(Query, link->subselect);
    const bool asks_rows =
        link->subLinkType == EXISTS_SUBLINK || link->subLinkType == ANY_SUBLINK || link->subLinkType == ALL_SUBLINK;
    const Kind conditions = asks_rows ? kind_of_conditions(query, scope) : Kind::Open;

    if (link->subLinkType == EXISTS_SUBLINK)
        return conditions;
    return Max(conditions, origin_in_query(query, scope, scope->role, 0).kind);
}

static bool search_values(Node *node, void *context)
{
    auto *search = static_cast<ColumnSearch *>(context);

    if (!node || search->strictest == Kind::Computed)
        return false;
    if (IsA(node, Var)) {
        search->strictest = Max(search->strictest, origin_of_var(reinterpret_cast<Var *>(node), search->scope).kind);
        return false;
    }
    if (IsA(node, Aggref) && is_count(reinterpret_cast<Aggref *>(node)->aggfnoid))
        return false;
    if (IsA(node, WindowFunc)) {
        search_window(reinterpret_cast<WindowFunc *>(node), search);
        if (is_count(reinterpret_cast<WindowFunc *>(node)->winfnoid))
            return false;
    }
    if (IsA(node, SubLink)) {
        auto *link = reinterpret_cast<SubLink *>(node);
        search->strictest = Max(search->strictest, kind_of_sub_select(link, search->scope));
        return search_values(link->testexpr, context);
    }
    if (check_functions_in_node(node, runs_statements, nullptr))
        search->strictest = Max(search->strictest, Kind::Called);
    return walk_expression(node, search_values, context);
}

static Origin origin_of_expression(Node *node, Scope *scope)
{
    while (node && IsA(node, RelabelType))
        node = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(node)->arg);
    if (node && IsA(node, Var))
        return origin_of_var(reinterpret_cast<Var *>(node), scope);
    if (node && IsA(node, SubLink) && reinterpret_cast<SubLink *>(node)->subLinkType == EXPR_SUBLINK)
        return origin_in_query(castNode(Query, reinterpret_cast<SubLink *>(node)->subselect), scope, scope->role, 1);

    ColumnSearch search = {scope, Kind::Open};
    search_values(node, &search);
    return origin_of_inputs(search.strictest);
}

// Branches of a set operation put their values into one column.
static Origin origin_of_branches(Node *operation, Scope *scope, int column)
{
    if (IsA(operation, RangeTblRef)) {
        RangeTblEntry *rte = rt_fetch(reinterpret_cast<RangeTblRef *>(operation)->rtindex, scope->query->rtable);
        return origin_in_query(rte->subquery, scope, scope->role, column);
    }
    auto *set = castNode(SetOperationStmt, operation);
    Origin left = origin_of_branches(set->larg, scope, column);
    if (set->op == SETOP_EXCEPT) // the right side only takes away
        return left;
    Origin right = origin_of_branches(set->rarg, scope, column);
    if (right.kind == Kind::Open || same(left, right))
        return left;
    return left.kind == Kind::Open ? right : computed_origin;
}

static Origin origin_of_output(Scope *scope, int column)
{
    Query *query = scope->query;
    ListCell *cell;

    check_stack_depth();
    if (query->setOperations)
        return origin_of_branches(query->setOperations, scope, column);
    foreach (cell, query->commandType == CMD_SELECT ? query->targetList : query->returningList) {
        auto *entry = lfirst_node(TargetEntry, cell);
        if (entry->resno == column)
            return origin_of_expression(reinterpret_cast<Node *>(entry->expr), scope);
    }
    return computed_origin;
}

static void inline_in_query(Query *query);

static bool inline_in_expression(Node *node, void *context)
{
    if (!node)
        return false;
    if (IsA(node, Query)) {
        inline_in_query(reinterpret_cast<Query *>(node));
        return false;
    }
    return walk_expression(node, inline_in_expression, context);
}

static void inline_in_query(Query *query)
{
    InlinedFunctions inlined = {NIL, false};
    ListCell *cell;

    check_stack_depth();
    inline_functions(query, nullptr, &inlined);
    foreach (cell, query->rtable)
        if (lfirst_node(RangeTblEntry, cell)->rtekind == RTE_SUBQUERY)
            inline_in_query(lfirst_node(RangeTblEntry, cell)->subquery);
    foreach (cell, query->cteList)
        inline_in_query(castNode(Query, lfirst_node(CommonTableExpr, cell)->ctequery));
    if (query->hasSubLinks)
        walk_query(query, inline_in_expression, nullptr, QTW_IGNORE_RC_SUBQUERIES);
}

List *query_lineage(Query *query, Oid role)
{
    Scope scope = {query, nullptr, role};
    List *origins = NIL;
    ListCell *cell;

    following = nullptr;
    inline_in_query(query);
    foreach (cell, query->targetList) {
        auto *entry = lfirst_node(TargetEntry, cell);
        if (entry->resjunk)
            continue;
        auto *origin = zeroed<Origin>();
        *origin = origin_of_output(&scope, entry->resno);
        origins = lappend(origins, origin);
    }
    return origins;
}

} // namespace ddm
