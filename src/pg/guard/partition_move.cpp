// Rows that change their partition, where partitions mask differently.
#include "pg/guard/partition_move.h"
#include "pg/base/relation_tree.h"
#include "pg/debug_settings.h"
#include "pg/policy/hidden_columns.h"
#include "pg/policy/relation_policy.h"

extern "C" {
#include "access/sysattr.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
}

namespace ddm
{

// `assigned`: attribute numbers of `relation`, of which `table` is a part or the whole.
static bool is_partitioned_by(Oid table, Oid relation, const Bitmapset *assigned)
{
    Bitmapset *columns = nullptr;
    int attno = -1;

    while ((attno = bms_next_member(assigned, attno)) >= 0) {
        const AttrNumber own = get_attnum(table, get_attname(relation, static_cast<AttrNumber>(attno), false));
        columns = bms_add_member(columns, own - FirstLowInvalidHeapAttributeNumber);
    }
    bool in_expression;
    Relation opened = table_open(table, AccessShareLock);
    const bool result = has_partition_attrs(opened, columns, &in_expression);
    table_close(opened, NoLock);
    return result;
}

static bool is_moved_by(Oid relation, const List *descendants, const Bitmapset *assigned)
{
    ListCell *cell;

    if (is_partitioned_by(relation, relation, assigned))
        return true;
    foreach (cell, descendants)
        if (get_rel_relkind(lfirst_oid(cell)) == RELKIND_PARTITIONED_TABLE &&
            is_partitioned_by(lfirst_oid(cell), relation, assigned))
            return true;
    return false;
}

static const ColumnPolicy *mask_by_name(const MaskedColumns *columns, const char *name)
{
    const AttrNumber attno = get_attnum(columns->relation, name);

    return attno > 0 && bms_is_member(attno, columns->masked) ? columns->policy->columns[attno] : nullptr;
}

static bool is_alike(const ColumnPolicy *one, const ColumnPolicy *other)
{
    return one && other && strcmp(one->label ? one->label : one->text, other->label ? other->label : other->text) == 0;
}

// A column that one of them masks for the role and the other does not, or otherwise; nullptr where there is none.
static const char *masked_differently(const MaskedColumns *one, const MaskedColumns *other)
{
    int attno = -1;

    while ((attno = bms_next_member(one->masked, attno)) >= 0) {
        const char *name = get_attname(one->relation, static_cast<AttrNumber>(attno), false);
        if (!is_alike(one->policy->columns[attno], mask_by_name(other, name)))
            return name;
    }
    return nullptr;
}

static const char *find_difference(const List *members, Oid role)
{
    MaskedColumns first = {InvalidOid, nullptr, nullptr, role};
    ListCell *cell;

    foreach (cell, members) {
        const Oid leaf = lfirst_oid(cell);
        if (get_rel_relkind(leaf) == RELKIND_PARTITIONED_TABLE)
            continue;
        MaskedColumns columns;
        if (!masked_columns(leaf, role, &columns))
            columns = {leaf, nullptr, nullptr, role};
        if (!OidIsValid(first.relation)) {
            first = columns;
            continue;
        }
        const char *name = masked_differently(&first, &columns);
        if (!name)
            name = masked_differently(&columns, &first);
        if (name)
            return name;
    }
    return nullptr;
}

void guard_row_movement(Oid relation, Oid role, const Bitmapset *assigned)
{
    if (get_rel_relkind(relation) != RELKIND_PARTITIONED_TABLE || debug_masks_everything())
        return;
    const List *descendants = relation_descendants(relation);
    if (!is_moved_by(relation, descendants, assigned))
        return;
    const char *name = find_difference(descendants, role);
    if (!name)
        return;
    record_denied(relation, name, "move rows between partitions that mask differently");
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("permission denied to move rows between the partitions of relation \"%s\"", get_rel_name(relation)),
            errdetail("Column \"%s\" is not masked alike in all of them.", name),
            errhint("Put the label on the partitioned table."));
}

static Bitmapset *add_assigned(Bitmapset *assigned, const List *assignments)
{
    ListCell *cell;

    foreach (cell, assignments)
        if (!lfirst_node(TargetEntry, cell)->resjunk)
            assigned = bms_add_member(assigned, lfirst_node(TargetEntry, cell)->resno);
    return assigned;
}

void guard_row_movement(const Query *query, const MaskedColumns *target)
{
    Bitmapset *assigned = nullptr;
    ListCell *cell;

    if (!target)
        return;
    if (query->commandType == CMD_UPDATE)
        assigned = add_assigned(assigned, query->targetList);
    foreach (cell, query->mergeActionList)
        if (lfirst_node(MergeAction, cell)->commandType == CMD_UPDATE)
            assigned = add_assigned(assigned, lfirst_node(MergeAction, cell)->targetList);
    if (assigned)
        guard_row_movement(target->relation, target->role, assigned);
}

} // namespace ddm
