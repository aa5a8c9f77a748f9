// Statements that write a system catalog, or a table of the trail, past every command.
#include "pg/guard/direct_write.h"
#include "pg/audit/audit.h"
#include "pg/audit/trail_guard.h"
#include "pg/guard/own_tables.h"
#include "pg/policy/policy.h"
#include "pg/policy/policy_state.h"

extern "C" {
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "parser/parsetree.h"
}

namespace ddm
{

// Other tables of the extension record each row that is written to them (policy_rows.cpp, unmask_rows.cpp).
static bool is_of_trail(Oid relation)
{
    const char *name = is_own_table(relation) ? get_rel_name(relation) : nullptr;
    return name && strncmp(name, "audit_", 6) == 0;
}

static void record(Oid relation, const char *command, bool with_policy_tables)
{
    const bool catalog = IsCatalogRelationOid(relation);
    if (!catalog && !is_of_trail(relation) && !(with_policy_tables && is_own_table(relation)))
        return;
    ObjectAddress address = {RelationRelationId, relation, 0};
    const PolicyEvent event = {EventKind::Policy,
                               catalog ? "catalog" : "trail or policy table",
                               audit_object(&address),
                               nullptr,
                               command,
                               nullptr};
    if (!catalog) {
        audit_trail_event(event);
        return;
    }
    audit_policy_event(event);
    policy_changed(); // labels, roles, owners: whatever it was
}

static bool is_recorded() { return policy_active() && !creating_extension && !audit_is_worker(); }

static const char *command_of(const PlannedStmt *plan)
{
    switch (plan->commandType) {
    case CMD_INSERT:
        return "INSERT";
    case CMD_UPDATE:
        return "UPDATE";
    case CMD_DELETE:
        return "DELETE";
    case CMD_MERGE:
        return "MERGE";
    default:
        return "WITH";
    }
}

void direct_write_starts(const QueryDesc *query_desc, int eflags)
{
    const PlannedStmt *plan = query_desc->plannedstmt;
    if ((eflags & EXEC_FLAG_EXPLAIN_ONLY) || !is_recorded())
        return;
    ListCell *cell;
    foreach (cell, plan->resultRelations) {
        const RangeTblEntry *target = rt_fetch(lfirst_int(cell), plan->rtable);
        if (DDM_RTE_IS_CHECKED(target)) // not each partition of it
            record(target->relid, command_of(plan), false);
    }
}

void direct_copy(UtilityCall *call)
{
    auto *statement = reinterpret_cast<CopyStmt *>(call->statement->utilityStmt);
    Oid relation = statement->is_from && statement->relation && is_recorded()
                       ? RangeVarGetRelid(statement->relation, NoLock, true)
                       : InvalidOid;
    utility_run(call);
    if (OidIsValid(relation))
        record(relation, "COPY", false);
}

void direct_truncate(UtilityCall *call)
{
    auto *statement = reinterpret_cast<TruncateStmt *>(call->statement->utilityStmt);
    List *relations = NIL;
    ListCell *cell;
    if (is_recorded())
        foreach (cell, statement->relations)
            relations = lappend_oid(relations, RangeVarGetRelid(static_cast<RangeVar *>(lfirst(cell)), NoLock, true));
    utility_run(call);
    foreach (cell, relations)
        if (OidIsValid(lfirst_oid(cell)))
            record(lfirst_oid(cell), "TRUNCATE", true);
}

} // namespace ddm
