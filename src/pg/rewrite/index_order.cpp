#include "pg/rewrite/index_order.h"
#include "pg/debug_settings.h"
#include "pg/policy/masked_columns.h"
#include "pg/rewrite/searchable.h"

extern "C" {
#include "access/sysattr.h"
#include "catalog/pg_am.h"
#include "optimizer/optimizer.h"
}

namespace ddm
{

static bool reads_any(Node *expression, Index varno, const Bitmapset *masked)
{
    Bitmapset *offset = nullptr;
    int member = -1;

    pull_varattnos(expression, varno, &offset);
    while ((member = bms_next_member(offset, member)) >= 0) {
        const int attno = member + FirstLowInvalidHeapAttributeNumber;
        if (attno == 0 || bms_is_member(attno, masked)) // the whole row, or the column
            return true;
    }
    return false;
}

struct KeyColumns {
    int hidden;        // number of the first that is, counted from 1; 0 where none is
    bool all_searched; // the role may look rows up by the value of each, and there is none beside those
};

static KeyColumns key_columns(const IndexOptInfo *index, const MaskedColumns *columns)
{
    KeyColumns keys = {0, true};
    ListCell *expression = list_head(index->indexprs);

    for (int i = 0; i < index->nkeycolumns; i++) {
        const auto attno = static_cast<AttrNumber>(index->indexkeys[i]);
        const bool hidden =
            attno != 0 ? attno > 0 && bms_is_member(attno, columns->masked)
                       : reads_any(static_cast<Node *>(lfirst(expression)), index->rel->relid, columns->masked);

        if (hidden && keys.hidden == 0)
            keys.hidden = i + 1;
        if (attno != 0) {
            keys.all_searched &= attno > 0 && bms_is_member(attno, columns->masked) &&
                                 search_right(columns->policy, attno, columns->role);
            continue;
        }
        keys.all_searched = false;
        expression = lnext(index->indexprs, expression);
    }
    return keys;
}

// How often a B-tree is descended tells how many values a column has that conditions on those behind it pass over, and
// whether what an array asks for lies on one page. So those behind are none to it, and the executor asks for one value of an
// array after the other (searched_arrays.cpp), which a bitmap scan alone lets it.
static void hide_descents(IndexOptInfo *index, int hidden)
{
    if (index->relam != BTREE_AM_OID)
        return;
    if (DDM_BTREE_JOINS_SEARCHES)
        index->amsearcharray = false;
    if (DDM_BTREE_SKIPS && hidden < index->nkeycolumns) {
        index->nkeycolumns = hidden;
        index->unique = false;
    }
}

// What such an index finds for a value, or reads on its way, tells of other values: BRIN the rows of whole ranges, GIN and
// bloom those that have parts in common, SP-GiST how far the value begins like one that is there. So no search uses it; what
// a policy of the table's own asks for may. By way of its parent a column may be searched that may not be by itself.
static void hide_neighbours(IndexOptInfo *index, const MaskedColumns *columns)
{
    if (index->relam == BTREE_AM_OID || index->relam == HASH_AM_OID)
        return;
    for (int i = 0; i < index->nkeycolumns; i++) {
        const auto attno = static_cast<AttrNumber>(index->indexkeys[i]);
        if (attno > 0 && bms_is_member(attno, columns->masked) &&
            (index->rel->reloptkind == RELOPT_OTHER_MEMBER_REL || search_right(columns->policy, attno, columns->role)))
            index->opfamily[i] = InvalidOid;
    }
}

void hide_index_order(Oid relation, RelOptInfo *rel)
{
    MaskedColumns columns;
    ListCell *cell;

    if (rel->indexlist == NIL || debug_masks_everything() || !masked_columns(relation, GetUserId(), &columns) ||
        bms_is_empty(columns.masked))
        return;
    foreach (cell, rel->indexlist) {
        auto *index = lfirst_node(IndexOptInfo, cell);
        const KeyColumns keys = key_columns(index, &columns);

        if (keys.hidden == 0)
            continue;
        hide_descents(index, keys.hidden);
        hide_neighbours(index, &columns);
        for (int i = 0; index->canreturn && i < index->ncolumns; i++) // a partitioned index has none
            index->canreturn[i] = false;
        // Nothing but a search for values that the role knows can use an index over those alone.
        if (!keys.all_searched) {
            index->amhasgettuple = false;
            index->amcanparallel = false;
        }
    }
}

} // namespace ddm
