// Before a plan runs, and before each batch of rows of a cursor: is what it shows still what may be shown?
#include "pg/rewrite/foreign_key.h"
#include "pg/base/relation_mark.h"
#include "pg/policy/policy.h"
#include "pg/policy/policy_state.h"
#include "pg/rewrite/plan_fingerprint.h"
#include "pg/rewrite/plan_note.h"
#include "pg/rewrite/rewrite.h"
#include "pg/rewrite/searchable.h"
#include "pg/rewrite/stored_reads.h"
#include "pg/rewrite/toast_read.h"
#include "pg/rewrite/unmasked_plan.h"

extern "C" {
#include "access/parallel.h"
#include "utils/plancache.h"
#include "utils/timestamp.h"
}

namespace ddm
{

[[noreturn]] static void raise_stale()
{
    AcceptInvalidationMessages();
    ResetPlanCache(); // so that the next try plans anew
    ereport(ERROR, errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
            errmsg("masking policy has changed since this statement was planned"),
            errhint("Run the transaction again."));
    pg_unreachable();
}

// A plan without notes reads no relation with masks, or was made by a planner that did not ask ddm. Not by
// relationOids: those name every relation of a regclass constant as well.
static bool reads_masks(const RangeTblEntry *rte)
{
    return is_maskable(rte) && relation_mark(rte).handled != Handled::Unread && policy_of(rte->relid);
}

bool plan_reads_masks(const PlannedStmt *plan)
{
    ListCell *cell;

    foreach (cell, plan->rtable)
        if (reads_masks(lfirst_node(RangeTblEntry, cell)))
            return true;
    return false;
}

UnmaskedPlan unmasked = {nullptr, nullptr, 0, 0, false, 0};

static void check_unnoted(const PlannedStmt *plan)
{
    const uint64 stamp = policy_stamp();
    bool toast = false;
    ListCell *cell;

    unmasked.plan = nullptr;
    foreach (cell, plan->rtable) {
        const auto *rte = lfirst_node(RangeTblEntry, cell);

        if (is_toast_table(rte)) {
            toast = true;
            check_toast_read(rte->relid);
        } else if (reads_masks(rte)) {
            raise_stale();
        }
    }
    if (!toast)
        unmasked_found(plan, stamp, false);
}

static void check_toast_reads(const PlannedStmt *plan)
{
    ListCell *cell;

    foreach (cell, plan->rtable)
        if (is_toast_table(lfirst_node(RangeTblEntry, cell)))
            check_toast_read(lfirst_node(RangeTblEntry, cell)->relid);
}

// Is there a column that the plan reads as stored and for which the current role is not cleared (any more)?
static bool find_uncleared(const PlannedStmt *plan, PlanNote *note)
{
    ListCell *cell;

    foreach (cell, plan->invalItems) {
        if (!plan_note_read(lfirst(cell), note) || note->kind != NoteKind::Clear)
            continue;
        const RelationPolicy *policy = policy_of(note->value);
        if (policy && policy_decide(policy, note->attno, GetUserId()).verdict == Verdict::Masked)
            return true;
    }
    return false;
}

static void check_clearances(const PlannedStmt *plan)
{
    PlanNote note;

    if (find_uncleared(plan, &note))
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                errmsg("role \"%s\" is not cleared for column \"%s\" of relation \"%s\", which this "
                       "statement reads unmasked",
                       GetUserNameFromId(GetUserId(), true), get_attname(note.value, note.attno, true),
                       get_rel_name(note.value)),
                errhint("Run the statement again to see the mask."));
}

struct Validity {
    bool same_generation;
    bool same_context;
    bool same_role;
    bool expired;
    bool action; // of a foreign key, that assigns to columns
};

// A foreign key's own plan shows nobody anything.
static bool is_the_servers(const PlannedStmt *plan)
{
    ListCell *cell;

    foreach (cell, plan->rtable)
        if (relation_mark(lfirst_node(RangeTblEntry, cell)).handled == Handled::Trusted)
            return true;
    return false;
}

static Validity validity_of(const PlannedStmt *plan)
{
    Validity validity = {true, true, true, false, false};
    ListCell *cell;
    PlanNote note;

    foreach (cell, plan->invalItems) {
        if (!plan_note_read(lfirst(cell), &note))
            continue;
        switch (note.kind) {
        case NoteKind::Generation:
            validity.same_generation = note.value == static_cast<uint32>(policy_generation());
            break;
        case NoteKind::Context:
            validity.same_context = note.value == decision_context();
            break;
        case NoteKind::Role:
            validity.same_role = note.value == deciding_role() || (note.value == GetUserId() && is_the_servers(plan));
            break;
        case NoteKind::Until:
            validity.expired |= GetCurrentTimestamp() / USECS_PER_SEC >= static_cast<int64>(note.value);
            break;
        case NoteKind::Action:
            validity.action = true;
            break;
        default:
            break;
        }
    }
    return validity;
}

// The policy moved on. What the plan shows may be the same all the same.
static bool holds_still(const PlannedStmt *plan)
{
    const auto generation = static_cast<uint32>(policy_generation());

    if (!fingerprints_hold(plan))
        return false;
    plan_note_renew(plan, NoteKind::Generation, generation);
    return true;
}

// A column that nobody had masked when the plan was made is in none of its notes: so what the plan was made from is asked, too.
bool plan_shows_hidden(const PlannedStmt *plan)
{
    PlanNote note;

    if (!plan_has_notes(plan))
        return plan_reads_masks(plan);
    return find_uncleared(plan, &note) || (!validity_of(plan).same_generation && !holds_still(plan));
}

// The plan of a leader, in one of its workers: the leader has checked it, and handed it out without its notes. What
// the worker's functions run is planned here, and sends its rows elsewhere.
static bool handed_out(const QueryDesc *query_desc)
{
    return IsParallelWorker() && query_desc->dest && query_desc->dest->mydest == DestTupleQueue;
}

uint64 noted_executions = 0;

void check_execution(QueryDesc *query_desc, int eflags)
{
    const PlannedStmt *plan = query_desc->plannedstmt;
    const bool planned = unmasked.planned;

    unmasked.planned = false; // once, for what starts next: its memory may be another plan's one day
    if (planned && is_unmasked(plan))
        return;
    if (!plan_has_notes(plan)) {
        if (!handed_out(query_desc))
            check_unnoted(plan);
        return;
    }
    check_toast_reads(plan);
    const Validity validity = validity_of(plan);
    unmasked.plan = nullptr; // this one may lie where that one lay
    masked_execution_begins();
    if (!validity.same_context || !validity.same_role)
        raise_stale();
    if ((!validity.same_generation || validity.expired) && !holds_still(plan))
        raise_stale();
    if (validity.action)
        foreign_key_check_action(plan);
    searchable_charge(query_desc, eflags);
    stored_reads_count(query_desc, eflags);
}

void check_run(QueryDesc *query_desc)
{
    const PlannedStmt *plan = query_desc->plannedstmt;

    if (is_unmasked(plan))
        return;
    if (!plan_has_notes(plan)) {
        if (!handed_out(query_desc))
            check_unnoted(plan);
        return;
    }
    check_toast_reads(plan);
    const Validity validity = validity_of(plan);
    if (validity.same_generation && validity.same_role && validity.same_context && !validity.expired)
        return;
    check_clearances(plan);
    if (!validity.same_generation && !holds_still(plan))
        raise_stale();
}

} // namespace ddm
