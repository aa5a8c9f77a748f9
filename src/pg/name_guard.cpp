// With ddm.exempt_owner off a table's owner sees masks, while code that he made before goes on working on what is stored.
// What it calls by name is his: he could put something else under one of these names that tells what it is given. Whoever
// does not own the table is kept from that where the code runs (stored_code.cpp).
#include "pg/name_guard.h"
#include "pg/catalog_read.h"
#include "pg/code_functions.h"
#include "pg/debug_settings.h"
#include "pg/hidden_columns.h"
#include "pg/roles.h"
#include "pg/settings.h"
#include "pg/source_words.h"

extern "C" {
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/catcache.h"
#include "utils/syscache.h"
}

namespace ddm
{

static constexpr char what[] = "use a name that is looked up by code over";

static List *with_functions_named(List *functions, const char *name)
{
    CatCList *found = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(name));

    for (int i = 0; i < found->n_members; i++) {
        const Oid function = reinterpret_cast<Form_pg_proc>(GETSTRUCT(&found->members[i]->tuple))->oid;
        if (function >= FirstNormalObjectId)
            functions = list_append_unique_oid(functions, function);
    }
    ReleaseSysCacheList(found);
    return functions;
}

static bool is_operator(const char *name) { return strspn(name, "+-*/<>=~!@#%^&|`?") == strlen(name); }

// By these functions, or by what they call. The list grows on the way.
static bool look_up(List *functions, const char *name)
{
    ListCell *cell;

    for (int i = 0; i < list_length(functions); i++) {
        const Oid function = list_nth_oid(functions, i);
        CHECK_FOR_INTERRUPTS();
        if (is_operator(name) && strstr(function_source(function), name))
            return true;
        foreach (cell, source_words(function)) {
            const auto *word = static_cast<const char *>(lfirst(cell));
            if (strcmp(word, name) == 0)
                return true;
            functions = with_functions_named(functions, word);
        }
    }
    return false;
}

static List *relations_owned_by(Oid role)
{
    Relation catalog = table_open(RelationRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, nullptr, 0, nullptr);
    List *found = NIL;
    HeapTuple tuple;

    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        const auto *row = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
        if (row->oid >= FirstNormalObjectId && strchr("rpf", row->relkind) && holds_role(role, row->relowner))
            found = lappend_oid(found, row->oid);
    }
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
    return found;
}

void guard_name(const char *name)
{
    ListCell *cell;

    if (exempt_owner || superuser() || debug_masks_everything())
        return;
    foreach (cell, relations_owned_by(GetUserId())) {
        const HiddenColumns hidden = hidden_columns_of(lfirst_oid(cell));
        if (hidden.names != NIL && look_up(functions_over(hidden.relation), name))
            refuse_hidden(&hidden, what, static_cast<const char *>(linitial(hidden.names)));
    }
}

struct NamedCatalog {
    Oid catalog, index;
    int cache;
    int oid_column, name_column;
    int schema_column; // or 0
};

static Datum column_of(const NamedCatalog &named, HeapTuple tuple, int column)
{
    bool null;

    return column ? read_column(named.catalog, tuple, static_cast<AttrNumber>(column), &null) : 0;
}

// Where it has that name already, and is found by it in the same place, nothing is looked for.
static void guard_named(const NamedCatalog &named, Oid object)
{
    HeapTuple before = SearchSysCacheCopy1(named.cache, ObjectIdGetDatum(object));
    HeapTuple after = read_new_by_oid(named.catalog, named.index, static_cast<AttrNumber>(named.oid_column), object);

    if (!HeapTupleIsValid(after))
        return;
    const char *name = NameStr(*DatumGetName(column_of(named, after, named.name_column)));
    const Oid schema = DatumGetObjectId(column_of(named, after, named.schema_column));
    if (HeapTupleIsValid(before) && schema == DatumGetObjectId(column_of(named, before, named.schema_column)) &&
        strcmp(name, NameStr(*DatumGetName(column_of(named, before, named.name_column)))) == 0)
        return;
    if (!isTempNamespace(schema)) // these come last for such code
        guard_name(name);
}

void guard_relation_named(Oid relation, int sub, bool internal)
{
    static const NamedCatalog named = {RelationRelationId, ClassOidIndexId,       RELOID,
                                       Anum_pg_class_oid,  Anum_pg_class_relname, Anum_pg_class_relnamespace};
    if (sub == 0 && !internal)
        guard_named(named, relation);
}

void guard_type_named(Oid type, int, bool internal)
{
    static const NamedCatalog named = {TypeRelationId,   TypeOidIndexId,       TYPEOID,
                                       Anum_pg_type_oid, Anum_pg_type_typname, Anum_pg_type_typnamespace};
    if (!internal)
        guard_named(named, type);
}

void guard_operator_named(Oid op, int, bool)
{
    static const NamedCatalog named = {OperatorRelationId,   OperatorOidIndexId,       OPEROID,
                                       Anum_pg_operator_oid, Anum_pg_operator_oprname, Anum_pg_operator_oprnamespace};
    guard_named(named, op);
}

void guard_schema_named(Oid schema, int, bool)
{
    static const NamedCatalog named = {NamespaceRelationId,   NamespaceOidIndexId,       NAMESPACEOID,
                                       Anum_pg_namespace_oid, Anum_pg_namespace_nspname, 0};
    guard_named(named, schema);
}

} // namespace ddm
