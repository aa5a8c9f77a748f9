#include "pg/read_event.h"
#include "pg/audit_event.h"
#include "pg/audit_live.h"
#include "pg/audit_settings.h"
#include "pg/audit_template.h"
#include "pg/statement_text.h"

extern "C" {
#include "access/parallel.h"
#include "tcop/cmdtag.h"
#include "tcop/utility.h"
#include "utils/backend_status.h"
#include "utils/timestamp.h"
}

namespace ddm
{

using core::AuditRecord;
using core::Number;
using core::Text;

// Without a frame run what is checked at commit, and the workers of an index build.
static const char *command_of(const ErrorFrame *frame)
{
    if (frame)
        return GetCommandTagName(
            CreateCommandTag(const_cast<Node *>(reinterpret_cast<const Node *>(frame->statement))));
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

bool record_read(const ErrorFrame *frame, const PlannedStmt *notes, const char *status, int sqlstate, int64 rows,
                 const char **why)
{
    const PlanEvents events = audit_plan_events(notes);
    AuditRecord record;
    if (!events.unmask)
        return true;

    audit_describe_session(&record);
    describe_statement(&record, frame);
    record.set(Text::Kind, audit_kind_name(EventKind::Unmask));
    record.set(Text::Status, status);
    record.set(Text::SqlState, unpack_sql_state(sqlstate));
    record.set(Text::Columns, events.clear_columns);
    record.set(Text::ClearedBy, events.cleared_by);
    record.set(Number::RowCount, rows);
    record.set(Number::FinishedAt, GetCurrentTimestamp());
    if (audit_record_event(record, why))
        return true;
    if (audit_on_failure() == OnFailure::Allow && my_spool())
        live_lose(my_spool());
    return audit_on_failure() == OnFailure::Allow;
}

} // namespace ddm
