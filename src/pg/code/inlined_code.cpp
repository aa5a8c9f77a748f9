#include "pg/code/inlined_code.h"
#include "pg/base/relation_tree.h"

extern "C" {
#include "catalog/pg_index.h"
#include "utils/fmgroids.h"
#include "utils/plancache.h"
#include "utils/relcache.h"
}

namespace ddm
{

static void forget_indexes_of(Oid relation)
{
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_index_indrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    Relation catalog = table_open(IndexRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(catalog, IndexIndrelidIndexId, true, nullptr, 1, &key);
    HeapTuple tuple;

    while (HeapTupleIsValid(tuple = systable_getnext(scan)))
        RelationCacheInvalidateEntry(reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple))->indexrelid);
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
}

static void forget_relation(Oid relation)
{
    RelationCacheInvalidateEntry(relation);
    forget_indexes_of(relation);
}

void forget_inlined_code(Oid relation)
{
    ListCell *cell;

    foreach (cell, lcons_oid(relation, relation_descendants(relation)))
        forget_relation(lfirst_oid(cell));
    foreach (cell, relation_ancestors(relation))
        RelationCacheInvalidateEntry(lfirst_oid(cell));
}

void forget_inlined_checks()
{
    CallSyscacheCallbacks(CONSTROID, 0);
    ResetPlanCache();
}

} // namespace ddm
