// Which conditions search a SEARCHABLE column by its stored value.
#include "pg/rewrite/searchable.h"
#include "pg/base/tree.h"
#include "pg/policy/relation_policy.h"
#include "pg/policy/roles.h"

extern "C" {
#include "access/transam.h"
#include "catalog/pg_namespace.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteManip.h"
#include "utils/array.h"
}

namespace ddm
{

const SearchRight *search_right(const RelationPolicy *policy, AttrNumber attno, Oid role)
{
    const ColumnPolicy *column = policy && attno > 0 && attno <= policy->natts ? policy->columns[attno] : nullptr;
    const SearchRight *right = column ? column->search : nullptr;
    if (!right || right->for_everybody)
        return right;
    ListCell *cell;
    foreach (cell, right->roles)
        if (holds_role(role, lfirst_oid(cell)))
            return right;
    return nullptr;
}

static const Var *plain_column(Node *node)
{
    while (node && IsA(node, RelabelType))
        node = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(node)->arg);
    if (!node || !IsA(node, Var))
        return nullptr;
    const auto *var = reinterpret_cast<Var *>(node);
    return var->varlevelsup == 0 && var->varattno > 0 ? var : nullptr;
}

int comparisons_of(Node *condition, Comparison ways[2])
{
    int count = 0;
    if (IsA(condition, OpExpr)) {
        auto *expression = reinterpret_cast<OpExpr *>(condition);
        for (int i = 0; i < 2 && list_length(expression->args) == 2; i++) {
            const Var *column = plain_column(static_cast<Node *>(list_nth(expression->args, i)));
            if (column)
                ways[count++] = {column, static_cast<Node *>(list_nth(expression->args, 1 - i)), expression->opno,
                                 expression->inputcollid, false};
        }
    } else if (IsA(condition, ScalarArrayOpExpr) && reinterpret_cast<ScalarArrayOpExpr *>(condition)->useOr) {
        auto *expression = reinterpret_cast<ScalarArrayOpExpr *>(condition);
        const Var *column = plain_column(static_cast<Node *>(linitial(expression->args)));
        if (column)
            ways[count++] = {column, static_cast<Node *>(lsecond(expression->args)), expression->opno,
                             expression->inputcollid, true};
    }
    return count;
}

static bool is_others_function(Oid function, void *)
{
    return function >= FirstNormalObjectId || get_func_namespace(function) != PG_CATALOG_NAMESPACE;
}

// Known before the statement runs, and the same for every row: no column, of this query or an outer one, nothing
// that runs more than once, and no code of anybody's, whatever it says of its volatility. (A function that answers
// another value at each call would search the whole table for one probe.)
static bool find_unknown(Node *node, void *context)
{
    if (!node)
        return false;
    if (IsA(node, Var) || IsA(node, SubLink) || IsA(node, Aggref) || IsA(node, GroupingFunc) ||
        IsA(node, CoerceToDomain) || (IsA(node, Param) && reinterpret_cast<Param *>(node)->paramkind != PARAM_EXTERN))
        return true;
    if (check_functions_in_node(node, is_others_function, nullptr))
        return true;
    return walk_expression(node, find_unknown, context);
}

static bool is_known_value(Node *node) { return !find_unknown(node, nullptr) && !contain_mutable_functions(node); }

// Equality as an index sees it, by the server's own code: nobody else's gets to see the stored value. And no
// coarser than the column's own: under a collation of the client's making, many values are equal to one.
static bool is_equality(Oid operator_oid, Oid collation, const Var *column)
{
    return get_func_namespace(get_opcode(operator_oid)) == PG_CATALOG_NAMESPACE &&
           get_mergejoin_opfamilies(operator_oid) != NIL &&
           (!OidIsValid(collation) || collation == column->varcollid || get_collation_isdeterministic(collation));
}

static bool count_elements(Node *array, Probe *probe)
{
    while (IsA(array, RelabelType) || IsA(array, ArrayCoerceExpr)) // varchar[] as text[]
        array = reinterpret_cast<Node *>(IsA(array, RelabelType) ? reinterpret_cast<RelabelType *>(array)->arg
                                                                 : reinterpret_cast<ArrayCoerceExpr *>(array)->arg);
    if (IsA(array, ArrayExpr)) {
        probe->count = static_cast<uint32>(list_length(reinterpret_cast<ArrayExpr *>(array)->elements));
        return !reinterpret_cast<ArrayExpr *>(array)->multidims;
    }
    if (IsA(array, Const)) {
        auto *constant = reinterpret_cast<Const *>(array);
        if (!constant->constisnull) {
            ArrayType *values = DatumGetArrayTypeP(constant->constvalue);
            probe->count = static_cast<uint32>(ArrayGetNItems(ARR_NDIM(values), ARR_DIMS(values)));
        }
        return true;
    }
    if (IsA(array, Param) && reinterpret_cast<Param *>(array)->paramkind == PARAM_EXTERN) {
        probe->array_param = reinterpret_cast<Param *>(array)->paramid;
        return probe->array_param > 0;
    }
    return false;
}

bool is_search(const Comparison &comparison, const Var *column, Probe *probe)
{
    if (!is_equality(comparison.equality, comparison.collation, column) || !is_known_value(comparison.value))
        return false;
    probe->count = 1;
    return !comparison.array || count_elements(comparison.value, probe);
}

static List *add_conditions(Node *condition, List *conditions)
{
    ListCell *cell;
    if (!is_andclause(condition))
        return lappend(conditions, condition);
    check_stack_depth();
    foreach (cell, reinterpret_cast<BoolExpr *>(condition)->args)
        conditions = add_conditions(static_cast<Node *>(lfirst(cell)), conditions);
    return conditions;
}

List *conditions_of(Node *where) { return where ? add_conditions(where, NIL) : NIL; }

Node *join_conditions(List *conditions)
{
    if (conditions == NIL)
        return nullptr;
    return list_length(conditions) == 1 ? static_cast<Node *>(linitial(conditions))
                                        : reinterpret_cast<Node *>(makeBoolExpr(AND_EXPR, conditions, -1));
}

static bool searches_masked(const Comparison &comparison, MaskedColumns *const *by_varno, Probe *probe)
{
    const Var *column = comparison.column;
    const MaskedColumns *columns = by_varno[column->varno];
    if (!columns || !bms_is_member(column->varattno, columns->masked) ||
        !search_right(columns->policy, column->varattno, columns->role) || !is_search(comparison, column, probe))
        return false;
    probe->relation = columns->relation;
    probe->attno = column->varattno;
    return true;
}

static bool take_condition(Node *condition, MaskedColumns *const *by_varno, List **probes)
{
    Comparison ways[2];
    int count = comparisons_of(condition, ways);
    for (int i = 0; i < count; i++) {
        auto *probe = zeroed<Probe>();
        if (!searches_masked(ways[i], by_varno, probe))
            continue;
        *probes = lappend(*probes, probe);
        return true;
    }
    return false;
}

List *search_take_out(Query *query, MaskedColumns *const *by_varno, List **probes)
{
    List *taken = NIL, *rest = NIL;
    ListCell *cell;
    if (query->commandType != CMD_SELECT || !query->jointree || !query->jointree->quals)
        return NIL;
    foreach (cell, conditions_of(query->jointree->quals)) {
        auto *condition = static_cast<Node *>(lfirst(cell));
        if (take_condition(condition, by_varno, probes))
            taken = lappend(taken, condition);
        else
            rest = lappend(rest, condition);
    }
    if (taken != NIL)
        query->jointree->quals = join_conditions(rest);
    return taken;
}

void search_put_back(Query *into, List *conditions, Index varno, Index new_varno)
{
    List *mine = NIL;
    ListCell *cell;
    foreach (cell, conditions) {
        auto *condition = static_cast<Node *>(lfirst(cell));
        Comparison ways[2];
        if (comparisons_of(condition, ways) == 0 || static_cast<Index>(ways[0].column->varno) != varno)
            continue;
        if (varno != new_varno)
            ChangeVarNodes(condition, static_cast<int>(varno), static_cast<int>(new_varno), 0);
        mine = lappend(mine, condition);
    }
    if (mine == NIL)
        return;
    if (into->jointree->quals)
        mine = lappend(mine, into->jointree->quals);
    into->jointree->quals = join_conditions(mine);
}

} // namespace ddm
