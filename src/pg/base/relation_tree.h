// A relation's partition and inheritance tree, as far as masks follow it.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Every relation that `relation` inherits from, at any distance, nearest first; without itself.
List *relation_ancestors(Oid relation);

// Every relation that inherits from `relation`, at any distance; without itself.
List *relation_descendants(Oid relation);

// Those it inherits from without a step between, the ones that the running command has just given it included.
List *relation_new_parents(Oid relation);

// The OIDs of all relations of users that can have rows.
List *relations_of_users();

} // namespace ddm
