// The figures that explain.c prints stand in the nodes' states; it leaves out what never came to be.
#include "pg/rewrite/explain_figures.h"
#include "pg/base/relation_mark.h"
#include "pg/base/tree.h"
#include "pg/debug_settings.h"
#include "pg/policy/masked_columns.h"
#include "pg/rewrite/plan_note.h"

extern "C" {
#include "executor/instrument.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "utils/tuplestore.h"
}

namespace ddm
{

static bool reads_masked(const PlannedStmt *plan)
{
    ListCell *cell;
    PlanNote note;
    MaskedColumns columns;

    if (debug_masks_everything()) // masks that show every value hide no figures
        return false;
    foreach (cell, plan->invalItems)
        if (plan_note_read(lfirst(cell), &note) && note.kind == NoteKind::Relation &&
            masked_columns(note.value, GetUserId(), &columns) && !bms_is_empty(columns.masked))
            return true;
    return false;
}

// A policy says yes or no of a row. How many rows its sub-selects found, it does not.
static bool policy_reads_masked(const PlannedStmt *plan)
{
    ListCell *cell;
    MaskedColumns columns;

    foreach (cell, plan->rtable) {
        const auto *rte = lfirst_node(RangeTblEntry, cell);
        if (is_maskable(rte) && relation_mark(rte).handled == Handled::Policy &&
            masked_columns(rte->relid, GetUserId(), &columns) && !bms_is_empty(columns.masked))
            return true;
    }
    return false;
}

static void hide_files(BufferUsage *usage)
{
    usage->temp_blks_read = 0;
    usage->temp_blks_written = 0;
    INSTR_TIME_SET_ZERO(usage->temp_blk_read_time);
    INSTR_TIME_SET_ZERO(usage->temp_blk_write_time);
}

static void hide_buffers(BufferUsage *usage) { *usage = {}; }

using HideUsage = void (*)(BufferUsage *usage);

static void hide_usage_of(const PlanState *state, HideUsage hide)
{
    if (state->instrument)
        hide(&state->instrument->bufusage);
    for (int i = 0; state->worker_instrument && i < state->worker_instrument->num_workers; i++)
        hide(&state->worker_instrument->instrument[i].bufusage);
}

#if DDM_EXPLAINS_STORAGE
// An empty store in its place: explain.c does not ask of each whether it is there.
static void empty_store(Tuplestorestate **store)
{
    if (!*store)
        return;
    tuplestore_end(*store);
    *store = tuplestore_begin_heap(false, false, work_mem);
}

static void hide_stores(PlanState *state)
{
    switch (nodeTag(state)) {
    case T_MaterialState:
        empty_store(&reinterpret_cast<MaterialState *>(state)->tuplestorestate);
        break;
    case T_WindowAggState:
        empty_store(&reinterpret_cast<WindowAggState *>(state)->buffer);
        break;
    case T_TableFuncScanState:
        empty_store(&reinterpret_cast<TableFuncScanState *>(state)->tupstore);
        break;
    case T_CteScanState: {
        auto *scan = reinterpret_cast<CteScanState *>(state);
        if (scan->leader == scan)
            empty_store(&scan->cte_table);
        break;
    }
    case T_RecursiveUnionState: {
        auto *both = reinterpret_cast<RecursiveUnionState *>(state);
        empty_store(&both->working_table);
        empty_store(&both->intermediate_table);
        break;
    }
    default:
        break;
    }
}
#else
static void hide_stores(PlanState *) {}
#endif

static void hide_memory(PlanState *state)
{
    switch (nodeTag(state)) {
    case T_SortState: {
        auto *sort = reinterpret_cast<SortState *>(state);
        sort->sort_Done = false;
        sort->shared_info = nullptr;
        break;
    }
    case T_IncrementalSortState: {
        auto *sort = reinterpret_cast<IncrementalSortState *>(state);
        sort->incsort_info.fullsortGroupInfo.groupCount = 0;
        sort->shared_info = nullptr;
        break;
    }
    case T_HashState: {
        auto *hash = reinterpret_cast<HashState *>(state);
        hash->hinstrument = nullptr;
        hash->shared_info = nullptr;
        break;
    }
    case T_AggState: {
        auto *aggregate = reinterpret_cast<AggState *>(state);
        aggregate->hash_mem_peak = 0;
        aggregate->shared_info = nullptr;
        break;
    }
    case T_MemoizeState: {
        auto *memoize = reinterpret_cast<MemoizeState *>(state);
        memoize->stats.cache_misses = 0;
        memoize->shared_info = nullptr;
        break;
    }
    default:
        break;
    }
}

#if DDM_EXPLAINS_STORAGE
static void hide_searches(PlanState *state)
{
    if (IsA(state, IndexScanState))
        reinterpret_cast<IndexScanState *>(state)->iss_Instrument.nsearches = 0;
    else if (IsA(state, IndexOnlyScanState))
        reinterpret_cast<IndexOnlyScanState *>(state)->ioss_Instrument.nsearches = 0;
    else if (IsA(state, BitmapIndexScanState))
        reinterpret_cast<BitmapIndexScanState *>(state)->biss_Instrument.nsearches = 0;
}
#else
static void hide_searches(PlanState *) {}
#endif

static bool hide_run(PlanState *state, void *options)
{
    if (state->instrument)
        InstrInit(state->instrument, *static_cast<int *>(options));
    state->worker_instrument = nullptr;
    hide_searches(state);
    if (IsA(state, BitmapHeapScanState)) {
        auto &pages = DDM_BITMAP_PAGES(reinterpret_cast<BitmapHeapScanState *>(state));
        pages.exact_pages = 0;
        pages.lossy_pages = 0;
    }
    return walk_plan_states(state, hide_run, options);
}

// Which of a statement's sub-plans are a policy's the plan does not say.
static bool hide_sub_plans(PlanState *state, void *options)
{
    List *const sub_plans[] = {state->initPlan, state->subPlan};
    ListCell *cell;

    for (List *list : sub_plans)
        foreach (cell, list)
            (void)hide_run(lfirst_node(SubPlanState, cell)->planstate, options);
    return walk_plan_states(state, hide_sub_plans, options);
}

static bool hide_below(PlanState *state, void *usage)
{
    hide_usage_of(state, *static_cast<HideUsage *>(usage));
    hide_memory(state);
    hide_stores(state);
    return walk_plan_states(state, hide_below, usage);
}

void hide_explain_figures(const QueryDesc *query_desc)
{
    // pg_stat_statements keeps the whole statement's.
    const bool counted = query_desc->totaltime && (query_desc->totaltime->bufusage.temp_blks_written > 0 ||
                                                   query_desc->totaltime->bufusage.temp_blks_read > 0);

    if ((query_desc->instrument_options == 0 && !counted) || !reads_masked(query_desc->plannedstmt))
        return;
    if (counted)
        hide_files(&query_desc->totaltime->bufusage);
    if (query_desc->instrument_options == 0)
        return;
    MemoryContext old = MemoryContextSwitchTo(query_desc->estate->es_query_cxt);
    const bool policy_reads = policy_reads_masked(query_desc->plannedstmt);
    HideUsage usage = policy_reads ? hide_buffers : hide_files; // a node counts those of its sub-plans too
    int options = query_desc->instrument_options;
    hide_below(query_desc->planstate, &usage);
    if (policy_reads)
        hide_sub_plans(query_desc->planstate, &options);
    MemoryContextSwitchTo(old);
}

static void hide_calls(const List *relations)
{
    ListCell *cell;
    MaskedColumns columns;

    foreach (cell, relations) {
        auto *written = static_cast<ResultRelInfo *>(lfirst(cell));
        if (masked_columns(RelationGetRelid(written->ri_RelationDesc), GetUserId(), &columns) &&
            !bms_is_empty(columns.masked))
            written->ri_TrigInstrument = nullptr;
    }
}

void hide_trigger_calls(const EState *estate)
{
    if (!policy_active() || debug_masks_everything())
        return;
    hide_calls(estate->es_opened_result_relations);
    hide_calls(estate->es_tuple_routing_result_relations);
    hide_calls(estate->es_trig_target_relations);
}

} // namespace ddm
