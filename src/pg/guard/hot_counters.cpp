// pg_stat_get_tuples_hot_updated() and its sister, for this transaction.
//
// The server's functions are built in: neither a privilege (the system views need them) nor the function manager's
// hook is a way to change what they answer. So the views call the extension's, and nobody but a superuser calls
// the server's by hand.
#include "pg/guard/hot_counters.h"
#include "pg/base/own_function.h"
#include "pg/base/tree.h"
#include "pg/policy/masked_columns.h"
#include "pg/policy/policy.h"

extern "C" {
#include "utils/fmgrprotos.h"
}

namespace ddm
{

static bool replace_calls(Node *node, void *context)
{
    if (!node || IsA(node, Query))
        return false;
    if (IsA(node, FuncExpr)) {
        auto *call = reinterpret_cast<FuncExpr *>(node);
        const Oid types[1] = {OIDOID};

        if (call->funcid == F_PG_STAT_GET_TUPLES_HOT_UPDATED)
            call->funcid = own_function("tuples_hot_updated", 1, types);
        else if (call->funcid == F_PG_STAT_GET_XACT_TUPLES_HOT_UPDATED)
            call->funcid = own_function("xact_tuples_hot_updated", 1, types);
    }
    return walk_expression(node, replace_calls, context);
}

void hide_hot_counters(Query *query) { walk_level(query, replace_calls, nullptr); }

void refuse_hot_counter(Oid function)
{
    if (!policy_active() || superuser())
        return;
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("permission denied for function %s", get_func_name(function)),
            errdetail("Heap-only updates tell whether the value that was written is the one that was stored."),
            errhint("Read n_tup_hot_upd in pg_stat_all_tables: it is NULL where a column is masked for you."));
}

static bool is_told(Oid relation)
{
    MaskedColumns columns;

    return !policy_active() || !masked_columns(relation, GetUserId(), &columns) || bms_is_empty(columns.masked);
}

} // namespace ddm

DDM_FUNCTION(ddm_tuples_hot_updated)
{
    if (!ddm::is_told(PG_GETARG_OID(0)))
        PG_RETURN_NULL();
    return DirectFunctionCall1(pg_stat_get_tuples_hot_updated, PG_GETARG_DATUM(0));
}

DDM_FUNCTION(ddm_xact_tuples_hot_updated)
{
    if (!ddm::is_told(PG_GETARG_OID(0)))
        PG_RETURN_NULL();
    return DirectFunctionCall1(pg_stat_get_xact_tuples_hot_updated, PG_GETARG_DATUM(0));
}
