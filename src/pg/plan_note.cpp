// The encoding of plan notes: cacheId = -(2^30) - kind * 2^16 - (attno + 2^15), hashValue = value.
#include "pg/plan_note.h"

namespace ddm
{

static constexpr int note_base = -(1 << 30);

static int encode(const PlanNote &note)
{
    return note_base - (static_cast<int>(note.kind) << 16) - (note.attno + (1 << 15));
}

bool plan_note_read(const void *inval_item, PlanNote *note)
{
    const auto *item = static_cast<const PlanInvalItem *>(inval_item);
    if (item->cacheId > note_base)
        return false;
    int code = note_base - item->cacheId;
    note->kind = static_cast<NoteKind>(code >> 16);
    note->attno = static_cast<AttrNumber>((code & 0xffff) - (1 << 15));
    note->value = item->hashValue;
    return true;
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

void plan_note_renew(const PlannedStmt *plan, NoteKind kind, uint32 value)
{
    ListCell *cell;
    PlanNote note;
    foreach (cell, plan->invalItems)
        if (plan_note_read(lfirst(cell), &note) && note.kind == kind)
            static_cast<PlanInvalItem *>(lfirst(cell))->hashValue = value;
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
