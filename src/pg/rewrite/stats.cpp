// Statistics of masked columns.
//
// Most-common values and histogram bounds are stored values. The planner looks at none of a column that is
// masked for the current role, so that EXPLAIN's estimates are the same whatever is stored; widths are the
// type's own.
#include "pg/rewrite/stats.h"
#include "pg/base/own_function.h"
#include "pg/base/relation_mark.h"
#include "pg/debug_settings.h"
#include "pg/policy/policy.h"
#include "pg/rewrite/index_order.h"
#include "pg/rewrite/statistics_sources.h"

extern "C" {
#include "access/sysattr.h"
#include "catalog/index.h"
#include "catalog/pg_class.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_statistic_ext_data.h"
#include "optimizer/optimizer.h"
#include "optimizer/plancat.h"
#include "utils/selfuncs.h"
}

namespace ddm
{

static get_relation_stats_hook_type prev_relation_stats = nullptr;
static get_index_stats_hook_type prev_index_stats = nullptr;
static get_attavgwidth_hook_type prev_attavgwidth = nullptr;
static get_relation_info_hook_type prev_relation_info = nullptr;

// nullptr where nothing of the relation is masked for anyone.
static const RelationPolicy *policy_to_ask(Oid relation)
{
    if (relation < FirstNormalObjectId || policy_known_open(relation))
        return nullptr;
    return policy_active() && !debug_masks_everything() ? policy_of(relation) : nullptr;
}

static bool is_hidden(const RelationPolicy *policy, AttrNumber attno)
{
    const Bitmapset *masked = policy_masked_columns(policy);

    if (attno == InvalidAttrNumber) { // the whole row
        int member = -1;
        while ((member = bms_next_member(masked, member)) >= 0)
            if (is_hidden(policy, static_cast<AttrNumber>(member)))
                return true;
        return false;
    }
    return attno > 0 && bms_is_member(attno, masked) && !debug_is_only_mask(policy, attno) &&
           policy_decide(policy, attno, GetUserId()).verdict == Verdict::Masked;
}

[[gnu::noinline]] static bool is_hidden_column(Oid relation, AttrNumber attno)
{
    const RelationPolicy *policy = policy_to_ask(relation);
    return policy && is_hidden(policy, attno);
}

static bool any_hidden(const RelationPolicy *policy, const Bitmapset *attnos)
{
    int attno = -1;
    while ((attno = bms_next_member(attnos, attno)) >= 0)
        if (is_hidden(policy, static_cast<AttrNumber>(attno)))
            return true;
    return false;
}

static bool expression_hidden(const RelationPolicy *policy, Node *expression, Index varno)
{
    Bitmapset *offset = nullptr;
    int member = -1;

    pull_varattnos(expression, varno, &offset);
    while ((member = bms_next_member(offset, member)) >= 0)
        if (is_hidden(policy, static_cast<AttrNumber>(member + FirstLowInvalidHeapAttributeNumber)))
            return true;
    return false;
}

static bool index_column_hidden(Oid index, AttrNumber column)
{
    Oid table = IndexGetRelation(index, true); // one that was dropped hides nothing
    const RelationPolicy *policy = OidIsValid(table) ? policy_to_ask(table) : nullptr;
    return policy && any_hidden(policy, sources_of_column(index, column).columns);
}

// The hooks below are asked for every column of every plan: what is known to have no masks is left at once.
static bool ddm_relation_stats(PlannerInfo *root, RangeTblEntry *rte, AttrNumber attno, VariableStatData *stats)
{
    if (!marked_open(rte) && rte->rtekind == RTE_RELATION && is_hidden_column(rte->relid, attno)) {
        stats->statsTuple = nullptr;
        return true;
    }
    return prev_relation_stats && prev_relation_stats(root, rte, attno, stats);
}

static bool ddm_index_stats(PlannerInfo *root, Oid index, AttrNumber column, VariableStatData *stats)
{
    if (index_column_hidden(index, column)) {
        stats->statsTuple = nullptr;
        return true;
    }
    return prev_index_stats && prev_index_stats(root, index, column, stats);
}

[[gnu::noinline]] static int32 width_of_type(Oid relation, AttrNumber attno)
{
    Oid type;
    int32 typmod;
    Oid collation;

    get_atttypetypmodcoll(relation, attno, &type, &typmod, &collation);
    return get_typavgwidth(type, typmod);
}

static int32 ddm_attavgwidth(Oid relation, AttrNumber attno)
{
    if (!policy_known_open(relation) && attno > 0 && is_hidden_column(relation, attno))
        return width_of_type(relation, attno);
    return prev_attavgwidth ? prev_attavgwidth(relation, attno) : 0;
}

[[gnu::noinline]] static void hide_relation_info(Oid relation, RelOptInfo *rel)
{
    if (!policy_active())
        return;
    hide_index_order(relation, rel);
    const RelationPolicy *policy = rel->statlist != NIL ? policy_to_ask(relation) : nullptr;
    if (!policy)
        return;

    List *shown = NIL;
    ListCell *cell;
    foreach (cell, rel->statlist) {
        auto *statistics = lfirst_node(StatisticExtInfo, cell);
        if (!any_hidden(policy, statistics->keys) &&
            !expression_hidden(policy, reinterpret_cast<Node *>(statistics->exprs), rel->relid))
            shown = lappend(shown, statistics);
    }
    rel->statlist = shown;
}

static void ddm_relation_info(PlannerInfo *root, Oid relation, bool inhparent, RelOptInfo *rel)
{
    if (prev_relation_info)
        prev_relation_info(root, relation, inhparent, rel);
    if (relation >= FirstNormalObjectId && !marked_open(root->simple_rte_array[rel->relid]))
        hide_relation_info(relation, rel);
}

void stats_install()
{
    prev_relation_stats = get_relation_stats_hook;
    get_relation_stats_hook = ddm_relation_stats;
    prev_index_stats = get_index_stats_hook;
    get_index_stats_hook = ddm_index_stats;
    prev_attavgwidth = get_attavgwidth_hook;
    get_attavgwidth_hook = ddm_attavgwidth;
    prev_relation_info = get_relation_info_hook;
    get_relation_info_hook = ddm_relation_info;
}

// As a security qual: asked before any function of the user's own sees the row.
void hide_statistics(RangeTblEntry *rte, Index varno)
{
    Expr *visible;

    if (rte->relid == StatisticRelationId) {
        const Oid types[2] = {OIDOID, INT2OID};
        visible = reinterpret_cast<Expr *>(
            makeFuncExpr(own_function("statistics_visible", 2, types), BOOLOID,
                         list_make2(makeVar(varno, Anum_pg_statistic_starelid, OIDOID, -1, InvalidOid, 0),
                                    makeVar(varno, Anum_pg_statistic_staattnum, INT2OID, -1, InvalidOid, 0)),
                         InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL));
    } else if (rte->relid == StatisticExtDataRelationId) {
        const Oid types[1] = {OIDOID};
        visible = reinterpret_cast<Expr *>(
            makeFuncExpr(own_function("statistics_visible", 1, types), BOOLOID,
                         list_make1(makeVar(varno, Anum_pg_statistic_ext_data_stxoid, OIDOID, -1, InvalidOid, 0)),
                         InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL));
    } else {
        return;
    }
    rte->securityQuals = lcons(visible, rte->securityQuals);
}

static bool extended_statistics_hidden(Oid statistics)
{
    const SourceColumns sources = sources_of_statistics(statistics);
    const RelationPolicy *policy = OidIsValid(sources.table) ? policy_to_ask(sources.table) : nullptr;
    return !OidIsValid(sources.table) || (policy && any_hidden(policy, sources.columns));
}

} // namespace ddm

using namespace ddm;

// Of one column's statistics, of a table's column or an index's.
DDM_FUNCTION(ddm_statistics_visible)
{
    Oid relation = PG_GETARG_OID(0);
    AttrNumber attno = PG_GETARG_INT16(1);
    char kind = get_rel_relkind(relation);

    PG_RETURN_BOOL(kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX ? !index_column_hidden(relation, attno)
                                                                              : !is_hidden_column(relation, attno));
}

DDM_FUNCTION(ddm_extended_statistics_visible) { PG_RETURN_BOOL(!extended_statistics_hidden(PG_GETARG_OID(0))); }
