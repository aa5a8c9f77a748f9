// The state of the statements under way. It lives in the executor's own memory, and goes with it: whatever way a
// statement ends, its event is closed before that memory is freed.
#include "pg/audit_state.h"
#include "pg/audit_launcher.h"
#include "pg/audit_statement.h"
#include "pg/plan_note.h"

extern "C" {
#include "access/parallel.h"
#include "access/xlog.h"
#include "executor/executor.h"
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

// Executor runs (and DO, CALL) on the stack, and the query id of the outermost.
static int depth = 0;
static uint64 outermost = 0;

void audit_enter(uint64 query_id)
{
    if (depth++ == 0)
        outermost = query_id;
}

void audit_leave() { depth--; }

void audit_nesting_statement(UtilityCall *call)
{
    audit_enter(call->statement->queryId);
    PG_TRY();
    {
        utility_run(call);
    }
    PG_CATCH();
    {
        audit_leave();
        PG_RE_THROW();
    }
    PG_END_TRY();
    audit_leave();
}

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
    case DestTransientRel:
        return "REFRESH MATERIALIZED VIEW";
    default:
        break;
    }
    if (query_desc->operation == CMD_SELECT && query_desc->instrument_options != 0 && ActivePortal &&
        ActivePortal->commandTag == CMDTAG_EXPLAIN && depth == 0)
        return "EXPLAIN";
    return GetCommandTagName(CreateCommandTag(reinterpret_cast<Node *>(query_desc->plannedstmt)));
}

static bool is_nested() { return depth > 0 || DatumGetInt32(DirectFunctionCall1(pg_trigger_depth, 0)) > 0; }

// A cursor's query and a few utilities' have no id of their own on 15: then it is that of the statement that the
// client sent, which is what the server's log and pg_stat_statements show for them.
static int64 query_id_of(const QueryDesc *query_desc)
{
    uint64 id = static_cast<uint64>(query_desc->plannedstmt->queryId);
    return static_cast<int64>(id != 0 ? id : pgstat_get_my_query_id());
}

static Nesting nesting_of()
{
    if (!is_nested())
        return {false, 0};
    return {true, static_cast<int64>(outermost != 0 && depth > 0 ? outermost : pgstat_get_my_query_id())};
}

static void close_well(RunningStatement *statement)
{
    bool durable = statement->durability == Durability::Commit && !statement->unmask.opened;
    if (!statement_close(statement, "ok", "00000", durable) && audit_on_failure() == OnFailure::Deny)
        statement_deny("The event of this statement could not be recorded.");
}

// The executor's memory goes, and nobody has closed the event: a portal that died with a subtransaction.
static void executor_ended(void *argument)
{
    auto *statement = static_cast<RunningStatement *>(argument);
    if (statement->ran && !statement->closed)
        statement_close(statement, "aborted", nullptr, false);
    forget(statement);
}

static void transaction_ended(XactEvent event, void *)
{
    if (event != XACT_EVENT_ABORT && event != XACT_EVENT_PARALLEL_ABORT)
        return;
    for (RunningStatement *statement = running; statement; statement = statement->next)
        if (statement->ran && !statement->closed)
            statement_close(statement, proc_exit_inprogress ? "terminated" : "aborted", nullptr, false);
    running = nullptr;
    depth = 0;
}

void audit_executor_start(QueryDesc *query_desc, int eflags)
{
    if ((eflags & EXEC_FLAG_EXPLAIN_ONLY) || !query_desc->plannedstmt->invalItems || IsParallelWorker() ||
        !plan_has_notes(query_desc->plannedstmt))
        return;
    MemoryContext memory = query_desc->estate->es_query_cxt;
    auto *statement = static_cast<RunningStatement *>(MemoryContextAllocZero(memory, sizeof(RunningStatement)));
    statement->query_desc = query_desc;
    statement->ended.func = executor_ended;
    statement->ended.arg = statement;
    MemoryContextRegisterResetCallback(memory, &statement->ended);
    statement->next = running;
    running = statement;
}

void audit_executor_before_run(QueryDesc *query_desc)
{
    RunningStatement *statement = running ? find(query_desc) : nullptr;
    if (!statement || statement->ran)
        return;
    MemoryContext outer = MemoryContextSwitchTo(query_desc->estate->es_query_cxt);
    statement_begin(statement, command_of(query_desc), query_id_of(query_desc), nesting_of());
    MemoryContextSwitchTo(outer);
}

static bool can_run_again(const QueryDesc *query_desc)
{
    return !ActivePortal || ActivePortal->queryDesc != query_desc ||
           (ActivePortal->cursorOptions & CURSOR_OPT_SCROLL) != 0;
}

static bool rows_leave(const QueryDesc *query_desc)
{
    return query_desc->operation != CMD_SELECT || (query_desc->dest && query_desc->dest->mydest != DestNone);
}

void audit_executor_after_run(QueryDesc *query_desc, ScanDirection direction, uint64 count)
{
    RunningStatement *statement = running ? find(query_desc) : nullptr;
    if (!statement || statement->closed || ScanDirectionIsNoMovement(direction))
        return;
    uint64 rows = query_desc->estate->es_processed;
    if (rows_leave(query_desc))
        statement->rows += rows;
    // The extended protocol reports success before it ends the executor: what has run to its end is closed here.
    bool complete = count == 0 || rows < count;
    if (query_desc->operation == CMD_SELECT && !query_desc->plannedstmt->hasModifyingCTE && complete &&
        !can_run_again(query_desc))
        close_well(statement);
    else if (!complete)
        statement_pause(statement);
}

void audit_executor_failed(QueryDesc *query_desc)
{
    RunningStatement *statement = running ? find(query_desc) : nullptr;
    if (!statement || statement->closed || !statement->ran)
        return;
    int code = geterrcode();
    if (query_desc->estate && rows_leave(query_desc))
        statement->rows += query_desc->estate->es_processed;
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

void audit_state_install()
{
    RegisterXactCallback(transaction_ended, nullptr);
    event_template_install();
}

} // namespace ddm
