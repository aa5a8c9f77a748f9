// The policy of a relation.
#include "pg/policy.h"

namespace ddm
{

bool policy_active() { return false; }
uint64 policy_generation() { return 0; }
void policy_changed() {}
const RelationPolicy *policy_of(Oid) { return nullptr; }
const Bitmapset *policy_masked_columns(const RelationPolicy *) { return nullptr; }
Decision policy_decide(const RelationPolicy *, AttrNumber, Oid) { return {}; }
uint32 decision_context() { return 0; }
Expr *policy_mask_expression(const RelationPolicy *, AttrNumber, Oid, Index) { return nullptr; }

} // namespace ddm
