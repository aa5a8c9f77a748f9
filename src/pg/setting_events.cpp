// A change of a setting of ddm's is a change of policy: SET by a superuser, ALTER SYSTEM, ALTER DATABASE, ALTER ROLE.
#include "pg/setting_events.h"
#include "pg/audit.h"
#include "pg/policy.h"

extern "C" {
#include "access/xlog.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

// SET ... of one of ours; RESET ALL counts for none, since it can only bring back what was.
static bool is_ours(const VariableSetStmt *set)
{
    return set->name && pg_strncasecmp(set->name, "ddm.", 4) == 0 && policy_active();
}

static const char *value_of(const VariableSetStmt *set)
{
    if (set->kind == VAR_SET_VALUE)
        return ExtractSetVariableArgs(const_cast<VariableSetStmt *>(set));
    return set->kind == VAR_SET_CURRENT ? GetConfigOptionByName(set->name, nullptr, true) : "default";
}

static void record(const VariableSetStmt *set, const char *where, const char *before, const char *after)
{
    const char *object = psprintf("setting %s of %s", set->name, where);
    // A transaction that may not write keeps no event; what such a session does in clear is still on record.
    if (XactReadOnly || RecoveryInProgress()) {
        ereport(LOG, errmsg("ddm: %s changed from \"%s\" to \"%s\"", object, before ? before : "", after));
        return;
    }
    PolicyEvent event = {EventKind::Policy, "setting", object, before, after, nullptr};
    const bool bare = !ActiveSnapshotSet(); // SET runs without a snapshot, writing needs one
    if (bare)
        PushActiveSnapshot(GetTransactionSnapshot());
    audit_policy_event(event);
    if (bare)
        PopActiveSnapshot();
}

void setting_set_statement(UtilityCall *call)
{
    auto *set = reinterpret_cast<VariableSetStmt *>(call->statement->utilityStmt);
    // What anybody may set weakens nothing.
    if (!is_ours(set) || !superuser()) {
        utility_run(call);
        return;
    }
    const char *before = GetConfigOptionByName(set->name, nullptr, true);
    utility_run(call);
    const char *after = GetConfigOptionByName(set->name, nullptr, true);
    if (after && (!before || strcmp(before, after) != 0))
        record(set, "this session", before, after);
}

void setting_alter_system(UtilityCall *call)
{
    VariableSetStmt *set = reinterpret_cast<AlterSystemStmt *>(call->statement->utilityStmt)->setstmt;
    utility_run(call);
    if (is_ours(set))
        record(set, "the server", GetConfigOptionByName(set->name, nullptr, true), value_of(set));
}

void setting_alter_database(UtilityCall *call)
{
    auto *statement = reinterpret_cast<AlterDatabaseSetStmt *>(call->statement->utilityStmt);
    utility_run(call);
    if (is_ours(statement->setstmt))
        record(statement->setstmt, psprintf("database %s", quote_identifier(statement->dbname)), nullptr,
               value_of(statement->setstmt));
}

void setting_alter_role(UtilityCall *call)
{
    auto *statement = reinterpret_cast<AlterRoleSetStmt *>(call->statement->utilityStmt);
    utility_run(call);
    if (!is_ours(statement->setstmt))
        return;
    const char *role = statement->role ? quote_identifier(get_rolespec_name(statement->role)) : "every role";
    record(statement->setstmt,
           statement->database ? psprintf("role %s in database %s", role, quote_identifier(statement->database))
                               : psprintf("role %s", role),
           nullptr, value_of(statement->setstmt));
}

} // namespace ddm
