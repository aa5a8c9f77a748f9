// ddm's own roles, and what it means to hold one.
#include "pg/roles.h"
#include "pg/label_store.h"

extern "C" {
#include "catalog/objectaddress.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "commands/seclabel.h"
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

static bool holds_role_named(Oid member, const char *name)
{
    return holds_role(member, get_role_oid(name, true));
}

bool is_policy_admin(Oid role) { return superuser_arg(role) || holds_role_named(role, role_admin); }

bool is_policy_auditor(Oid role) { return is_policy_admin(role) || holds_role_named(role, role_auditor); }

void require_policy_admin(const char *doing)
{
    if (is_policy_admin(GetUserId()))
        return;
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied to %s", doing),
            errdetail("The masking policy is changed by members of the role %s alone; owning the table is not "
                      "enough.",
                      quote_identifier(role_admin)),
            errhint("Ask a superuser or an administrator of %s to grant you membership.", role_admin));
}

bool owns_relation(Oid role, Oid relation)
{
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple))
        return false;
    Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
    ReleaseSysCache(tuple);
    return has_privs_of_role(role, owner);
}

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

void role_guard(Oid role)
{
    ObjectAddress address = role_address(role);
    if (!role_is_guarded(role))
        SetSecurityLabel(&address, label_provider, "GUARDED");
}

bool is_ddm_role_name(const char *name)
{
    return strcmp(name, role_admin) == 0 || strcmp(name, role_approver) == 0 || strcmp(name, role_auditor) == 0;
}

} // namespace ddm
