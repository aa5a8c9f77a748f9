// Labels follow their columns into other tables: CREATE TABLE (LIKE), and what leaves a partition or
// inheritance tree keeps the masks that it had there. Within the tree nothing is copied: policy_load looks.
#include "pg/label/label_inherit.h"
#include "pg/audit/audit.h"
#include "pg/base/catalog_read.h"
#include "pg/base/relation_tree.h"
#include "pg/guard/inherited_statistics.h"
#include "pg/label/label_store.h"
#include "pg/label/name_lock.h"
#include "pg/policy/mask_choice.h"
#include "pg/policy/policy_state.h"
#include "pg/policy/roles.h"

extern "C" {
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "commands/seclabel.h"
#include "commands/tablecmds.h"
}

namespace ddm
{

void label_set(Oid relation, AttrNumber attno, const char *text, const char *reason)
{
    ObjectAddress column;
    ObjectAddressSubSet(column, RelationRelationId, relation, attno);
    char *before = GetSecurityLabel(&column, label_provider);
    if (before && strcmp(before, text) == 0)
        return;
    SetSecurityLabel(&column, label_provider, text);
    role_guard(relation_owner(relation));
    PolicyEvent event = {EventKind::Policy, "label", audit_object(&column), before, text, reason};
    audit_policy_event(event);
    CacheInvalidateRelcacheByRelid(relation);
    CommandCounterIncrement();
    policy_changed();
}

static void copy_tags(Oid from, Oid to)
{
    ListCell *cell;
    foreach (cell, labels_of(from, tag_provider)) {
        auto *label = static_cast<StoredLabel *>(lfirst(cell));
        AttrNumber attno = get_attnum(to, get_attname(from, label->attno, false));
        if (attno <= 0)
            continue;
        ObjectAddress column;
        ObjectAddressSubSet(column, RelationRelationId, to, attno);
        SetSecurityLabel(&column, tag_provider, label->text);
        CacheInvalidateRelcacheByRelid(to);
        CommandCounterIncrement();
        policy_changed();
    }
}

// Who makes a copy owns it and may store what he likes there: to read what a keyed mask makes of a guess is not for
// whom it masks.
static const char *copied_label(const RelationPolicy *policy, AttrNumber attno, const char *text)
{
    const ColumnPolicy *mask = policy && attno <= policy->natts ? policy->columns[attno] : nullptr;
    bool guessable =
        mask && mask_choice_is_keyed(mask) && policy_decide(policy, attno, GetUserId()).verdict == Verdict::Masked;
    return guessable ? default_label : text;
}

void label_copy(Oid from, Oid to, const char *reason)
{
    const RelationPolicy *policy = policy_whatever_mode(from);
    // NOT MASKED is a label too, but no mask: first what stands on the columns, then what is in force.
    ListCell *cell;
    List *own = labels_of(from, label_provider);
    foreach (cell, own) {
        auto *label = static_cast<StoredLabel *>(lfirst(cell));
        AttrNumber attno = get_attnum(to, get_attname(from, label->attno, false));
        if (attno > 0)
            label_set(to, attno, copied_label(from == to ? nullptr : policy, label->attno, label->text), reason);
    }
    copy_tags(from, to);
    policy = policy_whatever_mode(from);
    for (int column = -1; policy && (column = bms_next_member(policy->masked, column)) >= 0;) {
        const ColumnPolicy *mask = policy->columns[column];
        AttrNumber attno = get_attnum(to, NameStr(mask->name));
        if (attno <= 0)
            continue;
        if (mask->source == MaskSource::Label)
            label_set(to, attno, copied_label(from == to ? nullptr : policy, mask->attno, mask->label), reason);
        else if (mask->source == MaskSource::Rule && from == to && mask->origin != from)
            label_set(to, attno, psprintf("MASKED WITH %s", mask->text), reason); // the rule stays behind
        else if (mask->source == MaskSource::Generated && !get_attgenerated(to, attno))
            label_set(to, attno, psprintf("MASKED WITH %s", mask->text), reason); // rows are copied, not computed
    }
}

static List *like_sources(const CreateStmt *statement)
{
    List *sources = NIL;
    ListCell *cell;
    foreach (cell, statement->tableElts) {
        if (!IsA(lfirst(cell), TableLikeClause))
            continue;
        Oid source = RangeVarGetRelid(castNode(TableLikeClause, lfirst(cell))->relation, NoLock, true);
        if (OidIsValid(source))
            sources = lappend_oid(sources, source);
    }
    return sources;
}

static Oid relation_made_by(const CreateStmt *statement)
{
    Oid schema = RangeVarGetCreationNamespace(statement->relation);
    return get_relname_relid(statement->relation->relname, schema);
}

void label_create_table(UtilityCall *call)
{
    auto *statement = reinterpret_cast<CreateStmt *>(call->statement->utilityStmt);
    List *sources = policy_active() ? like_sources(statement) : NIL;
    if (sources == NIL || OidIsValid(relation_made_by(statement))) { // there already: IF NOT EXISTS, or an error
        utility_run(call);
        return;
    }
    auto *asked = static_cast<CreateStmt *>(copyObjectImpl(statement));
    utility_run(call);
    CommandCounterIncrement();
    Oid made = relation_made_by(asked);
    ListCell *cell;
    foreach (cell, sources)
        if (OidIsValid(made))
            label_copy(lfirst_oid(cell), made, "CREATE TABLE (LIKE)");
}

// The relation that an ALTER TABLE takes out of a tree.
static Oid leaving_relation(Oid altered, const AlterTableCmd *command)
{
    switch (command->subtype) {
    case AT_DetachPartition:
    case AT_DetachPartitionFinalize:
        return RangeVarGetRelid(castNode(PartitionCmd, command->def)->name, AccessShareLock, true);
    case AT_DropInherit:
        return altered;
    default:
        return InvalidOid;
    }
}

static bool takes_out(const AlterTableStmt *statement)
{
    ListCell *cell;
    foreach (cell, statement->cmds) {
        const AlterTableType subtype = lfirst_node(AlterTableCmd, cell)->subtype;
        if (subtype == AT_DetachPartition || subtype == AT_DetachPartitionFinalize || subtype == AT_DropInherit)
            return true;
    }
    return false;
}

void label_alter_table(UtilityCall *call)
{
    auto *statement = reinterpret_cast<AlterTableStmt *>(call->statement->utilityStmt);
    if (!policy_active() || !takes_out(statement)) {
        utility_run(call);
        return;
    }
    List *left = NIL; // what has a child less, which the server tells nobody
    ListCell *cell;
    // Locked as the server will: a weaker lock first would have two such statements wait for each other.
    Oid altered = AlterTableLookupRelation(statement, AlterTableGetLockLevel(statement->cmds));
    names_change();
    foreach (cell, statement->cmds) {
        Oid leaving =
            OidIsValid(altered) ? leaving_relation(altered, castNode(AlterTableCmd, lfirst(cell))) : InvalidOid;
        // Before it leaves: afterwards there is nothing to copy from. Only its owner gets any further than this.
        if (!OidIsValid(leaving) || !owns_relation(GetUserId(), leaving))
            continue;
        left = list_concat(left, relation_ancestors(leaving));
        forget_statistics_of(leaving);
        label_copy(leaving, leaving, "left its partition or inheritance tree");
    }
    utility_run(call);
    foreach (cell, left)
        CacheInvalidateRelcacheByRelid(lfirst_oid(cell));
}

void label_owner_changed(Oid relation, int sub, bool internal)
{
    if (sub != 0 || !policy_whatever_mode(relation))
        return;
    HeapTuple tuple = read_new_by_oid(RelationRelationId, ClassOidIndexId, Anum_pg_class_oid, relation);
    if (HeapTupleIsValid(tuple))
        role_guard(reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner);
}

} // namespace ddm
