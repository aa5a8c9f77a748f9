// The finished plan: nothing in it may read a relation with masks that the rewriter did not handle.
#include "pg/rewrite/columns_read.h"
#include "pg/base/relation_mark.h"
#include "pg/policy/masked_columns.h"
#include "pg/policy/policy_moment.h"
#include "pg/rewrite/plan_fingerprint.h"
#include "pg/rewrite/plan_note.h"
#include "pg/rewrite/rewrite_result.h"
#include "pg/rewrite/searchable.h"
#include "pg/rewrite/toast_read.h"
#include "pg/rewrite/unmasked_plan.h"

extern "C" {
#include "utils/plancache.h"
}

namespace ddm
{

[[noreturn]] static void raise_unhandled(Oid relation)
{
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("relation \"%s\" has masked columns and would be read without its masks", get_rel_name(relation)),
            errdetail("The planner brought it into the query after masking had been applied."),
            errhint("Write the query without the function or extension that brings it in, or report this as a "
                    "defect of ddm."));
    pg_unreachable();
}

// A partition or inheritance child is read through the masks of the relation that the query names, and by what clears
// the role there, as with any privilege. The masks must cover all that the child masks.
static void check_child(Oid child, Oid ancestor)
{
    MaskedColumns of_child;
    int attno = -1;

    if (!masked_columns(child, deciding_role(), &of_child) || !of_child.masked)
        return;
    const Bitmapset *of_ancestor = policy_masked_columns(policy_of(ancestor));
    while ((attno = bms_next_member(of_child.masked, attno)) >= 0) {
        char *name = get_attname(child, static_cast<AttrNumber>(attno), false);
        AttrNumber in_ancestor = get_attnum(ancestor, name);

        if (in_ancestor == InvalidAttrNumber || bms_is_member(in_ancestor, of_ancestor))
            continue; // a column of the child alone can't be read through its ancestor
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                errmsg("column \"%s\" is masked on \"%s\" and not on \"%s\", through which it would be read", name,
                       get_rel_name(child), get_rel_name(ancestor)),
                errhint("Put the label on the column of \"%s\" too.", get_rel_name(ancestor)));
    }
}

// Does the entry read a relation with masks? Raises where nothing was done about them.
[[gnu::noinline]] static bool check_entry(const RangeTblEntry *rte)
{
    const RelationMark mark = relation_mark(rte);

    if (mark.handled == Handled::None) {
        if (policy_of(rte->relid))
            raise_unhandled(rte->relid);
        return false;
    }
    if (mark.relation == rte->relid)
        return mark.handled != Handled::Open && mark.handled != Handled::Unread;
    if (mark.handled != Handled::Trusted)
        check_child(rte->relid, mark.relation);
    return policy_of(rte->relid) != nullptr;
}

static void note_columns(PlannedStmt *plan, const ColumnsRead *read, Oid role)
{
    const Bitmapset *in_force = policy_masked_columns(read->policy);
    const bool whole_row = bms_is_member(0, read->columns);
    int attno = -1;

    while ((attno = bms_next_member(in_force, attno)) >= 0) {
        if (!whole_row && !bms_is_member(attno, read->columns))
            continue;
        const Decision decision = policy_decide(read->policy, static_cast<AttrNumber>(attno), role);
        const NoteKind kind = decision.verdict == Verdict::Masked ? NoteKind::Masked : NoteKind::Clear;

        if (decision.verdict == Verdict::Open)
            continue;
        plan_note_add(plan, {kind, static_cast<AttrNumber>(attno), read->relation});
    }
}

// Clearances end by the clock, and begin by it where a condition says so.
static void note_until(PlannedStmt *plan, const ColumnsRead *read, Oid role)
{
    const TimestampTz until = policy_decided_until(read->policy, role);

    if (TIMESTAMP_NOT_FINITE(until) || until <= 0)
        return;
    plan_note_add(plan, {NoteKind::Until, 0, static_cast<uint32>(until / USECS_PER_SEC)});
    moment_until(until);
}

// A plan was made under a table owner's identity for the role that set a foreign key's action off: the server would take
// it for the owner's own.
static bool borrowed_plans = false;

void forget_borrowed_plans()
{
    if (!borrowed_plans || InNoForceRLSOperation())
        return;
    borrowed_plans = false;
    ResetPlanCache();
}

static void note_origin(PlannedStmt *plan, uint64 generation, uint32 context, Oid role)
{
    plan_note_add(plan, {NoteKind::Generation, 0, static_cast<uint32>(generation)});
    plan_note_add(plan, {NoteKind::Role, 0, role});
    borrowed_plans |= role != GetUserId();
    plan_note_add(plan, {NoteKind::Context, 0, context});
    plan->dependsOnRole = true;
}

static void add_notes(PlannedStmt *plan, const RewriteResult *result)
{
    ListCell *cell;

    note_origin(plan, result->generation, result->context, result->role);
    foreach (cell, result->columns) {
        auto *read = static_cast<ColumnsRead *>(lfirst(cell));
        note_columns(plan, read, result->role);
        note_until(plan, read, result->role);
    }
    note_fingerprints(plan, result->role);
    searchable_note(plan, result->probes);
    foreach (cell, result->action)
        plan_note_add(plan, *static_cast<PlanNote *>(lfirst(cell)));
    if (result->assigns)
        plan_note_add(plan, {NoteKind::Assigned, 0, 0});
}

// The rewriter has nothing to say of a TOAST table.
static void note_toast_reads(PlannedStmt *plan)
{
    ListCell *cell;

    foreach (cell, plan->rtable)
        if (is_toast_table(lfirst_node(RangeTblEntry, cell)))
            note_toast_read(plan, lfirst_node(RangeTblEntry, cell)->relid, deciding_role());
}

// What the plan reads besides relations that are known to have no masks.
struct PlanReads {
    bool masks;
    bool toast;
    bool folded; // an immutable function that reads masked columns was called to make a constant of it
};

[[gnu::noinline]] static void note_reads(PlannedStmt *plan, const RewriteResult *result, const PlanningStart &before,
                                         PlanReads reads)
{
    if (reads.folded || reads.toast) {
        note_origin(plan, before.generation, decision_context(), deciding_role());
        plan_note_add(plan, {NoteKind::Folded, 0, 0});
    }
    if (reads.toast)
        note_toast_reads(plan);
    if (!result) {
        if (reads.masks)
            elog(ERROR, "plan over a relation with masks that the rewriter did not see");
        return;
    }
    plan->invalItems = list_concat(plan->invalItems, result->inlined.inval_items);
    plan->dependsOnRole |= result->inlined.depends_on_role;
    if (reads.masks || result->columns != NIL)
        add_notes(plan, result);
}

void check_plan(PlannedStmt *plan, const RewriteResult *result, const PlanningStart &before)
{
    PlanReads reads = {false, false, masked_executions() != before.executions};
    ListCell *cell;

    foreach (cell, plan->rtable) {
        const auto *rte = lfirst_node(RangeTblEntry, cell);

        if (marked_open(rte))
            continue;
        reads.toast |= is_toast_table(rte);
        reads.masks |= is_maskable(rte) && check_entry(rte);
    }
    if (result || reads.masks || reads.toast || reads.folded)
        note_reads(plan, result, before, reads);
    else
        unmasked_found(plan, before.stamp, true);
}

} // namespace ddm
