// Catalog rows as the current command has just written them: for object hooks, which run before they are visible.
#include "pg/catalog_read.h"

extern "C" {
#include "access/htup_details.h"
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

} // namespace ddm
