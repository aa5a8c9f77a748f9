// Changes of policy that no other part of ddm sees as such.
#include "pg/audit_ddl.h"
#include "pg/audit.h"
#include "pg/audit_spool.h"
#include "pg/policy.h"

extern "C" {
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "commands/seclabel.h"
}

namespace ddm
{

static const char *switch_name(AlterTableType type)
{
    switch (type) {
    case AT_EnableTrig:
    case AT_EnableTrigAll:
    case AT_EnableTrigUser:
        return "ENABLE TRIGGER";
    case AT_EnableAlwaysTrig:
        return "ENABLE ALWAYS TRIGGER";
    case AT_EnableReplicaTrig:
        return "ENABLE REPLICA TRIGGER";
    case AT_DisableTrig:
    case AT_DisableTrigAll:
    case AT_DisableTrigUser:
        return "DISABLE TRIGGER";
    case AT_EnableRule:
    case AT_EnableAlwaysRule:
    case AT_EnableReplicaRule:
        return "ENABLE RULE";
    case AT_DisableRule:
        return "DISABLE RULE";
    case AT_EnableRowSecurity:
        return "ENABLE ROW LEVEL SECURITY";
    case AT_DisableRowSecurity:
        return "DISABLE ROW LEVEL SECURITY";
    case AT_ForceRowSecurity:
        return "FORCE ROW LEVEL SECURITY";
    case AT_NoForceRowSecurity:
        return "NO FORCE ROW LEVEL SECURITY";
    default:
        return nullptr;
    }
}

static char *relation_identity(Oid relation)
{
    ObjectAddress address = {RelationRelationId, relation, 0};
    return getObjectDescription(&address, false);
}

static void record_switches(Oid relation, const List *commands)
{
    ListCell *cell;
    foreach (cell, commands) {
        auto *command = static_cast<AlterTableCmd *>(lfirst(cell));
        const char *name = switch_name(command->subtype);
        if (!name)
            continue;
        const char *after = command->name ? psprintf("%s %s", name, quote_identifier(command->name)) : name;
        audit_policy_event(
            {EventKind::Policy, "alter table", relation_identity(relation), nullptr, after, nullptr, nullptr});
    }
}

void audit_alter_table(UtilityCall *call)
{
    auto *statement = reinterpret_cast<AlterTableStmt *>(call->statement->utilityStmt);
    Oid relation = policy_active() ? RangeVarGetRelid(statement->relation, NoLock, true) : InvalidOid;
    bool masked = OidIsValid(relation) && policy_of(relation) != nullptr;
    List *commands = masked ? static_cast<List *>(copyObjectImpl(statement->cmds)) : NIL;
    utility_run(call);
    record_switches(relation, commands);
}

static const char *label_text(Oid relation, int attno)
{
    ObjectAddress column = {RelationRelationId, relation, attno};
    const char *label = GetSecurityLabel(&column, "ddm");
    return label ? label : "masked by a rule or a parent";
}

void audit_relation_dropped(Oid relation, int attno, bool)
{
    char kind = get_rel_relkind(relation);
    if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_FOREIGN_TABLE &&
        kind != RELKIND_MATVIEW)
        return;
    if (!audit_trail_exists())
        return;
    const RelationPolicy *policy = policy_of(relation);
    int column = -1;
    while (policy && (column = bms_next_member(policy_masked_columns(policy), column)) >= 0) {
        if (attno != 0 && attno != column)
            continue;
        ObjectAddress address = {RelationRelationId, relation, column};
        audit_policy_event({EventKind::Policy, attno != 0 ? "drop column" : "drop table",
                            getObjectDescription(&address, false), label_text(relation, column), nullptr, nullptr,
                            nullptr});
    }
}

void audit_transaction_statement(const TransactionStmt *statement)
{
    if (statement->kind != TRANS_STMT_COMMIT_PREPARED || !policy_active() || !my_spool())
        return;
    pg_atomic_fetch_add_u64(&my_spool()->policy_committed, 1);
    spool_wake(my_spool());
}

} // namespace ddm
