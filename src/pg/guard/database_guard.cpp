// A copy of a database has another name and other object identifiers: what conditions say of the name, tags of the
// database and its settings are not those of the copy, and whoever owns it made it so.
//
// It works in every database of the cluster, with the extension or without.
#include "pg/guard/database_guard.h"
#include "pg/audit/audit.h"
#include "pg/policy/policy.h"
#include "pg/policy/roles.h"

extern "C" {
#include "catalog/pg_authid.h"
#include "catalog/pg_database.h"
#include "catalog/pg_shdepend.h"
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

// The extension's tables are granted to its roles, which the shared catalog of dependencies says of each database.
static bool uses_ddm(Oid database)
{
    const Oid admin = get_role_oid(role_admin, true);
    ScanKeyData key[2];
    bool found = false;

    if (!OidIsValid(admin))
        return false;
    ScanKeyInit(&key[0], Anum_pg_shdepend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
                ObjectIdGetDatum(AuthIdRelationId));
    ScanKeyInit(&key[1], Anum_pg_shdepend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(admin));
    Relation depend = table_open(SharedDependRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(depend, SharedDependReferenceIndexId, true, nullptr, 2, key);
    HeapTuple tuple;
    while (!found && HeapTupleIsValid(tuple = systable_getnext(scan)))
        found = reinterpret_cast<Form_pg_shdepend>(GETSTRUCT(tuple))->dbid == database;
    systable_endscan(scan);
    table_close(depend, AccessShareLock);
    return found;
}

static void require_policy_admin_for(const char *name, const char *doing)
{
    const Oid database = get_database_oid(name, true);

    if (!OidIsValid(database) || is_policy_admin(GetUserId()) || !uses_ddm(database))
        return;
    if (policy_active())
        audit_denied_event(EventKind::Denied, "database", psprintf("database %s", quote_identifier(name)), doing);
    ereport(
        ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied to %s database \"%s\"", doing, name),
        errdetail("Its masking policy may name the database, and what is set for it or said of it by tags would not "
                  "hold any more."),
        errhint("Ask a superuser or a member of %s.", role_admin));
}

static bool is_audited(const char *name)
{
    const Oid database = get_database_oid(name, true);
    return OidIsValid(database) && uses_ddm(database);
}

static void record(const char *action, const char *name, const char *before, const char *after)
{
    audit_cluster_event(
        {EventKind::Policy, action, psprintf("database %s", quote_identifier(name)), before, after, nullptr});
}

// template1 is there to be copied.
void guard_create_database(UtilityCall *call)
{
    const auto *statement = reinterpret_cast<CreatedbStmt *>(call->statement->utilityStmt);
    const char *copied = nullptr;
    ListCell *cell;

    foreach (cell, statement->options) {
        auto *option = lfirst_node(DefElem, cell);
        if (strcmp(option->defname, "template") != 0 || !option->arg)
            continue;
        const char *name = defGetString(option);
        if (get_database_oid(name, true) != Template1DbOid)
            require_policy_admin_for(name, "copy");
        copied = is_audited(name) ? pstrdup(name) : nullptr;
    }
    utility_run(call);
    if (copied)
        record("database", statement->dbname, nullptr, psprintf("copy of %s", quote_identifier(copied)));
}

void guard_rename_database(UtilityCall *call)
{
    const auto *statement = reinterpret_cast<RenameStmt *>(call->statement->utilityStmt);

    const bool database = statement->renameType == OBJECT_DATABASE;
    if (database)
        require_policy_admin_for(statement->subname, "rename");
    const bool audited = database && is_audited(statement->subname);
    utility_run(call);
    if (audited)
        record("rename", statement->subname, statement->subname, statement->newname);
}

// Its trail goes with it; those of the others have who did it.
void audit_drop_database(UtilityCall *call)
{
    const auto *statement = reinterpret_cast<DropdbStmt *>(call->statement->utilityStmt);
    const bool audited = is_audited(statement->dbname);
    utility_run(call);
    if (audited)
        record("database", statement->dbname, "its policy and trail", nullptr);
}

} // namespace ddm
