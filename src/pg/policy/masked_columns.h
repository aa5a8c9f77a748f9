// What one role sees of one relation, gathered for one statement.
#pragma once

#include "pg/base/pg.h"
#include "pg/policy/policy.h"

namespace ddm
{

struct MaskedColumns {
    Oid relation;
    const RelationPolicy *policy;
    Bitmapset *masked; // attribute numbers that the role reads through a mask; empty where it reads all as stored
    Oid role;
};

// False where no column of the relation has a mask in force for anyone.
bool masked_columns(Oid relation, Oid role, MaskedColumns *result);

// Each user column as the role sees it, of the range table entry `varno`, by attribute number - 1: a plain
// Var, the mask, or a NULL for a dropped column. A List of TargetEntry.
List *masked_target_list(const MaskedColumns *columns, Index varno);

// The row that those columns make up, of the relation's own row type.
Expr *masked_row(const List *target_list, Oid row_type);

} // namespace ddm
