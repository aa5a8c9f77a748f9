// WHEN conditions are text, and follow the columns whose names they say; see condition_follow.h.
//
// What a condition meant is what it was bound to before the statement. Where it is not understood any more, the columns'
// names are written anew, at the places where the parser found them; the result has to be bound to the same columns.
#include "pg/label/condition_follow.h"
#include "pg/base/transaction_end.h"
#include "pg/label/condition_compare.h"
#include "pg/label/condition_text.h"
#include "pg/label/label_inherit.h"
#include "pg/label/label_store.h"
#include "pg/label/mask_upkeep.h"
#include "pg/mask/row_condition.h"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
}

namespace ddm
{

// One label with conditions, as it was before the statement.
struct NotedLabel {
    Oid relation;
    AttrNumber attno;
    char *text;
    LabelConditions conditions;
    int level;    // of the subtransaction in which it was noted
    Node **bound; // nullptr where there is no condition, or none that is understood
};

static List *noted = NIL; // in the transaction's memory

// Does the statement at hand take along what depends on what it drops?
static bool cascades = false;

static ConditionPlace place_of(int condition) { return condition == 0 ? ConditionPlace::Base : ConditionPlace::Branch; }

static Node *bind(Oid relation, const LabelConditions &conditions, int i)
{
    return conditions.texts[i][0] ? row_condition_bind(conditions.texts[i], relation, place_of(i)) : nullptr;
}

static bool is_noted(Oid relation, AttrNumber attno)
{
    ListCell *cell;

    foreach (cell, noted) {
        const auto *label = static_cast<NotedLabel *>(lfirst(cell));
        if (label->relation == relation && label->attno == attno)
            return true;
    }
    return false;
}

static void note(Oid relation, AttrNumber attno, const char *text)
{
    if (!strcasestr(text, "when") || is_noted(relation, attno))
        return;
    MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);
    auto *label = zeroed<NotedLabel>();
    *label = {relation, attno, pstrdup(text), label_conditions(text), GetCurrentTransactionNestLevel(), nullptr};
    label->bound = zeroed<Node *>(static_cast<size_t>(label->conditions.count) + 1);
    for (int i = 0; i < label->conditions.count; i++)
        label->bound[i] = bind(relation, label->conditions, i);
    noted = lappend(noted, label);
    await_transaction_end();
    MemoryContextSwitchTo(old);
}

void conditions_note(Oid relation)
{
    ListCell *cell;

    foreach (cell, labels_of(relation, label_provider)) {
        const auto *label = static_cast<StoredLabel *>(lfirst(cell));
        note(relation, label->attno, label->text);
    }
}

void conditions_note_naming(const char *name)
{
    // "" in a quoted name, and characters by their numbers, are not what the catalog has.
    const char *plain = name && !strchr(name, '"') ? name : nullptr;
    ListCell *cell;

    foreach (cell, labels_of_everything(label_provider)) {
        const auto *label = static_cast<StoredLabel *>(lfirst(cell));
        if (strcasestr(label->text, "when") && (!plain || strcasestr(label->text, plain)) &&
            get_rel_name(label->relation))
            note(label->relation, label->attno, label->text);
    }
    upkeep_note_naming(plain);
}

static const char lost_reason[] = "its condition asks for what is no longer there";

// Said of a label's condition, or of what a rule or a policy says.
static void refuse_or_tell(Oid relation, AttrNumber attno, const char *what, const char *hint)
{
    const char *column = get_attname(relation, attno, false);

    if (!cascades)
        ereport(ERROR, errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
                errmsg("the masking condition on column \"%s\" of relation \"%s\" cannot follow this change", column,
                       get_rel_name(relation)),
                errdetail("%s", what), errhint("%s", hint));
    ereport(NOTICE,
            errmsg("column \"%s\" of relation \"%s\" is masked in every row now", column, get_rel_name(relation)),
            errdetail("Its masking condition asks for what is no longer there. %s", what));
}

static void lose(Oid relation, AttrNumber attno, const char *condition)
{
    refuse_or_tell(
        relation, attno, psprintf("It reads: WHEN (%s).", condition),
        "Have a member of ddm_admin set a mask without this condition first, then one with it as it is to be.");
}

// Answers why the label has to be set anew; nullptr where it has not. What is lost is lost for good: something else might get
// that name.
static const char *follow(const NotedLabel *label, LabelConditions *conditions)
{
    const char *reason = nullptr;

    for (int i = 0; i < label->conditions.count; i++) {
        Node *before = label->bound[i];
        if (!before || conditions_alike(before, bind(label->relation, *conditions, i)))
            continue;
        conditions->texts[i] = condition_renamed(label->conditions.texts[i], before, label->relation);
        if (conditions_alike(before, bind(label->relation, *conditions, i))) {
            reason = reason ? reason : "its condition follows a rename";
        } else {
            lose(label->relation, label->attno, label->conditions.texts[i]);
            conditions->texts[i] = pstrdup("");
            reason = lost_reason;
        }
    }
    return reason;
}

static const char *stored_label(Oid relation, AttrNumber attno)
{
    ListCell *cell;

    foreach (cell, labels_of(relation, label_provider))
        if (static_cast<StoredLabel *>(lfirst(cell))->attno == attno)
            return static_cast<StoredLabel *>(lfirst(cell))->text;
    return nullptr;
}

void conditions_settle()
{
    const List *settled = noted;
    ListCell *cell;

    noted = NIL;
    foreach (cell, settled) {
        const auto *label = static_cast<NotedLabel *>(lfirst(cell));
        const char *now = stored_label(label->relation, label->attno);
        if (!now || strcmp(now, label->text) != 0) // gone, or set by the statement itself
            continue;
        LabelConditions conditions = label_conditions(now);
        const char *reason = follow(label, &conditions);
        if (!reason)
            continue;
        const char *text = label_with_conditions(now, conditions);
        label_set(label->relation, label->attno, text ? text : default_label, reason);
    }
}

bool conditions_noted() { return noted != NIL; }

void conditions_forget()
{
    noted = NIL;
    cascades = false;
}

void conditions_forget_from(int level)
{
    ListCell *cell;

    foreach (cell, noted)
        if (static_cast<NotedLabel *>(lfirst(cell))->level >= level)
            noted = foreach_delete_current(noted, cell);
}

bool conditions_check(Oid relation, const ColumnPolicy *before, const ColumnPolicy *now)
{
    // Of a label's own conditions conditions_settle() has told.
    const bool told = cascades && before->source == MaskSource::Label;

    if (!(told ? conditions_of_named_lost(before, now) : conditions_lost(before, now)))
        return false;
    refuse_or_tell(
        relation, before->attno, psprintf("It is part of %s.", before->why), // a rule, or a label that names a policy
        "Have a member of ddm_admin set a label on the column that says the condition itself: that follows.");
    label_set(relation, before->attno, default_label, lost_reason);
    return true;
}

static bool is_cascade(const Node *statement)
{
    ListCell *cell;

    if (IsA(statement, DropStmt))
        return reinterpret_cast<const DropStmt *>(statement)->behavior == DROP_CASCADE;
    foreach (cell, reinterpret_cast<const AlterTableStmt *>(statement)->cmds) {
        const auto *command = lfirst_node(AlterTableCmd, cell);
        if (command->subtype == AT_DropColumn && command->behavior == DROP_CASCADE)
            return true;
    }
    return false;
}

void condition_cascade(UtilityCall *call)
{
    const bool cascade = is_cascade(call->statement->utilityStmt);

    utility_run(call);
    cascades = cascade;
    await_transaction_end();
}

void condition_type_altered(Oid type, int, bool)
{
    Oid element = get_element_type(type);
    Oid relation = get_typ_typrelid(OidIsValid(element) ? element : type);
    HeapTuple tuple;

    if (OidIsValid(relation) && get_rel_relkind(relation) != RELKIND_COMPOSITE_TYPE)
        return; // the row type of a table, renamed with it
    tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
    if (!HeapTupleIsValid(tuple))
        return;
    const auto *row = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple));
    // The values of an enum are named without its name.
    const char *name = row->typtype == TYPTYPE_ENUM ? nullptr : pstrdup(NameStr(row->typname));
    ReleaseSysCache(tuple);
    conditions_note_naming(name);
}

void condition_collation_altered(Oid collation, int, bool)
{
    const char *name = get_collation_name(collation);

    if (name)
        conditions_note_naming(name);
}

void condition_operator_altered(Oid op, int, bool)
{
    const char *name = get_opname(op);

    if (name)
        conditions_note_naming(name);
}

} // namespace ddm
