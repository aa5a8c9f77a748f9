// Test aids: settings that show that masking holds where it is hard to look. They can make statements fail or
// masks appear, never a mask go away.
#pragma once

#include "pg/base/pg.h"
#include "pg/policy/relation_policy.h"

namespace ddm
{

void debug_settings_install();

// ddm.debug_mask_everything: does every column of every table go through a mask that shows the value as it
// is, for superusers and owners too? PostgreSQL's own regression suite must then come out as it does without
// ddm.
bool debug_masks_everything();
void debug_masks(RelationPolicy *policy, Oid member);
// Is the column's only mask the one that this setting put there? Then nothing is to be hidden of it.
bool debug_is_only_mask(const RelationPolicy *policy, AttrNumber attno);
Expr *debug_mask_expression(const ColumnPolicy *column, Index varno);

// ddm.debug_skip_relation: the rewriter overlooks this relation. The plan check must not.
bool debug_skips(Oid relation);

} // namespace ddm
