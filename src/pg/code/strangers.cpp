#include "pg/code/strangers.h"
#include "pg/policy/policy.h"
#include "pg/policy/roles.h"

extern "C" {
#include "catalog/pg_authid.h"
#include "catalog/pg_database.h"
#include "catalog/pg_namespace.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/syscache.h"
}

namespace ddm
{

bool sees_masks(Oid role, const List *relations)
{
    ListCell *cell;

    foreach (cell, relations) {
        const RelationPolicy *policy = policy_of(lfirst_oid(cell));
        if (policy && !bms_is_empty(policy_masked_for(policy, role)))
            return true;
    }
    return false;
}

// Not the owner of the table or of a function on the way here, nor anybody who reads what is stored anyway, or may change
// that.
bool is_stranger(Oid role, const CodeFinding *finding)
{
    if (role == ROLE_PG_DATABASE_OWNER) {
        HeapTuple tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(MyDatabaseId));
        role = reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple))->datdba;
        ReleaseSysCache(tuple);
    }
    if (role == ACL_ID_PUBLIC)
        return true;
    if (superuser_arg(role) || list_member_oid(finding->owners, role))
        return false;
    return finding->as_writer || (!is_policy_admin(role) && sees_masks(role, finding->relations));
}

bool strangers_create(Oid schema, const CodeFinding *finding)
{
    HeapTuple tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));
    bool null = true, result = false;

    if (!HeapTupleIsValid(tuple))
        return true;
    const Oid owner = reinterpret_cast<Form_pg_namespace>(GETSTRUCT(tuple))->nspowner;
    const Datum datum = SysCacheGetAttr(NAMESPACEOID, tuple, Anum_pg_namespace_nspacl, &null);
    const Acl *acl = null ? nullptr : DatumGetAclPCopy(datum);
    ReleaseSysCache(tuple);
    for (int i = 0; acl && i < ACL_NUM(acl) && !result; i++)
        result = (ACLITEM_GET_PRIVS(ACL_DAT(acl)[i]) & ACL_CREATE) && is_stranger(ACL_DAT(acl)[i].ai_grantee, finding);
    return result || is_stranger(owner, finding);
}

void check_found(const char *kind, const char *name, Oid owner, const CodeFinding *finding)
{
    if (!OidIsValid(owner) || !is_stranger(owner, finding))
        return;
    ereport(
        ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
        errmsg("permission denied to give %s \"%s\" stored values of masked columns", kind, name),
        errdetail("It belongs to role \"%s\", who sees masks, and code over the table found it by name.",
                  GetUserNameFromId(owner, true)),
        errhint("If it is meant, give it to the owner of the table; else drop it, and take CREATE on its schema from "
                "roles that see masks."));
}

} // namespace ddm
