#include "pg/audit/read_event.h"
#include "pg/audit/audit_event.h"
#include "pg/audit/audit_live.h"
#include "pg/audit/audit_settings.h"
#include "pg/audit/audit_summary.h"
#include "pg/audit/statement_text.h"

extern "C" {
#include "access/parallel.h"
#include "access/xlog.h"
#include "tcop/cmdtag.h"
#include "tcop/utility.h"
#include "utils/backend_status.h"
#include "utils/timestamp.h"
}
#include <initializer_list>

namespace ddm
{

using core::AuditRecord;
using core::Number;
using core::Text;

// The query of COPY (query) TO and the like is that statement; what its functions run has the query's frame around it.
static const PlannedStmt *statement_of(const ErrorFrame *frame)
{
    const ErrorFrame *around = frame->statement->utilityStmt ? nullptr : errors_frame_around(frame);
    switch (around && around->statement->utilityStmt ? nodeTag(around->statement->utilityStmt) : T_Invalid) {
    case T_CopyStmt:
        return castNode(CopyStmt, around->statement->utilityStmt)->is_from ? frame->statement : around->statement;
    case T_CreateTableAsStmt:
    case T_RefreshMatViewStmt:
    case T_ExplainStmt:
        return around->statement;
    default:
        return frame->statement;
    }
}

// Without a frame run what is checked at commit, and the workers of an index build.
static const char *command_of(const ErrorFrame *frame)
{
    if (frame)
        return GetCommandTagName(
            CreateCommandTag(const_cast<Node *>(reinterpret_cast<const Node *>(statement_of(frame)))));
    return IsParallelWorker() ? "CREATE INDEX" : "COMMIT";
}

static void describe_statement(AuditRecord *record, const ErrorFrame *frame)
{
    const ErrorFrame *outermost = errors_outermost_frame();
    const bool nested = outermost && outermost != frame;
    const uint64 query_id = frame ? frame->statement->queryId : 0;

    record->set(Text::Command, command_of(frame));
    record->set(Number::QueryId, static_cast<int64>(query_id != 0 ? query_id : pgstat_get_my_query_id()));
    record->set(Number::Nested, nested);
    if (nested)
        record->set(Number::OuterQueryId, static_cast<int64>(outermost->statement->queryId));
    if (audit_query_text && frame)
        record->set(Text::Query,
                    text_without_literals(frame->source, frame->statement->stmt_location, frame->statement->stmt_len));
}

static void describe_read(AuditRecord *record, const ErrorFrame *frame, const PlanEvents &events)
{
    audit_describe_session(record);
    describe_statement(record, frame);
    record->set(Text::Kind, audit_kind_name(EventKind::Unmask));
    record->set(Text::Columns, events.clear_columns);
    record->set(Text::ClearedBy, events.cleared_by);
}

bool record_read(const ErrorFrame *frame, const PlannedStmt *notes, const char *status, int sqlstate, int64 rows,
                 const char **why)
{
    const PlanEvents events = audit_plan_events(notes);
    AuditRecord record;
    if (!events.unmask)
        return true;

    describe_read(&record, frame, events);
    record.set(Text::Status, status);
    record.set(Text::SqlState, unpack_sql_state(sqlstate));
    record.set(Number::RowCount, rows);
    record.set(Number::FinishedAt, GetCurrentTimestamp());
    if (audit_record_event(record, why))
        return true;
    if (audit_on_failure() == OnFailure::Allow && my_spool())
        live_lose(my_spool());
    return audit_on_failure() == OnFailure::Allow;
}

// As a statement of who is counted is: per query, not one by one.
static bool count_read(const ErrorFrame *frame, const PlannedStmt *notes, const char **why)
{
    const PlanEvents events = audit_plan_events(notes);
    AuditRecord record;
    if (!events.unmask || audit_spool_is_off())
        return false;
    describe_read(&record, frame, events);
    for (Number field : {Number::Nested, Number::OuterQueryId})
        record.clear(field);
    LiveEntry *entry = summary_begin(audit_summary_key(record));
    if (!entry)
        return false;
    summary_end(entry, 1);
    if ((audit_durability() != Durability::Async || RecoveryInProgress()) && !live_flush(my_spool()))
        *why = "The counts of the audit trail could not be flushed to disk.";
    return true;
}

bool record_values(const ErrorFrame *frame, const PlannedStmt *notes, const char **why)
{
    if (audit_detail() == Detail::Summary && count_read(frame, notes, why))
        return !*why || audit_on_failure() == OnFailure::Allow;
    return record_read(frame, notes, "ok", ERRCODE_SUCCESSFUL_COMPLETION, 1, why);
}

} // namespace ddm
