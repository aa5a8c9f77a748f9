// Columns that are converted: what is computed from their values then, and what masks' conditions make of them.
#include "pg/base/catalog_read.h"
#include "pg/errors/errors.h"
#include "pg/guard/condition_guard.h"
#include "pg/guard/object_event.h"
#include "pg/guard/object_guard.h"
#include "pg/policy/hidden_columns.h"

extern "C" {
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

// What the catalog had of the column, and has from this command on.
struct ColumnChange {
    FormData_pg_attribute before;
    FormData_pg_attribute after;
};

static bool read_change(Oid relation, AttrNumber attno, ColumnChange *change)
{
    ScanKeyData key[2];
    ScanKeyInit(&key[0], Anum_pg_attribute_attrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    ScanKeyInit(&key[1], Anum_pg_attribute_attnum, BTEqualStrategyNumber, F_INT2EQ, Int16GetDatum(attno));
    HeapTuple after = read_new(AttributeRelationId, AttributeRelidNumIndexId, 2, key);
    HeapTuple before = SearchSysCacheAttNum(relation, attno);
    const bool found = HeapTupleIsValid(after) && HeapTupleIsValid(before);

    if (found)
        *change = {*reinterpret_cast<Form_pg_attribute>(GETSTRUCT(before)),
                   *reinterpret_cast<Form_pg_attribute>(GETSTRUCT(after))};
    if (HeapTupleIsValid(before))
        ReleaseSysCache(before);
    return found;
}

void guard_column_altered(Oid relation, int sub, bool)
{
    const auto attno = static_cast<AttrNumber>(sub);
    ColumnChange change;

    if (sub <= 0 || !read_change(relation, attno, &change))
        return;
    const char *name = get_attname(relation, attno, false);
    const AlterTableCmd *command = command_for(name);
    const bool converts = !is_only_relabelled(&change.before, &change.after);
    const bool by_expression = converts_by_expression(command);
    const bool asks_for_nulls = change.after.attnotnull && !change.before.attnotnull;
    const bool recomputes = by_expression || (command && DDM_IS_SET_EXPRESSION(command)) ||
                            change.before.attcollation != change.after.attcollation;
    const bool fills = change.after.attidentity && !change.before.attidentity;
    if (!converts && !asks_for_nulls && !recomputes && !fills)
        return;
    const HiddenColumns hidden = hidden_in(relation);
    if (converts || asks_for_nulls)
        check_column(&hidden, attno, converts ? "convert" : "ask for nulls in");
    if (converts || recomputes)
        guard_condition_input(&hidden, attno, "convert what the condition asks for of");
    if (fills)
        guard_condition_input(&hidden, attno, "set the default of what the condition asks for of");
    if (converts && !by_expression && is_clear_name(&hidden, name))
        record_object(&hidden, list_make1(pstrdup(name)));
}

} // namespace ddm
