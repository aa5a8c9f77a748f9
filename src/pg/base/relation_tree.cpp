// A relation's partition and inheritance tree, as far as masks follow it.
#include "pg/base/relation_tree.h"

extern "C" {
#include "catalog/pg_inherits.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

enum class Direction { Up, Down };

// Appends what stands one step up or down. A child whose detachment is pending still counts.
static List *step(Oid relation, Direction direction, List *found, Snapshot snapshot = nullptr)
{
    bool up = direction == Direction::Up;
    ScanKeyData key;
    ScanKeyInit(&key, up ? Anum_pg_inherits_inhrelid : Anum_pg_inherits_inhparent, BTEqualStrategyNumber, F_OIDEQ,
                ObjectIdGetDatum(relation));
    Relation inherits = table_open(InheritsRelationId, AccessShareLock);
    SysScanDesc scan =
        systable_beginscan(inherits, up ? InheritsRelidSeqnoIndexId : InheritsParentIndexId, true, snapshot, 1, &key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        auto *row = reinterpret_cast<Form_pg_inherits>(GETSTRUCT(tuple));
        Oid next = up ? row->inhparent : row->inhrelid;
        // Only multiple inheritance upwards and in diamonds can meet a relation twice.
        found = list_append_unique_oid(found, next);
    }
    systable_endscan(scan);
    table_close(inherits, AccessShareLock);
    return found;
}

static List *walk(Oid relation, Direction direction)
{
    List *found = step(relation, direction, NIL);
    for (int i = 0; i < list_length(found); i++) // grows while it is walked
        found = step(list_nth_oid(found, i), direction, found);
    return found;
}

List *relation_new_parents(Oid relation) { return step(relation, Direction::Up, NIL, SnapshotSelf); }

List *relation_ancestors(Oid relation) { return walk(relation, Direction::Up); }

List *relation_descendants(Oid relation) { return has_subclass(relation) ? walk(relation, Direction::Down) : NIL; }

List *relations_of_users()
{
    List *relations = NIL;
    Relation classes = table_open(RelationRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(classes, InvalidOid, false, nullptr, 0, nullptr);
    HeapTuple tuple;

    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        const auto *row = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
        if (row->oid >= FirstNormalObjectId &&
            (RELKIND_HAS_STORAGE(row->relkind) || row->relkind == RELKIND_PARTITIONED_TABLE ||
             row->relkind == RELKIND_FOREIGN_TABLE))
            relations = lappend_oid(relations, row->oid);
    }
    systable_endscan(scan);
    table_close(classes, AccessShareLock);
    return relations;
}

} // namespace ddm
