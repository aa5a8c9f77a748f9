// Exemptions: roles that read stored values where a condition holds, until an end. Rows of ddm.role_exemptions.
#pragma once

#include "pg/base/pg.h"
#include "pg/policy/relation_policy.h"

namespace ddm
{

// For policy_load: every exemption and every grant by tag that reaches a column of the relation.
List *clearances_from_exemptions(const RelationPolicy *policy, List *found);
List *clearances_from_tags(const RelationPolicy *policy, List *found);

// Does the condition hold now, for this session? *next is when the answer may change by time alone.
bool request_condition_holds(const RequestCondition *condition, TimestampTz now, TimestampTz *next);

// Does the one, whoever asks and when, hold where the other does? Of one exemption, and two columns.
bool request_condition_is_same(const RequestCondition *one, const RequestCondition *other);

// What conditions on the session depend on, as the upper bits of decision_context(); 0 while there are none.
extern bool session_matters;
uint32 hash_of_session();
inline uint32 request_context() { return likely(!session_matters) ? 0 : hash_of_session(); }

} // namespace ddm
