// WHEN conditions are text, and follow the columns whose names they say.
#pragma once

#include "pg/policy/relation_policy.h"
#include "pg/utility.h"

namespace ddm
{

// Note what the conditions on a relation, or all that hold the name (nullptr: all that there are), are bound to, before a
// change is visible.
void conditions_note(Oid relation);
void conditions_note_naming(const char *name);
bool conditions_noted();

// After it: labels get the names that columns have now; what can't follow is an error, or with CASCADE the label loses it.
void conditions_settle();
void conditions_forget();
void conditions_forget_from(int level); // what was noted in a subtransaction that is undone

// ALTER TABLE ... DROP COLUMN and DROP: with CASCADE?
void condition_cascade(UtilityCall *call);

// The same for what is no label of the relation's own, a rule's mask or a named policy's: an error where a condition was
// understood before and isn't now, or with CASCADE a label of the column's own. Answers whether that was set.
bool conditions_check(Oid relation, const ColumnPolicy *before, const ColumnPolicy *now);

// What a condition names beside columns, for the table of object events: types, collations, operators.
void condition_type_altered(Oid type, int sub, bool internal);
void condition_collation_altered(Oid collation, int sub, bool internal);
void condition_operator_altered(Oid op, int sub, bool internal);

} // namespace ddm
