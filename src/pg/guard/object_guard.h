// Objects over masked columns, made by whoever sees them masked: by which statement ever, also where they follow
// from another (ATTACH PARTITION gives the partition the indexes, triggers and foreign keys of its parent).
#pragma once

#include "pg/policy/hidden_columns.h"
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

// Columns of the relation, which may be new, that hold or will get stored values which are masked for whoever runs the
// statement.
HiddenColumns hidden_in(Oid relation);
bool is_new(Oid relation);                                      // made by this transaction
void refuse_any(const HiddenColumns *hidden, const char *what); // where there are any

// Refuses who does not own the view, where it reads hidden columns of what is below it. Nothing where it is a table.
void check_view(Oid relation, const char *what);

// Each refuses what would read one of the hidden columns.
void check_column(const HiddenColumns *hidden, AttrNumber attno, const char *what);
// `column` of the catalog row holds an array of attribute numbers.
void check_array(const HiddenColumns *hidden, Oid catalog, HeapTuple tuple, AttrNumber column, const char *what);
// `column` of the catalog row holds an expression, or several, over the relation.
void check_tree(const HiddenColumns *hidden, Oid catalog, HeapTuple tuple, AttrNumber column, const char *what);
void check_index(const HiddenColumns *hidden, HeapTuple tuple); // a row of pg_index

// The partitioned table that it is a partition of, the running command's doing included; InvalidOid where there is none.
Oid partitioned_parent(Oid relation);

// Refuses a partitioned table that would send rows here or there by masked columns.
void guard_partition_key(Oid table);

// Refuses what would look through the default partition of a table that is partitioned by masked columns.
void guard_default_partition(Oid parent);

} // namespace ddm
