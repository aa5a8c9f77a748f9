// Keeps the stored grants true while tables, columns, schemas and roles come, change their names and go.
#include "pg/grant/grant_upkeep.h"
#include "pg/base/catalog_read.h"
#include "pg/grant/grant_unmask.h"
#include "pg/label/role_names.h"
#include "pg/policy/exemption_store.h"
#include "pg/policy/policy.h"

extern "C" {
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

static void give_defaults(Oid relation, Oid creator, const char *schema)
{
    ListCell *cell;
    foreach (cell, grants_at(InvalidOid, schema)) {
        auto *row = static_cast<UnmaskGrant *>(lfirst(cell));
        if (row->kind != GrantKind::Default || row->creator != creator)
            continue;
        UnmaskGrant grant = *row;
        grant.kind = GrantKind::Table;
        grant.relation = relation;
        grant.creator = InvalidOid;
        memset(&grant.schema, 0, sizeof grant.schema);
        unmask_put(&grant, "default privileges");
    }
}

void grants_relation_created(Oid relation, int sub, bool internal)
{
    if (sub != 0 || internal)
        return;
    HeapTuple tuple = read_new_by_oid(RelationRelationId, ClassOidIndexId, Anum_pg_class_oid, relation);
    if (!HeapTupleIsValid(tuple))
        return;
    auto *row = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
    if (!can_be_masked(row->relkind))
        return;
    give_defaults(relation, row->relowner, "");
    char *schema = get_namespace_name(row->relnamespace);
    if (schema)
        give_defaults(relation, row->relowner, schema);
}

void grants_relation_altered(Oid relation, int sub, bool internal)
{
    if (sub <= 0)
        return;
    char *old_name = get_attname(relation, static_cast<AttrNumber>(sub), true);
    ScanKeyData key[2];
    ScanKeyInit(&key[0], Anum_pg_attribute_attrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    ScanKeyInit(&key[1], Anum_pg_attribute_attnum, BTEqualStrategyNumber, F_INT2EQ, Int16GetDatum(sub));
    HeapTuple tuple = read_new(AttributeRelationId, AttributeRelidNumIndexId, 2, key);
    if (!old_name || !HeapTupleIsValid(tuple))
        return;
    NameData new_name = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple))->attname;
    if (strcmp(NameStr(new_name), old_name) == 0)
        return;
    ListCell *cell;
    foreach (cell, grants_at(relation, "")) {
        auto *row = static_cast<UnmaskGrant *>(lfirst(cell));
        if (row->kind != GrantKind::Column || strcmp(NameStr(row->column), old_name) != 0)
            continue;
        row->column = new_name;
        grant_rewrite(row);
    }
}

void grants_relation_dropped(Oid relation, int sub, bool internal)
{
    const char *column = sub > 0 ? get_attname(relation, static_cast<AttrNumber>(sub), true) : nullptr;
    ListCell *cell;
    if (sub < 0 || (sub > 0 && !column))
        return;
    foreach (cell, grants_at(relation, "")) {
        auto *row = static_cast<UnmaskGrant *>(lfirst(cell));
        if (!column || strcmp(NameStr(row->column), column) == 0)
            unmask_drop(row, column ? "column dropped" : "table dropped");
    }
}

void grants_schema_altered(Oid schema, int sub, bool internal)
{
    char *old_name = get_namespace_name(schema);
    HeapTuple tuple = read_new_by_oid(NamespaceRelationId, NamespaceOidIndexId, Anum_pg_namespace_oid, schema);
    if (!old_name || !HeapTupleIsValid(tuple))
        return;
    NameData new_name = reinterpret_cast<Form_pg_namespace>(GETSTRUCT(tuple))->nspname;
    if (strcmp(NameStr(new_name), old_name) == 0)
        return;
    ListCell *cell;
    foreach (cell, grants_at(InvalidOid, old_name)) {
        auto *row = static_cast<UnmaskGrant *>(lfirst(cell));
        row->schema = new_name;
        grant_rewrite(row);
    }
}

void grants_schema_dropped(Oid schema, int sub, bool internal)
{
    char *name = get_namespace_name(schema);
    ListCell *cell;
    if (!name)
        return;
    foreach (cell, grants_at(InvalidOid, name))
        unmask_drop(static_cast<UnmaskGrant *>(lfirst(cell)), "schema dropped");
}

void grants_role_dropped(Oid role, int sub, bool internal)
{
    unmask_forget_role(role, true);
    exemptions_forget_role(role);
    role_names_drop(role);
}

} // namespace ddm
