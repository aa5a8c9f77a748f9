// SEARCHABLE columns: which conditions search, and what a plan says of them.
#include "pg/searchable.h"
#include "pg/audit.h"
#include "pg/plan_note.h"
#include "pg/probe_limit.h"
#include "pg/relation_policy.h"
#include "pg/roles.h"
#include "pg/tree.h"

extern "C" {
#include "executor/executor.h"
#include "catalog/pg_namespace.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
}

namespace ddm
{

static const SearchRight *right_of(const RelationPolicy *policy, AttrNumber attno, Oid role)
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

// The masked and searchable column that the expression is, or nullptr.
static const Var *searched_column(Node *node, MaskedColumns *const *by_varno)
{
    while (node && IsA(node, RelabelType))
        node = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(node)->arg);
    if (!node || !IsA(node, Var))
        return nullptr;
    const auto *var = reinterpret_cast<Var *>(node);
    const MaskedColumns *columns = var->varlevelsup == 0 ? by_varno[var->varno] : nullptr;
    if (!columns || var->varattno <= 0 || !bms_is_member(var->varattno, columns->masked))
        return nullptr;
    return right_of(columns->policy, var->varattno, columns->role) ? var : nullptr;
}

// Known before the statement runs: no column, of this query or an outer one, and nothing that runs more than once.
static bool find_unknown(Node *node, void *context)
{
    if (!node)
        return false;
    if (IsA(node, Var) || IsA(node, SubLink) || IsA(node, Aggref) || IsA(node, GroupingFunc) ||
        (IsA(node, Param) && reinterpret_cast<Param *>(node)->paramkind != PARAM_EXTERN))
        return true;
    return walk_expression(node, find_unknown, context);
}

static bool is_known_value(Node *node) { return !find_unknown(node, nullptr) && !contain_mutable_functions(node); }

// Equality as an index sees it, by the server's own code: nobody else's gets to see the stored value.
static bool is_equality(Oid operator_oid)
{
    return get_func_namespace(get_opcode(operator_oid)) == PG_CATALOG_NAMESPACE &&
           get_mergejoin_opfamilies(operator_oid) != NIL;
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

static const Var *match_operator(OpExpr *expression, MaskedColumns *const *by_varno, Probe *probe)
{
    if (list_length(expression->args) != 2 || !is_equality(expression->opno))
        return nullptr;
    auto *left = static_cast<Node *>(linitial(expression->args));
    auto *right = static_cast<Node *>(lsecond(expression->args));
    probe->count = 1;
    const Var *var = searched_column(left, by_varno);
    if (var && is_known_value(right))
        return var;
    var = searched_column(right, by_varno);
    return var && is_known_value(left) ? var : nullptr;
}

static const Var *match_array(ScalarArrayOpExpr *expression, MaskedColumns *const *by_varno, Probe *probe)
{
    if (!expression->useOr || !is_equality(expression->opno))
        return nullptr;
    auto *array = static_cast<Node *>(lsecond(expression->args));
    const Var *var = searched_column(static_cast<Node *>(linitial(expression->args)), by_varno);
    return var && is_known_value(array) && count_elements(array, probe) ? var : nullptr;
}

static bool take_condition(Node *condition, MaskedColumns *const *by_varno, List **probes)
{
    auto *probe = zeroed<Probe>();
    const Var *var = nullptr;
    if (IsA(condition, OpExpr))
        var = match_operator(reinterpret_cast<OpExpr *>(condition), by_varno, probe);
    else if (IsA(condition, ScalarArrayOpExpr))
        var = match_array(reinterpret_cast<ScalarArrayOpExpr *>(condition), by_varno, probe);
    if (!var)
        return false;
    probe->relation = by_varno[var->varno]->relation;
    probe->attno = var->varattno;
    *probes = lappend(*probes, probe);
    return true;
}

// Splits ANDs, however they are nested; answers what is left.
static List *split(Node *condition, MaskedColumns *const *by_varno, List **taken, List **probes, List *rest)
{
    if (is_andclause(condition)) {
        ListCell *cell;
        check_stack_depth();
        foreach (cell, reinterpret_cast<BoolExpr *>(condition)->args)
            rest = split(static_cast<Node *>(lfirst(cell)), by_varno, taken, probes, rest);
        return rest;
    }
    if (!take_condition(condition, by_varno, probes))
        return lappend(rest, condition);
    *taken = lappend(*taken, condition);
    return rest;
}

static Node *join_conditions(List *conditions)
{
    if (conditions == NIL)
        return nullptr;
    return list_length(conditions) == 1 ? static_cast<Node *>(linitial(conditions))
                                        : reinterpret_cast<Node *>(makeBoolExpr(AND_EXPR, conditions, -1));
}

List *searchable_take_out(Query *query, MaskedColumns *const *by_varno, List **probes)
{
    List *taken = NIL;
    if (query->commandType != CMD_SELECT || !query->jointree || !query->jointree->quals)
        return NIL;
    List *rest = split(query->jointree->quals, by_varno, &taken, probes, NIL);
    if (taken != NIL)
        query->jointree->quals = join_conditions(rest);
    return taken;
}

void searchable_put_back(Query *query, List *conditions)
{
    if (conditions == NIL)
        return;
    if (query->jointree->quals)
        conditions = lappend(conditions, query->jointree->quals);
    query->jointree->quals = join_conditions(conditions);
}

void searchable_note(PlannedStmt *plan, const List *probes)
{
    AttrNumber ordinal = 0;
    ListCell *cell;
    foreach (cell, probes) {
        auto *probe = static_cast<Probe *>(lfirst(cell));
        plan_note_add(plan, {NoteKind::Probe, probe->attno, probe->relation});
        plan_note_add(plan, probe->array_param > 0
                                ? PlanNote{NoteKind::ProbeArray, ++ordinal, static_cast<uint32>(probe->array_param)}
                                : PlanNote{NoteKind::ProbeCount, ++ordinal, probe->count});
    }
}

static uint32 elements_of(ParamListInfo params, int number)
{
    ParamExternData fetched;
    if (!params || number > params->numParams)
        return 0;
    const ParamExternData *param =
        params->paramFetch ? params->paramFetch(params, number, false, &fetched) : &params->params[number - 1];
    if (param->isnull || !OidIsValid(param->ptype))
        return 0;
    ArrayType *values = DatumGetArrayTypeP(param->value);
    return static_cast<uint32>(ArrayGetNItems(ARR_NDIM(values), ARR_DIMS(values)));
}

static void charge_column(Oid relation, AttrNumber attno, uint32 count)
{
    const RelationPolicy *policy = policy_of(relation);
    const char *object = psprintf("table %s column %s",
                                  quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)),
                                                             get_rel_name(relation)),
                                  quote_identifier(get_attname(relation, attno, false)));
    const SearchRight *right = right_of(policy, attno, GetUserId());
    if (!right)
        ereport(ERROR, errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
                errmsg("masking policy has changed since this statement was planned"),
                errhint("Run the transaction again."));
    if (!probe_charge(relation, attno, count, right->limit, right->period)) {
        audit_denied_event(EventKind::Throttled, "probe", object, psprintf("%u values searched for", count));
        ereport(ERROR, errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
                errmsg("too many values searched for in masked column \"%s\"", get_attname(relation, attno, false)),
                errdetail("The column's label allows %u in a period.", right->limit),
                errhint("Wait until the period is over."));
    }
    audit_denied_event(EventKind::Mask, "probe", object, psprintf("%u values searched for", count));
}

void searchable_charge(QueryDesc *query_desc, int eflags)
{
    const List *notes = query_desc->plannedstmt->invalItems;
    uint32 count = 0;
    ListCell *cell;
    PlanNote note;

    if (eflags & EXEC_FLAG_EXPLAIN_ONLY)
        return;
    foreach (cell, notes)
        if (plan_note_read(lfirst(cell), &note)) {
            if (note.kind == NoteKind::ProbeCount)
                count += note.value;
            else if (note.kind == NoteKind::ProbeArray)
                count += elements_of(query_desc->params, static_cast<int>(note.value));
        }
    if (count > 0)
        foreach (cell, notes)
            if (plan_note_read(lfirst(cell), &note) && note.kind == NoteKind::Probe)
                charge_column(note.value, note.attno, count);
}

} // namespace ddm
