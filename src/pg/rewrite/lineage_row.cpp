#include "pg/rewrite/lineage_row.h"

extern "C" {
#include "access/sysattr.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"
}

namespace ddm
{

static Bitmapset *passed_under_own_names(const Query *query)
{
    const List *from = query->jointree->fromlist;
    Bitmapset *passed = nullptr;
    ListCell *cell;

    if (query->setOperations || list_length(from) != 1 || !IsA(linitial(from), RangeTblRef))
        return nullptr;
    const int varno = linitial_node(RangeTblRef, from)->rtindex;
    const RangeTblEntry *rte = rt_fetch(varno, query->rtable);
    if (rte->rtekind != RTE_RELATION)
        return nullptr;
    foreach (cell, query->targetList) {
        const auto *entry = lfirst_node(TargetEntry, cell);
        const auto *column = reinterpret_cast<const Var *>(entry->expr);
        if (!entry->resjunk && IsA(column, Var) && column->varno == varno && column->varlevelsup == 0 &&
            column->varattno > 0 && strcmp(entry->resname, get_attname(rte->relid, column->varattno, false)) == 0)
            passed = bms_add_member(passed, column->varattno - FirstLowInvalidHeapAttributeNumber);
    }
    return passed;
}

List *row_lineage(Query *query, Oid role)
{
    Bitmapset *beside = passed_under_own_names(query);
    List *origins = query_lineage(query, role);
    ListCell *cell;

    foreach (cell, origins)
        static_cast<Origin *>(lfirst(cell))->beside = beside;
    return origins;
}

} // namespace ddm
