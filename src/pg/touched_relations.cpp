// Sets of relations that cost nothing to begin with: an array, looked through.
#include "pg/touched_relations.h"
#include "pg/error_relations.h"

extern "C" {
#include "common/hashfn.h"
}

namespace ddm
{

void set_clear(RelationSet *set)
{
    set->count = 0;
    set->hash = 0;
}

void set_add(RelationSet *set, Oid relation)
{
    if (set->count > RelationSet::size)
        return;
    for (int i = 0; i < set->count; i++)
        if (set->relations[i] == relation)
            return;
    if (set->count < RelationSet::size)
        set->relations[set->count] = relation;
    set->hash = hash_combine(set->hash, relation);
    set->count++;
}

bool set_hides(const RelationSet *set, const List *roles)
{
    for (int i = 0; i < Min(set->count, RelationSet::size); i++)
        if (relation_hides(set->relations[i], nullptr, roles))
            return true;
    return set->count > RelationSet::size;
}

} // namespace ddm
