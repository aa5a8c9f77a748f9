// Is what a plan shows still what the policy says?
//
// The generation of the policy moves with every change anywhere in the cluster, a new role included. Most
// have nothing to do with a plan at hand, which would fail for nothing. So beside the generation a plan
// carries a hash of what it was made from: which columns have masks in force, which of them the role sees,
// and the mask of each column that is read.
#include "pg/rewrite/plan_fingerprint.h"
#include "pg/base/relation_mark.h"
#include "pg/policy/policy.h"
#include "pg/rewrite/plan_note.h"

extern "C" {
#include "common/hashfn.h"
}

namespace ddm
{

// A column with a mask in force that is not noted is not read: what the role would see of it does not matter.
static uint32 fingerprint(const PlannedStmt *plan, Oid relation, Oid role)
{
    const RelationPolicy *policy = policy_of(relation);
    uint32 hash = policy ? 1 : 0;
    int attno = -1;
    ListCell *cell;
    PlanNote note;

    const Bitmapset *in_force = policy ? policy_masked_columns(policy) : nullptr;
    while ((attno = bms_next_member(in_force, attno)) >= 0)
        hash = hash_combine(hash, static_cast<uint32>(attno));
    foreach (cell, plan->invalItems) {
        if (!plan_note_read(lfirst(cell), &note) || note.value != relation ||
            (note.kind != NoteKind::Masked && note.kind != NoteKind::Clear))
            continue;
        if (!bms_is_member(note.attno, in_force))
            return 0;
        const Verdict verdict = policy_decide(policy, note.attno, role).verdict;
        hash = hash_combine(hash, static_cast<uint32>(note.attno) * 4 + static_cast<uint32>(verdict));
        if (verdict != Verdict::Masked)
            continue;
        char *mask = nodeToString(policy_mask_expression(policy, note.attno, role, 1));
        hash = hash_combine(hash, string_hash(mask, strlen(mask) + 1));
        pfree(mask);
    }
    return hash;
}

// Does the entry show rows of its relation by the policy (and not as the server's own code, or not at all)?
static bool shows_rows(const RangeTblEntry *rte)
{
    if (!is_maskable(rte))
        return false;
    const Handled handled = relation_mark(rte).handled;
    return handled != Handled::Unread && handled != Handled::Trusted;
}

static bool is_noted(const PlannedStmt *plan, Oid relation)
{
    ListCell *cell;
    PlanNote note;

    foreach (cell, plan->invalItems)
        if (plan_note_read(lfirst(cell), &note) && note.kind == NoteKind::Relation && note.value == relation)
            return true;
    return false;
}

void note_fingerprints(PlannedStmt *plan, Oid role)
{
    AttrNumber ordinal = 0;
    ListCell *cell;

    foreach (cell, plan->rtable) {
        const auto *rte = lfirst_node(RangeTblEntry, cell);

        if (!shows_rows(rte) || relation_mark(rte).handled == Handled::Open ||
            relation_mark(rte).relation != rte->relid || is_noted(plan, rte->relid))
            continue;
        ordinal++;
        plan_note_add(plan, {NoteKind::Relation, ordinal, rte->relid});
        plan_note_add(plan, {NoteKind::Fingerprint, ordinal, fingerprint(plan, rte->relid, role)});
    }
}

static bool find_fingerprint(const PlannedStmt *plan, AttrNumber ordinal, uint32 *hash)
{
    ListCell *cell;
    PlanNote note;

    foreach (cell, plan->invalItems) {
        if (!plan_note_read(lfirst(cell), &note) || note.kind != NoteKind::Fingerprint || note.attno != ordinal)
            continue;
        *hash = note.value;
        return true;
    }
    return false;
}

bool fingerprints_hold(const PlannedStmt *plan)
{
    ListCell *cell;
    PlanNote note;

    if (!plan_note_find(plan, NoteKind::Role, &note))
        return false;
    const Oid role = note.value;
    foreach (cell, plan->invalItems) {
        uint32 hash;

        if (!plan_note_read(lfirst(cell), &note))
            continue;
        if (note.kind == NoteKind::Folded)
            return false;
        if (note.kind == NoteKind::Relation &&
            (!find_fingerprint(plan, note.attno, &hash) || hash != fingerprint(plan, note.value, role)))
            return false;
    }
    foreach (cell, plan->rtable) {
        const auto *rte = lfirst_node(RangeTblEntry, cell);

        if (!shows_rows(rte))
            continue;
        // A partition is read through the masks of the relation that was named, which count its own in.
        const Oid named = relation_mark(rte).relation;
        if (policy_of(rte->relid) && !is_noted(plan, OidIsValid(named) ? named : rte->relid))
            return false;
    }
    return true;
}

} // namespace ddm
