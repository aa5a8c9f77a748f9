// Sets of relations that cost nothing to begin with: an array, looked through.
#include "pg/rewrite/touched_relations.h"
#include "pg/errors/error_relations.h"
#include "pg/policy/policy.h"
#include "pg/rewrite/plan_note.h"

extern "C" {
#include "access/parallel.h"
#include "common/hashfn.h"
#include "parser/parsetree.h"
}

namespace ddm
{

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

static void add_if_masked(RelationSet *one, RelationSet *other, const RangeTblEntry *rte)
{
    if (rte->rtekind != RTE_RELATION || !policy_of(rte->relid))
        return;
    set_add(one, rte->relid);
    set_add(other, rte->relid);
}

void sets_add_statement(RelationSet *one, RelationSet *other, const PlannedStmt *statement)
{
    ListCell *cell;
    PlanNote note;

    foreach (cell, statement->invalItems)
        if (plan_note_read(lfirst(cell), &note) && (note.kind == NoteKind::Masked || note.kind == NoteKind::Clear)) {
            set_add(one, note.value);
            set_add(other, note.value);
        }
    foreach (cell, statement->resultRelations)
        add_if_masked(one, other, rt_fetch(lfirst_int(cell), statement->rtable));
    if (IsParallelWorker() && statement->invalItems == NIL) // its plan comes without notes
        foreach (cell, statement->rtable)
            add_if_masked(one, other, lfirst_node(RangeTblEntry, cell));
}

bool set_hides(const RelationSet *set, const List *roles)
{
    for (int i = 0; i < Min(set->count, RelationSet::size); i++)
        if (relation_hides(set->relations[i], nullptr, roles))
            return true;
    return set->count > RelationSet::size;
}

} // namespace ddm
