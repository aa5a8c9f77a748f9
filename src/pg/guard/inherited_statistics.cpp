// Most-common values of a partition stand in the statistics of its parent as well, and outlive the partition there.
#include "pg/guard/inherited_statistics.h"
#include "pg/base/relation_tree.h"
#include "pg/label/label_store.h"
#include "pg/policy/hidden_columns.h"
#include "pg/policy/relation_policy.h"
#include "pg/policy/rules.h"

extern "C" {
#include "catalog/indexing.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_statistic_ext_data.h"
#include "commands/defrem.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

// The names of the columns that have a mask by what is said of the relation itself.
static List *add_masked_names(List *names, Oid relation)
{
    ListCell *cell;

    foreach (cell, labels_of(relation, label_provider)) {
        const auto *label = static_cast<StoredLabel *>(lfirst(cell));
        MaskTarget target;
        NameData name;
        if (column_target(relation, label->attno, &target, &name) &&
            !label_bind(label->text, MaskSource::Label, relation, label->attno, &name, target, "")->open)
            names = lappend(names, pstrdup(NameStr(name)));
    }
    foreach (cell, rules_exist() ? rules_matching(relation) : NIL)
        if (char *name = get_attname(relation, static_cast<RuleMatch *>(lfirst(cell))->attno, true))
            names = lappend(names, name);
    return names;
}

// Is there a column of one of these names that the relation itself does not mask?
static bool loses_masks(Oid relation, const List *names)
{
    const HiddenColumns own = {relation, nullptr, add_masked_names(NIL, relation), NIL, InvalidOid};
    ListCell *cell;

    foreach (cell, names) {
        const auto *name = static_cast<char *>(lfirst(cell));
        if (get_attnum(relation, name) > 0 && !is_hidden_name(&own, name))
            return true;
    }
    return false;
}

static void forget_columns(Oid relation)
{
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_statistic_starelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    Relation statistics = table_open(StatisticRelationId, RowExclusiveLock);
    SysScanDesc scan = systable_beginscan(statistics, StatisticRelidAttnumInhIndexId, true, nullptr, 1, &key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan)))
        if (reinterpret_cast<Form_pg_statistic>(GETSTRUCT(tuple))->stainherit)
            CatalogTupleDelete(statistics, &tuple->t_self);
    systable_endscan(scan);
    table_close(statistics, RowExclusiveLock);
}

static void forget_extended(Oid relation)
{
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_statistic_ext_stxrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    Relation statistics = table_open(StatisticExtRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(statistics, StatisticExtRelidIndexId, true, nullptr, 1, &key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan)))
        RemoveStatisticsDataById(reinterpret_cast<Form_pg_statistic_ext>(GETSTRUCT(tuple))->oid, true);
    systable_endscan(scan);
    table_close(statistics, AccessShareLock);
}

void forget_statistics_of(Oid leaving)
{
    const List *ancestors = relation_ancestors(leaving);
    List *names = NIL;
    ListCell *cell;

    if (ancestors == NIL)
        return;
    foreach (cell, lcons_oid(leaving, relation_descendants(leaving)))
        names = add_masked_names(names, lfirst_oid(cell));
    foreach (cell, names == NIL ? NIL : ancestors) {
        const Oid relation = lfirst_oid(cell);

        if (!loses_masks(relation, names))
            continue;
        LockRelationOid(relation, ShareUpdateExclusiveLock); // as ANALYZE does, which writes the same rows
        forget_columns(relation);
        forget_extended(relation);
        CommandCounterIncrement();
    }
}

void statistics_relation_dropped(Oid relation, int attno, bool)
{
    if (attno == 0)
        forget_statistics_of(relation);
}

} // namespace ddm
