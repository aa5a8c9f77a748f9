// WHEN conditions: SQL over the columns of one row.
//
// They see stored values, so that what they may ask is narrow: no sub-select, aggregate or volatile function, no
// function outside pg_catalog but trusted ones. What a client can set (application_name, TimeZone, ...) may choose
// between masks but not lift one: a base mask's condition is made of immutable functions and of who asks and when.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

enum class ConditionPlace : uint8 { Base, Branch };

// The condition as an expression with Vars of varno 1, in CurrentMemoryContext. Raises where it is none, with its
// place in the label (`offset` in characters).
Node *row_condition_check(const char *text, Oid relation, ConditionPlace place, int offset);

// The same when a stored label is loaded: nullptr where it can't be understood (any more).
Node *row_condition_bind(const char *text, Oid relation, ConditionPlace place);

// May the owners of the functions that it calls still be trusted? Else it is not to be asked.
bool row_condition_holds_trust(Node *condition);

// As the grammar gives it. Raises where it is no expression.
Node *row_condition_raw(const char *text);

// Does the condition ask for anything that a client can set?
bool row_condition_is_settable(Node *condition);

} // namespace ddm
