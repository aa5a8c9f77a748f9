// Query rewriting: every relation that is read and has a mask in force for the current role is read through it.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "executor/execdesc.h"
}

namespace ddm
{

// What the rewriter leaves for the plan check and the audit notes; palloc'd, lives through one planner call.
struct RewriteResult;

// Rewrites `query` (after the rewriter, before the planner) in place for deciding_role(), by the policy of this
// policy_generation(). Answers nullptr where no relation in it has a mask in force for anyone: then nothing was done or
// allocated.
RewriteResult *rewrite_query(Query *query, uint64 generation, ParamListInfo bound_params);

// Memoize would keep the results of something lateral by the stored values below its masks, and EXPLAIN ANALYZE count
// how many different ones there were: is the query to be planned without?
bool keys_on_stored_values(const RewriteResult *result);

// After planning: raises where a relation with masks was not handled, adds the notes, sets dependsOnRole.
// Called for every plan; `result` may be nullptr (a relation may have slipped in by inlining).
// `before` says how things stood before planning.
struct PlanningStart {
    uint64 generation;
    uint64 stamp;      // policy_stamp()
    uint64 executions; // masked_executions()
};
void check_plan(PlannedStmt *plan, const RewriteResult *result, const PlanningStart &before);

// After a statement: plans that were made for a role other than the current one are made anew.
void forget_borrowed_plans();

// Counts statements over relations with masks that this backend began to execute. One that is executed while
// another is planned makes a constant in its plan.
extern uint64 noted_executions;
inline uint64 masked_executions() { return noted_executions; }

// Another, that reads stored values out of catalogs.
inline void masked_execution_begins() { noted_executions++; }

// In ExecutorStart, for every plan: raises where the plan reads a relation with masks and carries no notes, or
// was made under another policy generation, role or context.
void check_execution(QueryDesc *query_desc, int eflags);

// In ExecutorRun, for every plan: raises where the policy changed since the plan was checked, a clearance has
// ended, or the role that fetches would not be shown what the plan shows.
void check_run(QueryDesc *query_desc);

// Do rows that the plan gave, or gives, hold stored values that the current role may not see?
bool plan_shows_hidden(const PlannedStmt *plan);

// Of a plan without notes: has something that it reads got masks since it was made?
bool plan_reads_masks(const PlannedStmt *plan);

} // namespace ddm
