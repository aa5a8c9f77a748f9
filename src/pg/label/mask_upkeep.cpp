// Rules match by names, types and tags of schemas; grants and exemptions hold for what lies in a schema or has a name.
// The owner of a table may change all of these. What a rule said of a column becomes a label where the rule would let
// go of it; a clearance that comes about needs whoever may grant one.
#include "pg/label/mask_upkeep.h"
#include "pg/audit/audit.h"
#include "pg/base/catalog_read.h"
#include "pg/base/relation_tree.h"
#include "pg/base/transaction_end.h"
#include "pg/debug_settings.h"
#include "pg/guard/tree_join.h"
#include "pg/label/condition_compare.h"
#include "pg/label/condition_follow.h"
#include "pg/label/label_inherit.h"
#include "pg/label/label_store.h"
#include "pg/label/name_lock.h"
#include "pg/label/naming_relations.h"
#include "pg/policy/hidden_columns.h"
#include "pg/policy/roles.h"
#include "pg/policy/rules.h"

extern "C" {
#include "access/transam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

// Policies as they were before the running utility statements: replaced ones live until the transaction ends.
struct Noted {
    const RelationPolicy *policy;
    int level; // of the subtransaction in which it was noted
};
static List *noted = NIL;

// Which relations were looked at, and whether all of their trees were: ALTER TABLE comes here for each partition.
struct Looked {
    Oid relation; // the key
    bool tree;
};
static HTAB *looked = nullptr;

static Looked *looked_at(Oid relation, bool *found)
{
    if (!looked) {
        await_transaction_end();
        HASHCTL control = {};
        control.keysize = sizeof(Oid);
        control.entrysize = sizeof(Looked);
        control.hcxt = TopTransactionContext;
        looked = hash_create("ddm relations altered", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
    }
    auto *entry = static_cast<Looked *>(hash_search(looked, &relation, HASH_ENTER, found));
    if (!*found)
        entry->tree = false;
    return entry;
}

static void note(Oid relation)
{
    bool found;
    looked_at(relation, &found);
    const RelationPolicy *before = found ? nullptr : policy_whatever_mode(relation);
    if (!before || debug_masks_everything())
        return;
    MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);
    auto *entry = zeroed<Noted>();
    *entry = {before, GetCurrentTransactionNestLevel()};
    noted = lappend(noted, entry);
    MemoryContextSwitchTo(old);
    conditions_note(relation);
}

// The cached policies of the rest of a tree are told by nobody else: the server invalidates the one relation.
static void invalidate(const List *relations)
{
    ListCell *cell;

    foreach (cell, relations)
        CacheInvalidateRelcacheByRelid(lfirst_oid(cell));
}

static void note_tree(Oid relation)
{
    ListCell *cell;
    bool found;

    note(relation);
    Looked *entry = looked_at(relation, &found);
    const List *ancestors = relation_ancestors(relation);
    invalidate(ancestors);
    if (entry->tree)
        return;
    entry->tree = true;
    const List *descendants = relation_descendants(relation);
    invalidate(descendants);
    foreach (cell, ancestors)
        note(lfirst_oid(cell));
    foreach (cell, descendants) {
        note(lfirst_oid(cell));
        // A partition has one parent: what it is a tree of is part of this one.
        if (get_rel_relkind(relation) == RELKIND_PARTITIONED_TABLE)
            looked_at(lfirst_oid(cell), &found)->tree = true;
    }
}

void upkeep_note_naming(const char *name)
{
    const List *relations = relations_naming(name);
    ListCell *cell;

    foreach (cell, relations)
        note(lfirst_oid(cell));
    invalidate(relations);
}

static bool is_column_renamed(Oid relation, int attno)
{
    ScanKeyData key[2];
    ScanKeyInit(&key[0], Anum_pg_attribute_attrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    ScanKeyInit(&key[1], Anum_pg_attribute_attnum, BTEqualStrategyNumber, F_INT2EQ, Int16GetDatum(attno));
    HeapTuple now = read_new(AttributeRelationId, AttributeRelidNumIndexId, 2, key);
    HeapTuple before = SearchSysCacheCopyAttNum(relation, static_cast<AttrNumber>(attno));
    if (!HeapTupleIsValid(now) || !HeapTupleIsValid(before))
        return false;
    auto *is = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(now));
    auto *was = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(before));
    return strcmp(NameStr(is->attname), NameStr(was->attname)) != 0 || is->atttypid != was->atttypid ||
           is->atttypmod != was->atttypmod;
}

static bool is_relation_renamed(Oid relation)
{
    HeapTuple now = read_new_by_oid(RelationRelationId, ClassOidIndexId, Anum_pg_class_oid, relation);
    HeapTuple before = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(now) || !HeapTupleIsValid(before))
        return false;
    auto *is = reinterpret_cast<Form_pg_class>(GETSTRUCT(now));
    auto *was = reinterpret_cast<Form_pg_class>(GETSTRUCT(before));
    return strcmp(NameStr(is->relname), NameStr(was->relname)) != 0 || is->relnamespace != was->relnamespace;
}

void upkeep_relation_altered(Oid relation, int sub, bool internal)
{
    if (internal) // a table that is written anew
        return;
    if (sub > 0 ? is_column_renamed(relation, sub) : is_relation_renamed(relation))
        names_change();
    if (sub > 0 && get_rel_relkind(relation) == RELKIND_COMPOSITE_TYPE)
        conditions_note_naming(get_attname(relation, static_cast<AttrNumber>(sub), true));
    if (rules_exist())
        note_tree(relation);
    else
        note(relation);
}

// A condition that was not understood finds a column.
void upkeep_column_added(Oid relation, int sub, bool)
{
    if (sub > 0)
        note(relation);
}

// A column, an attribute or a type that a condition reads goes.
void upkeep_column_dropped(Oid relation, int sub, bool)
{
    if (get_rel_relkind(relation) == RELKIND_COMPOSITE_TYPE)
        conditions_note_naming(sub > 0 ? get_attname(relation, static_cast<AttrNumber>(sub), true)
                                       : get_rel_name(relation));
    else if (sub > 0)
        note(relation);
}

// Rules ask for the names of types, with the schema or without.
static void note_types(const List *types)
{
    if (types == NIL || !rules_exist())
        return;
    List *relations = relations_with(types);
    ListCell *cell;

    foreach (cell, relations)
        note_tree(lfirst_oid(cell));
    invalidate(relations);
}

void upkeep_type_altered(Oid type, int, bool)
{
    HeapTuple now = read_new_by_oid(TypeRelationId, TypeOidIndexId, Anum_pg_type_oid, type);
    HeapTuple before = SearchSysCacheCopy1(TYPEOID, ObjectIdGetDatum(type));
    if (!HeapTupleIsValid(now) || !HeapTupleIsValid(before))
        return;
    auto *is = reinterpret_cast<Form_pg_type>(GETSTRUCT(now));
    auto *was = reinterpret_cast<Form_pg_type>(GETSTRUCT(before));
    if (strcmp(NameStr(is->typname), NameStr(was->typname)) == 0 && is->typnamespace == was->typnamespace)
        return;
    names_change();
    note_types(list_make2_oid(type, was->typarray));
}

void upkeep_schema_altered(Oid schema, int, bool)
{
    const char *before = get_namespace_name(schema);
    HeapTuple tuple = read_new_by_oid(NamespaceRelationId, NamespaceOidIndexId, Anum_pg_namespace_oid, schema);
    ListCell *cell;

    if (!before || !HeapTupleIsValid(tuple) ||
        strcmp(NameStr(reinterpret_cast<Form_pg_namespace>(GETSTRUCT(tuple))->nspname), before) == 0)
        return;
    names_change();
    foreach (cell, relations_in(schema))
        rules_exist() ? note_tree(lfirst_oid(cell)) : note(lfirst_oid(cell));
    note_types(types_in(schema));
    conditions_note_naming(before);
    policy_changed();
}

// What joins a tree without a label of its own, alone, adds to the masks of the tree and takes nothing from them: a new
// partition costs no look at the others.
static bool joins_quietly(Oid child)
{
    return relation_ancestors(child) == NIL && relation_new_parents(child) != NIL && !has_subclass(child) &&
           labels_of(child, label_provider) == NIL;
}

// Masks follow the tree both ways, and NOT MASKED with them.
void upkeep_tree_altered(Oid child, int, bool)
{
    const List *parents = relation_new_parents(child);
    ListCell *parent;

    joins_note(child, parents);
    if (joins_quietly(child)) {
        note(child);
        invalidate(parents);
        foreach (parent, parents)
            invalidate(relation_ancestors(lfirst_oid(parent)));
        return;
    }
    note_tree(child);
    foreach (parent, parents) {
        invalidate(list_make1_oid(lfirst_oid(parent)));
        note_tree(lfirst_oid(parent));
    }
}

// What was masked for the sake of a partition that has left is not any more; the partition has taken its masks along.
static bool is_in_tree(Oid relation, Oid origin)
{
    return origin == relation || list_member_oid(relation_ancestors(relation), origin) ||
           list_member_oid(relation_descendants(relation), origin);
}

// It stands where it stood; its conditions have followed what was renamed.
static bool is_same_label(const ColumnPolicy *before, const ColumnPolicy *now)
{
    return before->source == MaskSource::Label && now->source == MaskSource::Label && before->origin == now->origin;
}

// What a rule's or a policy's condition asks for is decided by whoever reads the values.
static void check_moved(const RelationPolicy *policy, const ColumnPolicy *before, const ColumnPolicy *now)
{
    const char *column = get_attname(policy->relation, before->attno, true);

    if (is_policy_admin(GetUserId()) || !conditions_moved(before, now) ||
        policy_decide(policy, before->attno, GetUserId()).verdict != Verdict::Masked)
        return;
    record_denied(policy->relation, column, "unmask by its condition");
    ereport(
        ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
        errmsg("permission denied to unmask column \"%s\" of relation \"%s\"", column, get_rel_name(policy->relation)),
        errdetail("The condition of its mask would ask for something else than before. The mask is of %s.",
                  before->why),
        errhint("Ask a superuser or a member of %s to change the table.", role_admin));
}

static void keep_mask(const RelationPolicy *policy, const ColumnPolicy *before, const RelationPolicy *after)
{
    const Oid relation = policy->relation;
    const ColumnPolicy *now = after ? after->columns[before->attno] : nullptr;
    MaskTarget target;
    NameData name;

    if (now)
        check_moved(policy, before, now);
    if (now && strcmp(now->text, before->text) == 0 && conditions_check(relation, before, now))
        return;
    if (now && (strcmp(now->text, before->text) == 0 || (now->strictness >= before->strictness && !now->choice) ||
                is_same_label(before, now)))
        return;
    if (!column_target(relation, before->attno, &target, &name) ||
        !is_in_tree(relation, before->origin)) // dropped, gone
        return;
    // A mask of another type means default() now.
    const char *text = before->label ? before->label : psprintf("MASKED WITH %s", before->text);
    const ColumnPolicy *kept = label_bind(text, MaskSource::Label, relation, before->attno, &name, target, "");
    if (conditions_check(relation, before, kept))
        return;
    text = kept->label;
    label_set(relation, before->attno, text, "its rule no longer matches");
    ereport(NOTICE, errmsg("column \"%s\" of relation \"%s\" keeps its mask", NameStr(name), get_rel_name(relation)),
            errdetail("It was masked by %s, which would not hold any more. The mask is a label now.", before->why));
}

static void refuse_clearances(const RelationPolicy *before, const RelationPolicy *after)
{
    for (int i = 0; i < after->clearance_count; i++) {
        const Clearance *clearance = &after->clearances[i];
        if (clearance_is_covered(clearance, before, clearance->attno))
            continue;
        audit_denied_event(EventKind::Denied, "masked table", get_rel_name(after->relation), "unmask");
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                errmsg("permission denied to unmask relation \"%s\"", get_rel_name(after->relation)),
                errdetail("Role \"%s\" would read masked columns by %s.",
                          GetUserNameFromId(after->clearances[i].role, true), after->clearances[i].why),
                errhint("Ask a superuser or a member of %s to change the table.", role_admin));
    }
}

void upkeep_settle()
{
    List *settled = noted;
    ListCell *cell;

    looked = nullptr; // the transaction's memory has it
    if (noted == NIL && !conditions_noted() && !joins_noted()) {
        conditions_forget();
        return;
    }
    noted = NIL;
    if (!IsTransactionState()) { // ROLLBACK of what failed: nothing came of it, and no catalog can be read
        conditions_forget();
        joins_forget_from(0);
        return;
    }
    CommandCounterIncrement();
    conditions_settle();
    foreach (cell, settled) {
        const RelationPolicy *before = static_cast<Noted *>(lfirst(cell))->policy;
        if (!get_rel_name(before->relation)) // dropped with what it was noted for
            continue;
        for (int attno = -1; (attno = bms_next_member(before->masked, attno)) >= 0;)
            keep_mask(before, before->columns[attno], policy_whatever_mode(before->relation));
        const RelationPolicy *after = policy_whatever_mode(before->relation);
        if (after && !is_policy_admin(GetUserId()))
            refuse_clearances(before, after);
    }
    joins_settle();
    conditions_forget();
}

// What a subtransaction noted was undone with it; what the statement around it noted still holds.
static void subtransaction_ends(SubXactEvent event, SubTransactionId, SubTransactionId, void *)
{
    const int level = GetCurrentTransactionNestLevel();
    ListCell *cell;

    if (event != SUBXACT_EVENT_ABORT_SUB)
        return;
    foreach (cell, noted)
        if (static_cast<Noted *>(lfirst(cell))->level >= level)
            noted = foreach_delete_current(noted, cell);
    looked = nullptr;
    conditions_forget_from(level);
    joins_forget_from(level);
}

void mask_upkeep_transaction_ended()
{
    noted = NIL;
    looked = nullptr;
    conditions_forget();
    joins_forget_from(0);
}

void upkeep_install() { RegisterSubXactCallback(subtransaction_ends, nullptr); }

} // namespace ddm
