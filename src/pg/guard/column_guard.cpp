// Columns that are converted: what is computed from their values then, and what masks' conditions make of them.
#include "pg/base/catalog_read.h"
#include "pg/errors/errors.h"
#include "pg/guard/object_event.h"
#include "pg/guard/object_guard.h"
#include "pg/label/condition_follow.h"
#include "pg/policy/hidden_columns.h"
#include "pg/policy/relation_policy.h"

extern "C" {
#include "access/sysattr.h"
#include "catalog/pg_attribute.h"
#include "parser/parse_coerce.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

// Values that only change their type's name neither fail nor meet anybody's code.
static bool is_only_relabelled(const FormData_pg_attribute *before, const FormData_pg_attribute *after)
{
    return before->atttypid == after->atttypid ? after->atttypmod == before->atttypmod || after->atttypmod < 0
                                               : after->atttypmod < 0 && get_typtype(after->atttypid) == TYPTYPE_BASE &&
                                                     IsBinaryCoercible(before->atttypid, after->atttypid);
}

static const AlterTableCmd *command_for(const char *column)
{
    const ErrorFrame *frame = errors_innermost_frame();
    const Node *statement = frame ? frame->statement->utilityStmt : nullptr;
    ListCell *cell;

    if (!statement || !IsA(statement, AlterTableStmt))
        return nullptr;
    foreach (cell, reinterpret_cast<const AlterTableStmt *>(statement)->cmds) {
        const auto *command = lfirst_node(AlterTableCmd, cell);
        if ((command->subtype == AT_AlterColumnType || DDM_IS_SET_EXPRESSION(command)) &&
            strcmp(command->name, column) == 0)
            return command;
    }
    return nullptr;
}

// Then what it reads was looked at by guard_alter_table().
static bool converts_by_expression(const AlterTableCmd *command)
{
    return command && command->subtype == AT_AlterColumnType && castNode(ColumnDef, command->def)->raw_default;
}

// Other values, or another order of them, could make a condition let go that held.
static void check_conditions(const HiddenColumns *hidden, AttrNumber attno)
{
    const RelationPolicy *policy = hidden->names == NIL ? nullptr : policy_of(hidden->relation);
    int masked = -1;

    while (policy && (masked = bms_next_member(policy_masked_columns(policy), masked)) >= 0) {
        const char *name = get_attname(hidden->relation, static_cast<AttrNumber>(masked), false);
        const Bitmapset *asked = conditions_columns(policy->columns[masked]);
        if (is_hidden_name(hidden, name) && (bms_is_member(attno - FirstLowInvalidHeapAttributeNumber, asked) ||
                                             bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, asked)))
            refuse_hidden(hidden, "convert what the condition asks for of", name);
    }
}

void guard_column_altered(Oid relation, int sub, bool)
{
    if (sub <= 0)
        return;
    ScanKeyData key[2];
    ScanKeyInit(&key[0], Anum_pg_attribute_attrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    ScanKeyInit(&key[1], Anum_pg_attribute_attnum, BTEqualStrategyNumber, F_INT2EQ, Int16GetDatum(sub));
    HeapTuple tuple = read_new(AttributeRelationId, AttributeRelidNumIndexId, 2, key);
    HeapTuple cached = SearchSysCacheAttNum(relation, static_cast<AttrNumber>(sub));
    if (!HeapTupleIsValid(tuple) || !HeapTupleIsValid(cached)) {
        if (HeapTupleIsValid(cached))
            ReleaseSysCache(cached);
        return;
    }
    auto *after = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple));
    const FormData_pg_attribute before = *reinterpret_cast<Form_pg_attribute>(GETSTRUCT(cached));
    ReleaseSysCache(cached);
    const bool converts = !is_only_relabelled(&before, after);
    const bool asks_for_nulls = after->attnotnull && !before.attnotnull;
    const char *name = get_attname(relation, static_cast<AttrNumber>(sub), false);
    const AlterTableCmd *command = command_for(name);
    const bool recomputes = command && (command->subtype != AT_AlterColumnType || converts_by_expression(command));
    const bool reorders = before.attcollation != after->attcollation;
    if (!converts && !asks_for_nulls && !recomputes && !reorders)
        return;
    const HiddenColumns hidden = hidden_in(relation);
    if (converts || asks_for_nulls)
        check_column(&hidden, static_cast<AttrNumber>(sub), converts ? "convert" : "ask for nulls in");
    if (converts || recomputes || reorders)
        check_conditions(&hidden, static_cast<AttrNumber>(sub));
    if (converts && is_clear_name(&hidden, name) && !converts_by_expression(command))
        record_object(&hidden, list_make1(pstrdup(name)));
}

} // namespace ddm
