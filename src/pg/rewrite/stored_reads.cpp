#include "pg/rewrite/stored_reads.h"
#include "pg/rewrite/plan_note.h"

extern "C" {
#include "executor/executor.h"
#include "utils/syscache.h"
}

namespace ddm
{

static StoredReads *counting = nullptr;

void stored_reads_begin(StoredReads *reads, Oid role)
{
    *reads = {role, 0, counting};
    counting = reads;
}

void stored_reads_end(const StoredReads *reads) { counting = reads->outer; }

static bool makes_relation(const QueryDesc *query_desc)
{
    return query_desc->dest &&
           (query_desc->dest->mydest == DestIntoRel || query_desc->dest->mydest == DestTransientRel);
}

static bool reads_stored(const PlannedStmt *plan)
{
    PlanNote note;

    return plan_note_find(plan, NoteKind::Clear, &note);
}

void stored_reads_note()
{
    for (StoredReads *reads = counting; reads; reads = reads->outer)
        if (reads->role == GetUserId())
            reads->count++;
}

bool stored_reads_would_escape(const PlannedStmt *plan)
{
    ListCell *cell;

    foreach (cell, counting && plan->parallelModeNeeded ? plan->invalItems : NIL)
        if (lfirst_node(PlanInvalItem, cell)->cacheId == PROCOID)
            return true;
    return false;
}

void stored_reads_count(const QueryDesc *query_desc, int eflags)
{
    if (!counting || (eflags & EXEC_FLAG_EXPLAIN_ONLY) || makes_relation(query_desc) ||
        !reads_stored(query_desc->plannedstmt))
        return;
    stored_reads_note();
}

} // namespace ddm
