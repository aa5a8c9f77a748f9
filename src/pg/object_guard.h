// Objects over masked columns, made by whoever sees them masked: by which statement ever, also where they follow
// from another (ATTACH PARTITION gives the partition the indexes, triggers and foreign keys of its parent).
#pragma once

#include "pg/object_access.h"

namespace ddm
{

void guard_trigger_created(Oid trigger, int sub, bool internal);
void guard_rule_created(Oid rule, int sub, bool internal);
void guard_constraint_created(Oid constraint, int sub, bool internal);
void guard_constraint_altered(Oid constraint, int sub, bool internal); // VALIDATE, ENFORCED
void guard_column_expression(Oid relation, int sub, bool internal);    // GENERATED
void guard_index_created(Oid relation, int sub, bool internal);
void guard_policy_touched(Oid policy, int sub, bool internal);
void guard_column_altered(Oid relation, int sub, bool internal);
void guard_tree_altered(Oid child, int sub, bool internal); // ATTACH PARTITION, INHERIT

// Refuses what would look through the default partition of a table that is partitioned by masked columns.
void guard_default_partition(Oid parent);

} // namespace ddm
