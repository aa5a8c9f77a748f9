// ALTER DOMAIN by whoever sees a column of the domain masked: the check would see its stored values, and whether it
// holds would say something of them.
#include "pg/domain_guard.h"
#include "pg/hidden_columns.h"
#include "pg/object_event.h"
#include "pg/policy.h"

extern "C" {
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "parser/parse_type.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

// What depends on the type by itself: columns, and types made of it.
static List *dependents_of(Oid type)
{
    List *found = NIL;
    ScanKeyData key[2];
    ScanKeyInit(&key[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(TypeRelationId));
    ScanKeyInit(&key[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(type));
    Relation depend = table_open(DependRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(depend, DependReferenceIndexId, true, nullptr, 2, key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan)))
        found = lappend(found, heap_copytuple(tuple));
    systable_endscan(scan);
    table_close(depend, AccessShareLock);
    return found;
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

static void check_columns(Oid type)
{
    ListCell *cell;

    check_stack_depth();
    foreach (cell, dependents_of(type)) {
        const auto *row = reinterpret_cast<FormData_pg_depend *>(GETSTRUCT(static_cast<HeapTuple>(lfirst(cell))));
        if (row->classid == RelationRelationId && row->objsubid > 0)
            check_column(row->objid, static_cast<AttrNumber>(row->objsubid));
        else if (row->classid == TypeRelationId && row->objid != type)
            check_columns(row->objid);
    }
}

void guard_alter_domain(UtilityCall *call)
{
    const auto *statement = reinterpret_cast<AlterDomainStmt *>(call->statement->utilityStmt);
    const bool checks = strchr("COV", statement->subtype) != nullptr; // ADD, SET NOT NULL, VALIDATE

    if (checks && policy_active()) {
        const Oid type = LookupTypeNameOid(nullptr, makeTypeNameFromNameList(statement->typeName), true);
        if (OidIsValid(type))
            check_columns(type);
    }
    utility_run(call);
}

} // namespace ddm
