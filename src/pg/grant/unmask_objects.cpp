// From the names that a user typed to the objects and roles that an UNMASK grant is about.
#include "pg/grant/unmask_objects.h"
#include "pg/label/name_lock.h"
#include "pg/policy/policy_state.h"

extern "C" {
#include "access/transam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "commands/dbcommands.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

static bool is_system(Oid relation)
{
    return relation < FirstNormalObjectId || get_rel_namespace(relation) == ddm_schema();
}

void unmask_check_relation(Oid relation)
{
    if (can_be_masked(get_rel_relkind(relation)) && !is_system(relation))
        return;
    ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
            errmsg("UNMASK cannot be granted on \"%s\"", get_rel_name(relation)),
            is_system(relation) ? errdetail("Relations of the system and of the extension are not masked.")
                                : errdetail("It holds no rows of its own: views show what the tables below them show."),
            errhint("Grant UNMASK on the tables that hold the values."));
}

Oid unmask_relation(const RangeVar *name, bool whatever)
{
    Oid relation = RangeVarGetRelid(name, AccessShareLock, true);
    if (!OidIsValid(relation) && !whatever)
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation \"%s\" does not exist", name->relname),
                errdetail("There is nothing of that name to grant or revoke UNMASK on."),
                errhint("Check the name and the search_path."));
    if (whatever && (!OidIsValid(relation) || !can_be_masked(get_rel_relkind(relation)) || is_system(relation)))
        return InvalidOid;
    unmask_check_relation(relation);
    return relation;
}

static UnmaskGrant *column_object(Oid relation, const char *column)
{
    AttrNumber attno = get_attnum(relation, column);
    if (attno <= 0)
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
                errmsg("column \"%s\" of relation \"%s\" does not exist", column, get_rel_name(relation)),
                errdetail("UNMASK is granted on columns that are there."), errhint("Check the name."));
    UnmaskGrant *object = unmask_object(GrantKind::Column);
    object->relation = relation;
    namestrcpy(&object->column, column);
    return object;
}

List *unmask_add_relation(List *objects, Oid relation, List *columns)
{
    if (columns == NIL) {
        UnmaskGrant *object = unmask_object(GrantKind::Table);
        object->relation = relation;
        return lappend(objects, object);
    }
    ListCell *cell;
    LockRelationOid(relation, AccessShareLock); // a rename under way is waited for
    foreach (cell, columns)
        objects = lappend(objects, column_object(relation, strVal(lfirst(cell))));
    return objects;
}

// What initdb made, but for public: pg_catalog, information_schema, pg_toast.
static bool is_system_schema(Oid schema)
{
    return (schema < FirstNormalObjectId && schema != PG_PUBLIC_NAMESPACE) || schema == ddm_schema();
}

static Oid schema_oid(const char *schema, bool is_grant)
{
    names_stay();
    Oid oid = get_namespace_oid(schema, true);
    if (!OidIsValid(oid))
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_SCHEMA), errmsg("schema \"%s\" does not exist", schema),
                errdetail("There is nothing of that name to grant or revoke UNMASK on."), errhint("Check the name."));
    if (is_grant && is_system_schema(oid))
        ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("UNMASK cannot be granted on schema \"%s\"", schema),
                errdetail("Relations of the system and of the extension are not masked."),
                errhint("Grant UNMASK on the schemas or tables that hold the values."));
    return oid;
}

List *unmask_add_schema(List *objects, const char *schema, bool is_grant)
{
    schema_oid(schema, is_grant);
    UnmaskGrant *object = unmask_object(GrantKind::Schema);
    namestrcpy(&object->schema, schema);
    return lappend(objects, object);
}

List *unmask_add_all_tables(List *objects, const char *schema, List *columns, bool is_grant)
{
    ScanKeyData key;
    List *relations = NIL;
    ScanKeyInit(&key, Anum_pg_class_relnamespace, BTEqualStrategyNumber, F_OIDEQ,
                ObjectIdGetDatum(schema_oid(schema, is_grant)));
    Relation classes = table_open(RelationRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(classes, InvalidOid, false, nullptr, 1, &key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        auto *row = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
        if (can_be_masked(row->relkind) && !is_system(row->oid))
            relations = lappend_oid(relations, row->oid);
    }
    systable_endscan(scan);
    table_close(classes, AccessShareLock);

    ListCell *cell;
    foreach (cell, relations)
        objects = unmask_add_relation(objects, lfirst_oid(cell), columns);
    return objects;
}

List *unmask_add_database(List *objects, const char *database, bool whatever)
{
    Oid oid = get_database_oid(database, true);
    if (oid != MyDatabaseId && whatever)
        return objects;
    if (!OidIsValid(oid))
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_DATABASE), errmsg("database \"%s\" does not exist", database),
                errdetail("There is nothing of that name to grant or revoke UNMASK on."), errhint("Check the name."));
    if (oid != MyDatabaseId)
        ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                errmsg("UNMASK on database \"%s\" cannot be granted from here", database),
                errdetail("Each database keeps its own masking policy."),
                errhint("Connect to database \"%s\" and repeat the statement there.", database));
    return lappend(objects, unmask_object(GrantKind::Database));
}

List *unmask_add_default(List *objects, Oid creator, const char *schema, bool is_grant)
{
    UnmaskGrant *object = unmask_object(GrantKind::Default);
    object->creator = creator;
    if (schema) {
        schema_oid(schema, is_grant);
        namestrcpy(&object->schema, schema);
    }
    return lappend(objects, object);
}

Oid unmask_role_named(const char *name)
{
    Oid role = get_role_oid(name, true);
    if (!OidIsValid(role))
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role \"%s\" does not exist", name),
                errdetail("UNMASK is granted to roles that are there."),
                errhint("Check the name, or create the role."));
    return role;
}

List *unmask_grantees(List *roles, bool whatever)
{
    List *grantees = NIL;
    ListCell *cell;
    foreach (cell, roles) {
        auto *spec = static_cast<RoleSpec *>(lfirst(cell));
        if (spec->roletype == ROLESPEC_CSTRING) {
            grantees = list_append_unique_oid(grantees, unmask_role_named(spec->rolename));
        } else if (spec->roletype != ROLESPEC_PUBLIC) {
            grantees = list_append_unique_oid(grantees, get_rolespec_oid(spec, false));
        } else if (!whatever) {
            ereport(ERROR, errcode(ERRCODE_INVALID_GRANT_OPERATION), errmsg("UNMASK cannot be granted to PUBLIC"),
                    errdetail("A column that everybody reads in clear is not masked."),
                    errhint("Take the label off, or grant UNMASK to a role."));
        }
    }
    return grantees;
}

} // namespace ddm
