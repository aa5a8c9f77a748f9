// REINDEX, CLUSTER and VACUUM FULL call the functions of indexes without that a plan has had the policy of their tables
// loaded. Before 17 these go by the search_path of whoever owns the database or schema.
#include "pg/code/index_code.h"
#include "pg/policy/policy.h"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/parallel.h"
#include "access/table.h"
#include "catalog/pg_index.h"
#include "miscadmin.h"
}

namespace ddm
{

static bool has_expressions(HeapTuple tuple)
{
    return !heap_attisnull(tuple, Anum_pg_index_indexprs, nullptr) ||
           !heap_attisnull(tuple, Anum_pg_index_indpred, nullptr);
}

static List *tables_with_expressions()
{
    Relation catalog = table_open(IndexRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, nullptr, 0, nullptr);
    List *found = NIL;

    while (HeapTuple tuple = systable_getnext(scan))
        if (has_expressions(tuple))
            found = list_append_unique_oid(found, reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple))->indrelid);
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
    return found;
}

static void look_at_indexes()
{
    ListCell *cell;

    if (policy_active())
        foreach (cell, tables_with_expressions())
            (void)policy_of(lfirst_oid(cell));
}

void index_code_statement(UtilityCall *call)
{
    look_at_indexes();
    utility_run(call);
}

void index_code_in_worker()
{
    static bool looked = false;

    if (looked || !IsParallelWorker() || !InSecurityRestrictedOperation())
        return;
    looked = true;
    look_at_indexes();
}

} // namespace ddm
