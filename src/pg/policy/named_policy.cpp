// Named policies, read by table access alone.
#include "pg/policy/named_policy.h"
#include "pg/policy/policy_state.h"

extern "C" {
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

// Columns of ddm.named_policies, as sql/install/25_policies.sql makes it.
enum PolicyColumn { col_name = 1, col_mask };

char *named_policy_mask(const char *name)
{
    Oid oid = ddm_relation("named_policies");
    if (!OidIsValid(oid) || strlen(name) >= NAMEDATALEN)
        return nullptr;
    NameData key_name = {};
    namestrcpy(&key_name, name);
    ScanKeyData key;
    ScanKeyInit(&key, col_name, BTEqualStrategyNumber, F_NAMEEQ, NameGetDatum(&key_name));

    char *mask = nullptr;
    InvalidateCatalogSnapshot();
    Relation policies = table_open(oid, AccessShareLock);
    Oid index = get_relname_relid("named_policies_pkey", RelationGetNamespace(policies));
    SysScanDesc scan = systable_beginscan(policies, index, OidIsValid(index), nullptr, 1, &key);
    HeapTuple tuple = systable_getnext(scan);
    if (HeapTupleIsValid(tuple)) {
        bool null;
        Datum stored = heap_getattr(tuple, col_mask, RelationGetDescr(policies), &null);
        if (!null)
            mask = TextDatumGetCString(stored);
    }
    systable_endscan(scan);
    table_close(policies, AccessShareLock);
    return mask;
}

} // namespace ddm
