// GRANT, REVOKE, ALTER DEFAULT PRIVILEGES and DROP OWNED, as far as they speak of UNMASK. The privilege is taken
// out of the statement and done here; what is left goes to the server.
#include "pg/grant/unmask_statement.h"
#include "pg/grant/unmask_objects.h"
#include "pg/policy/policy.h"

namespace ddm
{

static bool is_unmask(const AccessPriv *privilege)
{
    return privilege->priv_name && strcmp(privilege->priv_name, "unmask") == 0;
}

// Takes UNMASK out of the list; answers what was taken.
static List *take_unmask(GrantStmt *statement)
{
    List *ours = NIL, *rest = NIL;
    ListCell *cell;
    foreach (cell, statement->privileges) {
        auto *privilege = static_cast<AccessPriv *>(lfirst(cell));
        if (is_unmask(privilege))
            ours = lappend(ours, privilege);
        else
            rest = lappend(rest, privilege);
    }
    statement->privileges = rest;
    return ours;
}

// REVOKE ALL takes UNMASK away too: as one privilege, or one for each list of columns.
static List *all_as_unmask(const GrantStmt *statement)
{
    List *ours = NIL;
    ListCell *cell;
    if (statement->is_grant)
        return NIL;
    if (statement->privileges == NIL)
        return list_make1(makeNode(AccessPriv));
    foreach (cell, statement->privileges) {
        auto *privilege = static_cast<AccessPriv *>(lfirst(cell));
        if (!privilege->priv_name)
            ours = lappend(ours, privilege);
    }
    return ours;
}

static void refuse_object_type()
{
    ereport(ERROR, errcode(ERRCODE_INVALID_GRANT_OPERATION),
            errmsg("invalid privilege type UNMASK for this kind of object"),
            errdetail("UNMASK is about stored values of masked columns."),
            errhint("Grant it on columns, tables, schemas or the database."));
}

static void refuse_columns(const AccessPriv *privilege)
{
    if (privilege->cols != NIL)
        ereport(ERROR, errcode(ERRCODE_INVALID_GRANT_OPERATION),
                errmsg("column privileges are only valid for relations"),
                errdetail("UNMASK was given a list of columns."), errhint("Grant it on the tables of these columns."));
}

static List *objects_of_names(const GrantStmt *statement, const AccessPriv *privilege, bool whatever, List *objects)
{
    ListCell *cell;
    foreach (cell, statement->objects) {
        if (statement->objtype == OBJECT_TABLE) {
            Oid relation = unmask_relation(static_cast<RangeVar *>(lfirst(cell)), whatever);
            if (OidIsValid(relation))
                objects = unmask_add_relation(objects, relation, privilege->cols);
            continue;
        }
        refuse_columns(privilege);
        if (statement->objtype == OBJECT_SCHEMA)
            objects = unmask_add_schema(objects, strVal(lfirst(cell)), statement->is_grant);
        else
            objects = unmask_add_database(objects, strVal(lfirst(cell)), whatever);
    }
    return objects;
}

static List *objects_of(const GrantStmt *statement, const AccessPriv *privilege, bool whatever, List *objects)
{
    bool named = statement->targtype == ACL_TARGET_OBJECT &&
                 (statement->objtype == OBJECT_TABLE || statement->objtype == OBJECT_SCHEMA ||
                  statement->objtype == OBJECT_DATABASE);
    if (named)
        return objects_of_names(statement, privilege, whatever, objects);
    if (statement->targtype == ACL_TARGET_ALL_IN_SCHEMA && statement->objtype == OBJECT_TABLE) {
        ListCell *cell;
        foreach (cell, statement->objects)
            objects = unmask_add_all_tables(objects, strVal(lfirst(cell)), privilege->cols, statement->is_grant);
        return objects;
    }
    if (!whatever)
        refuse_object_type();
    return objects;
}

static UnmaskRequest request_of(const GrantStmt *statement, bool whatever)
{
    UnmaskRequest request = {};
    request.is_grant = statement->is_grant;
    request.option = statement->grant_option;
    request.cascade = statement->behavior == DROP_CASCADE;
    request.whatever_there_is = whatever;
    request.grantees = unmask_grantees(statement->grantees, whatever);
    request.granted_by = statement->grantor ? get_rolespec_oid(statement->grantor, false) : InvalidOid;
    request.until = DT_NOEND;
    return request;
}

static void execute(const GrantStmt *statement, List *privileges, bool whatever)
{
    ListCell *cell;
    PreventCommandIfReadOnly(statement->is_grant ? "GRANT" : "REVOKE");
    PreventCommandDuringRecovery(statement->is_grant ? "GRANT" : "REVOKE");
    UnmaskRequest request = request_of(statement, whatever);
    foreach (cell, privileges)
        request.objects = objects_of(statement, static_cast<AccessPriv *>(lfirst(cell)), whatever, request.objects);
    if (request.objects != NIL && request.grantees != NIL)
        unmask_execute(&request);
}

static void require_extension()
{
    if (!policy_active())
        ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                errmsg("extension \"ddm\" is not installed in this database"),
                errdetail("UNMASK is a privilege of the extension."), errhint("Run CREATE EXTENSION ddm first."));
}

void grant_statement(UtilityCall *call)
{
    auto *statement = reinterpret_cast<GrantStmt *>(call->statement->utilityStmt);
    List *from_all = policy_active() ? all_as_unmask(statement) : NIL;
    List *ours = take_unmask(statement);
    if (ours != NIL)
        require_extension();
    // An empty list of privileges means ALL to the server: what was UNMASK alone does not go there.
    if (ours == NIL || statement->privileges != NIL)
        utility_run(call);
    if (ours != NIL)
        execute(statement, ours, false);
    if (from_all != NIL)
        execute(statement, from_all, true);
}

static List *default_objects(const AlterDefaultPrivilegesStmt *statement)
{
    const bool is_grant = statement->action->is_grant;
    List *schemas = NIL, *roles = NIL, *creators = NIL, *objects = NIL;
    ListCell *cell, *other;
    foreach (cell, statement->options) {
        auto *option = static_cast<DefElem *>(lfirst(cell));
        if (strcmp(option->defname, "schemas") == 0)
            schemas = reinterpret_cast<List *>(option->arg);
        else if (strcmp(option->defname, "roles") == 0)
            roles = reinterpret_cast<List *>(option->arg);
    }
    foreach (cell, roles)
        creators = lappend_oid(creators, get_rolespec_oid(static_cast<RoleSpec *>(lfirst(cell)), false));
    if (roles == NIL)
        creators = list_make1_oid(GetUserId());
    foreach (cell, creators) {
        if (schemas == NIL)
            objects = unmask_add_default(objects, lfirst_oid(cell), nullptr, is_grant);
        foreach (other, schemas)
            objects = unmask_add_default(objects, lfirst_oid(cell), strVal(lfirst(other)), is_grant);
    }
    return objects;
}

void default_privileges_statement(UtilityCall *call)
{
    auto *statement = reinterpret_cast<AlterDefaultPrivilegesStmt *>(call->statement->utilityStmt);
    GrantStmt *action = statement->action;
    bool whatever = policy_active() && all_as_unmask(action) != NIL;
    List *ours = take_unmask(action);
    if (ours != NIL)
        require_extension();
    if (ours == NIL || action->privileges != NIL)
        utility_run(call);
    if (ours == NIL && !whatever)
        return;
    if (action->objtype != OBJECT_TABLE) {
        if (ours != NIL)
            refuse_object_type();
        return;
    }
    ListCell *cell;
    foreach (cell, ours)
        refuse_columns(static_cast<AccessPriv *>(lfirst(cell)));
    UnmaskRequest request = request_of(action, ours == NIL);
    request.objects = default_objects(statement);
    if (request.grantees != NIL)
        unmask_execute(&request);
}

void drop_owned_statement(UtilityCall *call)
{
    auto *statement = reinterpret_cast<DropOwnedStmt *>(call->statement->utilityStmt);
    utility_run(call); // says who may
    if (!policy_active())
        return;
    ListCell *cell;
    foreach (cell, statement->roles)
        unmask_forget_role(get_rolespec_oid(static_cast<RoleSpec *>(lfirst(cell)), false), false);
}

} // namespace ddm
