// Which queries are the server's own, for foreign keys.
//
// SECURITY_NOFORCE_RLS alone is not enough to tell: it stays set in the triggers that such a query fires, which may run
// anybody's statements. So a query is taken for the server's only if it has the shape of one (ri_triggers.c): one relation,
// owned by the current role, conditions that hold the columns of a key of its own against parameters, and nothing returned
// of it. Who imitates that learns what the key itself would tell.
#include "pg/rewrite/foreign_key.h"
#include "pg/policy/roles.h"

extern "C" {
#include "access/sysattr.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
}

namespace ddm
{

// A key is compared with one of another type where the server casts by itself: that cuts nothing off. Nor is it somebody's own
// function.
static bool is_implicit_cast(Oid from, Oid to, CoercionPathType path, Oid function)
{
    Oid found = InvalidOid;

    return find_coercion_pathway(to, from, COERCION_IMPLICIT, &found) == path && found == function &&
           (function < FirstNormalObjectId || superuser_arg(function_owner(function)));
}

static Node *argument_of_call(const FuncExpr *call)
{
    auto *argument = call->args == NIL ? nullptr : static_cast<Node *>(linitial(call->args));
    const bool cast = argument && call->funcformat != COERCE_EXPLICIT_CALL;

    return cast && is_implicit_cast(exprType(argument), call->funcresulttype, COERCION_PATH_FUNC, call->funcid)
               ? argument
               : nullptr;
}

static Node *argument_of_conversion(const CoerceViaIO *conversion)
{
    auto *argument = reinterpret_cast<Node *>(conversion->arg);

    return is_implicit_cast(exprType(argument), conversion->resulttype, COERCION_PATH_COERCEVIAIO, InvalidOid)
               ? argument
               : nullptr;
}

// Under others more than the same value is equal.
static Node *argument_of_collation(const CollateExpr *collation)
{
    return get_collation_isdeterministic(collation->collOid) ? reinterpret_cast<Node *>(collation->arg) : nullptr;
}

static Node *argument_of_cast(Node *node)
{
    switch (nodeTag(node)) {
    case T_RelabelType:
        return reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(node)->arg);
    case T_CollateExpr:
        return argument_of_collation(reinterpret_cast<CollateExpr *>(node));
    case T_CoerceViaIO:
        return argument_of_conversion(reinterpret_cast<CoerceViaIO *>(node));
    case T_FuncExpr:
        return argument_of_call(reinterpret_cast<FuncExpr *>(node));
    default:
        return nullptr;
    }
}

static bool is_parameter(Node *node)
{
    return IsA(node, Param) && reinterpret_cast<Param *>(node)->paramkind == PARAM_EXTERN;
}

// A column or a parameter, or a cast of one.
static bool is_operand(Node *node)
{
    while (node && !IsA(node, Var) && !is_parameter(node))
        node = argument_of_cast(node);
    return node != nullptr;
}

// Equality as an index sees it, so that the operator is nobody's own; of periods, whether they overlap.
static bool compares_keys(const OpExpr *comparison)
{
    const Oid type = exprType(static_cast<Node *>(llast(comparison->args)));

    return get_mergejoin_opfamilies(comparison->opno) != NIL ||
           (comparison->opno < FirstNormalObjectId && (type_is_range(type) || type_is_multirange(type)));
}

static bool is_key_comparison(Node *node)
{
    ListCell *cell;

    if (!node || !(IsA(node, OpExpr) || is_andclause(node)))
        return false;
    if (IsA(node, OpExpr) && !compares_keys(reinterpret_cast<OpExpr *>(node)))
        return false;
    List *const parts =
        IsA(node, OpExpr) ? reinterpret_cast<OpExpr *>(node)->args : reinterpret_cast<BoolExpr *>(node)->args;
    foreach (cell, parts) {
        auto *part = static_cast<Node *>(lfirst(cell));

        if (IsA(node, OpExpr) ? !is_operand(part) : !is_key_comparison(part))
            return false;
    }
    return true;
}

// `SELECT 1` reads no column; the DELETE and UPDATE of an action put in parameters, NULLs and defaults.
static bool returns_nothing(const Query *query)
{
    return query->returningList == NIL && !contain_var_clause(reinterpret_cast<Node *>(query->targetList)) &&
           query->withCheckOptions == NIL;
}

static Bitmapset *columns_of(const int16 *attnos, int count)
{
    Bitmapset *columns = nullptr;

    for (int i = 0; i < count; i++)
        columns = bms_add_member(columns, attnos[i] - FirstLowInvalidHeapAttributeNumber);
    return columns;
}

static bool is_referencing_key(Relation relation, const Bitmapset *columns)
{
    ListCell *cell;

    foreach (cell, RelationGetFKeyList(relation)) {
        const auto *key = lfirst_node(ForeignKeyCacheInfo, cell);
        if (bms_equal(columns, columns_of(key->conkey, key->nkeys)))
            return true;
    }
    return false;
}

static bool is_unique_key(Relation relation, const Bitmapset *columns)
{
    bool found = false;
    ListCell *cell;

    foreach (cell, RelationGetIndexList(relation)) {
        HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));
        if (!HeapTupleIsValid(tuple))
            continue;
        const auto *index = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple));
        found =
            found || (index->indisunique && bms_equal(columns, columns_of(index->indkey.values, index->indnkeyatts)));
        ReleaseSysCache(tuple);
    }
    return found;
}

static bool replaces_key(Node *condition);

// The conditions of the key. Of a PERIOD key with NO ACTION (PostgreSQL 18) one more asks whether other rows replace the one
// that goes.
static Node *key_conditions(const Query *query)
{
    Node *quals = query->jointree->quals;

    if (!query->hasSubLinks)
        return quals;
    if (query->commandType != CMD_SELECT || !quals || !is_andclause(quals))
        return nullptr;
    List *conditions = reinterpret_cast<BoolExpr *>(quals)->args;
    if (!replaces_key(static_cast<Node *>(llast(conditions))))
        return nullptr;
    return reinterpret_cast<Node *>(make_andclause(list_copy_head(conditions, list_length(conditions) - 1)));
}

static Bitmapset *columns_asked_for(const Query *query)
{
    Bitmapset *columns = nullptr;

    pull_varattnos(key_conditions(query), 1, &columns);
    return columns;
}

// Of the table that refers, or, where it is only looked at, of one that may be referred to.
static bool asks_for_key(const Query *query)
{
    const Bitmapset *columns = columns_asked_for(query);
    Relation relation = table_open(linitial_node(RangeTblEntry, query->rtable)->relid, NoLock);
    const bool found =
        is_referencing_key(relation, columns) || (query->commandType == CMD_SELECT && is_unique_key(relation, columns));
    table_close(relation, NoLock);
    return found;
}

static bool is_key_scan(const Query *query)
{
    return query->cteList == NIL && list_length(query->rtable) == 1 &&
           linitial_node(RangeTblEntry, query->rtable)->rtekind == RTE_RELATION &&
           relation_owner(linitial_node(RangeTblEntry, query->rtable)->relid) == GetUserId() &&
           query->setOperations == nullptr && is_key_comparison(key_conditions(query)) && asks_for_key(query);
}

static bool shows_part_of_key(const Query *query)
{
    auto *shown = reinterpret_cast<Var *>(linitial_node(TargetEntry, query->targetList)->expr);

    return list_length(query->targetList) == 1 && IsA(shown, Var) &&
           bms_is_member(shown->varattno - FirstLowInvalidHeapAttributeNumber, columns_asked_for(query));
}

static bool gathers_ranges(Node *node)
{
    const auto *aggregate = reinterpret_cast<Aggref *>(node);

    return IsA(node, Aggref) && aggregate->aggfnoid < FirstNormalObjectId && type_is_multirange(aggregate->aggtype) &&
           !aggregate->aggfilter && list_length(aggregate->args) == 1 &&
           IsA(linitial_node(TargetEntry, aggregate->args)->expr, Var);
}

static bool is_server_operator(Node *node)
{
    return IsA(node, OpExpr) && reinterpret_cast<OpExpr *>(node)->opno < FirstNormalObjectId &&
           list_length(reinterpret_cast<OpExpr *>(node)->args) == 2;
}

// $n <@ range_agg(range)
static bool is_covered(Node *node)
{
    const auto *comparison = reinterpret_cast<OpExpr *>(node);

    return is_server_operator(node) && is_operand(static_cast<Node *>(linitial(comparison->args))) &&
           gathers_ranges(static_cast<Node *>(lsecond(comparison->args)));
}

// FROM (SELECT range FROM rel x WHERE ... FOR KEY SHARE) x1
static bool is_from_periods(const Query *query)
{
    if (query->commandType != CMD_SELECT || query->cteList != NIL || query->hasSubLinks ||
        list_length(query->rtable) != 1 || query->jointree->quals)
        return false;
    auto *rte = linitial_node(RangeTblEntry, query->rtable);
    return rte->rtekind == RTE_SUBQUERY && is_key_scan(rte->subquery) && shows_part_of_key(rte->subquery);
}

// PERIOD keys of PostgreSQL 18: SELECT 1 FROM (...) x1 HAVING $n <@ range_agg(x1.range).
static bool is_period_scan(const Query *query)
{
    return query->havingQual && is_covered(query->havingQual) && is_from_periods(query);
}

// (SELECT range_agg(y2.range) FROM (...) y2)
static bool gathers_periods(Node *node)
{
    if (!IsA(node, SubLink) || reinterpret_cast<SubLink *>(node)->subLinkType != EXPR_SUBLINK)
        return false;
    auto *query = castNode(Query, reinterpret_cast<SubLink *>(node)->subselect);
    return !query->havingQual && list_length(query->targetList) == 1 &&
           gathers_ranges(reinterpret_cast<Node *>(linitial_node(TargetEntry, query->targetList)->expr)) &&
           is_from_periods(query);
}

// (x.range * $n) <@ (SELECT range_agg(y2.range) ...)
static bool is_replaced(Node *node)
{
    if (!is_server_operator(node))
        return false;
    List *sides = reinterpret_cast<OpExpr *>(node)->args;
    auto *cut = reinterpret_cast<OpExpr *>(linitial(sides));
    return is_server_operator(reinterpret_cast<Node *>(cut)) && is_operand(static_cast<Node *>(linitial(cut->args))) &&
           is_operand(static_cast<Node *>(lsecond(cut->args))) && gathers_periods(static_cast<Node *>(lsecond(sides)));
}

// NOT coalesce(..., false)
static bool replaces_key(Node *condition)
{
    if (!is_notclause(condition) || !IsA(get_notclausearg(condition), CoalesceExpr))
        return false;
    List *values = reinterpret_cast<CoalesceExpr *>(get_notclausearg(condition))->args;
    return list_length(values) == 2 && IsA(lsecond(values), Const) &&
           is_replaced(static_cast<Node *>(linitial(values)));
}

bool is_foreign_key_query(const Query *query)
{
    if (!InNoForceRLSOperation())
        return false;
    switch (query->commandType) {
    case CMD_SELECT:
        return returns_nothing(query) && ((is_key_scan(query) && query->rowMarks != NIL) || is_period_scan(query));
    case CMD_UPDATE:
    case CMD_DELETE:
        return returns_nothing(query) && is_key_scan(query);
    default:
        return false;
    }
}

} // namespace ddm
