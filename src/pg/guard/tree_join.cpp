// Who is cleared on a table reads through it what its children store, also what is masked for him there; and a partition
// that he may read shows the rows that come to it from the table, also from one that he sees masked. So whoever sees a
// column masked joins it to nothing on which anybody is cleared who is not cleared on it. Who sees what it stores may:
// he could copy it there. Neither the mode nor what a clearance asks of session and moment counts: they pass, the tree
// stays.
#include "pg/guard/tree_join.h"
#include "pg/base/relation_tree.h"
#include "pg/base/transaction_end.h"
#include "pg/debug_settings.h"
#include "pg/policy/hidden_columns.h"
#include "pg/policy/relation_policy.h"
#include "pg/policy/roles.h"

extern "C" {
#include "catalog/pg_class.h"
}

namespace ddm
{

// What whoever joins them sees masked of both before the statement is done.
struct Join {
    Oid child;
    Oid parent;
    const RelationPolicy *child_policy; // replaced ones live until the transaction ends
    const RelationPolicy *parent_policy;
    const Bitmapset *hidden_in_child;
    const Bitmapset *hidden_in_parent;
    int level; // of the subtransaction in which it was noted
};
static List *joins = NIL;

static void note(Oid child, Oid parent)
{
    const Oid role = GetUserId();
    MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);
    Join join = {child,   parent,  policy_whatever_mode(child),     nullptr,
                 nullptr, nullptr, GetCurrentTransactionNestLevel()};

    join.hidden_in_child = policy_enforced_for(join.child_policy, role);
    if (get_rel_relkind(parent) == RELKIND_PARTITIONED_TABLE) { // whose rows go to the child
        join.parent_policy = policy_whatever_mode(parent);
        join.hidden_in_parent = policy_enforced_for(join.parent_policy, role);
    }
    if (join.hidden_in_child || join.hidden_in_parent) {
        auto *noted = zeroed<Join>();
        *noted = join;
        joins = lappend(joins, noted);
        await_transaction_end();
    }
    MemoryContextSwitchTo(old);
}

void joins_note(Oid child, const List *parents)
{
    ListCell *cell;

    if (debug_masks_everything() || is_policy_admin(GetUserId()))
        return;
    const List *before = relation_ancestors(child);
    foreach (cell, parents)
        if (!list_member_oid(before, lfirst_oid(cell)))
            note(child, lfirst_oid(cell));
}

bool joins_noted() { return joins != NIL; }

// A clearance on a column of `reader` that nobody has on the hidden column; nullptr where there is none.
static const Clearance *new_clearance(const RelationPolicy *reader, AttrNumber attno, const RelationPolicy *hidden,
                                      AttrNumber hidden_attno)
{
    for (int i = 0; i < reader->clearance_count; i++) {
        const Clearance *clearance = &reader->clearances[i];
        if ((clearance->attno == 0 || clearance->attno == attno) &&
            !clearance_is_covered(clearance, hidden, hidden_attno))
            return clearance;
    }
    return nullptr;
}

// Columns that are hidden in a relation, which one of `readers` now shows.
static void check(const Join *join, const RelationPolicy *relation, const Bitmapset *hidden, const List *readers)
{
    int attno = -1;
    ListCell *cell;

    while ((attno = bms_next_member(hidden, attno)) >= 0) {
        const char *column = NameStr(relation->columns[attno]->name);
        foreach (cell, readers) {
            const RelationPolicy *reader = policy_whatever_mode(lfirst_oid(cell));
            const AttrNumber there = reader ? get_attnum(reader->relation, column) : InvalidAttrNumber;
            const Clearance *found =
                there > 0 ? new_clearance(reader, there, relation, static_cast<AttrNumber>(attno)) : nullptr;
            if (!found)
                continue;
            record_denied(relation->relation, column, "show it through another table of its tree");
            ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                    errmsg("permission denied to put relation \"%s\" under relation \"%s\"", get_rel_name(join->child),
                           get_rel_name(join->parent)),
                    errdetail("Role \"%s\" could read masked column \"%s\" of relation \"%s\" through relation \"%s\", "
                              "by %s.",
                              GetUserNameFromId(found->role, true), column, get_rel_name(relation->relation),
                              get_rel_name(reader->relation), found->why),
                    errhint("Ask a superuser or a member of %s to do it, or for UNMASK on the column.", role_admin));
        }
    }
}

void joins_settle()
{
    const List *settled = joins;
    ListCell *cell;

    joins = NIL;
    foreach (cell, settled) {
        auto *join = static_cast<const Join *>(lfirst(cell));
        if (!get_rel_name(join->child) || !get_rel_name(join->parent)) // made and dropped again
            continue;
        check(join, join->child_policy, join->hidden_in_child,
              lcons_oid(join->parent, relation_ancestors(join->parent)));
        check(join, join->parent_policy, join->hidden_in_parent,
              lcons_oid(join->child, relation_descendants(join->child)));
    }
}

void joins_forget_from(int level)
{
    ListCell *cell;

    if (level == 0) { // the transaction's memory goes with it
        joins = NIL;
        return;
    }
    foreach (cell, joins)
        if (static_cast<Join *>(lfirst(cell))->level >= level)
            joins = foreach_delete_current(joins, cell);
}

} // namespace ddm
