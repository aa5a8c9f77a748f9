// PostgreSQL lets who may write or maintain every table (pg_write_all_data, pg_maintain) lock it as well. On the extension's
// own that would be the right to stop everybody's look-ups of the policy, and the trail.
#include "pg/guard/own_locks.h"
#include "pg/base/tree.h"
#include "pg/guard/own_tables.h"
#include "pg/policy/policy.h"
#include "pg/policy/policy_state.h"

extern "C" {
#include "access/relation.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lmgr.h"
}

namespace ddm
{

static bool is_own(Oid relation) { return OidIsValid(relation) && get_rel_namespace(relation) == ddm_schema(); }

[[noreturn]] static void refuse(Oid relation)
{
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("permission denied for table %s", get_rel_name(relation)),
            errdetail("The tables of schema ddm are locked by who was granted to write the table itself."));
    pg_unreachable();
}

static void check_lock(Oid relation, List **views);

// Views are locked with what they read.
static bool check_relations(Node *node, void *context)
{
    if (!node)
        return false;
    if (IsA(node, RangeTblEntry)) {
        auto *rte = reinterpret_cast<RangeTblEntry *>(node);
        if (rte->rtekind == RTE_RELATION)
            check_lock(rte->relid, static_cast<List **>(context));
        return false;
    }
    if (IsA(node, Query))
        return walk_query(reinterpret_cast<Query *>(node), check_relations, context, QTW_EXAMINE_RTES_BEFORE);
    return walk_expression(node, check_relations, context);
}

static void check_lock(Oid relation, List **views)
{
    if (is_own(relation)) {
        if (!may_write_some(relation, GetUserId()))
            refuse(relation);
    } else if (get_rel_relkind(relation) == RELKIND_VIEW && !list_member_oid(*views, relation)) {
        *views = lappend_oid(*views, relation);
        Relation view = relation_open(relation, AccessShareLock);
        check_relations(reinterpret_cast<Node *>(get_view_query(view)), views);
        relation_close(view, AccessShareLock);
    }
}

void own_locks_lock(UtilityCall *call)
{
    const auto *lock = reinterpret_cast<LockStmt *>(call->statement->utilityStmt);
    List *views = NIL;
    ListCell *cell;
    if (policy_active() && lock->mode > AccessShareLock)
        foreach (cell, lock->relations)
            check_lock(RangeVarGetRelid(lfirst_node(RangeVar, cell), NoLock, true), &views);
    utility_run(call);
}

static void check_maintenance(const RangeVar *name)
{
    const Oid relation = name && policy_active() ? RangeVarGetRelid(name, NoLock, true) : InvalidOid;
    if (is_own(relation) && !superuser())
        refuse(relation);
}

void own_locks_reindex(UtilityCall *call)
{
    check_maintenance(reinterpret_cast<ReindexStmt *>(call->statement->utilityStmt)->relation);
    utility_run(call);
}

void own_locks_cluster(UtilityCall *call)
{
    check_maintenance(reinterpret_cast<ClusterStmt *>(call->statement->utilityStmt)->relation);
    utility_run(call);
}

// Outside of a transaction each table is let go when it is done.
void own_locks_analyze(UtilityCall *call)
{
    const auto *vacuum = reinterpret_cast<VacuumStmt *>(call->statement->utilityStmt);
    ListCell *cell;
    if (!vacuum->is_vacuumcmd && IsInTransactionBlock(call->context == PROCESS_UTILITY_TOPLEVEL))
        foreach (cell, vacuum->rels)
            check_maintenance(lfirst_node(VacuumRelation, cell)->relation);
    utility_run(call);
}

} // namespace ddm
