// The state of the statements under way. It lives in the executor's own memory, and goes with it: whatever way a
// statement ends, its event is closed before that memory is freed.
#include "pg/audit_state.h"
#include "pg/audit_event.h"
#include "pg/audit_launcher.h"
#include "pg/audit_settings.h"
#include "pg/audit_spool.h"
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

using core::AuditRecord;
using core::Number;
using core::Text;

struct RunningStatement {
    RunningStatement *next;
    QueryDesc *query_desc;
    MemoryContextCallback ended;
    bool ran;
    bool closed;
    bool unmask; // `unmask_record` is to be written
    bool mask;
    bool opened; // an open frame stands in the spool at opened_at
    uint64 opened_at;
    uint64 rows;
    size_t reserved[2]; // for the unmask and the mask event
    Durability durability;
    AuditRecord unmask_record;
    AuditRecord mask_record;
};

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

[[noreturn]] static void deny(const char *why)
{
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_RESOURCES),
            errmsg("unmasked read denied: the audit trail cannot be written"), errdetail("%s", why),
            errhint("See the server log; ddm.status() says what the trail is waiting for."));
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

static void describe(RunningStatement *statement, AuditRecord *record)
{
    const QueryDesc *query_desc = statement->query_desc;
    bool nested = is_nested();
    audit_describe_session(record);
    record->set(Text::Command, command_of(query_desc));
    record->set(Number::QueryId, query_id_of(query_desc));
    record->set(Number::Nested, nested);
    if (nested)
        record->set(Number::OuterQueryId,
                    static_cast<int64>(outermost != 0 && depth > 0 ? outermost : pgstat_get_my_query_id()));
    record->set(Number::FinishedAt, 0); // room for what only the end knows
    record->set(Number::RowCount, 0);
    record->set(Text::SqlState, "00000");
    record->set(Text::Status, "interrupted");
}

static void describe_plan(RunningStatement *statement)
{
    PlanEvents events = audit_plan_events(statement->query_desc->plannedstmt);
    AuditRecord common;
    describe(statement, &common);
    statement->unmask = events.unmask && audit_wants(AUDIT_UNMASK);
    statement->mask = events.mask && audit_wants(AUDIT_MASK) && audit_mask_detail() != Detail::Off;
    statement->unmask_record = common;
    statement->unmask_record.set(Text::Kind, "unmask");
    statement->unmask_record.set(Text::Columns, events.clear_columns);
    statement->unmask_record.set(Text::ClearedBy, events.cleared_by);
    statement->mask_record = common;
    statement->mask_record.set(Text::Kind, "mask");
    statement->mask_record.set(Text::Columns, events.masked_columns);
    if (events.would)
        statement->mask_record.set(Number::Would, 1);
}

// Before the first row leaves: promises room, so that the event can be written whatever happens. A masked read
// never waits; where there is no room its event is counted as lost.
static void reserve(RunningStatement *statement)
{
    const char *why = nullptr;
    if (RecoveryInProgress() && !audit_standby_spool) {
        if (statement->unmask && !audit_to_log && audit_on_failure() == OnFailure::Deny)
            deny("This is a hot standby, and both ddm.audit_standby_spool and ddm.audit_to_log are off.");
        return;
    }
    if (statement->unmask) {
        size_t size = core::encoded_size(statement->unmask_record);
        if (spool_reserve(size, &why))
            statement->reserved[0] = size;
        else if (audit_on_failure() == OnFailure::Deny)
            deny(why);
    }
    if (statement->mask) {
        size_t size = core::encoded_size(statement->mask_record);
        if (spool_reserve_now(size, &why))
            statement->reserved[1] = size;
    }
}

// The event as it will stand if the statement is never closed.
static void write_open(RunningStatement *statement)
{
    AuditRecord record = statement->unmask_record;
    record.clear(Number::RowCount);
    record.clear(Number::FinishedAt);
    record.set(Text::SqlState, static_cast<const char *>(nullptr));
    size_t size = 0;
    uint64 end = 0;
    const char *why = nullptr;
    unsigned char *bytes = audit_encode(record, &size);
    bool good = spool_reserve(size, &why);
    if (good) {
        good = spool_append(FrameType::Open, 0, bytes, size, &end);
        spool_release(size);
    }
    if (!good || !spool_flush(my_spool(), end)) {
        if (audit_on_failure() == OnFailure::Deny)
            deny(why ? why : "The audit spool could not be flushed to disk.");
        return;
    }
    statement->opened = true;
    statement->opened_at = end - spool_frame_size(size);
    pfree(bytes);
}

// Never raises. False where the event could not be recorded as asked.
static bool write_close(RunningStatement *statement, AuditRecord *record, size_t reserved, bool open, bool durable)
{
    uint64 end = 0;
    size_t size = core::encoded_size(*record);
    auto *bytes = static_cast<unsigned char *>(palloc_extended(size, MCXT_ALLOC_NO_OOM));
    bool good = false;
    if (bytes && reserved > 0) {
        core::encode(*record, bytes);
        good = spool_append(open ? FrameType::Close : FrameType::Event, statement->opened_at, bytes, size, &end);
        if (good && durable)
            good = spool_flush(my_spool(), end);
    }
    audit_log_line(*record, (!good && record == &statement->unmask_record) || RecoveryInProgress());
    if (!good && my_spool())
        pg_atomic_fetch_add_u64(&my_spool()->lost, 1);
    return good || (reserved == 0 && audit_to_log);
}

static bool close_statement(RunningStatement *statement, const char *status, const char *sqlstate, bool durable)
{
    bool good = true;
    statement->closed = true;
    for (AuditRecord *record : {&statement->unmask_record, &statement->mask_record}) {
        record->set(Number::FinishedAt, GetCurrentTimestamp());
        record->set(Number::RowCount, static_cast<int64>(statement->rows));
        record->set(Text::Status, status);
        record->set(Text::SqlState, sqlstate);
    }
    if (statement->unmask)
        good = write_close(statement, &statement->unmask_record, statement->reserved[0], statement->opened, durable);
    if (statement->mask)
        write_close(statement, &statement->mask_record, statement->reserved[1], false, false);
    for (size_t &size : statement->reserved) {
        if (size > 0)
            spool_release(size);
        size = 0;
    }
    return good;
}

static void close_well(RunningStatement *statement)
{
    bool durable = statement->durability == Durability::Commit && !statement->opened;
    if (!close_statement(statement, "ok", "00000", durable) && audit_on_failure() == OnFailure::Deny)
        deny("The event of this statement could not be recorded.");
}

// The executor's memory goes, and nobody has closed the event: a portal that died with a subtransaction.
static void executor_ended(void *argument)
{
    auto *statement = static_cast<RunningStatement *>(argument);
    if (statement->ran && !statement->closed)
        close_statement(statement, "aborted", nullptr, false);
    forget(statement);
}

static void transaction_ended(XactEvent event, void *)
{
    if (event != XACT_EVENT_ABORT && event != XACT_EVENT_PARALLEL_ABORT)
        return;
    for (RunningStatement *statement = running; statement; statement = statement->next)
        if (statement->ran && !statement->closed)
            close_statement(statement, proc_exit_inprogress ? "terminated" : "aborted", nullptr, false);
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
    statement->durability = audit_durability();
    describe_plan(statement);
    reserve(statement);
    if (statement->reserved[0] > 0 && (statement->durability == Durability::Sync || RecoveryInProgress()))
        write_open(statement);
    statement->ran = true;
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
    else if (statement->durability == Durability::Commit && !complete && !statement->opened &&
             statement->reserved[0] > 0)
        write_open(statement);
}

void audit_executor_failed(QueryDesc *query_desc)
{
    RunningStatement *statement = running ? find(query_desc) : nullptr;
    if (!statement || statement->closed || !statement->ran)
        return;
    int code = geterrcode();
    if (query_desc->estate && rows_leave(query_desc))
        statement->rows += query_desc->estate->es_processed;
    close_statement(statement, code == ERRCODE_QUERY_CANCELED ? "cancelled" : "error", unpack_sql_state(code), false);
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

void audit_state_install() { RegisterXactCallback(transaction_ended, nullptr); }

} // namespace ddm
