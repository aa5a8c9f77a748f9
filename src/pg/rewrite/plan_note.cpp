// Writing plan notes.
#include "pg/rewrite/plan_note.h"
#include "pg/policy/relation_policy.h"

namespace ddm
{

static int encode(const PlanNote &note)
{
    return plan_note_base - (static_cast<int>(note.kind) << 16) - (note.attno + (1 << 15));
}

void plan_note_add(PlannedStmt *plan, const PlanNote &note)
{
    int code = encode(note);
    ListCell *cell;
    foreach (cell, plan->invalItems) {
        auto *item = static_cast<PlanInvalItem *>(lfirst(cell));
        if (item->cacheId == code && item->hashValue == note.value)
            return;
    }
    plan_note_append(plan, note);
}

void plan_note_append(PlannedStmt *plan, const PlanNote &note)
{
    PlanInvalItem *item = makeNode(PlanInvalItem);
    item->cacheId = encode(note);
    item->hashValue = note.value;
    plan->invalItems = lappend(plan->invalItems, item);
}

bool plan_note_cleared(PlannedStmt *plan, const RelationPolicy *policy, AttrNumber attno, Oid role)
{
    if (policy_decide(policy, attno, role).verdict != Verdict::Cleared)
        return false;
    plan_note_add(plan, {NoteKind::Clear, attno, policy->relation});
    return true;
}

void plan_note_renew(const PlannedStmt *plan, NoteKind kind, uint32 value)
{
    ListCell *cell;
    PlanNote note;
    foreach (cell, plan->invalItems)
        if (plan_note_read(lfirst(cell), &note) && note.kind == kind)
            static_cast<PlanInvalItem *>(lfirst(cell))->hashValue = value;
}

bool plan_note_find(const PlannedStmt *plan, NoteKind kind, PlanNote *note)
{
    ListCell *cell;
    foreach (cell, plan->invalItems)
        if (plan_note_read(lfirst(cell), note) && note->kind == kind)
            return true;
    return false;
}

bool plan_has_notes(const PlannedStmt *plan)
{
    ListCell *cell;
    PlanNote note;
    foreach (cell, plan->invalItems)
        if (plan_note_read(lfirst(cell), &note))
            return true;
    return false;
}

} // namespace ddm
