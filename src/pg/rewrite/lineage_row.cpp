#include "pg/rewrite/lineage_row.h"

extern "C" {
#include "parser/parsetree.h"
}

namespace ddm
{

// The single relation's place in the range table; 0 where there is none, or what groups are made of nulls columns of it.
static int relation_of_rows(const Query *query)
{
    const List *from = query->jointree->fromlist;

    if (query->setOperations || query->groupingSets || list_length(from) != 1 || !IsA(linitial(from), RangeTblRef))
        return 0;
    const int varno = linitial_node(RangeTblRef, from)->rtindex;
    return rt_fetch(varno, query->rtable)->rtekind == RTE_RELATION ? varno : 0;
}

List *row_lineage(Query *query, Oid role)
{
    const int varno = relation_of_rows(query);
    List *origins = query_lineage(query, role);
    ListCell *cell;

    if (varno == 0)
        return origins;
    foreach (cell, query->targetList) {
        const auto *entry = lfirst_node(TargetEntry, cell);
        const auto *column = reinterpret_cast<const Var *>(entry->expr);
        if (entry->resjunk || !IsA(column, Var) || column->varno != varno || column->varlevelsup > 0)
            continue;
        auto *origin = static_cast<Origin *>(list_nth(origins, entry->resno - 1));
        origin->row = rt_fetch(varno, query->rtable)->relid;
        origin->row_attno = column->varattno;
    }
    return origins;
}

} // namespace ddm
