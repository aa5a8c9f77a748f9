// The state of the statements under way. It lives in the executor's own memory, and goes with it: whatever way a
// statement ends, its event is closed before that memory is freed.
#include "pg/audit/audit_launcher.h"
#include "pg/audit/audit_statement.h"
#include "pg/base/transaction_end.h"
#include "pg/errors/errors.h"
#include "pg/rewrite/plan_note.h"

extern "C" {
#include "executor/executor.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "tcop/cmdtag.h"
#include "tcop/pquery.h"
#include "tcop/utility.h"
#include "utils/backend_status.h"
#include "utils/fmgrprotos.h"
#include "utils/portal.h"
#include "utils/timestamp.h"
}

namespace ddm
{

static RunningStatement *running = nullptr; // innermost first

static RunningStatement *find(const QueryDesc *query_desc)
{
    for (RunningStatement *statement = running; statement; statement = statement->next)
        if (statement->query_desc == query_desc)
            return statement;
    return nullptr;
}

static void forget(RunningStatement *statement)
{
    for (RunningStatement **at = &running; *at; at = &(*at)->next) {
        if (*at == statement) {
            *at = statement->next;
            return;
        }
    }
}

static const char *command_of(const QueryDesc *query_desc)
{
    switch (query_desc->dest ? query_desc->dest->mydest : DestNone) {
    case DestCopyOut:
        return "COPY";
    case DestIntoRel:
        return "CREATE TABLE AS";
    case DestTransientRel: // since 17 a new materialized view is filled by refreshing it
        return ActivePortal && ActivePortal->commandTag == CMDTAG_CREATE_MATERIALIZED_VIEW
                   ? "CREATE TABLE AS"
                   : "REFRESH MATERIALIZED VIEW";
    default:
        break;
    }
    if (query_desc->operation == CMD_SELECT && query_desc->instrument_options != 0 && ActivePortal &&
        ActivePortal->commandTag == CMDTAG_EXPLAIN && !errors_outermost_frame())
        return "EXPLAIN";
    return GetCommandTagName(CreateCommandTag(reinterpret_cast<Node *>(query_desc->plannedstmt)));
}

// A function that no executor runs: called by the protocol's fast path, by a utility statement (an index over it), or
// by the planner, which makes a constant of it.
static bool runs_in_function(const QueryDesc *query_desc)
{
    CommandDest dest = query_desc->dest ? query_desc->dest->mydest : DestNone;
    return (dest == DestSPI || dest == DestSQLFunction) && MyBackendType == B_BACKEND;
}

// A cursor's query and a few utilities' have no id of their own on 15: then it is that of the statement that the
// client sent, which is what the server's log and pg_stat_statements show for them.
static int64 query_id_of(const QueryDesc *query_desc)
{
    uint64 id = static_cast<uint64>(query_desc->plannedstmt->queryId);
    return static_cast<int64>(id != 0 ? id : pgstat_get_my_query_id());
}

// Outside of all frames: 0 where no client sent a statement (the protocol's fast path, triggers of logical replication).
static uint64 id_of_client_statement()
{
    const bool client = MyBackendType == B_BACKEND || MyBackendType == B_WAL_SENDER;
    return client && MyBEEntry && MyBEEntry->st_state != STATE_FASTPATH ? pgstat_get_my_query_id() : 0;
}

// Nested is what runs within another statement, or in a deferred trigger at commit.
static Nesting nesting_of(const QueryDesc *query_desc)
{
    const ErrorFrame *outer = errors_outermost_frame();
    const auto query_id = static_cast<int64>(outer ? outer->statement->queryId : 0);

    if (!outer && !runs_in_function(query_desc) && DatumGetInt32(DirectFunctionCall1(pg_trigger_depth, 0)) == 0)
        return {false, 0};
    return {true, query_id != 0 ? query_id : static_cast<int64>(id_of_client_statement())};
}

static bool rows_leave(const QueryDesc *query_desc)
{
    return query_desc->operation != CMD_SELECT || (query_desc->dest && query_desc->dest->mydest != DestNone);
}

// A cursor WITH HOLD runs once more when its transaction ends, from the start: what was fetched before is in it.
static bool starts_over(const QueryDesc *query_desc)
{
    return ActivePortal && ActivePortal->queryDesc == query_desc && ActivePortal->holdStore &&
           (ActivePortal->cursorOptions & CURSOR_OPT_SCROLL) != 0;
}

// Counts the run that goes on or has just ended, once.
static void count_rows(RunningStatement *statement)
{
    if (statement->counting)
        statement->rows += statement->estate->es_processed;
    statement->counting = false;
}

static void close_well(RunningStatement *statement)
{
    bool durable = statement->durability == Durability::Commit && !statement->unmask.opened;
    if (!statement_close(statement, "ok", "00000", durable) && audit_on_failure() == OnFailure::Deny)
        statement_deny("The event of this statement could not be recorded.");
}

// What the session's end leaves open (no PG_CATCH sees that), and what goes with its transaction.
static void close_abandoned(RunningStatement *statement)
{
    if (!statement->ran || statement->closed)
        return;
    count_rows(statement);
    statement_close(statement, proc_exit_inprogress ? "terminated" : "aborted", nullptr, false);
}

// The executor's memory goes, and nobody has closed the event: a portal that died with its (sub)transaction.
static void executor_ended(void *argument)
{
    auto *statement = static_cast<RunningStatement *>(argument);
    close_abandoned(statement);
    forget(statement);
}

void audit_state_transaction_aborted()
{
    for (RunningStatement *statement = running; statement; statement = statement->next)
        close_abandoned(statement);
    running = nullptr;
}

// The server counts no rows of what a rule adds, and tells nobody the number.
static void have_rows_counted(const QueryDesc *query_desc)
{
    if (!query_desc->plannedstmt->canSetTag && query_desc->planstate && IsA(query_desc->planstate, ModifyTableState))
        reinterpret_cast<ModifyTableState *>(query_desc->planstate)->canSetTag = true;
}

void audit_executor_start(QueryDesc *query_desc, int eflags)
{
    // The plan that a leader hands to its workers comes without its notes; what a worker's functions run has its own.
    if ((eflags & EXEC_FLAG_EXPLAIN_ONLY) || !plan_has_notes(query_desc->plannedstmt))
        return;
    MemoryContext memory = query_desc->estate->es_query_cxt;
    auto *statement = static_cast<RunningStatement *>(MemoryContextAllocZero(memory, sizeof(RunningStatement)));
    statement->query_desc = query_desc;
    statement->estate = query_desc->estate;
    statement->ended.func = executor_ended;
    statement->ended.arg = statement;
    MemoryContextRegisterResetCallback(memory, &statement->ended);
    statement->next = running;
    running = statement;
    have_rows_counted(query_desc);
}

bool audit_follows(const QueryDesc *query_desc) { return running && find(query_desc); }

void audit_executor_before_run(QueryDesc *query_desc)
{
    RunningStatement *statement = running ? find(query_desc) : nullptr;
    if (!statement || statement->closed)
        return;
    if (!statement->ran) {
        MemoryContext outer = MemoryContextSwitchTo(query_desc->estate->es_query_cxt);
        statement_begin(statement, command_of(query_desc), query_id_of(query_desc), nesting_of(query_desc));
        MemoryContextSwitchTo(outer);
    }
    if (starts_over(query_desc))
        statement->rows = 0;
    query_desc->estate->es_processed = 0; // the executor does so when it has done what may fail
    statement->counting = rows_leave(query_desc);
}

// The portal's own query, of which success is reported before the executor ends.
static bool is_portal_query(const QueryDesc *query_desc)
{
    return query_desc->operation == CMD_SELECT && !query_desc->plannedstmt->hasModifyingCTE && ActivePortal &&
           ActivePortal->queryDesc == query_desc;
}

void audit_executor_after_run(QueryDesc *query_desc, ScanDirection direction, uint64 count)
{
    RunningStatement *statement = running ? find(query_desc) : nullptr;
    if (!statement || statement->closed)
        return;
    uint64 rows = query_desc->estate->es_processed;
    count_rows(statement);
    if (ScanDirectionIsNoMovement(direction) || !is_portal_query(query_desc))
        return;
    bool complete = count == 0 || rows < count;
    if (complete && (ActivePortal->cursorOptions & CURSOR_OPT_SCROLL) == 0)
        close_well(statement);
    else
        statement_pause(statement);
}

void audit_executor_failed(QueryDesc *query_desc)
{
    RunningStatement *statement = running ? find(query_desc) : nullptr;
    if (!statement || statement->closed || !statement->ran)
        return;
    int code = geterrcode();
    count_rows(statement);
    statement_close(statement, code == ERRCODE_QUERY_CANCELED ? "cancelled" : "error", unpack_sql_state(code), false);
}

void audit_executor_end(QueryDesc *query_desc)
{
    RunningStatement *statement = running ? find(query_desc) : nullptr;
    if (!statement)
        return;
    if (statement->ran && !statement->closed)
        close_well(statement);
    forget(statement);
}

} // namespace ddm
