// Foreign keys look at stored values, whoever's statement makes them look.
//
// The server checks and enforces them by queries of its own, run as the owner of the table with
// SECURITY_NOFORCE_RLS set. The flag alone is not enough to tell: it stays set in the triggers that such a
// query fires, which may run anybody's statements. So a query is taken for the server's only if it has the
// shape of one (ri_triggers.c): one relation, owned by the current role, conditions that hold the columns of a key of
// its own against parameters, and nothing returned of it. Who imitates that learns what the key itself would tell.
#include "pg/foreign_key.h"
#include "pg/condition_guard.h"
#include "pg/errors.h"
#include "pg/masked_columns.h"
#include "pg/own_tables.h"
#include "pg/partition_move.h"
#include "pg/plan_note.h"
#include "pg/relation_mark.h"
#include "pg/roles.h"
#include "pg/tree.h"

extern "C" {
#include "access/sysattr.h"
#include "access/transam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parsetree.h"
}

namespace ddm
{

static ExecutorCheckPerms_hook_type prev_check_perms = nullptr;

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

static Bitmapset *columns_asked_for(const Query *query)
{
    Bitmapset *columns = nullptr;

    pull_varattnos(query->jointree->quals, 1, &columns);
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
    return query->cteList == NIL && !query->hasSubLinks && list_length(query->rtable) == 1 &&
           linitial_node(RangeTblEntry, query->rtable)->rtekind == RTE_RELATION &&
           relation_owner(linitial_node(RangeTblEntry, query->rtable)->relid) == GetUserId() &&
           query->setOperations == nullptr && is_key_comparison(query->jointree->quals) && asks_for_key(query);
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

// $n <@ range_agg(range)
static bool is_covered(Node *node)
{
    const auto *comparison = reinterpret_cast<OpExpr *>(node);

    return IsA(node, OpExpr) && comparison->opno < FirstNormalObjectId && list_length(comparison->args) == 2 &&
           is_operand(static_cast<Node *>(linitial(comparison->args))) &&
           gathers_ranges(static_cast<Node *>(lsecond(comparison->args)));
}

// PERIOD keys of PostgreSQL 18: SELECT 1 FROM (SELECT range FROM rel x WHERE ... FOR KEY SHARE) x1
// HAVING $n <@ range_agg(x1.range).
static bool is_period_scan(const Query *query)
{
    if (query->commandType != CMD_SELECT || query->cteList != NIL || query->hasSubLinks ||
        list_length(query->rtable) != 1 || query->jointree->quals || !query->havingQual ||
        !is_covered(query->havingQual))
        return false;
    auto *rte = linitial_node(RangeTblEntry, query->rtable);
    return rte->rtekind == RTE_SUBQUERY && is_key_scan(rte->subquery) && shows_part_of_key(rte->subquery);
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

List *foreign_key_assigns(const Query *query)
{
    List *notes = NIL;
    ListCell *cell;

    if (query->commandType != CMD_UPDATE)
        return NIL;
    foreach (cell, query->targetList) {
        const auto *entry = lfirst_node(TargetEntry, cell);
        if (entry->resjunk)
            continue;
        auto *note = static_cast<PlanNote *>(palloc(sizeof(PlanNote)));
        *note = {NoteKind::Action, entry->resno, rt_fetch(query->resultRelation, query->rtable)->relid};
        notes = lappend(notes, note);
    }
    return notes;
}

// The plan is kept for whoever sets the action off next, so that the role is asked for when it runs.
void foreign_key_check_action(const PlannedStmt *plan)
{
    MaskedColumns target = {InvalidOid, nullptr, nullptr, InvalidOid};
    Bitmapset *assigned = nullptr;
    ListCell *cell;
    PlanNote note;

    foreach (cell, plan->invalItems) {
        if (!plan_note_read(lfirst(cell), &note) || note.kind != NoteKind::Action)
            continue;
        target.relation = note.value;
        assigned = bms_add_member(assigned, note.attno);
    }
    if (!assigned || !masked_columns(target.relation, errors_role_behind_action(), &target))
        return;
    guard_conditions_of_action(&target, assigned);
    guard_row_movement(target.relation, target.role, assigned);
}

static bool reads_a_mask(Oid relation, const Bitmapset *selected)
{
    MaskedColumns columns;
    int column = -1;

    if (!masked_columns(relation, GetUserId(), &columns))
        return false;
    while ((column = bms_next_member(columns.masked, column)) >= 0)
        if (bms_is_member(column - FirstLowInvalidHeapAttributeNumber, selected))
            return true;
    return false;
}

// Asked without a wish for an error only by RI_Initial_Check(), which on "no" lets each row be checked on its
// own, as the owner. One query over both tables, as the current role, would compare masks.
[[gnu::noinline]] static bool may_touch(Oid relation, const Bitmapset *selected, AclMode privileges, Oid role,
                                        bool raise)
{
    return !policy_active() ||
           ((raise || !reads_a_mask(relation, selected)) && may_write_own(relation, privileges, role, raise));
}

// Nearly every statement wants an error, and most write nothing.
static bool is_to_ask(AclMode privileges, bool raise) { return !raise || (privileges & own_write_privileges) != 0; }

#if DDM_HAS_PERMINFO
static bool check_permissions(List *range_table, List *permissions, bool raise)
{
    ListCell *cell;

    foreach (cell, permissions) {
        auto *permission = lfirst_node(RTEPermissionInfo, cell);

        if (is_to_ask(permission->requiredPerms, raise) &&
            !may_touch(permission->relid, permission->selectedCols, permission->requiredPerms, permission->checkAsUser,
                       raise))
            return false;
    }
    return prev_check_perms ? prev_check_perms(range_table, permissions, raise) : true;
}
#else
static bool check_permissions(List *range_table, bool raise)
{
    ListCell *cell;

    foreach (cell, range_table) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        if (is_to_ask(rte->requiredPerms, raise) && rte->rtekind == RTE_RELATION &&
            !may_touch(rte->relid, rte->selectedCols, rte->requiredPerms, rte->checkAsUser, raise))
            return false;
    }
    return prev_check_perms ? prev_check_perms(range_table, raise) : true;
}
#endif

void foreign_key_install()
{
    prev_check_perms = ExecutorCheckPerms_hook;
    ExecutorCheckPerms_hook = check_permissions;
}

} // namespace ddm
