// The projection that the executor has made is put, with its steps, into one of our own, which runs otherwise: what JIT
// does to an expression. It is checked before its first row as every expression is. From then on a sequential scan fetches
// and shows its rows in one function, where the executor goes through six.
#include "pg/rewrite/masked_projection.h"
#include "pg/base/tree.h"
#include "pg/mask/mask_apply.h"
#include "pg/mask/mask_call.h"

extern "C" {
#include "executor/execExpr.h"
#include "access/tableam.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
}

namespace ddm
{

constexpr double worth_preparing = 100; // rows that are expected

struct ProjectedColumn {
    int source;     // place in the row that is read
    MaskSite *site; // nullptr: as it is
};

struct MaskedProjection {
    ProjectionInfo projection;
    ExecProcNodeMtd scan; // the executor's own
    int last;             // attribute that is read
    int count;
    ProjectedColumn columns[FLEXIBLE_ARRAY_MEMBER];
};

// Of a single column there is no loop, which takes as long as the rest of it.
template <bool single>
static inline void show(const MaskedProjection *own, TupleTableSlot *row, const TupleTableSlot *shown)
{
    slot_getsomeattrs(row, own->last);
    for (int i = 0; i < (single ? 1 : own->count); i++) {
        const ProjectedColumn *column = &own->columns[i];
        Datum value = row->tts_values[column->source];
        const bool is_null = row->tts_isnull[column->source];
        shown->tts_isnull[i] = is_null;
        if (column->site && !is_null)
            value = mask_site_run(column->site, value, &shown->tts_isnull[i]);
        shown->tts_values[i] = value;
    }
}

// An ExprStateEvalFunc, in place of ExecInterpExpr(). A projection answers nothing but its slot, and since 18 has no place
// for more.
template <bool single> static Datum project(ExprState *state, ExprContext *context, bool *)
{
    const auto *own = reinterpret_cast<const MaskedProjection *>(reinterpret_cast<const char *>(state) -
                                                                 offsetof(MaskedProjection, projection.pi_state));
    show<single>(own, context->ecxt_scantuple, state->resultslot);
    return 0;
}

// ExecSeqScan(), without what only the recheck of a row that another transaction changed needs.
template <bool single> static TupleTableSlot *scan(PlanState *state)
{
    const auto *own = reinterpret_cast<const MaskedProjection *>(state->ps_ProjInfo);
    const auto *scan = reinterpret_cast<const ScanState *>(state);
    ExprContext *context = state->ps_ExprContext;
    TupleTableSlot *row = scan->ss_ScanTupleSlot, *shown = state->ps_ProjInfo->pi_state.resultslot;

    // The executor begins the scan, and checks the expression with its first row.
    if (!scan->ss_currentScanDesc || own->projection.pi_state.evalfunc == ExecInterpExprStillValid)
        return own->scan(state);
    for (;;) {
        CHECK_FOR_INTERRUPTS();
        ResetExprContext(context);
        if (!table_scan_getnextslot(scan->ss_currentScanDesc, state->state->es_direction, row))
            return ExecClearTuple(shown);
        context->ecxt_scantuple = row;
        if (!state->qual || ExecQual(state->qual, context))
            break;
        InstrCountFiltered1(state, 1);
    }
    if (TTS_SHOULDFREE(shown))
        ExecClearTuple(shown);
    MemoryContext outer = MemoryContextSwitchTo(context->ecxt_per_tuple_memory);
    show<single>(own, row, shown);
    MemoryContextSwitchTo(outer);
    shown->tts_flags &= ~TTS_FLAG_EMPTY;
    shown->tts_nvalid = shown->tts_tupleDescriptor->natts;
    return shown;
}

// What a row shows at one place: a column, through a mask or as it is. False: anything else.
static bool shown_column(const Expr *expression, const Var **column, const MaskRef **mask)
{
    *mask = nullptr;
    if (IsA(expression, RelabelType))
        expression = reinterpret_cast<const RelabelType *>(expression)->arg;
    if (IsA(expression, FuncExpr)) {
        const auto *call = reinterpret_cast<const FuncExpr *>(expression);
        *mask = mask_applied_by(call);
        if (!*mask)
            return false;
        expression = static_cast<const Expr *>(linitial(call->args));
    }
    if (!IsA(expression, Var))
        return false;
    *column = reinterpret_cast<const Var *>(expression);
    if (*mask && (*mask)->type != (*column)->vartype)
        return false; // the call itself raises that
    return !IS_SPECIAL_VARNO((*column)->varno) && (*column)->varattno > 0;
}

// A sub-plan is come across at each place that it is used at.
static bool is_prepared(const ProjectionInfo *projection)
{
    const void *runs = projection->pi_state.evalfunc_private;

    return runs == reinterpret_cast<const void *>(project<true>) ||
           runs == reinterpret_cast<const void *>(project<false>);
}

static void prepare(PlanState *state)
{
    const List *targets = state->plan->targetlist;
    const Var *column;
    const MaskRef *mask;
    ListCell *cell;
    bool masks = false;

    // Not one that JIT has compiled.
    if (!state->ps_ProjInfo || state->ps_ProjInfo->pi_state.evalfunc != ExecInterpExprStillValid ||
        is_prepared(state->ps_ProjInfo))
        return;
    foreach (cell, targets) {
        if (!shown_column(lfirst_node(TargetEntry, cell)->expr, &column, &mask))
            return;
        masks |= mask != nullptr;
    }
    if (!masks)
        return;
    auto *own = static_cast<MaskedProjection *>(
        palloc0(offsetof(MaskedProjection, columns) + list_length(targets) * sizeof(ProjectedColumn)));
    const bool single = list_length(targets) == 1;
    own->projection = *state->ps_ProjInfo;
    own->projection.pi_state.evalfunc_private = reinterpret_cast<void *>(single ? project<true> : project<false>);
    foreach (cell, targets) {
        shown_column(lfirst_node(TargetEntry, cell)->expr, &column, &mask);
        own->columns[own->count++] = {column->varattno - 1,
                                      mask ? mask_site_make(mask, CurrentMemoryContext) : nullptr};
        own->last = Max(own->last, column->varattno);
    }
    state->ps_ProjInfo = &own->projection;
    if (IsA(state, SeqScanState) && !state->state->es_epq_active) {
        own->scan = state->ExecProcNodeReal;
        ExecSetExecProcNode(state, single ? scan<true> : scan<false>);
    }
}

static bool visit(PlanState *state, void *)
{
    if ((IsA(state, SeqScanState) || IsA(state, IndexScanState) || IsA(state, BitmapHeapScanState)) &&
        state->plan->plan_rows >= worth_preparing)
        prepare(state);
    return walk_plan_states(state, visit, nullptr);
}

void masked_projections_prepare(QueryDesc *query_desc)
{
    MemoryContext outer = MemoryContextSwitchTo(query_desc->estate->es_query_cxt);
    visit(query_desc->planstate, nullptr);
    MemoryContextSwitchTo(outer);
}

} // namespace ddm
