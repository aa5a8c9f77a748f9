#include "pg/code/range_code.h"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/pg_range.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace ddm
{

static List *known = NIL; // of all ranges that are not the server's
static bool is_known = false;

static void ranges_changed(Datum, int, uint32) { is_known = false; }

static RangeCode code_in(HeapTuple tuple)
{
    const auto *row = reinterpret_cast<Form_pg_range>(GETSTRUCT(tuple));

    return {row->rngcanonical, row->rngsubdiff};
}

static void add(Oid function)
{
    if (function >= FirstNormalObjectId)
        known = lappend_oid(known, function);
}

static void read_ranges()
{
    Relation catalog = table_open(RangeRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, nullptr, 0, nullptr);
    HeapTuple tuple;

    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        const RangeCode code = code_in(tuple);
        MemoryContext old = MemoryContextSwitchTo(CacheMemoryContext);
        add(code.canonical);
        add(code.difference);
        MemoryContextSwitchTo(old);
    }
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
}

bool is_range_code(Oid function)
{
    static bool registered = false;

    if (!registered)
        CacheRegisterSyscacheCallback(RANGETYPE, ranges_changed, 0);
    registered = true;
    if (!is_known) {
        list_free(known);
        known = NIL;
        is_known = true; // unless one comes while these are read
        read_ranges();
    }
    return list_member_oid(known, function);
}

static Oid range_in(Oid type)
{
    const Oid base = getBaseType(type);
    const Oid element = get_element_type(base);

    if (OidIsValid(element))
        return range_in(element);
    return type_is_multirange(base) ? get_multirange_range(base) : base;
}

RangeCode range_code_of(Oid type)
{
    HeapTuple tuple =
        type < FirstNormalObjectId ? nullptr : SearchSysCache1(RANGETYPE, ObjectIdGetDatum(range_in(type)));

    if (!HeapTupleIsValid(tuple))
        return {InvalidOid, InvalidOid};
    const RangeCode code = code_in(tuple);
    ReleaseSysCache(tuple);
    return code;
}

} // namespace ddm
