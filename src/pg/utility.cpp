// The table of utility statements that ddm takes part in, and the hook that walks it.
#include "pg/utility.h"
#include "pg/audit/audit_ddl.h"
#include "pg/audit/audit_launcher.h"
#include "pg/audit/setting_events.h"
#include "pg/audit/trail_guard.h"
#include "pg/code/compiled_code.h"
#include "pg/code/index_code.h"
#include "pg/errors/errors.h"
#include "pg/grant/unmask_statement.h"
#include "pg/guard/analyze_guard.h"
#include "pg/guard/database_guard.h"
#include "pg/guard/direct_write.h"
#include "pg/guard/domain_guard.h"
#include "pg/guard/membership_guard.h"
#include "pg/guard/own_locks.h"
#include "pg/guard/table_guard.h"
#include "pg/label/condition_follow.h"
#include "pg/label/derived.h"
#include "pg/label/label_inherit.h"
#include "pg/label/label_provider.h"
#include "pg/label/mask_upkeep.h"
#include "pg/policy/policy.h"
#include "pg/policy/policy_moment.h"
#include "pg/policy/tag_provider.h"
#include "pg/rewrite/copy.h"
#include "pg/rewrite/held_cursor.h"
#include "pg/rewrite/rewrite.h"

namespace ddm
{

static ProcessUtility_hook_type prev_utility = nullptr;

struct UtilityEntry {
    NodeTag tag;
    UtilityHandler handler;
};

// Outermost first. Handlers are declared by the header of the concept that they belong to.
static const UtilityEntry utility_table[] = {
    {T_SecLabelStmt, label_statement},
    {T_CreateStmt, guard_create_table},
    {T_CreateForeignTableStmt, guard_create_table}, // begins like one
    {T_AlterTableStmt, guard_alter_table},
    {T_AlterDomainStmt, guard_alter_domain},
    {T_CreateStatsStmt, guard_create_statistics},
    {T_LockStmt, own_locks_lock},
    {T_ReindexStmt, own_locks_reindex},
    {T_ClusterStmt, own_locks_cluster},
    {T_ClusterStmt, guard_cluster},
    {T_VacuumStmt, own_locks_analyze},
    {T_VacuumStmt, guard_analyze},
    {T_ReindexStmt, index_code_statement},
    {T_ClusterStmt, index_code_statement},
    {T_VacuumStmt, index_code_statement},
    {T_CreatePublicationStmt, guard_create_publication},
    {T_AlterPublicationStmt, guard_alter_publication},
    {T_CreateStmt, label_create_table},
    {T_CreateForeignTableStmt, label_create_table},
    {T_CreateTableAsStmt, derived_create_table_as},
    {T_ExplainStmt, derived_explain},
    {T_RefreshMatViewStmt, derived_refresh},
    {T_AlterTableStmt, label_alter_table},
    {T_SecLabelStmt, tag_statement},
    {T_GrantStmt, grant_statement},
    {T_AlterDefaultPrivilegesStmt, default_privileges_statement},
    {T_DropOwnedStmt, drop_owned_statement},
    {T_GrantRoleStmt, guard_grant_role},
    {T_CreateRoleStmt, guard_create_role},
    {T_AlterRoleStmt, guard_alter_role},
    {T_AlterRoleSetStmt, guard_alter_role_set},
    {T_AlterRoleSetStmt, setting_alter_role},
    {T_AlterSystemStmt, setting_alter_system},
    {T_AlterDatabaseSetStmt, setting_alter_database},
    {T_DropRoleStmt, guard_drop_role},
    {T_RenameStmt, guard_rename},
    {T_AlterTableStmt, condition_cascade},
    {T_DropStmt, condition_cascade},
    {T_RenameStmt, guard_rename_database},
    {T_CreatedbStmt, guard_create_database},
    {T_DropdbStmt, audit_drop_database},
    {T_AlterTableStmt, audit_alter_table},
    {T_DropStmt, audit_drop_statement},
    {T_AlterExtensionStmt, audit_alter_extension},
    {T_AlterExtensionContentsStmt, audit_alter_extension_contents},
    {T_DropdbStmt, audit_database_statement},
    {T_CreatedbStmt, audit_database_statement},
    {T_AlterDatabaseStmt, audit_database_statement},
    {T_RenameStmt, audit_database_statement},
    {T_DeclareCursorStmt, held_cursor_statement},
    {T_FetchStmt, held_fetch_statement},
    {T_CopyStmt, direct_copy},
    {T_CopyStmt, copy_statement},
    {T_TruncateStmt, direct_truncate},
    {T_GrantStmt, trail_grant_statement},
    {T_GrantStmt, setting_grant},
    {T_RenameStmt, trail_rename_statement},
    {T_AlterObjectSchemaStmt, trail_rename_statement},
    {T_Invalid, nullptr},
};

// The entry at which the handler that runs now stands, so that utility_run() finds the next one.
static const UtilityEntry *current_entry = nullptr;

static void run_server(UtilityCall *call)
{
    if (prev_utility)
        prev_utility(call->statement, call->query_string, false, call->context, call->params, call->environment,
                     call->destination, call->completion);
    else
        standard_ProcessUtility(call->statement, call->query_string, false, call->context, call->params,
                                call->environment, call->destination, call->completion);
}

static const UtilityEntry *next_entry(NodeTag tag, const UtilityEntry *from)
{
    for (const UtilityEntry *entry = from; entry->handler; entry++)
        if (entry->tag == tag)
            return entry;
    return nullptr;
}

// Runs the handler of `entry`, or the server where there is none (any more).
static void run_entry(UtilityCall *call, const UtilityEntry *const entry)
{
    const UtilityEntry *const outer = current_entry;

    // The server's own statement may run others (CREATE SCHEMA, functions): they start at the top again.
    current_entry = entry;
    PG_TRY();
    {
        if (entry)
            entry->handler(call);
        else
            run_server(call);
    }
    PG_FINALLY();
    {
        current_entry = outer;
    }
    PG_END_TRY();
}

void utility_run(UtilityCall *call)
{
    Assert(current_entry != nullptr);
    run_entry(call, next_entry(nodeTag(call->statement->utilityStmt), current_entry + 1));
}

void utility_run_as(UtilityCall *call, Oid role)
{
    Oid user;
    int context;

    GetUserIdAndSecContext(&user, &context);
    PG_TRY();
    {
        SetUserIdAndSecContext(role, context | SECURITY_LOCAL_USERID_CHANGE);
        utility_run(call);
    }
    PG_FINALLY();
    {
        SetUserIdAndSecContext(user, context);
    }
    PG_END_TRY();
}

static void ddm_utility(PlannedStmt *statement, const char *query_string, bool read_only_tree,
                        ProcessUtilityContext context, ParamListInfo params, QueryEnvironment *environment,
                        DestReceiver *destination, QueryCompletion *completion)
{
    // EXECUTE finds its plan gone where the policy changed, also within a transaction.
    policy_catch_up();
    compiled_code_retake();
    held_cursors_check();
    settings_look();
    UtilityCall call = {statement, query_string, context, params, environment, destination, completion};
    const ReadsSince since = reads_since_now();
    ErrorFrame frame;

    errors_enter(&frame, statement, query_string);
    const UtilityEntry *entry = next_entry(nodeTag(statement->utilityStmt), utility_table);
    if (entry) {
        if (read_only_tree)
            call.statement = static_cast<PlannedStmt *>(copyObjectImpl(statement));
        run_entry(&call, entry);
    } else if (prev_utility) {
        prev_utility(statement, query_string, read_only_tree, context, params, environment, destination, completion);
    } else {
        standard_ProcessUtility(statement, query_string, read_only_tree, context, params, environment, destination,
                                completion);
    }
    if (IsA(statement->utilityStmt, TransactionStmt))
        audit_transaction_statement(reinterpret_cast<TransactionStmt *>(statement->utilityStmt));
    upkeep_settle();
    settings_look();
    held_by_portal(statement, since);
    errors_leave(&frame);
    moment_check();       // SET application_name
    held_cursors_check(); // the role may be another now, and the protocol executes a portal without a statement
}

void utility_install()
{
    prev_utility = ProcessUtility_hook;
    ProcessUtility_hook = ddm_utility;
}

} // namespace ddm
