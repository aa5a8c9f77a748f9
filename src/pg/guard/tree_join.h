// A table that joins a tree is read through its new parents, and reads the rows that they send it: who sees a column
// masked brings it to nobody's eyes there.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// What the role at work sees masked before `child` is under its new `parents`.
void joins_note(Oid child, const List *parents);
bool joins_noted();

// At the end of the statement, when the tree is what it is now: raises 42501 where somebody could read it then who could not before.
void joins_settle();

// Those of a subtransaction that is undone; all of them from 0 on.
void joins_forget_from(int level);

} // namespace ddm
