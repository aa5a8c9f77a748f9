// Foreign keys look at stored values, whoever's statement makes them look.
//
// The server checks and enforces them by queries of its own (foreign_key_query.cpp), run as the owner of the table with
// SECURITY_NOFORCE_RLS set. What they do to others' masks is looked at here.
#include "pg/rewrite/foreign_key.h"
#include "pg/errors/errors.h"
#include "pg/guard/condition_guard.h"
#include "pg/guard/own_tables.h"
#include "pg/guard/partition_move.h"
#include "pg/policy/masked_columns.h"
#include "pg/rewrite/plan_note.h"

extern "C" {
#include "access/sysattr.h"
#include "executor/executor.h"
#include "parser/parsetree.h"
}

namespace ddm
{

static ExecutorCheckPerms_hook_type prev_check_perms = nullptr;

List *foreign_key_assigns(const Query *query)
{
    List *notes = NIL;
    ListCell *cell;

    if (query->commandType != CMD_UPDATE)
        return NIL;
    foreach (cell, query->targetList) {
        const auto *entry = lfirst_node(TargetEntry, cell);
        if (entry->resjunk)
            continue;
        auto *note = static_cast<PlanNote *>(palloc(sizeof(PlanNote)));
        *note = {NoteKind::Action, entry->resno, rt_fetch(query->resultRelation, query->rtable)->relid};
        notes = lappend(notes, note);
    }
    return notes;
}

// The plan is kept for whoever sets the action off next, so that the role is asked for when it runs.
void foreign_key_check_action(const PlannedStmt *plan)
{
    MaskedColumns target = {InvalidOid, nullptr, nullptr, InvalidOid};
    Bitmapset *assigned = nullptr;
    ListCell *cell;
    PlanNote note;

    foreach (cell, plan->invalItems) {
        if (!plan_note_read(lfirst(cell), &note) || note.kind != NoteKind::Action)
            continue;
        target.relation = note.value;
        assigned = bms_add_member(assigned, note.attno);
    }
    if (!assigned || !masked_columns(target.relation, errors_role_behind_action(), &target))
        return;
    guard_conditions_of_action(&target, assigned);
    guard_row_movement(target.relation, target.role, assigned);
}

static bool reads_a_mask(Oid relation, const Bitmapset *selected)
{
    MaskedColumns columns;
    int column = -1;

    if (!masked_columns(relation, GetUserId(), &columns))
        return false;
    while ((column = bms_next_member(columns.masked, column)) >= 0)
        if (bms_is_member(column - FirstLowInvalidHeapAttributeNumber, selected))
            return true;
    return false;
}

// Asked without a wish for an error only by RI_Initial_Check(), which on "no" lets each row be checked on its
// own, as the owner. One query over both tables, as the current role, would compare masks.
[[gnu::noinline]] static bool may_touch(Oid relation, const Bitmapset *selected, AclMode privileges, Oid role,
                                        bool raise)
{
    return !policy_active() ||
           ((raise || !reads_a_mask(relation, selected)) && may_write_own(relation, privileges, role, raise));
}

// Nearly every statement wants an error, and most write nothing.
static bool is_to_ask(AclMode privileges, bool raise) { return !raise || (privileges & own_write_privileges) != 0; }

#if DDM_HAS_PERMINFO
static bool check_permissions(List *range_table, List *permissions, bool raise)
{
    ListCell *cell;

    foreach (cell, permissions) {
        auto *permission = lfirst_node(RTEPermissionInfo, cell);

        if (is_to_ask(permission->requiredPerms, raise) &&
            !may_touch(permission->relid, permission->selectedCols, permission->requiredPerms, permission->checkAsUser,
                       raise))
            return false;
    }
    return prev_check_perms ? prev_check_perms(range_table, permissions, raise) : true;
}
#else
static bool check_permissions(List *range_table, bool raise)
{
    ListCell *cell;

    foreach (cell, range_table) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        if (is_to_ask(rte->requiredPerms, raise) && rte->rtekind == RTE_RELATION &&
            !may_touch(rte->relid, rte->selectedCols, rte->requiredPerms, rte->checkAsUser, raise))
            return false;
    }
    return prev_check_perms ? prev_check_perms(range_table, raise) : true;
}
#endif

void foreign_key_install()
{
    prev_check_perms = ExecutorCheckPerms_hook;
    ExecutorCheckPerms_hook = check_permissions;
}

} // namespace ddm
