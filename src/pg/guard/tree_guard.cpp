// What the rows of a partition or inheritance tree would meet: the code of its parents where a child comes to it, that
// of the child, and the bounds of partitions.
#include "pg/guard/object_guard.h"
#include "pg/base/catalog_read.h"
#include "pg/base/relation_tree.h"
#include "pg/guard/object_event.h"
#include "pg/policy/hidden_columns.h"

extern "C" {
#include "catalog/partition.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_statistic_ext.h"
#include "utils/fmgroids.h"
#include "utils/partcache.h"
#include "utils/relcache.h"
#include "utils/reltrigger.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

static bool has_statistics_of_expressions(Oid relation)
{
    ScanKeyData key;
    bool found = false;
    ScanKeyInit(&key, Anum_pg_statistic_ext_stxrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    Relation catalog = table_open(StatisticExtRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(catalog, StatisticExtRelidIndexId, true, nullptr, 1, &key);
    HeapTuple tuple;
    while (!found && HeapTupleIsValid(tuple = systable_getnext(scan)))
        found = !heap_attisnull(tuple, Anum_pg_statistic_ext_stxexprs, RelationGetDescr(catalog));
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
    return found;
}

// A relation's triggers may see the rows of its children (transition tables), its policies are asked of them, and ANALYZE
// computes its statistics of them.
static bool brings_code(Oid parent)
{
    Relation relation = table_open(parent, AccessShareLock);
    const TriggerDesc *triggers = relation->trigdesc;
    bool result = relation->rd_rules != nullptr;
    for (int i = 0; triggers && i < triggers->numtriggers; i++)
        result |= !triggers->triggers[i].tgisinternal;
    table_close(relation, NoLock);

    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_policy_polrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(parent));
    return result || HeapTupleIsValid(read_new(PolicyRelationId, PolicyPolrelidPolnameIndexId, 1, &key)) ||
           has_statistics_of_expressions(parent);
}

// Rows are held against the bounds of partitions. `hidden`: of the relation whose rows they are. An expression in the
// key may be over any column.
static void check_partition_key(const HiddenColumns *hidden, Oid parent)
{
    if (hidden->names == NIL || !SearchSysCacheExists1(PARTRELID, ObjectIdGetDatum(parent)))
        return; // also of a partitioned table that is being made
    Relation relation = table_open(parent, AccessShareLock);
    PartitionKey key = RelationGetPartitionKey(relation);
    for (int i = 0; i < key->partnatts; i++)
        if (key->partattrs[i] == 0 || is_hidden_name(hidden, get_attname(parent, key->partattrs[i], false)))
            refuse_hidden(hidden, "partition by",
                          key->partattrs[i] == 0 ? static_cast<char *>(linitial(hidden->names))
                                                 : get_attname(parent, key->partattrs[i], false));
    table_close(relation, NoLock);
}

void guard_partition_key(Oid table)
{
    const HiddenColumns hidden = hidden_in(table);

    check_partition_key(&hidden, table);
}

void guard_default_partition(Oid parent)
{
    const Oid rest = get_default_partition_oid(parent);
    if (!OidIsValid(rest))
        return;
    const HiddenColumns hidden = hidden_in(rest);
    check_partition_key(&hidden, parent);
}

using RowCheck = void (*)(const HiddenColumns *hidden, HeapTuple row);

static void check_brought_constraint(const HiddenColumns *hidden, HeapTuple tuple)
{
    const auto *row = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));

    if (row->contype == CONSTRAINT_CHECK && row->coninhcount == 0)
        check_tree(hidden, ConstraintRelationId, tuple, Anum_pg_constraint_conbin, "put an expression over");
    if (row->contype == CONSTRAINT_FOREIGN)
        check_array(hidden, ConstraintRelationId, tuple, Anum_pg_constraint_conkey, "create a foreign key on");
}

static void check_brought_expression(const HiddenColumns *hidden, HeapTuple tuple)
{
    check_tree(hidden, AttrDefaultRelationId, tuple, Anum_pg_attrdef_adbin, "put an expression over");
}

// The rows of `catalog` that are about the relation.
static void check_rows(const HiddenColumns *hidden, Oid catalog, Oid index, AttrNumber relation_column, RowCheck check)
{
    ScanKeyData key;
    ScanKeyInit(&key, relation_column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(hidden->relation));
    Relation opened = table_open(catalog, AccessShareLock);
    SysScanDesc scan = systable_beginscan(opened, index, true, SnapshotSelf, 1, &key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan)))
        check(hidden, tuple);
    systable_endscan(scan);
    table_close(opened, AccessShareLock);
}

static bool is_not_null(Oid relation, AttrNumber attno)
{
    HeapTuple tuple = SearchSysCacheAttNum(relation, attno);
    const bool result = HeapTupleIsValid(tuple) && reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple))->attnotnull;
    if (HeapTupleIsValid(tuple))
        ReleaseSysCache(tuple);
    return result;
}

static void check_nulls(const HiddenColumns *hidden, Oid parent)
{
    ListCell *cell;

    foreach (cell, hidden->names) {
        auto *name = static_cast<char *>(lfirst(cell));
        const AttrNumber above = get_attnum(parent, name);
        if (above != InvalidAttrNumber && !is_not_null(parent, above) &&
            is_not_null(hidden->relation, get_attnum(hidden->relation, name)))
            refuse_hidden(hidden, "ask for nulls in", name);
    }
}

// A partition takes the rows that an UPDATE moves there or that somebody inserts into the whole: what it brings along
// would see them. What is masked in it alone, it has seen before.
static void check_brought(Oid partition, const HiddenColumns *above)
{
    const HiddenColumns hidden = {partition, get_rel_name(partition), above->names, above->clear, above->relation};

    if (get_rel_relkind(partition) == RELKIND_FOREIGN_TABLE)
        refuse_any(&hidden, "store in a foreign table");
    if (brings_code(partition)) {
        refuse_any(&hidden, "let the triggers, rules, policies or statistics of a partition see");
        record_object(&hidden, hidden.clear);
    }
    check_partition_key(&hidden, partition);
    check_nulls(&hidden, above->relation);
    check_rows(&hidden, ConstraintRelationId, ConstraintRelidTypidNameIndexId, Anum_pg_constraint_conrelid,
               check_brought_constraint);
    check_rows(&hidden, IndexRelationId, IndexIndrelidIndexId, Anum_pg_index_indrelid, check_index);
    check_rows(&hidden, AttrDefaultRelationId, AttrDefaultIndexId, Anum_pg_attrdef_adrelid, check_brought_expression);
}

// ATTACH PARTITION, INHERIT, and a table that is made as a partition or child.
void guard_tree_altered(Oid child, int, bool)
{
    const HiddenColumns hidden = hidden_in(child);
    const HiddenColumns own = hidden_columns_of(child, is_new);
    ListCell *parent, *cell;

    const Oid whole = partitioned_parent(child);
    const HiddenColumns above = OidIsValid(whole) ? hidden_in(whole) : HiddenColumns{};
    if (above.names != NIL || above.clear != NIL)
        foreach (cell, lcons_oid(child, relation_descendants(child)))
            check_brought(lfirst_oid(cell), &above);
    foreach (parent, relation_new_parents(child)) {
        guard_default_partition(lfirst_oid(parent));
        check_partition_key(&hidden, lfirst_oid(parent));
        if (hidden.names == NIL && own.clear == NIL)
            continue;
        foreach (cell, lcons_oid(lfirst_oid(parent), relation_ancestors(lfirst_oid(parent)))) {
            if (!brings_code(lfirst_oid(cell)))
                continue;
            refuse_any(&hidden, "let the triggers, rules, policies or statistics of a parent see");
            record_object(&own, own.clear);
        }
    }
}

} // namespace ddm
