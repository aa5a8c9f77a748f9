// ddm's own roles, and what it means to hold one.
#include "pg/policy/roles.h"
#include "pg/audit/audit.h"
#include "pg/label/label_store.h"
#include "pg/policy/policy.h"

extern "C" {
#include "catalog/objectaddress.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_shseclabel.h"
#include "commands/seclabel.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

const char *const role_admin = "ddm_admin";
const char *const role_approver = "ddm_approver";
const char *const role_auditor = "ddm_auditor";

bool holds_role(Oid member, Oid role)
{
    if (member == role)
        return OidIsValid(role);
    if (!OidIsValid(role))
        return false;
    // has_privs_of_role() answers yes for every superuser; a superuser's true memberships count here.
    return superuser_arg(member) ? is_member_of_role_nosuper(member, role) : has_privs_of_role(member, role);
}

static bool holds_role_named(Oid member, const char *name) { return holds_role(member, get_role_oid(name, true)); }

bool is_policy_admin(Oid role) { return superuser_arg(role) || holds_role_named(role, role_admin); }

bool is_policy_auditor(Oid role) { return is_policy_admin(role) || holds_role_named(role, role_auditor); }

void require_policy_admin(const char *doing, const char *action, const char *object)
{
    if (is_policy_admin(GetUserId()))
        return;
    if (policy_active())
        audit_denied_event(EventKind::Denied, action, object, doing);
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied to %s", doing),
            errdetail("The masking policy is changed by members of the role %s alone; owning the table is not "
                      "enough.",
                      quote_identifier(role_admin)),
            errhint("Ask a superuser or an administrator of %s to grant you membership.", role_admin));
}

Oid relation_owner(Oid relation)
{
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple))
        elog(ERROR, "cache lookup failed for relation %u", relation);
    Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
    ReleaseSysCache(tuple);
    return owner;
}

Oid function_owner(Oid function)
{
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple))
        elog(ERROR, "cache lookup failed for function %u", function);
    Oid owner = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->proowner;
    ReleaseSysCache(tuple);
    return owner;
}

bool owns_relation(Oid role, Oid relation) { return has_privs_of_role(role, relation_owner(relation)); }

static ObjectAddress role_address(Oid role)
{
    ObjectAddress address;
    ObjectAddressSet(address, AuthIdRelationId, role);
    return address;
}

bool role_is_guarded(Oid role)
{
    ObjectAddress address = role_address(role);
    return GetSecurityLabel(&address, label_provider) != nullptr;
}

// The same, seen with what this very command did: it may guard a role more than once.
static bool role_was_guarded(const ObjectAddress *address)
{
    ScanKeyData key[3];
    ScanKeyInit(&key[0], Anum_pg_shseclabel_objoid, BTEqualStrategyNumber, F_OIDEQ,
                ObjectIdGetDatum(address->objectId));
    ScanKeyInit(&key[1], Anum_pg_shseclabel_classoid, BTEqualStrategyNumber, F_OIDEQ,
                ObjectIdGetDatum(address->classId));
    ScanKeyInit(&key[2], Anum_pg_shseclabel_provider, BTEqualStrategyNumber, F_TEXTEQ,
                CStringGetTextDatum(label_provider));
    Relation labels = table_open(SharedSecLabelRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(labels, SharedSecLabelObjectIndexId, true, SnapshotSelf, 3, key);
    bool found = HeapTupleIsValid(systable_getnext(scan));
    systable_endscan(scan);
    table_close(labels, AccessShareLock);
    return found;
}

void role_guard(Oid role)
{
    ObjectAddress address = role_address(role);
    // A superuser's role is not to be had for the asking anyway.
    if (!superuser_arg(role) && !role_was_guarded(&address))
        SetSecurityLabel(&address, label_provider, "GUARDED");
}

static List *guarded_roles()
{
    List *found = NIL;
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_shseclabel_classoid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(AuthIdRelationId));
    Relation labels = table_open(SharedSecLabelRelationId, AccessShareLock);
    // The index leads with the object: of this catalog, which is nearly always empty, all is read.
    SysScanDesc scan = systable_beginscan(labels, InvalidOid, false, nullptr, 1, &key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        bool null;
        Datum provider = heap_getattr(tuple, Anum_pg_shseclabel_provider, RelationGetDescr(labels), &null);
        if (strcmp(TextDatumGetCString(provider), label_provider) == 0)
            found = lappend_oid(found, reinterpret_cast<FormData_pg_shseclabel *>(GETSTRUCT(tuple))->objoid);
    }
    systable_endscan(scan);
    table_close(labels, AccessShareLock);
    return found;
}

bool guarded_roles_exist() { return guarded_roles() != NIL; }

bool role_reaches_clearance(Oid role)
{
    List *guarded = guarded_roles();
    if (guarded == NIL)
        return false;
    guarded = lappend_oid(guarded, ROLE_PG_READ_SERVER_FILES);
    guarded = lappend_oid(guarded, ROLE_PG_WRITE_SERVER_FILES);
    guarded = lappend_oid(guarded, ROLE_PG_EXECUTE_SERVER_PROGRAM);
    ListCell *cell;
    foreach (cell, guarded)
        if (is_member_of_role_nosuper(role, lfirst_oid(cell)))
            return true;
    return false;
}

bool is_ddm_role_name(const char *name)
{
    return strcmp(name, role_admin) == 0 || strcmp(name, role_approver) == 0 || strcmp(name, role_auditor) == 0;
}

} // namespace ddm
