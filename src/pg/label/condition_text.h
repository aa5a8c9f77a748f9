// The text of WHEN conditions: which a label has, and what one says after columns were renamed.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// The base mask's condition first, then each branch's; "" where there is none.
struct LabelConditions {
    int count; // 0: the label can't be read
    char **texts;
};

LabelConditions label_conditions(const char *label);

// The label, canonical, with other conditions in their places; nullptr where it can't be read.
char *label_with_conditions(const char *label, const LabelConditions &conditions);

// The condition with the names that the columns of `relation` have now. `bound` is what it was bound to before.
char *condition_renamed(const char *text, Node *bound, Oid relation);

} // namespace ddm
