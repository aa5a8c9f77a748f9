#include "pg/code/code_functions.h"
#include "pg/base/relation_tree.h"
#include "pg/base/tree.h"
#include "pg/code/code_watch.h"
#include "pg/code/range_code.h"

extern "C" {
#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_language.h"
#include "catalog/pg_partitioned_table.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "rewrite/rewriteSupport.h"
#include "utils/fmgroids.h"
}
#include <initializer_list>

namespace ddm
{

struct CodeCatalog {
    Oid catalog, index;
    int key;
    int function; // its column, or 0
    int trees[2]; // columns of expressions
    bool (*may_have)(Form_pg_class relation);
};

static const int partition_keys = 0;

static const CodeCatalog code_catalogs[] = {
    {PartitionedRelationId,
     PartitionedRelidIndexId,
     Anum_pg_partitioned_table_partrelid,
     0,
     {Anum_pg_partitioned_table_partexprs, 0},
     [](Form_pg_class relation) { return relation->relkind == RELKIND_PARTITIONED_TABLE; }},
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

static const CodeCatalog domain_checks = {ConstraintRelationId,           ConstraintTypidIndexId,
                                          Anum_pg_constraint_contypid,    0,
                                          {Anum_pg_constraint_conbin, 0}, nullptr};

// What was found, and what was looked into on the way there.
struct CodeSearch {
    List *functions;
    List *looked_into[3]; // functions, views, domains
};

static bool is_new(CodeSearch *search, Code kind, Oid object)
{
    List *&before = search->looked_into[static_cast<int>(kind)];

    if (object < FirstNormalObjectId || list_member_oid(before, object))
        return false;
    before = lappend_oid(before, object);
    watch_code(kind, object);
    return true;
}

static bool add_called(Node *node, void *context);
static void add_of_rows(CodeSearch *search, const CodeCatalog &source, Oid key);

static void add_of_tree(CodeSearch *search, Datum tree)
{
    add_called(static_cast<Node *>(stringToNode(TextDatumGetCString(tree))), search);
}

static bool add_function(Oid function, void *context);

static void add_of_aggregate(CodeSearch *search, Oid aggregate)
{
    HeapTuple tuple = SearchSysCacheCopy1(AGGFNOID, ObjectIdGetDatum(aggregate));

    if (!HeapTupleIsValid(tuple))
        return;
    const auto *row = reinterpret_cast<Form_pg_aggregate>(GETSTRUCT(tuple));
    for (Oid function : {row->aggtransfn, row->aggfinalfn, row->aggcombinefn, row->aggserialfn, row->aggdeserialfn,
                         row->aggmtransfn, row->aggminvtransfn, row->aggmfinalfn})
        add_function(function, search);
}

// What was parsed when it was made looks nothing up itself.
static bool add_function(Oid function, void *context)
{
    auto *search = static_cast<CodeSearch *>(context);
    HeapTuple tuple =
        is_new(search, Code::Function, function) ? SearchSysCacheCopy1(PROCOID, ObjectIdGetDatum(function)) : nullptr;
    bool parsed = false;

    if (!HeapTupleIsValid(tuple))
        return false;
    const auto *row = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
    const Datum body = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosqlbody, &parsed);
    parsed = !parsed;
    if (parsed)
        add_of_tree(search, body);
    else if (row->prokind == PROKIND_AGGREGATE)
        add_of_aggregate(search, function);
    else if (row->prolang != INTERNALlanguageId)
        search->functions = lappend_oid(search->functions, function);
    return false;
}

static void add_of_type(CodeSearch *search, Oid type)
{
    const RangeCode code = range_code_of(type);

    add_function(code.canonical, search);
    add_function(code.difference, search);
}

static void add_of_view(CodeSearch *search, Oid view)
{
    bool null = true;
    HeapTuple tuple = is_new(search, Code::View, view) ? SearchSysCacheCopy2(RULERELNAME, ObjectIdGetDatum(view),
                                                                             CStringGetDatum(ViewSelectRuleName))
                                                       : nullptr;

    if (!HeapTupleIsValid(tuple))
        return;
    const Datum query = SysCacheGetAttr(RULERELNAME, tuple, Anum_pg_rewrite_ev_action, &null);
    if (!null)
        add_of_tree(search, query);
}

static Oid domain_below(Oid type)
{
    HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));

    if (!HeapTupleIsValid(tuple))
        return InvalidOid;
    const Oid below = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple))->typbasetype;
    ReleaseSysCache(tuple);
    return below;
}

static void add_of_domain(CodeSearch *search, Oid type)
{
    for (; is_new(search, Code::Domain, type); type = domain_below(type))
        add_of_rows(search, domain_checks, type);
}

static bool add_called(Node *node, void *context)
{
    auto *search = static_cast<CodeSearch *>(context);
    ListCell *cell;

    if (!node)
        return false;
    check_stack_depth();
    if (IsA(node, Query)) {
        foreach (cell, reinterpret_cast<Query *>(node)->rtable)
            if (lfirst_node(RangeTblEntry, cell)->relkind == RELKIND_VIEW)
                add_of_view(search, lfirst_node(RangeTblEntry, cell)->relid);
        return walk_query(reinterpret_cast<Query *>(node), add_called, context, 0);
    }
    if (IsA(node, CoerceToDomain))
        add_of_domain(search, reinterpret_cast<CoerceToDomain *>(node)->resulttype);
    if (IsA(node, FuncExpr))
        add_of_type(search, reinterpret_cast<FuncExpr *>(node)->funcresulttype);
    check_functions_in_node(node, add_function, context);
    return walk_expression(node, add_called, context);
}

static void add_of_row(CodeSearch *search, const CodeCatalog &source, HeapTuple tuple, TupleDesc descriptor)
{
    bool null;

    if (source.function)
        add_function(DatumGetObjectId(heap_getattr(tuple, source.function, descriptor, &null)), search);
    for (int column : source.trees) {
        const Datum tree = column ? heap_getattr(tuple, column, descriptor, &null) : 0;
        if (column && !null)
            add_of_tree(search, tree);
    }
}

static void add_of_found(CodeSearch *search, const CodeCatalog &source, ScanKeyData *key)
{
    Relation catalog = table_open(source.catalog, AccessShareLock);
    SysScanDesc scan = systable_beginscan(catalog, source.index, true, nullptr, 1, key);
    HeapTuple tuple;

    while (HeapTupleIsValid(tuple = systable_getnext(scan)))
        add_of_row(search, source, tuple, RelationGetDescr(catalog));
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
}

static void add_of_rows(CodeSearch *search, const CodeCatalog &source, Oid key)
{
    ScanKeyData scan_key;

    ScanKeyInit(&scan_key, static_cast<AttrNumber>(source.key), BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(key));
    add_of_found(search, source, &scan_key);
}

// A table may have thousands of partitions: what pg_class denies of one is not looked for.
static void add_of_relation(CodeSearch *search, Oid relation)
{
    HeapTuple described = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(relation));

    if (!HeapTupleIsValid(described))
        return;
    for (const CodeCatalog &source : code_catalogs)
        if (source.may_have(reinterpret_cast<Form_pg_class>(GETSTRUCT(described))))
            add_of_rows(search, source, relation);
    heap_freetuple(described);
}

static void add_of_columns(CodeSearch *search, Oid relation)
{
    HeapTuple described = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(relation));
    const int count = HeapTupleIsValid(described) ? reinterpret_cast<Form_pg_class>(GETSTRUCT(described))->relnatts : 0;

    for (int attno = 1; attno <= count; attno++)
        add_of_type(search, get_atttype(relation, static_cast<AttrNumber>(attno)));
}

List *functions_over(Oid relation)
{
    CodeSearch search = {};
    ListCell *cell;

    add_of_columns(&search, relation);
    foreach (cell, lcons_oid(relation, relation_descendants(relation)))
        add_of_relation(&search, lfirst_oid(cell));
    foreach (cell, relation_ancestors(relation)) // a row is held against the keys of all that it is a partition of
        add_of_rows(&search, code_catalogs[partition_keys], lfirst_oid(cell));
    return search.functions;
}

List *functions_of_domains()
{
    CodeSearch search = {};
    ScanKeyData key;

    ScanKeyInit(&key, static_cast<AttrNumber>(domain_checks.key), BTGreaterStrategyNumber, F_OIDGT,
                ObjectIdGetDatum(InvalidOid));
    add_of_found(&search, domain_checks, &key);
    return search.functions;
}

List *functions_reached_by(Oid function)
{
    CodeSearch search = {};

    add_function(function, &search);
    return search.functions;
}

List *functions_called_in(Node *expression)
{
    CodeSearch search = {};

    add_called(expression, &search);
    return search.functions;
}

} // namespace ddm
