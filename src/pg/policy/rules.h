// Rules: masks for every column that a condition matches. Rows of ddm.mask_rules, compiled once a backend and state of
// that table.
#pragma once

#include "pg/base/pg.h"
#include "core/cel.h"

namespace ddm
{

struct Rule {
    char *name;
    char *mask;
    int32 priority;
    core::Condition *condition; // nullptr: it can't be read any more, and matches everything with default()
    bool asks_table;            // for its name: what other tables' columns of that name get says nothing
};

// The rules in the order in which they win: of the highest priority first, and of those the first by name. They stay
// until the next call.
const Rule *rules_loaded(int *count);
bool rules_exist();

// Counts states of the rules and of what their conditions ask for, other than of the column's own relation.
uint64 rules_version();

struct RuleMatch {
    AttrNumber attno;
    const char *rule; // its name
    const char *mask; // in the label grammar
};

// For each column of the relation that rules match, the one that counts. A List of RuleMatch, texts and all in
// CurrentMemoryContext.
List *rules_matching(Oid relation);

// Whatever writes rules, levels, or tags of a schema or the database tells every session.
void rules_changed();

// Callbacks, which set flags alone: an invalidation of this relation (or all); a setting or a schema that conditions
// ask for has changed.
void rules_relation_invalidated(Oid relation);
void rules_facts_changed();

} // namespace ddm
