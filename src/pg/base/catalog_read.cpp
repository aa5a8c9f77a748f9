// Catalog rows as the current command has just written them: for object hooks, which run before they are visible.
#include "pg/base/catalog_read.h"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_depend.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

HeapTuple read_new(Oid catalog, Oid index, int keys, ScanKey key)
{
    Relation relation = table_open(catalog, AccessShareLock);
    SysScanDesc scan = systable_beginscan(relation, index, true, SnapshotSelf, keys, key);
    HeapTuple tuple = systable_getnext(scan);
    HeapTuple copy = HeapTupleIsValid(tuple) ? heap_copytuple(tuple) : nullptr;
    systable_endscan(scan);
    table_close(relation, AccessShareLock);
    return copy;
}

HeapTuple read_new_by_oid(Oid catalog, Oid index, AttrNumber oid_column, Oid object)
{
    ScanKeyData key;
    ScanKeyInit(&key, oid_column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(object));
    return read_new(catalog, index, 1, &key);
}

Datum read_column(Oid catalog, HeapTuple tuple, AttrNumber column, bool *null)
{
    Relation relation = table_open(catalog, AccessShareLock);
    Datum datum = heap_getattr(tuple, column, RelationGetDescr(relation), null);
    table_close(relation, AccessShareLock);
    return datum;
}

List *dependents_of(Oid catalog, Oid object)
{
    List *found = NIL;
    ScanKeyData key[2];
    ScanKeyInit(&key[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(catalog));
    ScanKeyInit(&key[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(object));
    Relation depend = table_open(DependRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(depend, DependReferenceIndexId, true, nullptr, 2, key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan)))
        found = lappend(found, heap_copytuple(tuple));
    systable_endscan(scan);
    table_close(depend, AccessShareLock);
    return found;
}

} // namespace ddm
