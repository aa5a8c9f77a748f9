// What the rewriter did with an entry of the range table, written on the entry itself.
//
// The mark stands in two fields of RangeTblEntry that mean nothing for a relation (ctelevelsup and
// joinmergedcols) and that the planner copies along: through sub-select pull-up, into inheritance children
// and into the finished plan's range table. It names the relation that it was written for, so that the entry
// of an inheritance child, copied from its parent's, says whose child it is. No user can make one: neither
// the parser nor the reader of stored rules fills those fields for a relation.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

enum class Handled : uint8 {
    None,    // the rewriter never saw this entry
    Open,    // looked up: no mask in force on the relation
    Unread,  // stands in no FROM, as the materialized view itself does in the query that refreshes it
    Read,    // read through its masks, or cleared
    Target,  // a result relation whose references were replaced
    Trusted, // the owner's code or a foreign-key check: stored values on purpose
    Policy,  // read by a policy's sub-select, as the owner of the policy's table would see it
};

struct RelationMark {
    Handled handled;
    Oid relation; // for which the mark was written: an ancestor where it differs from the entry's own
};

constexpr int mark_base = 0x44444d00;

inline void mark_relation(RangeTblEntry *rte, Handled handled)
{
    rte->joinmergedcols = mark_base + static_cast<int>(handled);
    rte->ctelevelsup = rte->relid;
}

inline RelationMark relation_mark(const RangeTblEntry *rte)
{
    const int handled = rte->joinmergedcols - mark_base;

    if (handled <= static_cast<int>(Handled::None) || handled > static_cast<int>(Handled::Policy))
        return {Handled::None, InvalidOid};
    return {static_cast<Handled>(handled), rte->ctelevelsup};
}

// Looked up by the rewriter for this very plan, and without masks for anyone.
inline bool marked_open(const RangeTblEntry *rte)
{
    return rte->joinmergedcols == mark_base + static_cast<int>(Handled::Open) && rte->ctelevelsup == rte->relid;
}

// Can this entry read rows of a relation that could have masks? False for views, sequences and catalogs.
inline bool is_maskable(const RangeTblEntry *rte)
{
    return rte->rtekind == RTE_RELATION && rte->relid >= FirstNormalObjectId &&
           (rte->relkind == RELKIND_RELATION || rte->relkind == RELKIND_PARTITIONED_TABLE ||
            rte->relkind == RELKIND_MATVIEW || rte->relkind == RELKIND_FOREIGN_TABLE);
}

} // namespace ddm
