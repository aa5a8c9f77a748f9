// With ddm.exempt_owner off a table's owner sees masks, while code that he made before goes on working on what is stored.
// What it calls by name is his: he could put something else under one of these names that tells what it is given. Whoever
// does not own the table is kept from that where the code runs (stored_code.cpp).
#include "pg/guard/name_guard.h"
#include "pg/base/catalog_read.h"
#include "pg/base/source_words.h"
#include "pg/code/code_functions.h"
#include "pg/code/operators_named.h"
#include "pg/debug_settings.h"
#include "pg/policy/hidden_columns.h"
#include "pg/policy/roles.h"
#include "pg/policy/settings.h"

extern "C" {
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_cast.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/catcache.h"
#include "utils/syscache.h"
}
#include <initializer_list>

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
        if (is_operator(name) && may_mean_operator(function_source(function), name))
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

static bool may_be_masked_owner() { return !exempt_owner && !superuser() && !debug_masks_everything(); }

static void guard_name(const char *name)
{
    ListCell *cell;

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

static const NamedCatalog named_catalogs[] = {
    {ProcedureRelationId, ProcedureOidIndexId, PROCOID, Anum_pg_proc_oid, Anum_pg_proc_proname,
     Anum_pg_proc_pronamespace},
    {RelationRelationId, ClassOidIndexId, RELOID, Anum_pg_class_oid, Anum_pg_class_relname, Anum_pg_class_relnamespace},
    {TypeRelationId, TypeOidIndexId, TYPEOID, Anum_pg_type_oid, Anum_pg_type_typname, Anum_pg_type_typnamespace},
    {OperatorRelationId, OperatorOidIndexId, OPEROID, Anum_pg_operator_oid, Anum_pg_operator_oprname,
     Anum_pg_operator_oprnamespace},
    {NamespaceRelationId, NamespaceOidIndexId, NAMESPACEOID, Anum_pg_namespace_oid, Anum_pg_namespace_nspname, 0},
};

// The name by which an object is found, and where.
struct ObjectName {
    const char *name; // nullptr: it has none
    Oid schema;
};

static ObjectName name_in(const NamedCatalog &named, HeapTuple tuple)
{
    bool null;

    if (!HeapTupleIsValid(tuple))
        return {nullptr, InvalidOid};
    const Datum name = read_column(named.catalog, tuple, static_cast<AttrNumber>(named.name_column), &null);
    const Datum schema = named.schema_column
                             ? read_column(named.catalog, tuple, static_cast<AttrNumber>(named.schema_column), &null)
                             : 0;
    return {NameStr(*DatumGetName(name)), DatumGetObjectId(schema)};
}

static const NamedCatalog *named_catalog(Oid catalog)
{
    for (const NamedCatalog &named : named_catalogs)
        if (named.catalog == catalog)
            return &named;
    return nullptr;
}

static ObjectName name_before(const NamedCatalog &named, Oid object)
{
    return name_in(named, SearchSysCacheCopy1(named.cache, ObjectIdGetDatum(object)));
}

static ObjectName name_after(const NamedCatalog &named, Oid object)
{
    return name_in(named,
                   read_new_by_oid(named.catalog, named.index, static_cast<AttrNumber>(named.oid_column), object));
}

static void guard(const ObjectName &object)
{
    if (object.name && !isTempNamespace(object.schema)) // these come last for such code
        guard_name(object.name);
}

void guard_name_of(Oid catalog, Oid object)
{
    const NamedCatalog *named = may_be_masked_owner() ? named_catalog(catalog) : nullptr;

    if (named)
        guard(name_after(*named, object));
}

// Where it has that name already, in the same schema, nothing is new under it.
template <Oid catalog> static void guard_new_name(Oid object)
{
    if (!may_be_masked_owner())
        return;
    const NamedCatalog &named = *named_catalog(catalog);
    const ObjectName before = name_before(named, object), after = name_after(named, object);
    if (!before.name || !after.name || before.schema != after.schema || strcmp(before.name, after.name) != 0)
        guard(after);
}

void guard_function_named(Oid function, int, bool) { guard_new_name<ProcedureRelationId>(function); }
void guard_type_named(Oid type, int, bool) { guard_new_name<TypeRelationId>(type); }
void guard_operator_named(Oid op, int, bool) { guard_new_name<OperatorRelationId>(op); }
void guard_schema_named(Oid schema, int, bool) { guard_new_name<NamespaceRelationId>(schema); }

void guard_relation_named(Oid relation, int sub, bool)
{
    if (sub == 0)
        guard_new_name<RelationRelationId>(relation);
}

// Code finds these by the names of their types.
void guard_cast_made(Oid cast, int, bool)
{
    if (!may_be_masked_owner())
        return;
    HeapTuple tuple = read_new_by_oid(CastRelationId, CastOidIndexId, Anum_pg_cast_oid, cast);
    if (!HeapTupleIsValid(tuple))
        return;
    const auto *row = reinterpret_cast<Form_pg_cast>(GETSTRUCT(tuple));
    for (Oid type : {row->castsource, row->casttarget})
        if (type >= FirstNormalObjectId)
            guard_name_of(TypeRelationId, type);
}

void guard_domain_checked(Oid constraint, int, bool)
{
    if (!may_be_masked_owner())
        return;
    HeapTuple tuple = read_new_by_oid(ConstraintRelationId, ConstraintOidIndexId, Anum_pg_constraint_oid, constraint);
    if (HeapTupleIsValid(tuple) && OidIsValid(reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple))->contypid))
        guard_name_of(TypeRelationId, reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple))->contypid);
}

void guard_trigger_made(Oid trigger, int, bool internal)
{
    if (internal || !may_be_masked_owner())
        return;
    HeapTuple tuple = read_new_by_oid(TriggerRelationId, TriggerOidIndexId, Anum_pg_trigger_oid, trigger);
    if (HeapTupleIsValid(tuple))
        guard_name_of(RelationRelationId, reinterpret_cast<Form_pg_trigger>(GETSTRUCT(tuple))->tgrelid);
}

} // namespace ddm
