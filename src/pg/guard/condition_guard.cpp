// The old row's answer is taken where its new values are computed, and compared where the server checks the new row
// against row security: after BEFORE triggers, row by row. In between it waits in the statement's frame.
#include "pg/guard/condition_guard.h"
#include "pg/base/own_function.h"
#include "pg/base/relation_tree.h"
#include "pg/base/source_words.h"
#include "pg/errors/errors.h"
#include "pg/label/condition_compare.h"
#include "pg/mask/mask_call.h"
#include "pg/policy/hidden_columns.h"
#include "pg/policy/mask_choice.h"
#include "pg/policy/relation_policy.h"

extern "C" {
#include "access/sysattr.h"
#include "catalog/pg_class.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "nodes/bitmapset.h"
#include "optimizer/optimizer.h"
}

namespace ddm
{

// A masked column whose stored value some rows show.
struct ShownColumn {
    AttrNumber attno;
    Expr *shown; // boolean, over the result relation
    int number;  // of the bit in which it waits
};

// Of a statement: what WITH updates runs in between.
static const int max_numbers = sizeof(uint64) * BITS_PER_BYTE;
static int numbers_taken = 0;

void conditions_guarded_anew() { numbers_taken = 0; }

static List *shown_columns(const MaskedColumns *target, Index varno)
{
    List *found = NIL;
    int attno = -1;

    while ((attno = bms_next_member(target->masked, attno)) >= 0) {
        const ColumnPolicy *column = target->policy->columns[attno];
        Expr *shown = column->choice ? mask_choice_shows(column, target->role, varno) : nullptr;
        if (!shown)
            continue;
        auto *entry = static_cast<ShownColumn *>(palloc(sizeof(ShownColumn)));
        *entry = {static_cast<AttrNumber>(attno), shown, 0};
        found = lappend(found, entry);
    }
    return found;
}

// A generated column follows those that it is computed from.
static Bitmapset *with_inputs(Bitmapset *used, Oid relation)
{
    Relation opened = RelationIdGetRelation(relation);
    if (!RelationIsValid(opened))
        return used;
    TupleDesc descriptor = RelationGetDescr(opened);

    for (int i = 0; descriptor->constr && i < descriptor->constr->num_defval; i++) {
        const AttrDefault &value = descriptor->constr->defval[i];
        if (TupleDescAttr(descriptor, value.adnum - 1)->attgenerated &&
            bms_is_member(value.adnum - FirstLowInvalidHeapAttributeNumber, used))
            pull_varattnos(static_cast<Node *>(stringToNode(value.adbin)), 1, &used);
    }
    RelationClose(opened);
    return used;
}

static Bitmapset *condition_columns(const List *shown, Index varno, Oid relation)
{
    Bitmapset *used = nullptr;
    ListCell *cell;

    foreach (cell, shown)
        pull_varattnos(reinterpret_cast<Node *>(static_cast<ShownColumn *>(lfirst(cell))->shown), varno, &used);
    return with_inputs(used, relation);
}

// A trigger that has the last word may assign to anything. A child computes its generated columns in its own way, and a
// partition that a row moves to fires triggers as for a new one.
static bool assigns_by_itself(Oid relation, bool is_child)
{
    Relation opened = RelationIdGetRelation(relation);
    if (!RelationIsValid(opened))
        return false;
    const TriggerDesc *triggers = opened->trigdesc;
    const TupleConstr *constraints = RelationGetDescr(opened)->constr;
    const bool result =
        (triggers && (triggers->trig_update_before_row || (is_child && triggers->trig_insert_before_row))) ||
        (is_child && constraints && constraints->has_generated_stored);
    RelationClose(opened);
    return result;
}

static bool tree_assigns_by_itself(Oid relation)
{
    ListCell *cell;

    if (assigns_by_itself(relation, false))
        return true;
    foreach (cell, relation_descendants(relation))
        if (assigns_by_itself(lfirst_oid(cell), true))
            return true;
    return false;
}

// A foreign table's new rows are checked by nobody, wherever in the tree it is.
static bool tree_has_foreign_table(Oid relation)
{
    ListCell *cell;

    foreach (cell, lcons_oid(relation, relation_descendants(relation)))
        if (get_rel_relkind(lfirst_oid(cell)) == RELKIND_FOREIGN_TABLE)
            return true;
    return false;
}

static bool assigns_condition(const List *assignments, const Bitmapset *used)
{
    ListCell *cell;

    foreach (cell, assignments) {
        const auto *entry = lfirst_node(TargetEntry, cell);
        if (!entry->resjunk && (bms_is_member(entry->resno - FirstLowInvalidHeapAttributeNumber, used) ||
                                bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, used)))
            return true;
    }
    return false;
}

// Only the rewriter can make one: what calls these functions by hand has none.
static Node *proof(const MaskTarget &target)
{
    return reinterpret_cast<Node *>(mask_ref_constant(mask_bind_default(target)));
}

static Node *number_constant(int number)
{
    return reinterpret_cast<Node *>(
        makeConst(INT4OID, -1, InvalidOid, sizeof(int32), Int32GetDatum(number), false, true));
}

static void note_old_row(List *assignments, const List *shown, const MaskedColumns *target)
{
    const Oid arguments[4] = {ANYELEMENTOID, BOOLOID, INT4OID, mask_ref_type()};
    const Oid function = own_function("note_shown", 4, arguments);
    ListCell *cell;

    foreach (cell, assignments)
        if (!lfirst_node(TargetEntry, cell)->resjunk)
            break;
    if (!cell)
        return;
    auto *entry = lfirst_node(TargetEntry, cell);
    foreach (cell, shown) {
        const auto *column = static_cast<ShownColumn *>(lfirst(cell));
        auto *assigned = reinterpret_cast<Node *>(entry->expr);
        const Oid collation = exprCollation(assigned);
        entry->expr = reinterpret_cast<Expr *>(
            makeFuncExpr(function, exprType(assigned),
                         list_make4(assigned, copyObjectImpl(column->shown), number_constant(column->number),
                                    proof(target->policy->columns[column->attno]->target)),
                         collation, collation, COERCE_EXPLICIT_CALL));
    }
}

static void check_new_row(Query *query, const List *shown, const MaskedColumns *target)
{
    const Oid arguments[5] = {BOOLOID, INT4OID, REGCLASSOID, INT4OID, mask_ref_type()};
    const Oid function = own_function("check_shown", 5, arguments);
    ListCell *cell;

    foreach (cell, shown) {
        const auto *column = static_cast<ShownColumn *>(lfirst(cell));
        auto *relation =
            makeConst(REGCLASSOID, -1, InvalidOid, sizeof(Oid), ObjectIdGetDatum(target->relation), false, true);
        List *values =
            list_make5(copyObjectImpl(column->shown), number_constant(column->number), relation,
                       number_constant(column->attno), proof(target->policy->columns[column->attno]->target));
        auto *check = makeNode(WithCheckOption);

        check->kind = WCO_RLS_UPDATE_CHECK;
        check->relname = get_rel_name(target->relation);
        check->polname = pstrdup("ddm");
        check->qual = reinterpret_cast<Node *>(
            makeFuncExpr(function, BOOLOID, values, InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL));
        query->withCheckOptions = lappend(query->withCheckOptions, check);
    }
}

[[noreturn]] static void refuse_unmasking(Oid relation, AttrNumber attno)
{
    record_denied(relation, get_attname(relation, attno, false), "unmask by its condition");
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("permission denied to unmask column \"%s\" of relation \"%s\"", get_attname(relation, attno, true),
                   get_rel_name(relation)),
            errdetail("Its mask holds for the row as it is and would not hold for the row as it would be written."),
            errhint("Leave the columns as they are by whose values the mask holds or not."));
    pg_unreachable();
}

// UPDATE has one list of assignments, MERGE one for each action.
static List *assignment_lists(const Query *query)
{
    List *lists = NIL;
    ListCell *cell;

    if (query->commandType == CMD_UPDATE)
        lists = lappend(lists, query->targetList);
    if (query->onConflict)
        lists = lappend(lists, query->onConflict->onConflictSet);
    foreach (cell, query->mergeActionList)
        if (lfirst_node(MergeAction, cell)->commandType == CMD_UPDATE)
            lists = lappend(lists, lfirst_node(MergeAction, cell)->targetList);
    return lists;
}

void guard_conditions(Query *query, const MaskedColumns *target)
{
    List *lists = target ? assignment_lists(query) : NIL;
    List *shown = lists != NIL ? shown_columns(target, static_cast<Index>(query->resultRelation)) : NIL;
    ListCell *cell;

    if (shown == NIL)
        return;
    const Bitmapset *used = condition_columns(shown, static_cast<Index>(query->resultRelation), target->relation);
    bool assigned = tree_assigns_by_itself(target->relation);
    foreach (cell, lists)
        assigned = assigned || assigns_condition(static_cast<List *>(lfirst(cell)), used);
    if (!assigned)
        return;
    if (numbers_taken + list_length(shown) > max_numbers || tree_has_foreign_table(target->relation))
        refuse_unmasking(target->relation, static_cast<ShownColumn *>(linitial(shown))->attno);
    foreach (cell, shown)
        static_cast<ShownColumn *>(lfirst(cell))->number = numbers_taken++;
    foreach (cell, lists)
        note_old_row(static_cast<List *>(lfirst(cell)), shown, target);
    check_new_row(query, shown, target);
}

static bool names_condition(Oid function, Oid relation, const Bitmapset *used)
{
    ListCell *cell;

    foreach (cell, source_words(function)) {
        const AttrNumber attno = get_attnum(relation, static_cast<const char *>(lfirst(cell)));
        if (attno != InvalidAttrNumber && bms_is_member(attno - FirstLowInvalidHeapAttributeNumber, used))
            return true;
    }
    return false;
}

static bool trigger_names_condition(Oid fired, Oid relation, const Bitmapset *used)
{
    Relation opened = RelationIdGetRelation(fired);
    bool result = false;

    if (!RelationIsValid(opened))
        return false;
    const TriggerDesc *triggers = opened->trigdesc;
    for (int i = 0; triggers && i < triggers->numtriggers && !result; i++)
        result = TRIGGER_FOR_ROW(triggers->triggers[i].tgtype) && TRIGGER_FOR_BEFORE(triggers->triggers[i].tgtype) &&
                 names_condition(triggers->triggers[i].tgfoid, relation, used);
    RelationClose(opened);
    return result;
}

// Nobody checks an action's rows one by one: it is enough that a trigger speaks of such a column.
static bool triggers_name_condition(Oid relation, const Bitmapset *used)
{
    ListCell *cell;

    foreach (cell, lcons_oid(relation, relation_descendants(relation)))
        if (trigger_names_condition(lfirst_oid(cell), relation, used))
            return true;
    return false;
}

static bool action_assigns_condition(const Bitmapset *assigned, const Bitmapset *used)
{
    int attno = -1;

    while ((attno = bms_next_member(assigned, attno)) >= 0)
        if (bms_is_member(attno - FirstLowInvalidHeapAttributeNumber, used) ||
            bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, used))
            return true;
    return false;
}

void guard_conditions_of_action(const MaskedColumns *target, const Bitmapset *assigned)
{
    ListCell *cell;

    foreach (cell, shown_columns(target, 1)) {
        auto *column = static_cast<ShownColumn *>(lfirst(cell));
        const Bitmapset *used = condition_columns(list_make1(column), 1, target->relation);
        if (action_assigns_condition(assigned, used) || triggers_name_condition(target->relation, used))
            refuse_unmasking(target->relation, column->attno);
    }
}

void guard_condition_input(const HiddenColumns *hidden, AttrNumber attno, const char *what)
{
    const RelationPolicy *policy = hidden->names == NIL ? nullptr : policy_of(hidden->relation);
    int masked = -1;

    while (policy && (masked = bms_next_member(policy_masked_columns(policy), masked)) >= 0) {
        const char *name = get_attname(hidden->relation, static_cast<AttrNumber>(masked), false);
        const Bitmapset *asked = with_inputs(conditions_columns(policy->columns[masked]), hidden->relation);
        if (is_hidden_name(hidden, name) && (bms_is_member(attno - FirstLowInvalidHeapAttributeNumber, asked) ||
                                             bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, asked)))
            refuse_hidden(hidden, what, name);
    }
}

static ErrorFrame *running_frame(FunctionCallInfo fcinfo, int proof)
{
    ErrorFrame *frame = errors_innermost_frame();

    if (PG_ARGISNULL(proof) || !frame)
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                errmsg("function %s is called by the extension alone", get_func_name(fcinfo->flinfo->fn_oid)));
    return frame;
}

} // namespace ddm

using namespace ddm;

// note_shown(assigned, shown, number, proof): what is assigned; whether the old row shows the column is remembered.
DDM_FUNCTION(ddm_note_shown)
{
    ErrorFrame *frame = running_frame(fcinfo, 3);
    const uint64 bit = UINT64CONST(1) << PG_GETARG_INT32(2);

    frame->shown = PG_GETARG_BOOL(1) ? frame->shown | bit : frame->shown & ~bit;
    if (PG_ARGISNULL(0))
        PG_RETURN_NULL();
    PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

// check_shown(shown, number, relation, column, proof): true, or an error.
DDM_FUNCTION(ddm_check_shown)
{
    const ErrorFrame *frame = running_frame(fcinfo, 4);
    const uint64 bit = UINT64CONST(1) << PG_GETARG_INT32(1);

    if (PG_GETARG_BOOL(0) && !(frame->shown & bit))
        refuse_unmasking(PG_GETARG_OID(2), static_cast<AttrNumber>(PG_GETARG_INT32(3)));
    PG_RETURN_BOOL(true);
}
