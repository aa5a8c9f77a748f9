// What statements read whose rows a portal may keep.
//
// Of each plan its range table and notes are kept, which is what fingerprints_hold() asks for. A function that is called
// for each row runs the same plan again and again: that is noted once. Where there are too many all are forgotten, and
// what was kept of them counts as changed when the policy moves.
#include "pg/rewrite/held_reads.h"
#include "pg/base/relation_mark.h"
#include "pg/rewrite/plan_fingerprint.h"
#include "pg/rewrite/plan_note.h"

namespace ddm
{

struct HeldRead {
    PlannedStmt *plan;
    uint64 executed; // masked_executions() when it last was
};

constexpr int most_reads = 32;
static HeldRead reads[most_reads];
static int number_of_reads = 0;
static uint64 forgotten = 0; // the last execution of those that are not known any more
static MemoryContext memory = nullptr;

// But for the generation of the policy, which a plan that holds still is given anew.
static bool same_notes(const PlannedStmt *one, const PlannedStmt *other)
{
    const ListCell *cell;
    const ListCell *cell_of_other;

    if (list_length(one->invalItems) != list_length(other->invalItems))
        return false;
    forboth(cell, one->invalItems, cell_of_other, other->invalItems)
    {
        const auto *item = static_cast<const PlanInvalItem *>(lfirst(cell));
        const auto *item_of_other = static_cast<const PlanInvalItem *>(lfirst(cell_of_other));
        PlanNote note;

        if (item->cacheId != item_of_other->cacheId)
            return false;
        if (item->hashValue != item_of_other->hashValue &&
            !(plan_note_read(item, &note) && note.kind == NoteKind::Generation))
            return false;
    }
    return true;
}

static bool same_relations(const PlannedStmt *one, const PlannedStmt *other)
{
    const ListCell *cell;
    const ListCell *cell_of_other;

    if (list_length(one->rtable) != list_length(other->rtable))
        return false;
    forboth(cell, one->rtable, cell_of_other,
            other->rtable) if (lfirst_node(RangeTblEntry, cell)->relid !=
                               lfirst_node(RangeTblEntry, cell_of_other)->relid) return false;
    return true;
}

static PlannedStmt *outline_of(const PlannedStmt *plan)
{
    if (!memory)
        memory = AllocSetContextCreate(TopMemoryContext, "ddm held reads", ALLOCSET_SMALL_SIZES);
    MemoryContext outer = MemoryContextSwitchTo(memory);
    PlannedStmt *outline = makeNode(PlannedStmt);
    outline->rtable = static_cast<List *>(copyObjectImpl(plan->rtable));
    outline->invalItems = static_cast<List *>(copyObjectImpl(plan->invalItems));
    MemoryContextSwitchTo(outer);
    return outline;
}

static bool may_come_to_mask(const PlannedStmt *plan)
{
    ListCell *cell;

    foreach (cell, plan->rtable)
        if (is_maskable(lfirst_node(RangeTblEntry, cell)))
            return true;
    return false;
}

void held_reads_note(const PlannedStmt *plan)
{
    if (!plan_has_notes(plan)) {
        if (!may_come_to_mask(plan))
            return;
        masked_execution_begins(); // or it would have begun before what is asked about
    }
    for (int i = 0; i < number_of_reads; i++) {
        if (!same_notes(reads[i].plan, plan) || !same_relations(reads[i].plan, plan))
            continue;
        reads[i].executed = masked_executions();
        return;
    }
    if (number_of_reads == most_reads) {
        number_of_reads = 0;
        forgotten = masked_executions() - 1;
        MemoryContextReset(memory);
    }
    PlannedStmt *outline = outline_of(plan);
    reads[number_of_reads++] = {outline, masked_executions()};
}

static bool same_context(const PlannedStmt *plan)
{
    PlanNote note;

    return plan_note_find(plan, NoteKind::Context, &note) && note.value == decision_context();
}

static bool holds(const PlannedStmt *plan)
{
    return plan_has_notes(plan) ? same_context(plan) && fingerprints_hold(plan) : !plan_reads_masks(plan);
}

bool held_reads_hold(const ReadsSince &since)
{
    if (forgotten > since.executions)
        return false;
    for (int i = 0; i < number_of_reads; i++)
        if (reads[i].executed > since.executions && !holds(reads[i].plan))
            return false;
    return true;
}

} // namespace ddm
