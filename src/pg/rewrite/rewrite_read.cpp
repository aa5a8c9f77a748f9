// A relation that is read becomes a sub-select over itself with masks in its select list.
//
// Attribute numbers stay as they are, dropped columns included, so that references need no change. A
// sub-select has neither system columns nor a row of its own type: those that are used become further
// outputs, and the references to them, at whatever depth, are numbered anew. The output for the whole row is
// ROW(...) of the relation's own type, computed below any outer join, which makes it NULL as a whole where it
// ought to be.
#include "pg/rewrite/rewrite_read.h"
#include "pg/base/relation_mark.h"
#include "pg/base/tree.h"
#include "pg/mask/mask_call.h"

extern "C" {
#include "access/sysattr.h"
#include "catalog/heap.h"
#include "parser/parse_relation.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "optimizer/optimizer.h"
}

namespace ddm
{

// Outputs beyond the relation's own columns, by -attno: 0 for the whole row, then the system columns.
struct FurtherOutputs {
    Index varno;
    int depth;
    AttrNumber slots[-FirstLowInvalidHeapAttributeNumber];
    AttrNumber last; // the last output that is taken
};

static bool renumber_references(Node *node, void *context)
{
    auto *further = static_cast<FurtherOutputs *>(context);

    if (!node)
        return false;
    if (IsA(node, Var)) {
        auto *var = reinterpret_cast<Var *>(node);

        if (static_cast<Index>(var->varno) == further->varno && var->varattno <= 0 &&
            static_cast<int>(var->varlevelsup) == further->depth) {
            AttrNumber &slot = further->slots[-var->varattno];

            if (slot == 0)
                slot = ++further->last;
            var->varattno = slot;
        }
        return false;
    }
    if (IsA(node, Query)) {
        further->depth++;
        bool found = walk_query(reinterpret_cast<Query *>(node), renumber_references, context, 0);
        further->depth--;
        return found;
    }
    return walk_expression(node, renumber_references, context);
}

static void add_output(Query *inner, Alias *names, Expr *expression, const char *name)
{
    inner->targetList = lappend(
        inner->targetList,
        makeTargetEntry(expression, static_cast<AttrNumber>(list_length(inner->targetList) + 1), pstrdup(name), false));
    names->colnames = lappend(names->colnames, makeString(pstrdup(name)));
}

// In the order in which the references were numbered.
static void add_further_outputs(Query *inner, RangeTblEntry *outer, const FurtherOutputs *further, Oid row_type)
{
    const List *columns = inner->targetList;
    const int natts = list_length(columns);

    // An alias list shorter than the columns was filled up by the parser; a longer sub-select needs names.
    while (list_length(outer->eref->colnames) < natts)
        outer->eref->colnames = lappend(outer->eref->colnames, makeString(pstrdup("?column?")));
    columns = list_copy(columns);
    for (AttrNumber wanted = static_cast<AttrNumber>(natts + 1); wanted <= further->last; wanted++) {
        for (int i = 0; i < -FirstLowInvalidHeapAttributeNumber; i++) {
            if (further->slots[i] != wanted)
                continue;
            if (i == 0) {
                add_output(inner, outer->eref, masked_row(columns, row_type), "wholerow");
                continue;
            }
            const FormData_pg_attribute *system = SystemAttributeDefinition(static_cast<AttrNumber>(-i));
            add_output(inner, outer->eref,
                       reinterpret_cast<Expr *>(makeVar(1, static_cast<AttrNumber>(-i), system->atttypid,
                                                        system->atttypmod, system->attcollation, 0)),
                       NameStr(system->attname));
        }
    }
}

static void move_permissions(Query *query, RangeTblEntry *outer, Query *inner, RangeTblEntry *relation)
{
#if DDM_HAS_PERMINFO
    if (relation->perminfoindex > 0) {
        inner->rteperminfos = list_make1(copyObjectImpl(getRTEPermissionInfo(query->rteperminfos, relation)));
        relation->perminfoindex = 1;
    }
    outer->perminfoindex = 0;
#else
    (void)query;
    (void)inner;
    (void)relation; // holds them all, as the original entry
    outer->requiredPerms = 0;
    outer->checkAsUser = InvalidOid;
    outer->selectedCols = nullptr;
    outer->insertedCols = nullptr;
    outer->updatedCols = nullptr;
    outer->extraUpdatedCols = nullptr;
#endif
}

// TABLESAMPLE arguments may refer to what stands left of the relation, and to the levels above: now all one
// level further up.
static void move_sample(RangeTblEntry *outer, Query *inner, RangeTblEntry *relation)
{
    auto *sample = reinterpret_cast<Node *>(relation->tablesample);

    outer->tablesample = nullptr;
    if (!sample)
        return;
    outer->lateral = contain_vars_of_level(sample, 0);
    IncrementVarSublevelsUp(sample, 1, 0);
    inner->hasSubLinks |= checkExprHasSubLink(sample);
}

// Row security and the conditions of security_barrier views see stored values.
static void move_security_quals(RangeTblEntry *outer, Query *inner, RangeTblEntry *relation, Index varno)
{
    auto *quals = reinterpret_cast<Node *>(relation->securityQuals);

    outer->securityQuals = NIL;
    if (!quals)
        return;
    if (varno != 1)
        ChangeVarNodes(quals, static_cast<int>(varno), 1, 0);
    inner->hasSubLinks |= checkExprHasSubLink(quals);
}

// FOR UPDATE and the like take effect inside; `pushedDown` lets the planner pull the sub-select up all the
// same.
static void move_row_mark(Query *query, Query *inner, Index varno)
{
    RowMarkClause *outer_mark = get_parse_rowmark(query, varno);

    if (!outer_mark)
        return;
    auto *mark = static_cast<RowMarkClause *>(copyObjectImpl(outer_mark));
    mark->rti = 1;
    mark->pushedDown = true;
    inner->rowMarks = list_make1(mark);
}

static void mark_unread(const Query *query, RangeTblEntry *outer, const List *targets)
{
    ListCell *cell;

#if DDM_HAS_PERMINFO
    if (outer->perminfoindex == 0)
        return;
#endif
    const Bitmapset *read = DDM_SELECTED_COLUMNS(query, outer);
    if (bms_is_member(InvalidAttrNumber - FirstLowInvalidHeapAttributeNumber, read)) // the whole row
        return;
    foreach (cell, targets) {
        auto *target = lfirst_node(TargetEntry, cell);
        if (!bms_is_member(target->resno - FirstLowInvalidHeapAttributeNumber, read))
            mask_is_unread(target->expr);
    }
}

static Query *make_inner_query(const Query *query, RangeTblEntry *relation, const MaskedColumns *columns)
{
    Query *inner = makeNode(Query);
    RangeTblRef *reference = makeNode(RangeTblRef);

    reference->rtindex = 1;
    inner->commandType = CMD_SELECT;
    inner->querySource = QSRC_ORIGINAL;
    inner->canSetTag = true;
    inner->hasRowSecurity = query->hasRowSecurity;
    inner->rtable = list_make1(relation);
    inner->jointree = makeFromExpr(list_make1(reference), nullptr);
    inner->targetList = masked_target_list(columns, 1);
    inner->stmt_location = -1;
    return inner;
}

void read_through_masks(Query *query, Index varno, const MaskedColumns *columns)
{
    RangeTblEntry *outer = rt_fetch(varno, query->rtable);
    RangeTblEntry *relation = makeNode(RangeTblEntry);

    *relation = *outer; // keeps its alias, so that EXPLAIN names the scan as it would have
    relation->eref = static_cast<Alias *>(copyObjectImpl(outer->eref));
    relation->lateral = false;
    mark_relation(relation, Handled::Read);

    Query *inner = make_inner_query(query, relation, columns);
    mark_unread(query, outer, inner->targetList);
    move_permissions(query, outer, inner, relation);
    move_sample(outer, inner, relation);
    move_security_quals(outer, inner, relation, varno);
    move_row_mark(query, inner, varno);

    outer->rtekind = RTE_SUBQUERY;
    outer->subquery = inner;
    outer->security_barrier = false;
    outer->relid = InvalidOid; // with it the planner would take the sub-select's row for the relation's
    outer->relkind = 0;
    outer->rellockmode = 0;
    outer->inh = false;
    outer->joinmergedcols = 0;
    outer->ctelevelsup = 0;

    FurtherOutputs further = {varno, 0, {}, static_cast<AttrNumber>(list_length(inner->targetList))};
    walk_query(query, renumber_references, &further, QTW_IGNORE_RC_SUBQUERIES);
    further.depth = 1; // sub-selects in FROM and WITH, the new one aside
    ListCell *cell;
    foreach (cell, query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        if (rte->rtekind == RTE_SUBQUERY && rte != outer)
            walk_query(rte->subquery, renumber_references, &further, 0);
    }
    foreach (cell, query->cteList)
        walk_query(castNode(Query, lfirst_node(CommonTableExpr, cell)->ctequery), renumber_references, &further, 0);
    if (further.last > list_length(inner->targetList))
        add_further_outputs(inner, outer, &further, get_rel_type_id(relation->relid));
}

} // namespace ddm
