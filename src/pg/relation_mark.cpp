// What the rewriter did with an entry of the range table.
#include "pg/relation_mark.h"

namespace ddm
{

static constexpr int mark_base = 0x44444d00;

void mark_relation(RangeTblEntry *rte, Handled handled)
{
    rte->joinmergedcols = mark_base + static_cast<int>(handled);
    rte->ctelevelsup = rte->relid;
}

RelationMark relation_mark(const RangeTblEntry *rte)
{
    const int handled = rte->joinmergedcols - mark_base;

    if (handled <= static_cast<int>(Handled::None) || handled > static_cast<int>(Handled::Trusted))
        return {Handled::None, InvalidOid};
    return {static_cast<Handled>(handled), rte->ctelevelsup};
}

} // namespace ddm
