// ALTER DOMAIN by whoever sees a column of the domain masked: the check would see its stored values, and whether it
// holds would say something of them. A default would decide over masks whose conditions ask for such a column.
#include "pg/guard/domain_guard.h"
#include "pg/base/catalog_read.h"
#include "pg/guard/condition_guard.h"
#include "pg/guard/object_event.h"
#include "pg/policy/hidden_columns.h"
#include "pg/policy/policy.h"

extern "C" {
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "parser/parse_type.h"
}

namespace ddm
{

using ColumnCheck = void (*)(Oid relation, AttrNumber attno);

static void check_default(Oid relation, AttrNumber attno)
{
    const HiddenColumns hidden = hidden_columns_of(relation);
    guard_condition_input(&hidden, attno, "set the default of what the condition asks for of");
}

static void check_column(Oid relation, AttrNumber attno)
{
    const HiddenColumns hidden = hidden_columns_of(relation);
    char *name = hidden.names != NIL || hidden.clear != NIL ? get_attname(relation, attno, true) : nullptr;

    if (name && is_hidden_name(&hidden, name))
        refuse_hidden(&hidden, "add a check over", name);
    if (name && is_clear_name(&hidden, name))
        record_object(&hidden, list_make1(name));
}

static void check_columns(Oid type, ColumnCheck check)
{
    ListCell *cell;

    check_stack_depth();
    foreach (cell, dependents_of(TypeRelationId, type)) {
        const auto *row = reinterpret_cast<FormData_pg_depend *>(GETSTRUCT(static_cast<HeapTuple>(lfirst(cell))));
        if (row->classid == RelationRelationId && row->objsubid > 0)
            check(row->objid, static_cast<AttrNumber>(row->objsubid));
        else if (row->classid == TypeRelationId && row->objid != type)
            check_columns(row->objid, check);
    }
}

void guard_alter_domain(UtilityCall *call)
{
    const auto *statement = reinterpret_cast<AlterDomainStmt *>(call->statement->utilityStmt);
    const bool checks = strchr("COV", statement->subtype) != nullptr; // ADD, SET NOT NULL, VALIDATE
    const bool fills = statement->subtype == 'T' && statement->def;

    if ((checks || fills) && policy_active()) {
        const Oid type = LookupTypeNameOid(nullptr, makeTypeNameFromNameList(statement->typeName), true);
        if (OidIsValid(type))
            check_columns(type, fills ? check_default : check_column);
    }
    utility_run(call);
}

} // namespace ddm
