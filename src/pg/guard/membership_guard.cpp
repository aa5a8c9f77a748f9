// Guards the roles through which stored values or the policy can be reached against whoever may only create
// roles: before PostgreSQL 16, CREATEROLE grants itself any role and sets anybody's password.
//
// It works in every database of the cluster, with the extension or without: roles are the cluster's.
#include "pg/guard/membership_guard.h"
#include "pg/audit/audit.h"
#include "pg/audit/role_events.h"
#include "pg/label/role_names.h"
#include "pg/policy/relation_policy.h"
#include "pg/policy/roles.h"

extern "C" {
#include "catalog/pg_auth_members.h"
#include "access/transam.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_shdepend.h"
#include "catalog/dependency.h"
}

namespace ddm
{

static Oid role_of(const RoleSpec *spec)
{
    return spec->roletype == ROLESPEC_PUBLIC ? InvalidOid : get_rolespec_oid(spec, true);
}

// Owners of tables that only a rule masks are marked by nobody: in the rule's own database they are looked for.
static bool owns_masked_relation(Oid role)
{
    List *relations = NIL;
    ListCell *cell;
    if (!policy_active() || superuser_arg(role))
        return false;
    Relation classes = table_open(RelationRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(classes, InvalidOid, false, nullptr, 0, nullptr);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        auto *row = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
        if (row->oid >= FirstNormalObjectId && is_member_of_role_nosuper(role, row->relowner))
            relations = lappend_oid(relations, row->oid);
    }
    systable_endscan(scan);
    table_close(classes, AccessShareLock);
    MemoryContext memory = AllocSetContextCreate(CurrentMemoryContext, "ddm policy of an owner", ALLOCSET_SMALL_SIZES);
    bool masked = false;
    for (cell = list_head(relations); cell && !masked; cell = lnext(relations, cell)) {
        masked = policy_once(lfirst_oid(cell), memory) != nullptr;
        MemoryContextReset(memory);
    }
    MemoryContextDelete(memory);
    return masked;
}

static bool reaches_clearance(Oid role) { return role_reaches_clearance(role) || owns_masked_relation(role); }

static List *relation_owners_elsewhere()
{
    List *owners = NIL;
    Relation depends = table_open(SharedDependRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(depends, InvalidOid, false, nullptr, 0, nullptr);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        const auto *row = reinterpret_cast<Form_pg_shdepend>(GETSTRUCT(tuple));
        if (row->deptype == SHARED_DEPENDENCY_OWNER && row->classid == RelationRelationId &&
            row->refclassid == AuthIdRelationId && OidIsValid(row->dbid) && row->dbid != MyDatabaseId)
            owners = list_append_unique_oid(owners, row->refobjid);
    }
    systable_endscan(scan);
    table_close(depends, AccessShareLock);
    return owners;
}

// What rules mask in another database, and whom they exempt there as its owner, only that one knows.
static bool may_own_masked_relation_elsewhere(Oid role)
{
    ListCell *cell;

    if (!guarded_roles_exist() || superuser_arg(role))
        return false;
    foreach (cell, relation_owners_elsewhere())
        if (is_member_of_role_nosuper(role, lfirst_oid(cell)))
            return true;
    return false;
}

// Superusers, policy admins, and who was given the role WITH ADMIN OPTION.
static bool may_administer(Oid role) { return is_policy_admin(GetUserId()) || is_admin_of_role(GetUserId(), role); }

static void require_administration(Oid role, const char *doing)
{
    if (!OidIsValid(role) || may_administer(role) ||
        (!reaches_clearance(role) && !may_own_masked_relation_elsewhere(role)))
        return;
    const char *name = GetUserNameFromId(role, false);
    audit_denied_event(EventKind::Denied, "membership", psprintf("role %s", quote_identifier(name)), doing);
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied to %s role \"%s\"", doing, name),
            errdetail("The role reaches stored values of masked columns or the masking policy. CREATEROLE is not "
                      "enough for such roles."),
            errhint("Ask a superuser, a member of %s, or who holds the role WITH ADMIN OPTION.", role_admin));
}

static List *watch(List *watched, Oid role, Oid member)
{
    return OidIsValid(role) && OidIsValid(member) && reaches_clearance(role) ? membership_watch(watched, role, member)
                                                                             : watched;
}

static void record_memberships(const List *watched)
{
    if (watched == NIL)
        return;
    CommandCounterIncrement();
    membership_record(watched);
}

// The three roles of the extension are given out by policy admins too, who need not be administrators of them:
// then the server's own statement runs as its owner does.
static void run_for_policy_admin(UtilityCall *call, GrantRoleStmt *statement)
{
    ListCell *cell;
    foreach (cell, statement->grantee_roles) { // CURRENT_USER is somebody else below
        auto *spec = static_cast<RoleSpec *>(lfirst(cell));
        Oid member = role_of(spec);
        if (spec->roletype == ROLESPEC_CSTRING || !OidIsValid(member))
            continue;
        spec->roletype = ROLESPEC_CSTRING;
        spec->rolename = GetUserNameFromId(member, false);
    }
    statement->grantor = nullptr;
    utility_run_as(call, BOOTSTRAP_SUPERUSERID);
}

void guard_grant_role(UtilityCall *call)
{
    auto *statement = reinterpret_cast<GrantRoleStmt *>(call->statement->utilityStmt);
    List *memberships = NIL;
    bool own_roles_only = true;
    ListCell *cell, *other;
    foreach (cell, statement->granted_roles) {
        auto *granted = static_cast<AccessPriv *>(lfirst(cell));
        Oid role = granted->priv_name ? get_role_oid(granted->priv_name, true) : InvalidOid;
        require_administration(role, statement->is_grant ? "grant" : "revoke");
        own_roles_only = own_roles_only && granted->priv_name && is_ddm_role_name(granted->priv_name) &&
                         OidIsValid(role) && !is_admin_of_role(GetUserId(), role);
        foreach (other, statement->grantee_roles)
            memberships = watch(memberships, role, role_of(static_cast<RoleSpec *>(lfirst(other))));
    }
    if (own_roles_only && !superuser() && !statement->grantor && policy_active() && is_policy_admin(GetUserId()))
        run_for_policy_admin(call, statement);
    else
        utility_run(call);
    record_memberships(memberships);
}

static void require_free_name(const char *name)
{
    if (superuser() || !is_ddm_role_name(name) || !guarded_roles_exist())
        return;
    ereport(ERROR, errcode(ERRCODE_RESERVED_NAME), errmsg("role name \"%s\" is reserved", name),
            errdetail("The extension ddm finds its roles by their names."), errhint("Choose another name."));
}

void guard_create_role(UtilityCall *call)
{
    auto *statement = reinterpret_cast<CreateRoleStmt *>(call->statement->utilityStmt);
    List *joined = NIL;
    ListCell *cell, *other;
    require_free_name(statement->role);
    foreach (cell, statement->options) {
        auto *option = static_cast<DefElem *>(lfirst(cell));
        if (strcmp(option->defname, "addroleto") != 0)
            continue;
        foreach (other, reinterpret_cast<List *>(option->arg)) {
            Oid role = role_of(static_cast<RoleSpec *>(lfirst(other)));
            require_administration(role, "grant");
            if (OidIsValid(role) && reaches_clearance(role))
                joined = lappend_oid(joined, role);
        }
    }
    utility_run(call);
    CommandCounterIncrement();
    Oid member = get_role_oid(statement->role, false);
    role_record_attributes({member, false, 0, "", ""}, member, joined != NIL);
    List *memberships = NIL;
    foreach (cell, joined)
        memberships = membership_of_new_role(memberships, lfirst_oid(cell), member);
    membership_record(memberships);
    if (policy_active() && is_policy_admin(GetUserId()))
        role_names_given(statement->role);
}

void guard_alter_role(UtilityCall *call)
{
    auto *statement = reinterpret_cast<AlterRoleStmt *>(call->statement->utilityStmt);
    Oid role = role_of(statement->role);
    List *memberships = NIL;
    ListCell *cell, *other;
    if (role != GetUserId()) // one's own password is one's own; the server allows no more
        require_administration(role, "alter");
    foreach (cell, statement->options) {
        auto *option = static_cast<DefElem *>(lfirst(cell));
        if (strcmp(option->defname, "rolemembers") != 0)
            continue;
        require_administration(role, "grant"); // ALTER GROUP
        foreach (other, reinterpret_cast<List *>(option->arg))
            memberships = watch(memberships, role, role_of(static_cast<RoleSpec *>(lfirst(other))));
    }
    const bool reaches = OidIsValid(role) && reaches_clearance(role);
    RoleAttributes before = role_attributes(role);
    utility_run(call);
    record_memberships(memberships);
    CommandCounterIncrement();
    role_record_attributes(before, role, reaches);
}

void guard_alter_role_set(UtilityCall *call)
{
    auto *statement = reinterpret_cast<AlterRoleSetStmt *>(call->statement->utilityStmt);
    Oid role = statement->role ? role_of(statement->role) : InvalidOid;
    if (role != GetUserId())
        require_administration(role, "alter");
    utility_run(call);
}

void guard_drop_role(UtilityCall *call)
{
    auto *statement = reinterpret_cast<DropRoleStmt *>(call->statement->utilityStmt);
    ListCell *cell;
    RoleEnds *ends = role_ends();
    foreach (cell, statement->roles) {
        Oid role = role_of(static_cast<RoleSpec *>(lfirst(cell)));
        require_administration(role, "drop");
        if (OidIsValid(role))
            role_end_watch(ends, role, reaches_clearance(role), reaches_clearance);
    }
    utility_run(call);
    role_ends_record(ends);
}

void guard_rename(UtilityCall *call)
{
    auto *statement = reinterpret_cast<RenameStmt *>(call->statement->utilityStmt);
    bool reaches = false;
    if (statement->renameType == OBJECT_ROLE) {
        Oid role = get_role_oid(statement->subname, true);
        require_administration(role, "rename");
        require_free_name(statement->newname);
        if (is_ddm_role_name(statement->subname) && OidIsValid(role) && role_is_guarded(role))
            ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("role \"%s\" cannot be renamed", statement->subname),
                    errdetail("The extension ddm finds its roles by their names."),
                    errhint("Grant it to a role of the name that you want."));
        reaches = OidIsValid(role) && (superuser_arg(role) || reaches_clearance(role));
        if (policy_active())
            role_names_keep_one(statement->subname);
    }
    utility_run(call);
    if (reaches)
        role_record_rename(statement->subname, statement->newname);
    if (statement->renameType == OBJECT_ROLE && policy_active()) {
        CommandCounterIncrement();
        role_names_follow();
        if (is_policy_admin(GetUserId()))
            role_names_given(statement->newname);
    }
}

} // namespace ddm
