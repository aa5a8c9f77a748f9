// What CREATE EXTENSION and ALTER EXTENSION ... UPDATE ask for before they make anything: a schema of its own, its roles.
#include "pg/installation.h"
#include "pg/grant/grant_unmask.h"
#include "pg/policy/policy.h"
#include "pg/policy/policy_state.h"
#include "pg/policy/roles.h"
#include "pg/policy/rules.h"

extern "C" {
#include "catalog/dependency.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_auth_members.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_namespace.h"
#include "commands/trigger.h"
#include "commands/user.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

// Members of a role that was there before would hold rights over the policy that nobody here granted. A role
// that is marked as guarded was made by the extension in another database, or comes from a dump of the cluster:
// its memberships were guarded then, or granted by the superuser who restores.
static void check_members(Oid role, const char *name)
{
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_auth_members_roleid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(role));
    Relation members = table_open(AuthMemRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(members, AuthMemRoleMemIndexId, true, nullptr, 1, &key);
    HeapTuple tuple = systable_getnext(scan);
    if (HeapTupleIsValid(tuple)) {
        Oid member = reinterpret_cast<Form_pg_auth_members>(GETSTRUCT(tuple))->member;
        ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT), errmsg("role \"%s\" already exists and has members", name),
                errdetail("Members such as \"%s\" would hold rights over the masking policy.",
                          GetUserNameFromId(member, false)),
                errhint("Revoke the memberships, or accept them by SECURITY LABEL FOR ddm ON ROLE %s IS 'GUARDED', "
                        "and try again.",
                        name));
    }
    systable_endscan(scan);
    table_close(members, AccessShareLock);
}

static void check_existing(Oid role, const char *name)
{
    HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
    if (!HeapTupleIsValid(tuple))
        elog(ERROR, "cache lookup failed for role %u", role);
    auto *row = reinterpret_cast<Form_pg_authid>(GETSTRUCT(tuple));
    bool strong = row->rolcanlogin || row->rolsuper || row->rolcreaterole || row->rolbypassrls;
    ReleaseSysCache(tuple);
    if (strong)
        ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT),
                errmsg("role \"%s\" already exists and is not a plain group role", name),
                errdetail("It must be NOLOGIN, NOSUPERUSER, NOCREATEROLE and NOBYPASSRLS."),
                errhint("Alter, rename or drop the role, and try again."));
    if (!role_is_guarded(role))
        check_members(role, name);
}

static Oid make_role(const char *name)
{
    CreateRoleStmt *statement = makeNode(CreateRoleStmt);
    statement->stmt_type = ROLESTMT_ROLE;
    statement->role = pstrdup(name);
    statement->options = NIL;
    Oid role = CreateRole(nullptr, statement);
    CommandCounterIncrement();
    return role;
}

[[noreturn]] static void refuse_schema(bool update, const char *detail)
{
    if (update)
        ereport(
            ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
            errmsg("schema \"ddm\" is not safe to update the extension in"), errdetail("%s", detail),
            errhint("Drop what is not the extension's, let superusers alone own it and create in it, and try again."));
    ereport(ERROR, errcode(ERRCODE_DUPLICATE_SCHEMA), errmsg("schema \"ddm\" already exists and is not safe to use"),
            errdetail("%s", detail), errhint("Drop or rename the schema, and try again."));
    pg_unreachable();
}

// The owner of an object of whatever kind; InvalidOid where its kind has none.
static Oid object_owner(const ObjectAddress *object)
{
    const AttrNumber column = get_object_attnum_owner(object->classId);
    Oid owner = InvalidOid;

    if (column == InvalidAttrNumber)
        return InvalidOid;
    Relation catalog = table_open(object->classId, AccessShareLock);
    HeapTuple tuple = get_catalog_object_by_oid(catalog, get_object_attnum_oid(object->classId), object->objectId);
    if (HeapTupleIsValid(tuple)) {
        bool is_null;
        owner = DatumGetObjectId(heap_getattr(tuple, column, RelationGetDescr(catalog), &is_null));
    }
    table_close(catalog, AccessShareLock);
    return owner;
}

// What the script puts there is the extension's already; anything else was planted to be found in its place. Later
// there are partitions of the trail too, which are a superuser's and the database's.
static bool is_planted(const ObjectAddress *object, Oid extension, bool update)
{
    if (object->classId == ExtensionRelationId || getExtensionOfObject(object->classId, object->objectId) == extension)
        return false;
    Oid owner = update ? object_owner(object) : InvalidOid;
    return !update || (OidIsValid(owner) && !superuser_arg(owner));
}

static void require_empty(Oid schema, bool update)
{
    const Oid extension = get_extension_oid("ddm", false);
    ScanKeyData key[2];
    ScanKeyInit(&key[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
                ObjectIdGetDatum(NamespaceRelationId));
    ScanKeyInit(&key[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(schema));
    Relation depend = table_open(DependRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(depend, DependReferenceIndexId, true, nullptr, 2, key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        auto *row = reinterpret_cast<Form_pg_depend>(GETSTRUCT(tuple));
        ObjectAddress object = {row->classid, row->objid, row->objsubid};
        if (is_planted(&object, extension, update))
            refuse_schema(update, psprintf("It contains %s.", getObjectDescription(&object, false)));
    }
    systable_endscan(scan);
    table_close(depend, AccessShareLock);
}

static void require_closed(Oid owner, HeapTuple tuple, bool update)
{
    bool is_null;
    Datum datum = SysCacheGetAttr(NAMESPACEOID, tuple, Anum_pg_namespace_nspacl, &is_null);
    if (is_null)
        return;
    Acl *acl = DatumGetAclPCopy(datum);
    for (int i = 0; i < ACL_NUM(acl); i++)
        if (ACL_DAT(acl)[i].ai_grantee != owner && (ACLITEM_GET_PRIVS(ACL_DAT(acl)[i]) & ACL_CREATE))
            refuse_schema(update, psprintf("Role \"%s\" may create objects in it.",
                                           ACL_DAT(acl)[i].ai_grantee == ACL_ID_PUBLIC
                                               ? "public"
                                               : GetUserNameFromId(ACL_DAT(acl)[i].ai_grantee, true)));
}

void require_own_schema(bool update)
{
    Oid schema = get_namespace_oid("ddm", false);
    HeapTuple tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));
    if (!HeapTupleIsValid(tuple))
        elog(ERROR, "cache lookup failed for schema %u", schema);
    Oid owner = reinterpret_cast<Form_pg_namespace>(GETSTRUCT(tuple))->nspowner;
    require_closed(owner, tuple, update);
    ReleaseSysCache(tuple);
    if (!superuser_arg(owner) && update)
        refuse_schema(true, psprintf("It belongs to \"%s\".", GetUserNameFromId(owner, false)));
    if (!superuser_arg(owner))
        ereport(ERROR, errcode(ERRCODE_DUPLICATE_SCHEMA),
                errmsg("schema \"ddm\" already exists and belongs to \"%s\"", GetUserNameFromId(owner, false)),
                errdetail("Its owner could change what the extension puts there."),
                errhint("Drop or rename the schema, and try again."));
    require_empty(schema, update);
}

} // namespace ddm

using namespace ddm;

DDM_FUNCTION(ddm_prepare_roles)
{
    require_own_schema(false);
    const char *const names[] = {role_admin, role_approver, role_auditor};
    for (const char *name : names) {
        Oid role = get_role_oid(name, true);
        if (OidIsValid(role))
            check_existing(role, name);
        else
            role = make_role(name);
        role_guard(role);
    }
    PG_RETURN_VOID();
}

namespace ddm
{

static void record_unmask_row(const TriggerData *trigger)
{
    if (!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
        RelationGetRelid(trigger->tg_relation) != ddm_relation("unmask_grant"))
        return;
    TupleDesc description = RelationGetDescr(trigger->tg_relation);
    UnmaskGrant *row = grant_read(trigger->tg_trigtuple, description);
    if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
        unmask_row_written(row, grant_read(trigger->tg_newtuple, description));
    else if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
        unmask_row_written(nullptr, row);
    else
        unmask_row_written(row, nullptr);
}

} // namespace ddm

DDM_FUNCTION(ddm_policy_touched)
{
    rules_changed(); // TRUNCATE of theirs, or of the levels, comes here
    if (CALLED_AS_TRIGGER(fcinfo))
        ddm::record_unmask_row(reinterpret_cast<TriggerData *>(fcinfo->context));
    ddm::policy_changed();
    PG_RETURN_POINTER(nullptr);
}
