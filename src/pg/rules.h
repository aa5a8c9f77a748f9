// Rules: masks for every column that a condition matches. Rows of ddm.mask_rules, compiled once a backend and
// state of the policy.
#pragma once

#include "pg/pg.h"

namespace ddm
{

struct RuleMatch {
    AttrNumber attno;
    const char *rule; // its name
    const char *mask; // in the label grammar
};

// Is there any rule?
bool rules_exist();

// For each column of the relation that rules match, the one that counts: of the highest priority, and of those
// the first by name. A List of RuleMatch, in CurrentMemoryContext.
List *rules_matching(Oid relation);

} // namespace ddm
