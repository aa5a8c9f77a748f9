// Reads the policy of one relation from the catalogs: which columns have a mask in force, and who is cleared.
//
// Masks come from the sources in `mask_sources`, in order; clearances from those in `clearance_sources`. Of a
// relation's own masks and those of its partition or inheritance tree the stricter counts: a child is read
// through its parent and directly. Catalog scans alone: never SPI, which would plan.
#include "pg/policy/relation_policy.h"
#include "pg/base/relation_tree.h"
#include "pg/debug_settings.h"
#include "pg/grant/grant_store.h"
#include "pg/label/label_store.h"
#include "pg/policy/exemptions.h"
#include "pg/policy/mask_choice.h"
#include "pg/policy/policy_state.h"
#include "pg/policy/rules.h"

extern "C" {
#include "catalog/pg_class.h"
}

namespace ddm
{

// Adds to policy->columns the masks that this source puts on `member`'s columns, where `member` is the relation
// itself or one of its tree.
using MaskSourceFunction = void (*)(RelationPolicy *policy, Oid member);

// Appends Clearances to `found`.
using ClearanceSourceFunction = List *(*)(const RelationPolicy *policy, List *found);

// Precedence between sources, in one place: a label beats a rule; of equals in the tree the stricter wins.
static void add_mask(RelationPolicy *policy, Oid member, ColumnPolicy *column)
{
    column->origin = member;
    ColumnPolicy **slot = &policy->columns[column->attno];
    if (!*slot || (*slot)->source < column->source)
        *slot = column;
    else if ((*slot)->source == column->source)
        *slot = stricter_mask(*slot, column);
}

const char *mask_source_name(MaskSource source)
{
    switch (source) {
    case MaskSource::None:
        return "none";
    case MaskSource::Test:
        return "test";
    case MaskSource::Generated:
        return "generated";
    case MaskSource::Rule:
        return "rule";
    case MaskSource::Label:
        return "label";
    }
    return "none";
}

static const char *label_why(Oid member, const NameData *column)
{
    return psprintf("label on %s.%s",
                    quote_qualified_identifier(get_namespace_name(get_rel_namespace(member)), get_rel_name(member)),
                    quote_identifier(NameStr(*column)));
}

static void masks_from_labels(RelationPolicy *policy, Oid member)
{
    ListCell *cell;
    foreach (cell, labels_of(member, label_provider)) {
        auto *label = static_cast<StoredLabel *>(lfirst(cell));
        MaskTarget target;
        NameData name;
        if (!column_target(member, label->attno, &target, &name))
            continue;
        AttrNumber attno = member == policy->relation ? label->attno : get_attnum(policy->relation, NameStr(name));
        // A child has columns of its own that the parent has not.
        if (attno < 1 || attno > policy->natts || !column_target(policy->relation, attno, &target, &name))
            continue;
        add_mask(policy, member,
                 label_bind(label->text, MaskSource::Label, policy->relation, attno, &name, target,
                            label_why(member, &name)));
    }
}

static bool is_temporary(Oid relation) { return get_rel_persistence(relation) == RELPERSISTENCE_TEMP; }

static void masks_from_rules(RelationPolicy *policy, Oid member)
{
    if (get_rel_namespace(member) == ddm_schema())
        return;
    ListCell *cell;
    foreach (cell, rules_matching(member)) {
        auto *match = static_cast<RuleMatch *>(lfirst(cell));
        MaskTarget target;
        NameData name;
        if (!column_target(member, match->attno, &target, &name))
            continue;
        AttrNumber attno = member == policy->relation ? match->attno : get_attnum(policy->relation, NameStr(name));
        if (attno < 1 || attno > policy->natts || !column_target(policy->relation, attno, &target, &name))
            continue;
        const char *why = psprintf("rule %s", quote_identifier(match->rule));
        ColumnPolicy *column = label_bind(match->mask, MaskSource::Rule, policy->relation, attno, &name, target, why);
        // Anybody may make a temporary table with such a column, and read there what a guess becomes under the key.
        if (is_temporary(policy->relation) && mask_choice_is_keyed(column))
            column = label_bind("FUNCTION default()", MaskSource::Rule, policy->relation, attno, &name, target, why);
        add_mask(policy, member, column);
    }
}

static const MaskSourceFunction mask_sources[] = {masks_from_labels, masks_from_rules, debug_masks};
static const ClearanceSourceFunction clearance_sources[] = {clearances_from_grants, clearances_from_tags,
                                                            clearances_from_exemptions};

// The relation, what stands above it, what stands below it, and what those stand below as well: a child of two parents
// is read through either, and is masked as both say.
static List *tree_members(Oid relation)
{
    List *members = lcons_oid(relation, relation_ancestors(relation));
    List *descendants = relation_descendants(relation);
    ListCell *cell;

    members = list_concat_unique_oid(members, descendants);
    if (get_rel_relkind(relation) == RELKIND_PARTITIONED_TABLE) // a partition has one parent
        return members;
    foreach (cell, descendants)
        members = list_concat_unique_oid(members, relation_ancestors(lfirst_oid(cell)));
    return members;
}

static void load_masks(RelationPolicy *policy)
{
    const List *members = tree_members(policy->relation);

    for (MaskSourceFunction source : mask_sources) {
        ListCell *cell;
        foreach (cell, members)
            source(policy, lfirst_oid(cell));
    }
    masks_for_generated(policy);
    for (int attno = 1; attno <= policy->natts; attno++) {
        if (policy->columns[attno] && policy->columns[attno]->open)
            policy->columns[attno] = nullptr;
        if (policy->columns[attno])
            policy->masked = bms_add_member(policy->masked, attno);
    }
}

static void load_clearances(RelationPolicy *policy)
{
    List *found = NIL;
    for (ClearanceSourceFunction source : clearance_sources)
        found = source(policy, found);

    policy->clearances = static_cast<Clearance *>(palloc0(sizeof(Clearance) * (list_length(found) + 1)));
    ListCell *cell;
    foreach (cell, found)
        policy->clearances[policy->clearance_count++] = *static_cast<Clearance *>(lfirst(cell));
}

bool can_be_masked(char relkind)
{
    return relkind == RELKIND_RELATION || relkind == RELKIND_PARTITIONED_TABLE || relkind == RELKIND_FOREIGN_TABLE ||
           relkind == RELKIND_MATVIEW;
}

// The extension's own tables hold no stored value of anybody's, and the worker that writes the trail would be
// recording itself for ever: no rule reaches them.
static bool is_own(Oid schema) { return schema == get_namespace_oid("ddm", true); }

RelationPolicy *policy_load(Oid relation, MemoryContext memory)
{
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple))
        return nullptr;
    auto *row = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
    Oid owner = row->relowner;
    int natts = row->relnatts;
    char kind = row->relkind;
    bool own = is_own(row->relnamespace);
    ReleaseSysCache(tuple);
    if (own || !can_be_masked(kind))
        return nullptr;

    MemoryContext old = MemoryContextSwitchTo(memory);
    auto *policy = static_cast<RelationPolicy *>(palloc0(sizeof(RelationPolicy)));
    policy->memory = memory;
    policy->relation = relation;
    policy->owner = owner;
    policy->natts = natts;
    policy->columns = static_cast<ColumnPolicy **>(palloc0(sizeof(ColumnPolicy *) * (natts + 1)));
    load_masks(policy);
    if (policy->masked)
        load_clearances(policy);
    MemoryContextSwitchTo(old);
    return policy->masked ? policy : nullptr;
}

} // namespace ddm
