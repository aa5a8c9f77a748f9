#include "pg/rewrite/searched_arrays.h"
#include "pg/base/tree.h"
#include "pg/debug_settings.h"
#include "pg/policy/masked_columns.h"

extern "C" {
#include "catalog/pg_am.h"
#include "catalog/pg_index.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "nodes/plannodes.h"
#include "utils/rel.h"
}

namespace ddm
{

static bool asks_for_masked(const ScanKeyData *key, const Form_pg_index index, const MaskedColumns *columns)
{
    const AttrNumber attno = index->indkey.values[key->sk_attno - 1];
    return (key->sk_flags & SK_SEARCHARRAY) && bms_is_member(attno, columns->masked);
}

// The array is evaluated when the scan begins, and its elements are put into the key.
static void forget_runtime_key(BitmapIndexScanState *scan, const ScanKeyData *key)
{
    int kept = 0;
    for (int i = 0; i < scan->biss_NumRuntimeKeys; i++)
        if (scan->biss_RuntimeKeys[i].scan_key != key)
            scan->biss_RuntimeKeys[kept++] = scan->biss_RuntimeKeys[i];
    scan->biss_NumRuntimeKeys = kept;
}

static Expr *array_of(Node *condition)
{
    auto *array = static_cast<Expr *>(lsecond(castNode(ScalarArrayOpExpr, condition)->args));
    return IsA(array, RelabelType) ? castNode(RelabelType, array)->arg : array;
}

static void expand(BitmapIndexScanState *scan, ScanKeyData *key, Node *condition)
{
    forget_runtime_key(scan, key);
    key->sk_flags &= ~SK_SEARCHARRAY;
    key->sk_argument = 0;
    IndexArrayKeyInfo *array = &scan->biss_ArrayKeys[scan->biss_NumArrayKeys++];
    array->scan_key = key;
    array->array_expr = ExecInitExpr(array_of(condition), &scan->ss.ps);
}

// The server has a context of its own for such values where it knows of any.
static void provide_context(BitmapIndexScanState *scan)
{
    ExprContext *context = scan->ss.ps.ps_ExprContext;
    if (scan->biss_RuntimeContext)
        return;
    ExecAssignExprContext(scan->ss.ps.state, &scan->ss.ps);
    scan->biss_RuntimeContext = scan->ss.ps.ps_ExprContext;
    scan->ss.ps.ps_ExprContext = context;
}

// A scan has a key per condition, in their order.
static void prepare(BitmapIndexScanState *scan)
{
    const List *conditions = reinterpret_cast<BitmapIndexScan *>(scan->ss.ps.plan)->indexqual;
    MaskedColumns columns;

    if (!scan->biss_RelationDesc || scan->biss_RelationDesc->rd_rel->relam != BTREE_AM_OID ||
        scan->biss_NumArrayKeys > 0)
        return; // EXPLAIN alone opens no index
    const Form_pg_index index = scan->biss_RelationDesc->rd_index;
    if (!masked_columns(index->indrelid, GetUserId(), &columns))
        return;
    for (int i = 0; i < scan->biss_NumScanKeys; i++) {
        ScanKeyData *key = &scan->biss_ScanKeys[i];
        if (!asks_for_masked(key, index, &columns))
            continue;
        if (scan->biss_NumArrayKeys == 0)
            scan->biss_ArrayKeys =
                static_cast<IndexArrayKeyInfo *>(palloc0(sizeof(IndexArrayKeyInfo) * scan->biss_NumScanKeys));
        expand(scan, key, static_cast<Node *>(list_nth(conditions, i)));
    }
    if (scan->biss_NumArrayKeys > 0) {
        provide_context(scan);
        scan->biss_RuntimeKeysReady = false;
    }
}

static bool visit(PlanState *state, void *)
{
    if (IsA(state, BitmapIndexScanState))
        prepare(reinterpret_cast<BitmapIndexScanState *>(state));
    return walk_plan_states(state, visit, nullptr);
}

void searched_arrays_prepare(const QueryDesc *query_desc)
{
    if (!DDM_BTREE_JOINS_SEARCHES || debug_masks_everything())
        return;
    MemoryContext outer = MemoryContextSwitchTo(query_desc->estate->es_query_cxt);
    visit(query_desc->planstate, nullptr);
    MemoryContextSwitchTo(outer);
}

} // namespace ddm
