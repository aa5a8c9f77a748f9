#include "pg/code_functions.h"
#include "pg/relation_tree.h"
#include "pg/tree.h"

extern "C" {
#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_language.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "utils/fmgroids.h"
}
#include <initializer_list>

namespace ddm
{

static bool looks_names_up(Oid function)
{
    HeapTuple tuple = function >= FirstNormalObjectId ? SearchSysCache1(PROCOID, ObjectIdGetDatum(function)) : nullptr;
    if (!HeapTupleIsValid(tuple))
        return false;
    const auto *row = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
    const bool result = row->prolang != INTERNALlanguageId && heap_attisnull(tuple, Anum_pg_proc_prosqlbody, nullptr);
    ReleaseSysCache(tuple);
    return result;
}

static bool add_function(Oid function, void *context)
{
    auto **found = static_cast<List **>(context);

    if (looks_names_up(function))
        *found = list_append_unique_oid(*found, function);
    return false;
}

static bool add_called(Node *node, void *context)
{
    if (!node)
        return false;
    if (IsA(node, Query))
        return walk_query(reinterpret_cast<Query *>(node), add_called, context, 0);
    check_functions_in_node(node, add_function, context);
    return walk_expression(node, add_called, context);
}

struct CodeCatalog {
    Oid catalog, index;
    int relation_column;
    int function; // its column, or 0
    int trees[2]; // columns of expressions
    bool (*may_have)(Form_pg_class relation);
};

static const CodeCatalog code_catalogs[] = {
    {TriggerRelationId,
     TriggerRelidNameIndexId,
     Anum_pg_trigger_tgrelid,
     Anum_pg_trigger_tgfoid,
     {Anum_pg_trigger_tgqual, 0},
     [](Form_pg_class relation) { return relation->relhastriggers; }},
    {ConstraintRelationId,
     ConstraintRelidTypidNameIndexId,
     Anum_pg_constraint_conrelid,
     0,
     {Anum_pg_constraint_conbin, 0},
     [](Form_pg_class relation) { return relation->relchecks > 0; }},
    {AttrDefaultRelationId,
     AttrDefaultIndexId,
     Anum_pg_attrdef_adrelid,
     0,
     {Anum_pg_attrdef_adbin, 0},
     [](Form_pg_class) { return true; }},
    {IndexRelationId,
     IndexIndrelidIndexId,
     Anum_pg_index_indrelid,
     0,
     {Anum_pg_index_indexprs, Anum_pg_index_indpred},
     [](Form_pg_class relation) { return relation->relhasindex; }},
    {PolicyRelationId,
     PolicyPolrelidPolnameIndexId,
     Anum_pg_policy_polrelid,
     0,
     {Anum_pg_policy_polqual, Anum_pg_policy_polwithcheck},
     [](Form_pg_class relation) { return relation->relrowsecurity; }},
};

static void add_of_row(List **found, const CodeCatalog *source, HeapTuple tuple, TupleDesc descriptor)
{
    bool null;

    if (source->function)
        add_function(DatumGetObjectId(heap_getattr(tuple, source->function, descriptor, &null)), found);
    for (int column : source->trees) {
        const Datum tree = column ? heap_getattr(tuple, column, descriptor, &null) : 0;
        if (column && !null)
            add_called(static_cast<Node *>(stringToNode(TextDatumGetCString(tree))), found);
    }
}

// A table may have thousands of partitions: what pg_class denies of one is not looked for.
static void add_of(List **found, Oid relation)
{
    HeapTuple described = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(relation));

    if (!HeapTupleIsValid(described))
        return;
    for (const CodeCatalog &source : code_catalogs) {
        if (!source.may_have(reinterpret_cast<Form_pg_class>(GETSTRUCT(described))))
            continue;
        ScanKeyData key;
        ScanKeyInit(&key, static_cast<AttrNumber>(source.relation_column), BTEqualStrategyNumber, F_OIDEQ,
                    ObjectIdGetDatum(relation));
        Relation catalog = table_open(source.catalog, AccessShareLock);
        SysScanDesc scan = systable_beginscan(catalog, source.index, true, nullptr, 1, &key);
        HeapTuple tuple;
        while (HeapTupleIsValid(tuple = systable_getnext(scan)))
            add_of_row(found, &source, tuple, RelationGetDescr(catalog));
        systable_endscan(scan);
        table_close(catalog, AccessShareLock);
    }
    heap_freetuple(described);
}

List *functions_over(Oid relation)
{
    List *found = NIL;
    ListCell *cell;

    add_of(&found, relation);
    foreach (cell, relation_descendants(relation))
        add_of(&found, lfirst_oid(cell));
    return found;
}

} // namespace ddm
