// Every hook of ddm, installed in one function that a reader can see whole.
#include "pg/base/pg.h"
#include "pg/audit/audit.h"
#include "pg/audit/setting_events.h"
#include "pg/base/ground.h"
#include "pg/base/transaction_end.h"
#include "pg/code/compiled_code.h"
#include "pg/code/stored_code.h"
#include "pg/errors/errors.h"
#include "pg/errors/planning_frame.h"
#include "pg/guard/direct_write.h"
#include "pg/guard/printed_trees.h"
#include "pg/guard/row_logging.h"
#include "pg/label/derived.h"
#include "pg/label/mask_upkeep.h"
#include "pg/mask/mask_keys.h"
#include "pg/mask/mask_type.h"
#include "pg/policy/policy.h"
#include "pg/policy/policy_state.h"
#include "pg/rewrite/definer.h"
#include "pg/rewrite/explain_figures.h"
#include "pg/rewrite/foreign_key.h"
#include "pg/rewrite/held_cursor.h"
#include "pg/rewrite/masked_projection.h"
#include "pg/rewrite/probe_limit.h"
#include "pg/rewrite/rewrite.h"
#include "pg/rewrite/searchable.h"
#include "pg/rewrite/searched_arrays.h"
#include "pg/rewrite/stored_reads.h"
#include "pg/rewrite/stats.h"
#include "pg/rewrite/unmasked_plan.h"
#include "pg/rewrite/writeback.h"
#include "pg/utility.h"

extern "C" {
#include "access/parallel.h"
#include "executor/executor.h"
#include "optimizer/cost.h"
#include "optimizer/planner.h"
#include "tcop/pquery.h"
#include "utils/portal.h"
#include DDM_QUERYJUMBLE_HEADER
}

namespace ddm
{

static planner_hook_type prev_planner = nullptr;
static ExecutorStart_hook_type prev_executor_start = nullptr;
static ExecutorRun_hook_type prev_executor_run = nullptr;
static ExecutorFinish_hook_type prev_executor_finish = nullptr;
static ExecutorEnd_hook_type prev_executor_end = nullptr;

static PlannedStmt *next_planner(Query *query, const char *query_string, int cursor_options, ParamListInfo bound_params)
{
    return prev_planner ? prev_planner(query, query_string, cursor_options, bound_params)
                        : standard_planner(query, query_string, cursor_options, bound_params);
}

static PlannedStmt *plan_without_memoize(Query *query, const char *query_string, int cursor_options,
                                         ParamListInfo bound_params)
{
    const bool memoize = enable_memoize;
    PlannedStmt *volatile plan = nullptr;

    enable_memoize = false;
    PG_TRY();
    {
        plan = next_planner(query, query_string, cursor_options, bound_params);
    }
    PG_FINALLY();
    {
        enable_memoize = memoize;
    }
    PG_END_TRY();
    return plan;
}

static PlannedStmt *ddm_planner(Query *query, const char *query_string, int cursor_options, ParamListInfo bound_params)
{
    compiled_code_retake();
    if (!policy_catch_up_first())
        return next_planner(query, query_string, cursor_options, bound_params);

    const PlanningStart start = {policy_generation(), policy_stamp(), masked_executions()};
    PlanningFrame frame;
    planning_begins(&frame);
    const RewriteResult *rewritten = rewrite_query(query, start.generation, bound_params);
    PlannedStmt *plan = rewritten && keys_on_stored_values(rewritten)
                            ? plan_without_memoize(query, query_string, cursor_options, bound_params)
                            : next_planner(query, query_string, cursor_options, bound_params);

    check_plan(plan, rewritten, start);
    planning_ends(&frame);
    return plan;
}

// The statement that has just been checked at its start, and when its message came. What runs in the same breath need
// not be checked again; what a cursor fetches later must.
struct JustStarted {
    const QueryDesc *query_desc;
    TimestampTz at;
};
static JustStarted just_started = {nullptr, 0};

// Of the unnamed portal the next message has another time.
static bool runs_at_once(const QueryDesc *query_desc)
{
    const bool same = just_started.query_desc == query_desc && ActivePortal && !in_named_portal() &&
                      just_started.at == GetCurrentStatementStartTimestamp();
    just_started.query_desc = nullptr;
    return same;
}

// A plan without them reads no relation with masks: nothing follows it.
static bool may_have_notes(const QueryDesc *query_desc) { return query_desc->plannedstmt->invalItems != NIL; }

static void ddm_executor_start(QueryDesc *query_desc, int eflags)
{
    // What others commit between planning and start is for the next statement.
    const bool just_checked = planned_in_this_breath(query_desc->plannedstmt);
    const bool active = just_checked ? policy_active() : policy_catch_up();

    compiled_code_retake();
    held_cursors_check();
    settings_look();
    if (active) {
        if (!just_checked)
            check_execution(query_desc, eflags);
        errors_statement_starts(query_desc->plannedstmt);
        if (stored_code_running)
            check_read_by_code(query_desc->plannedstmt);
        if (in_named_portal())
            held_by_portal(query_desc);
    }
    if (prev_executor_start)
        prev_executor_start(query_desc, eflags);
    else
        standard_ExecutorStart(query_desc, eflags);
    if (query_desc->plannedstmt->resultRelations != NIL)
        direct_write_starts(query_desc, eflags);
    if (may_have_notes(query_desc))
        audit_executor_start(query_desc, eflags);
    if (active && (may_have_notes(query_desc) || IsParallelWorker())) {
        masked_projections_prepare(query_desc);
        searched_arrays_prepare(query_desc);
    }
    just_started = {query_desc, GetCurrentStatementStartTimestamp()};
}

#if DDM_RUN_TAKES_ONCE
#define DDM_RUN_PARAMETERS QueryDesc *query_desc, ScanDirection direction, uint64 count, bool execute_once
#define DDM_RUN_ARGUMENTS query_desc, direction, count, execute_once
#define DDM_RUN_WITHOUT_WORKERS (query_desc->already_executed = true, execute_once = false) // minor versions differ
#else
#define DDM_RUN_PARAMETERS QueryDesc *query_desc, ScanDirection direction, uint64 count
#define DDM_RUN_ARGUMENTS query_desc, direction, count
#define DDM_RUN_WITHOUT_WORKERS (query_desc->already_executed = true)
#endif

// What runs a statement with notes: its event, if it has one, knows of its failure.
template <typename Run> static void run_followed(QueryDesc *query_desc, const Run &run)
{
    if (!audit_follows(query_desc)) {
        run();
        return;
    }
    PG_TRY();
    {
        run();
    }
    PG_CATCH();
    {
        audit_executor_failed(query_desc);
        PG_RE_THROW();
    }
    PG_END_TRY();
}

static void run(DDM_RUN_PARAMETERS)
{
    if (prev_executor_run)
        prev_executor_run(DDM_RUN_ARGUMENTS);
    else
        standard_ExecutorRun(DDM_RUN_ARGUMENTS);
}

[[gnu::noinline]] static void run_noted(ErrorFrame *frame, DDM_RUN_PARAMETERS)
{
    // Workers would not know that the whole index is locked, nor tell what their functions read.
    if (searchable_hides_pages(query_desc) || stored_reads_would_escape(query_desc->plannedstmt))
        DDM_RUN_WITHOUT_WORKERS;
    run_followed(query_desc, [&] {
        row_logging_enter(frame);
        run(DDM_RUN_ARGUMENTS);
        row_logging_leave(frame);
    });
}

static void ddm_executor_run(DDM_RUN_PARAMETERS)
{
    ErrorFrame frame;
    const uint64 executions = masked_executions();
    const uint64 generation = in_named_portal() ? policy_generation() : 0;
    const bool noted = may_have_notes(query_desc);

    if (!runs_at_once(query_desc) && policy_catch_up()) {
        check_run(query_desc);
        held_check_run();
    }
    if (noted)
        audit_executor_before_run(query_desc);
    errors_enter(&frame, query_desc->plannedstmt, query_desc->sourceText);
    if (noted)
        run_noted(&frame, DDM_RUN_ARGUMENTS);
    else
        run(DDM_RUN_ARGUMENTS);
    settings_look();
    errors_leave(&frame);
    if (noted)
        audit_executor_after_run(query_desc, direction, count);
    if (unlikely(masked_executions() != executions))
        held_by_functions(query_desc, {executions, generation});
    writeback_report(&frame);
}

static void finish(QueryDesc *query_desc)
{
    if (prev_executor_finish)
        prev_executor_finish(query_desc);
    else
        standard_ExecutorFinish(query_desc);
}

// AFTER triggers and constraints fire here.
static void finish_changes(QueryDesc *query_desc)
{
    ErrorFrame frame;

    errors_enter(&frame, query_desc->plannedstmt, query_desc->sourceText);
    if (may_have_notes(query_desc))
        run_followed(query_desc, [&] { finish(query_desc); });
    else
        finish(query_desc);
    settings_look();
    errors_leave(&frame);
    writeback_report(&frame);
}

static void ddm_executor_finish(QueryDesc *query_desc)
{
    if (query_desc->operation == CMD_SELECT && !query_desc->plannedstmt->hasModifyingCTE)
        finish(query_desc);
    else
        finish_changes(query_desc);
    if (query_desc->instrument_options != 0)
        hide_trigger_calls(query_desc->estate);
    if (may_have_notes(query_desc))
        hide_explain_figures(query_desc);
}

static void end(QueryDesc *query_desc)
{
    if (prev_executor_end)
        prev_executor_end(query_desc);
    else
        standard_ExecutorEnd(query_desc);
}

static void end_in_frame(QueryDesc *query_desc)
{
    ErrorFrame frame;

    errors_enter(&frame, query_desc->plannedstmt, query_desc->sourceText);
    end(query_desc);
    errors_leave(&frame);
}

static void ddm_executor_end(QueryDesc *query_desc)
{
    const bool noted = may_have_notes(query_desc);

    if (noted)
        audit_executor_end(query_desc);
    if (!noted && errors_at_rest()) // a frame would tell nothing
        end(query_desc);
    else
        end_in_frame(query_desc);
    forget_borrowed_plans();
    held_cursors_check();
}

static void install_hooks()
{
    prev_planner = planner_hook;
    planner_hook = ddm_planner;
    prev_executor_start = ExecutorStart_hook;
    ExecutorStart_hook = ddm_executor_start;
    prev_executor_run = ExecutorRun_hook;
    ExecutorRun_hook = ddm_executor_run;
    prev_executor_finish = ExecutorFinish_hook;
    ExecutorFinish_hook = ddm_executor_finish;
    prev_executor_end = ExecutorEnd_hook;
    ExecutorEnd_hook = ddm_executor_end;
    foreign_key_install();
    definer_install();
    stored_code_install();
    compiled_code_install();
    utility_install();
    EnableQueryId(); // events join pg_stat_statements and pgaudit by it
}

} // namespace ddm

extern "C" void ddm_install(void)
{
    ddm::ground_install();
    ddm::policy_install();
    ddm::mask_keys_install();
    ddm::money_install();
    ddm::probe_limit_install();
    ddm::audit_install();
    ddm::errors_install();
    ddm::printed_trees_install();
    ddm::upkeep_install();
    ddm::writeback_install();
    ddm::row_logging_install();
    ddm::stats_install();
    ddm::derived_install();
    ddm::transaction_end_install();
    MarkGUCPrefixReserved("ddm"); // a setting that is misspelt, or not there yet, is an error
    ddm::install_hooks();
}
