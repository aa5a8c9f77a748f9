// What is done to the trail itself.
#include "pg/audit/trail_guard.h"
#include "pg/audit/audit_event.h"
#include "pg/audit/statement_text.h"
#include "pg/base/catalog_read.h"
#include "pg/policy/policy.h"
#include "pg/policy/policy_state.h"

extern "C" {
#include "access/xlog.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
}

namespace ddm
{

bool is_own_relation(Oid relation)
{
    return OidIsValid(relation) && !creating_extension && !audit_is_worker() &&
           get_rel_namespace(relation) == ddm_schema();
}

// The trail goes as a whole then, which the log has.
static bool goes_with_extension()
{
    const char *command = current_statement().command;
    return command && strcmp(command, "DROP EXTENSION") == 0;
}

void audit_trail_event(const PolicyEvent &event)
{
    if (creating_extension || audit_is_worker() || goes_with_extension() || !audit_trail_exists())
        return;
    const char *why = nullptr;
    core::AuditRecord record;
    audit_describe_policy(&record, event);
    if (!audit_record_event(record, &why) && !XactReadOnly && !RecoveryInProgress())
        audit_policy_event(event);
}

static void record(const char *object)
{
    audit_trail_event(
        {EventKind::Policy, "trail or policy object", object, nullptr, current_statement().command, nullptr});
}

static void record_on(const char *kind, const NameData &name, Oid relation)
{
    if (is_own_relation(relation))
        record(psprintf("%s %s on %s", kind, quote_identifier(NameStr(name)),
                        quote_qualified_identifier("ddm", get_rel_name(relation))));
}

void trail_trigger_touched(Oid trigger, int, bool internal)
{
    HeapTuple tuple = read_new_by_oid(TriggerRelationId, TriggerOidIndexId, Anum_pg_trigger_oid, trigger);
    const char *command = current_statement().command;
    // ALTER TABLE is on record as such, not for each trigger of each partition.
    if (internal || !HeapTupleIsValid(tuple) || (command && strcmp(command, "ALTER TABLE") == 0))
        return;
    auto *row = reinterpret_cast<Form_pg_trigger>(GETSTRUCT(tuple));
    record_on("trigger", row->tgname, row->tgrelid);
}

void trail_rule_touched(Oid rule, int, bool)
{
    HeapTuple tuple = read_new_by_oid(RewriteRelationId, RewriteOidIndexId, Anum_pg_rewrite_oid, rule);
    if (!HeapTupleIsValid(tuple))
        return;
    auto *row = reinterpret_cast<Form_pg_rewrite>(GETSTRUCT(tuple));
    record_on("rule", row->rulename, row->ev_class);
}

void trail_policy_touched(Oid policy, int, bool)
{
    HeapTuple tuple = read_new_by_oid(PolicyRelationId, PolicyOidIndexId, Anum_pg_policy_oid, policy);
    if (!HeapTupleIsValid(tuple))
        return;
    auto *row = reinterpret_cast<Form_pg_policy>(GETSTRUCT(tuple));
    record_on("policy", row->polname, row->polrelid);
}

void trail_function_touched(Oid function, int, bool)
{
    HeapTuple tuple = read_new_by_oid(ProcedureRelationId, ProcedureOidIndexId, Anum_pg_proc_oid, function);
    if (!HeapTupleIsValid(tuple) || creating_extension || audit_is_worker())
        return;
    auto *row = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
    if (row->pronamespace == ddm_schema())
        record(psprintf("function %s", quote_qualified_identifier("ddm", NameStr(row->proname))));
}

static void record_relation(const RangeVar *name, Oid relation)
{
    if (is_own_relation(relation))
        record(psprintf("table %s", quote_qualified_identifier("ddm", name->relname)));
}

static bool names_own_schema(const List *schemas)
{
    ListCell *cell;
    foreach (cell, schemas)
        if (get_namespace_oid(strVal(lfirst(cell)), true) == ddm_schema())
            return true;
    return false;
}

void trail_grant_statement(UtilityCall *call)
{
    auto *grant = static_cast<GrantStmt *>(copyObjectImpl(call->statement->utilityStmt));
    utility_run(call);
    if (!policy_active() || creating_extension || grant->objtype != OBJECT_TABLE)
        return;
    if (grant->targtype == ACL_TARGET_ALL_IN_SCHEMA && names_own_schema(grant->objects))
        record("all tables in schema ddm");
    if (grant->targtype != ACL_TARGET_OBJECT)
        return;
    ListCell *cell;
    foreach (cell, grant->objects) {
        auto *name = static_cast<RangeVar *>(lfirst(cell));
        record_relation(name, RangeVarGetRelid(name, NoLock, true));
    }
}

void trail_rename_statement(UtilityCall *call)
{
    Node *statement = call->statement->utilityStmt;
    RangeVar *name = IsA(statement, RenameStmt) ? reinterpret_cast<RenameStmt *>(statement)->relation
                                                : reinterpret_cast<AlterObjectSchemaStmt *>(statement)->relation;
    const Oid relation = name && policy_active() ? RangeVarGetRelid(name, NoLock, true) : InvalidOid;
    const bool own = is_own_relation(relation);
    utility_run(call);
    if (own)
        record(psprintf("table %s", quote_qualified_identifier("ddm", name->relname)));
}

} // namespace ddm
