#include "pg/mask/domain_checks.h"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_constraint.h"
#include "utils/fmgroids.h"
#include "utils/typcache.h"
}
#include <initializer_list>

namespace ddm
{

struct NamedCheck {
    NameData name;
    Node *expression;
};

static uint64 changes = 0; // 0: nobody asked yet

static void changed(Datum, int, uint32) { changes++; }

uint64 domain_checks_stamp()
{
    if (changes == 0) {
        for (int cache : {CONSTROID, TYPEOID, PROCOID})
            CacheRegisterSyscacheCallback(cache, changed, 0);
        changes++;
    }
    return changes;
}

static int by_name(const ListCell *left, const ListCell *right)
{
    return strcmp(NameStr(static_cast<NamedCheck *>(lfirst(left))->name),
                  NameStr(static_cast<NamedCheck *>(lfirst(right))->name));
}

static void add_check(List **found, HeapTuple tuple, TupleDesc descriptor)
{
    const auto *row = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
    bool null = true;
    const Datum tree = heap_getattr(tuple, Anum_pg_constraint_conbin, descriptor, &null);

    if (row->contype != CONSTRAINT_CHECK || null)
        return;
    auto *check = zeroed<NamedCheck>();
    check->name = row->conname;
    check->expression = static_cast<Node *>(stringToNode(TextDatumGetCString(tree)));
    *found = lappend(*found, check);
}

// Those of one domain alone, by their names.
static List *checks_of(Oid domain)
{
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_constraint_contypid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(domain));
    Relation catalog = table_open(ConstraintRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(catalog, ConstraintTypidIndexId, true, nullptr, 1, &key);
    List *named = NIL, *expressions = NIL;
    ListCell *cell;
    HeapTuple tuple;

    while (HeapTupleIsValid(tuple = systable_getnext(scan)))
        add_check(&named, tuple, RelationGetDescr(catalog));
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
    list_sort(named, by_name);
    foreach (cell, named)
        expressions = lappend(expressions, static_cast<NamedCheck *>(lfirst(cell))->expression);
    return expressions;
}

// Answers the type below, InvalidOid for what is no domain.
static Oid add_domain(WrittenChecks *checks, Oid type)
{
    HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));

    if (!HeapTupleIsValid(tuple))
        return InvalidOid;
    const auto *row = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple));
    const Oid below = row->typtype == TYPTYPE_DOMAIN ? row->typbasetype : InvalidOid;
    if (OidIsValid(below)) {
        checks->not_null |= row->typnotnull;
        checks->owners = lappend_oid(checks->owners, row->typowner);
    }
    ReleaseSysCache(tuple);
    return below;
}

static void read_from_catalog(Oid type, WrittenChecks *checks)
{
    *checks = {};
    for (Oid below; OidIsValid(below = add_domain(checks, type)); type = below)
        checks->expressions = list_concat(checks_of(type), checks->expressions);
}

static WrittenChecks copy_of(const WrittenChecks &checks)
{
    return {checks.not_null, static_cast<List *>(copyObjectImpl(checks.expressions)), list_copy(checks.owners)};
}

struct KnownDomain {
    Oid type; // the key
    uint64 stamp;
    MemoryContext memory;
    WrittenChecks checks;
};

static KnownDomain *entry_of(Oid type)
{
    static HTAB *known = nullptr;
    HASHCTL control = {};
    bool found;

    control.keysize = sizeof(Oid);
    control.entrysize = sizeof(KnownDomain);
    control.hcxt = CacheMemoryContext;
    if (!known)
        known = hash_create("ddm checks of domains", 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
    auto *entry = static_cast<KnownDomain *>(hash_search(known, &type, HASH_ENTER, &found));
    if (!found)
        *entry = {type, 0, nullptr, {}};
    return entry;
}

static const WrittenChecks &known_checks(Oid type)
{
    KnownDomain *entry = entry_of(type);
    const uint64 stamp = domain_checks_stamp();
    WrittenChecks checks;

    if (entry->stamp == stamp)
        return entry->checks;
    read_from_catalog(type, &checks);
    if (!entry->memory)
        entry->memory = AllocSetContextCreate(CacheMemoryContext, "ddm checks of a domain", ALLOCSET_SMALL_SIZES);
    entry->stamp = 0;
    MemoryContextReset(entry->memory);
    MemoryContext old = MemoryContextSwitchTo(entry->memory);
    entry->checks = copy_of(checks);
    MemoryContextSwitchTo(old);
    entry->stamp = stamp;
    return entry->checks;
}

void read_domain_checks(Oid type, WrittenChecks *checks) { *checks = copy_of(known_checks(type)); }

bool domain_has_checks(Oid type)
{
    const WrittenChecks &checks = known_checks(type);

    return checks.not_null || checks.expressions != NIL;
}

static bool has_or_contains(Oid type) { return domain_has_checks(type) || domain_checks_within(type); }

static bool within_fields(Oid type)
{
    TupleDesc desc = lookup_rowtype_tupdesc_copy(type, -1);
    bool found = false;

    for (int i = 0; i < desc->natts && !found; i++)
        found = !TupleDescAttr(desc, i)->attisdropped && has_or_contains(TupleDescAttr(desc, i)->atttypid);
    return found;
}

bool domain_checks_within(Oid type)
{
    check_stack_depth();
    switch (get_typtype(type)) {
    case TYPTYPE_DOMAIN:
        return domain_checks_within(getBaseType(type));
    case TYPTYPE_COMPOSITE:
        return within_fields(type);
    case TYPTYPE_RANGE:
        return has_or_contains(get_range_subtype(type));
    case TYPTYPE_MULTIRANGE:
        return domain_checks_within(get_multirange_range(type));
    default:
        return OidIsValid(get_element_type(type)) && has_or_contains(get_element_type(type));
    }
}

} // namespace ddm
