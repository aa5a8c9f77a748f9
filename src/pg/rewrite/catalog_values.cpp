// Whose values a row of these catalogs keeps shows when it is read: so each reference is wrapped in a function that gets the
// row's key as well, and runs only where the value is used.
#include "pg/rewrite/catalog_values.h"
#include "pg/audit/audit_settings.h"
#include "pg/audit/audit_statement.h"
#include "pg/audit/read_event.h"
#include "pg/base/own_function.h"
#include "pg/base/tree.h"
#include "pg/debug_settings.h"
#include "pg/policy/policy.h"
#include "pg/rewrite/held_reads.h"
#include "pg/rewrite/plan_note.h"
#include "pg/rewrite/statistics_sources.h"
#include "pg/rewrite/stored_reads.h"

extern "C" {
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_statistic_ext_data.h"
#include "parser/parse_relation.h"
#include "parser/parsetree.h"
#include "utils/typcache.h"
}

namespace ddm
{

bool holds_values(Oid catalog, AttrNumber attno)
{
    switch (catalog) {
    case StatisticRelationId:
        return attno == 0 || (attno >= Anum_pg_statistic_stavalues1 && attno <= Anum_pg_statistic_stavalues5);
    case StatisticExtDataRelationId:
        return attno == 0 || attno == Anum_pg_statistic_ext_data_stxdmcv ||
               attno == Anum_pg_statistic_ext_data_stxdexpr;
    case AttributeRelationId:
        return attno == 0 || attno == Anum_pg_attribute_attmissingval;
    default:
        return false;
    }
}

// What the parser has noted for the check of privileges leaves out no column that is referred to.
bool reads_values(const Query *query, RangeTblEntry *rte)
{
    if (!holds_values(rte->relid, InvalidAttrNumber))
        return false;
    if (!DDM_RTE_IS_CHECKED(rte))
        return true;
    const Bitmapset *selected = DDM_SELECTED_COLUMNS(query, rte);
    int member = -1;
    while ((member = bms_next_member(selected, member)) >= 0)
        if (holds_values(rte->relid, static_cast<AttrNumber>(member + FirstLowInvalidHeapAttributeNumber)))
            return true;
    return false;
}

// Before planning.

struct Watch {
    Query *query;
    int depth; // of sub-selects between the expression at hand and `query`
};

// Of the same row, as nullable as `of` is.
static Node *beside(const Var *of, AttrNumber attno, Oid type)
{
    auto *var = static_cast<Var *>(copyObjectImpl(of));
    var->varattno = attno;
    var->vartype = type;
    var->vartypmod = -1;
    var->varcollid = InvalidOid;
    var->varnosyn = 0;
    var->varattnosyn = 0;
    return reinterpret_cast<Node *>(var);
}

static Node *watched(Var *var, Oid catalog)
{
    static const Oid types[] = {OIDOID, INT2OID, ANYOID, INTERNALOID};
    Node *object, *attno;

    if (catalog == StatisticExtDataRelationId) {
        object = beside(var, Anum_pg_statistic_ext_data_stxoid, OIDOID);
        attno = reinterpret_cast<Node *>(makeNullConst(INT2OID, -1, InvalidOid));
    } else {
        const bool statistic = catalog == StatisticRelationId;
        object = beside(var, statistic ? Anum_pg_statistic_starelid : Anum_pg_attribute_attrelid, OIDOID);
        attno = beside(var, statistic ? Anum_pg_statistic_staattnum : Anum_pg_attribute_attnum, INT2OID);
    }
    List *arguments = list_make4(object, attno, var, makeNullConst(INTERNALOID, -1, InvalidOid));
    return reinterpret_cast<Node *>(makeFuncExpr(own_function("value_as_seen", 4, types), var->vartype, arguments,
                                                 var->varcollid, InvalidOid, COERCE_EXPLICIT_CALL));
}

static Node *watch_expression(Node *node, void *context)
{
    auto *watch = static_cast<Watch *>(context);

    if (!node)
        return nullptr;
    if (IsA(node, Var)) {
        auto *var = reinterpret_cast<Var *>(node);
        if (static_cast<int>(var->varlevelsup) != watch->depth || var->varno == watch->query->resultRelation ||
            var->varno <= 0 || var->varno > list_length(watch->query->rtable))
            return node;
        const RangeTblEntry *rte = rt_fetch(var->varno, watch->query->rtable);
        return rte->rtekind == RTE_RELATION && holds_values(rte->relid, var->varattno) ? watched(var, rte->relid)
                                                                                       : node;
    }
    if (IsA(node, Query)) {
        watch->depth++;
        Query *inner = mutate_query(reinterpret_cast<Query *>(node), watch_expression, context, 0);
        watch->depth--;
        return reinterpret_cast<Node *>(inner);
    }
    return mutate_expression(node, watch_expression, context);
}

void watch_values(Query *query)
{
    Watch watch = {query, 0};
    mutate_query(query, watch_expression, &watch, QTW_DONT_COPY_QUERY);
}

// While it runs. One execution of a query, in the executor's memory, and the columns that it has an event for.
struct Execution {
    MemoryContext memory;
    PlannedStmt *told;
    MemoryContextCallback ended;
    Execution *next;
};

static Execution *executions = nullptr;

static void execution_ended(void *argument)
{
    Execution **at = &executions;
    while (*at != argument)
        at = &(*at)->next;
    *at = (*at)->next;
}

static Execution *execution_in(MemoryContext memory)
{
    for (Execution *at = executions; at; at = at->next)
        if (at->memory == memory)
            return at;
    MemoryContext caller = MemoryContextSwitchTo(memory);
    auto *execution = zeroed<Execution>();
    *execution = {memory, makeNode(PlannedStmt), {execution_ended, execution, nullptr}, executions};
    MemoryContextRegisterResetCallback(memory, &execution->ended);
    executions = execution;
    MemoryContextSwitchTo(caller);
    return execution;
}

// Notes the columns that the role is cleared for. False where one is masked for it.
static bool note_sources(PlannedStmt *notes, const RelationPolicy *policy, const SourceColumns &sources)
{
    const Bitmapset *masked = policy ? policy_masked_columns(policy) : nullptr;
    const bool whole_row = bms_is_member(0, sources.columns);
    bool clear = true;
    int attno = -1;

    while ((attno = bms_next_member(masked, attno)) >= 0)
        if (whole_row || bms_is_member(attno, sources.columns))
            clear &= plan_note_cleared(notes, policy, static_cast<AttrNumber>(attno), GetUserId());
    return clear;
}

// Those that are new to the execution.
static PlannedStmt *not_told(Execution *execution, const PlannedStmt *notes)
{
    auto *fresh = makeNode(PlannedStmt);
    MemoryContext caller = MemoryContextSwitchTo(execution->memory);
    ListCell *cell;
    PlanNote note;

    foreach (cell, notes->invalItems) {
        const int before = list_length(execution->told->invalItems);
        if (plan_note_read(lfirst(cell), &note))
            plan_note_add(execution->told, note);
        if (list_length(execution->told->invalItems) > before)
            fresh->invalItems = lappend(fresh->invalItems, lfirst(cell));
    }
    MemoryContextSwitchTo(caller);
    return fresh;
}

static void record_seen(Execution *execution, const PlannedStmt *notes)
{
    const PlannedStmt *fresh = not_told(execution, notes);
    const char *why = nullptr;

    if (fresh->invalItems == NIL)
        return;
    stored_reads_note();
    masked_execution_begins();
    held_reads_note(fresh);
    if (audit_wants(AUDIT_UNMASK) && !record_values(errors_innermost_frame(), fresh, &why))
        statement_deny(why);
}

static Datum without_missing_value(HeapTupleHeader row)
{
    HeapTupleData tuple = {HeapTupleHeaderGetDatumLength(row), {}, InvalidOid, row};
    TupleDesc descriptor = lookup_rowtype_tupdesc(AttributeRelation_Rowtype_Id, -1);
    int column = Anum_pg_attribute_attmissingval;
    Datum value = 0;
    bool null = true;
    HeapTuple changed = heap_modify_tuple_by_cols(&tuple, descriptor, 1, &column, &value, &null);
    Datum result = heap_copy_tuple_as_datum(changed, descriptor);
    ReleaseTupleDesc(descriptor);
    return result;
}

static bool has_missing_value(HeapTupleHeader row)
{
    HeapTupleData tuple = {HeapTupleHeaderGetDatumLength(row), {}, InvalidOid, row};
    return !heap_attisnull(&tuple, Anum_pg_attribute_attmissingval, nullptr);
}

} // namespace ddm

using namespace ddm;

// Of a column of a table or an index, or where that is null of extended statistics.
DDM_FUNCTION(ddm_value_as_seen)
{
    if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
        PG_RETURN_NULL();
    const bool attribute = get_fn_expr_argtype(fcinfo->flinfo, 2) == AttributeRelation_Rowtype_Id;
    HeapTupleHeader row = attribute ? PG_GETARG_HEAPTUPLEHEADER(2) : nullptr;
    if (!policy_active() || debug_masks_everything() || (row && !has_missing_value(row)))
        PG_RETURN_DATUM(PG_GETARG_DATUM(2));

    const SourceColumns sources = PG_ARGISNULL(1) ? sources_of_statistics(PG_GETARG_OID(0))
                                                  : sources_of_column(PG_GETARG_OID(0), PG_GETARG_INT16(1));
    const RelationPolicy *policy = sources.table >= FirstNormalObjectId ? policy_of(sources.table) : nullptr;
    auto *notes = makeNode(PlannedStmt);
    if (!note_sources(notes, policy, sources)) {
        if (row)
            PG_RETURN_DATUM(without_missing_value(row));
        PG_RETURN_NULL();
    }
    if (notes->invalItems != NIL) {
        if (!fcinfo->flinfo->fn_extra)
            fcinfo->flinfo->fn_extra = execution_in(fcinfo->flinfo->fn_mcxt);
        record_seen(static_cast<Execution *>(fcinfo->flinfo->fn_extra), notes);
    }
    PG_RETURN_DATUM(PG_GETARG_DATUM(2));
}
