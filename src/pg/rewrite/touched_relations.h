// Relations with masks that statements have touched.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Past its size a set stands for every relation there is.
struct RelationSet {
    static constexpr int size = 256;
    Oid relations[size];
    int count;
    uint32 hash; // of those there are; 0 of none
};

inline void set_clear(RelationSet *set)
{
    set->count = 0;
    set->hash = 0;
}
void set_add(RelationSet *set, Oid relation);

// What a statement that starts works on as it is stored, or through its masks: into both.
void sets_add_statement(RelationSet *one, RelationSet *other, const PlannedStmt *statement);

// Does one of them hide something from one of the roles?
bool set_hides(const RelationSet *set, const List *roles);

} // namespace ddm
