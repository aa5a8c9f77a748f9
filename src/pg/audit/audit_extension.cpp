// What is done to the extension itself. Its end takes the trail along, so that it is the log that has it.
#include "pg/audit/audit_ddl.h"
#include "pg/audit/audit_event.h"
#include "pg/installation.h"
#include "pg/policy/policy.h"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_extension.h"
}

namespace ddm
{

static bool drops_ddm(const DropStmt *statement)
{
    ListCell *cell;
    if (statement->removeType != OBJECT_EXTENSION)
        return false;
    foreach (cell, statement->objects)
        if (strcmp(strVal(lfirst(cell)), "ddm") == 0)
            return true;
    return false;
}

static char *version()
{
    char *answer = nullptr;
    Relation extensions = table_open(ExtensionRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(extensions, InvalidOid, false, nullptr, 0, nullptr);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        bool null;
        if (strcmp(NameStr(reinterpret_cast<Form_pg_extension>(GETSTRUCT(tuple))->extname), "ddm") != 0)
            continue;
        Datum value = heap_getattr(tuple, Anum_pg_extension_extversion, RelationGetDescr(extensions), &null);
        answer = null ? nullptr : TextDatumGetCString(value);
    }
    systable_endscan(scan);
    table_close(extensions, AccessShareLock);
    return answer;
}

void audit_drop_statement(UtilityCall *call)
{
    const bool ours = policy_active() && drops_ddm(reinterpret_cast<DropStmt *>(call->statement->utilityStmt));
    core::AuditRecord record;
    if (ours)
        audit_describe_policy(&record, {EventKind::Policy, "extension", "extension ddm", version(), nullptr, nullptr});
    utility_run(call);
    if (ours)
        audit_log_line(record, true);
}

void audit_alter_extension(UtilityCall *call)
{
    auto *statement = reinterpret_cast<AlterExtensionStmt *>(call->statement->utilityStmt);
    const bool ours = policy_active() && strcmp(statement->extname, "ddm") == 0;
    const char *before = ours ? version() : nullptr;
    if (ours)
        require_own_schema(true);
    utility_run(call);
    if (ours) {
        CommandCounterIncrement();
        audit_policy_event({EventKind::Policy, "extension", "extension ddm", before, version(), nullptr});
    }
}

void audit_alter_extension_contents(UtilityCall *call)
{
    auto *statement = reinterpret_cast<AlterExtensionContentsStmt *>(call->statement->utilityStmt);
    const bool ours = policy_active() && strcmp(statement->extname, "ddm") == 0;
    utility_run(call);
    if (ours)
        audit_policy_event({EventKind::Policy, "extension", "extension ddm", nullptr,
                            statement->action > 0 ? "ADD" : "DROP", nullptr});
}

} // namespace ddm
