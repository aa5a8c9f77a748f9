// pg_write_all_data writes every table there is. On the extension's own that would be the right to change the policy, and
// the record of it: there only what was granted on the table itself counts.
#include "pg/guard/own_tables.h"
#include "pg/policy/policy_state.h"

extern "C" {
#include "catalog/pg_class.h"
}

namespace ddm
{

Oid last_other_table = InvalidOid;

bool own_tables_look_up(Oid relation)
{
    last_other_table = relation; // first, so that an invalidation that comes meanwhile is heard
    const bool own = get_rel_namespace(relation) == ddm_schema();
    if (own)
        last_other_table = InvalidOid;
    return own;
}

void own_tables_forget(Oid relation)
{
    if (relation == last_other_table || relation == InvalidOid)
        last_other_table = InvalidOid;
}

// Of `privileges` those that the role was granted on the table itself.
static AclMode granted(Oid relation, Oid role, AclMode privileges)
{
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple))
        return ACL_NO_RIGHTS;
    bool null;
    const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
    Datum datum = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_relacl, &null);
    const AclMode held = !null ? aclmask(DatumGetAclP(datum), role, owner, privileges, ACLMASK_ALL)
                         : has_privs_of_role(role, owner) ? privileges
                                                          : ACL_NO_RIGHTS;
    ReleaseSysCache(tuple);
    return held;
}

bool may_write_some(Oid relation, Oid role)
{
    return superuser_arg(role) || granted(relation, role, own_write_privileges) != ACL_NO_RIGHTS;
}

bool may_write(Oid relation, AclMode privileges, Oid role, bool raise)
{
    const AclMode writes = privileges & own_write_privileges;

    const Oid writer = OidIsValid(role) ? role : GetUserId();
    if (superuser_arg(writer) || granted(relation, writer, writes) == writes)
        return true;
    if (raise)
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                errmsg("permission denied for table %s", get_rel_name(relation)),
                errdetail("The tables of schema ddm are written by who was granted it on the table itself."),
                errhint("Change the policy by SECURITY LABEL, GRANT UNMASK and the functions of schema ddm."));
    return false;
}

} // namespace ddm
