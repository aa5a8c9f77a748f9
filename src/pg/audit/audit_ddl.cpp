// Changes of policy that no other part of ddm sees as such.
#include "pg/audit/audit_ddl.h"
#include "pg/audit/audit.h"
#include "pg/audit/audit_spool.h"
#include "pg/audit/trail_guard.h"
#include "pg/base/catalog_read.h"
#include "pg/policy/policy_state.h"
#include "pg/policy/relation_policy.h"

extern "C" {
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "commands/seclabel.h"
#include "utils/fmgroids.h"
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

static const char *relation_identity(Oid relation)
{
    ObjectAddress address = {RelationRelationId, relation, 0};
    return audit_object(&address);
}

static void record_change(const char *action, const char *object, const char *before, const char *after)
{
    audit_policy_event({EventKind::Policy, action, object, before, after, nullptr});
}

static void record_own_change(Oid relation, const char *what)
{
    audit_trail_event(
        {EventKind::Policy, "trail or policy table", relation_identity(relation), nullptr, what, nullptr});
}

static bool record_switches(Oid relation, const List *commands)
{
    bool any = false;
    ListCell *cell;
    foreach (cell, commands) {
        auto *command = static_cast<AlterTableCmd *>(lfirst(cell));
        const char *name = switch_name(command->subtype);
        if (!name)
            continue;
        const char *after = command->name ? psprintf("%s %s", name, quote_identifier(command->name)) : name;
        if (is_own_relation(relation))
            record_own_change(relation, after);
        else
            record_change("alter table", relation_identity(relation), nullptr, after);
        any = true;
    }
    return any;
}

// A table that joins or leaves another's tree: what masks the one may mask the other.
struct TreeChange {
    Oid child;
    bool joins;
    const char *place; // in the tree
};

static bool moves_partition(AlterTableType type)
{
    return type == AT_AttachPartition || type == AT_DetachPartition || type == AT_DetachPartitionFinalize;
}

// Before the statement runs: afterwards neither may have masks.
static List *tree_changes(Oid relation, const List *commands)
{
    List *changes = NIL;
    ListCell *cell;
    foreach (cell, commands) {
        auto *command = static_cast<AlterTableCmd *>(lfirst(cell));
        const bool partition = moves_partition(command->subtype);
        if (!partition && command->subtype != AT_AddInherit && command->subtype != AT_DropInherit)
            continue;
        const RangeVar *other = partition ? reinterpret_cast<PartitionCmd *>(command->def)->name
                                          : reinterpret_cast<RangeVar *>(command->def);
        Oid other_relation = RangeVarGetRelid(other, NoLock, true);
        if (!OidIsValid(other_relation) || (!policy_whatever_mode(relation) && !policy_whatever_mode(other_relation)))
            continue;
        Oid parent = partition ? relation : other_relation;
        auto *change = static_cast<TreeChange *>(palloc(sizeof(TreeChange)));
        *change = {
            partition ? other_relation : relation,
            command->subtype == AT_AttachPartition || command->subtype == AT_AddInherit,
            psprintf("%s %s", partition ? "PARTITION OF" : "INHERITS",
                     quote_qualified_identifier(get_namespace_name(get_rel_namespace(parent)), get_rel_name(parent)))};
        changes = lappend(changes, change);
    }
    return changes;
}

static void record_tree_changes(const List *changes)
{
    ListCell *cell;
    foreach (cell, changes) {
        auto *change = static_cast<TreeChange *>(lfirst(cell));
        record_change("alter table", relation_identity(change->child), change->joins ? nullptr : change->place,
                      change->joins ? change->place : nullptr);
    }
}

void audit_alter_table(UtilityCall *call)
{
    auto *statement = reinterpret_cast<AlterTableStmt *>(call->statement->utilityStmt);
    Oid relation = policy_active() ? RangeVarGetRelid(statement->relation, NoLock, true) : InvalidOid;
    const bool own = is_own_relation(relation);
    const bool others = OidIsValid(relation) && !own;
    const bool masked = others && policy_whatever_mode(relation) != nullptr;
    List *trees = others ? tree_changes(relation, statement->cmds) : NIL;
    List *commands = masked || own ? static_cast<List *>(copyObjectImpl(statement->cmds)) : NIL;
    utility_run(call);
    record_tree_changes(trees);
    if (!record_switches(relation, commands) && own)
        record_own_change(relation, "ALTER TABLE");
}

static const char *label_text(Oid relation, int attno)
{
    ObjectAddress column = {RelationRelationId, relation, attno};
    const char *label = GetSecurityLabel(&column, "ddm");
    return label ? label : "masked by a rule or a parent";
}

// What VACUUM FULL, CLUSTER and ALTER TABLE write a table anew into goes with the old rows.
static bool is_rewritten_copy(Oid relation)
{
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple))
        return false;
    const bool copy = OidIsValid(reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relrewrite);
    ReleaseSysCache(tuple);
    return copy;
}

void audit_relation_dropped(Oid relation, int attno, bool)
{
    if (!can_be_masked(get_rel_relkind(relation)) || !audit_trail_exists() || is_rewritten_copy(relation))
        return;
    if (attno == 0 && is_own_relation(relation))
        record_own_change(relation, "DROP TABLE");
    const RelationPolicy *policy = policy_whatever_mode(relation);
    int column = -1;
    while (policy && (column = bms_next_member(policy_masked_columns(policy), column)) >= 0) {
        if (attno != 0 && attno != column)
            continue;
        ObjectAddress address = {RelationRelationId, relation, column};
        record_change(attno != 0 ? "drop column" : "drop table", audit_object(&address), label_text(relation, column),
                      nullptr);
    }
}

void audit_transaction_statement(const TransactionStmt *statement)
{
    if (statement->kind != TRANS_STMT_COMMIT_PREPARED || !policy_active() || !my_spool())
        return;
    pg_atomic_fetch_add_u64(&my_spool()->policy_committed, 1);
    spool_wake(my_spool());
}

static char *full_name(Oid schema, const NameData &name)
{
    return quote_qualified_identifier(get_namespace_name(schema), NameStr(name));
}

static const char *owner_name(Oid owner) { return GetUserNameFromId(owner, true); }

static void compare_relations(Form_pg_class before, Form_pg_class after)
{
    const char *object = relation_identity(before->oid);
    if (before->relnamespace != after->relnamespace || strcmp(NameStr(before->relname), NameStr(after->relname)) != 0)
        record_change("rename", object, full_name(before->relnamespace, before->relname),
                      full_name(after->relnamespace, after->relname));
    if (before->relowner != after->relowner) // who is exempt
        record_change("owner", object, owner_name(before->relowner), owner_name(after->relowner));
}

static void compare_columns(Form_pg_attribute before, Form_pg_attribute after)
{
    ObjectAddress address = {RelationRelationId, before->attrelid, before->attnum};
    const char *object = audit_object(&address);
    if (strcmp(NameStr(before->attname), NameStr(after->attname)) != 0)
        record_change("rename", object, pstrdup(NameStr(before->attname)), pstrdup(NameStr(after->attname)));
    if (before->atttypid != after->atttypid || before->atttypmod != after->atttypmod)
        record_change("column type", object, format_type_with_typemod(before->atttypid, before->atttypmod),
                      format_type_with_typemod(after->atttypid, after->atttypmod));
}

// The caches hold the old row until the next command.
void audit_relation_altered(Oid relation, int attno, bool)
{
    const RelationPolicy *policy = policy_whatever_mode(relation);
    if (!policy || attno < 0 || (attno > 0 && !bms_is_member(attno, policy_masked_columns(policy))))
        return;
    HeapTuple before, after;
    if (attno == 0) {
        before = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
        after = read_new_by_oid(RelationRelationId, ClassOidIndexId, Anum_pg_class_oid, relation);
    } else {
        ScanKeyData key[2];
        ScanKeyInit(&key[0], Anum_pg_attribute_attrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
        ScanKeyInit(&key[1], Anum_pg_attribute_attnum, BTEqualStrategyNumber, F_INT2EQ,
                    Int16GetDatum(static_cast<int16>(attno)));
        before = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relation), Int16GetDatum(static_cast<int16>(attno)));
        after = read_new(AttributeRelationId, AttributeRelidNumIndexId, 2, key);
    }
    if (HeapTupleIsValid(before) && HeapTupleIsValid(after)) {
        if (attno == 0)
            compare_relations(reinterpret_cast<Form_pg_class>(GETSTRUCT(before)),
                              reinterpret_cast<Form_pg_class>(GETSTRUCT(after)));
        else
            compare_columns(reinterpret_cast<Form_pg_attribute>(GETSTRUCT(before)),
                            reinterpret_cast<Form_pg_attribute>(GETSTRUCT(after)));
    }
    if (HeapTupleIsValid(before))
        ReleaseSysCache(before);
}

static bool holds_masks(Oid schema)
{
    List *relations = NIL;
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_class_relnamespace, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(schema));
    Relation classes = table_open(RelationRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(classes, InvalidOid, false, nullptr, 1, &key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan)))
        relations = lappend_oid(relations, reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->oid);
    systable_endscan(scan);
    table_close(classes, AccessShareLock);
    ListCell *cell;
    foreach (cell, relations)
        if (policy_whatever_mode(lfirst_oid(cell)))
            return true;
    return false;
}

void audit_schema_altered(Oid schema, int, bool)
{
    char *before = get_namespace_name(schema);
    HeapTuple tuple = read_new_by_oid(NamespaceRelationId, NamespaceOidIndexId, Anum_pg_namespace_oid, schema);
    if (!before || !HeapTupleIsValid(tuple))
        return;
    NameData after = reinterpret_cast<Form_pg_namespace>(GETSTRUCT(tuple))->nspname;
    if (strcmp(NameStr(after), before) != 0 && (schema == ddm_schema() || holds_masks(schema)))
        record_change("rename", psprintf("schema %s", quote_identifier(before)), before, pstrdup(NameStr(after)));
}

} // namespace ddm
