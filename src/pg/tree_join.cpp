// Who is cleared on a table reads through it what its children store, also what is masked for him there; and a partition
// that he may read shows the rows that come to it from the table, also from one that he sees masked.
#include "pg/tree_join.h"
#include "pg/debug_settings.h"
#include "pg/hidden_columns.h"
#include "pg/relation_policy.h"
#include "pg/relation_tree.h"
#include "pg/roles.h"

extern "C" {
#include "catalog/pg_class.h"
}

namespace ddm
{

// For one role: what it sees masked of both before the statement is done.
struct Join {
    Oid child;
    Oid parent;
    Oid role;
    const Bitmapset *hidden_in_child;
    const Bitmapset *hidden_in_parent;
    int level; // of the subtransaction in which it was noted
};
static List *joins = NIL;

static Bitmapset *hidden_from(Oid role, Oid relation)
{
    const RelationPolicy *policy = policy_whatever_mode(relation);
    Bitmapset *hidden = nullptr;
    int attno = -1;

    while (policy && (attno = bms_next_member(policy->masked, attno)) >= 0)
        if (policy_decide(policy, static_cast<AttrNumber>(attno), role).verdict == Verdict::Masked)
            hidden = bms_add_member(hidden, attno);
    return hidden;
}

static void note(Oid child, Oid parent, Oid role)
{
    MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);
    const Bitmapset *in_child = hidden_from(role, child);
    // The rows of a parent go to partitions alone.
    const Bitmapset *in_parent =
        get_rel_relkind(parent) == RELKIND_PARTITIONED_TABLE ? hidden_from(role, parent) : nullptr;
    if (in_child || in_parent) {
        auto *join = zeroed<Join>();
        *join = {child, parent, role, in_child, in_parent, GetCurrentTransactionNestLevel()};
        joins = lappend(joins, join);
    }
    MemoryContextSwitchTo(old);
}

void joins_note(Oid child, const List *parents)
{
    const Oid role = GetUserId();
    const Oid session = GetSessionUserId(); // what it is once SET ROLE is over
    ListCell *cell;

    if (debug_masks_everything() || is_policy_admin(role))
        return;
    const List *before = relation_ancestors(child);
    foreach (cell, parents) {
        const Oid parent = lfirst_oid(cell);
        if (list_member_oid(before, parent))
            continue;
        note(child, parent, role);
        if (session != role && !is_policy_admin(session))
            note(child, parent, session);
    }
}

bool joins_noted() { return joins != NIL; }

static bool is_cleared(Oid relation, const char *column, Oid role)
{
    const RelationPolicy *policy = policy_whatever_mode(relation);
    const AttrNumber attno = get_attnum(relation, column);

    return policy && attno > 0 && policy_decide(policy, attno, role).verdict == Verdict::Cleared;
}

// Columns of `relation` that are hidden there, while one of `readers` is read with a clearance.
static void check(const Join *join, Oid relation, const Bitmapset *hidden, const List *readers)
{
    int attno = -1;
    ListCell *cell;

    while ((attno = bms_next_member(hidden, attno)) >= 0) {
        const char *column = get_attname(relation, static_cast<AttrNumber>(attno), true);
        foreach (cell, readers) {
            if (!column || !is_cleared(lfirst_oid(cell), column, join->role))
                continue;
            record_denied(relation, column, "read it through another table of its tree");
            ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                    errmsg("permission denied to put relation \"%s\" under relation \"%s\"", get_rel_name(join->child),
                           get_rel_name(join->parent)),
                    errdetail("Role \"%s\" would read masked column \"%s\" of relation \"%s\" through relation \"%s\".",
                              GetUserNameFromId(join->role, true), column, get_rel_name(relation),
                              get_rel_name(lfirst_oid(cell))),
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
        check(join, join->child, join->hidden_in_child, lcons_oid(join->parent, relation_ancestors(join->parent)));
        check(join, join->parent, join->hidden_in_parent, lcons_oid(join->child, relation_descendants(join->child)));
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
