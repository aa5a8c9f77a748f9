// The event of one statement under way.
#include "pg/audit/audit_statement.h"
#include "pg/audit/audit_event.h"
#include "pg/audit/statement_text.h"

extern "C" {
#include "access/xlog.h"
#include "utils/timestamp.h"
}
#include <initializer_list>

namespace ddm
{

using core::AuditRecord;
using core::Number;
using core::Text;

constexpr size_t end_room = 64; // what the end of a statement adds to the bytes of its beginning

void statement_deny(const char *why)
{
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_RESOURCES),
            errmsg("unmasked read denied: the audit trail cannot be written"), errdetail("%s", why),
            errhint("See the server log. Masked reads go on; the trail recovers by itself when the cause is gone."));
}

static void fail(const char *why)
{
    if (audit_on_failure() == OnFailure::Deny)
        statement_deny(why);
}

// The template, with what this execution adds.
static EventBytes begin_bytes(const EventBase &of, const Nesting &nesting, const QueryDesc *query_desc)
{
    AuditRecord record = of.record;
    EventBytes begun = {};
    record.set(Number::EventTime, GetCurrentTimestamp());
    record.set(Number::Nested, nesting.nested);
    if (nesting.query_id != 0)
        record.set(Number::OuterQueryId, nesting.query_id);
    if (audit_query_text)
        record.set(Text::Query, text_without_literals(query_desc->sourceText, query_desc->plannedstmt->stmt_location,
                                                      query_desc->plannedstmt->stmt_len));
    begun.bytes = audit_encode(record, &begun.size);
    return begun;
}

// A masked read never waits; where there is no room its event is lost, and counted as lost.
static void reserve_now(StatementEvent *event)
{
    const char *why = nullptr;
    const size_t frames = spool_frame_size(event->begun.size + end_room);
    if (spool_reserve_now(frames, &why))
        event->reserved = frames;
}

// Room for the end of the event, and for its beginning where that goes to the spool. Who is denied or cancelled here
// has read nothing.
static void reserve_unmask(StatementEvent *event, bool opens)
{
    const char *why = nullptr;
    const size_t opening = opens ? spool_frame_size(event->begun.size) : 0;
    const size_t frames = opening + spool_frame_size(event->begun.size + end_room);
    if (audit_reserve(frames, &why))
        event->reserved = frames;
    else if (!audit_log_will_do())
        fail(why);
    event->wanted = true;
}

// Takes what was promised: on disk before the first row leaves.
static bool open_in_spool(StatementEvent *event, bool durable)
{
    uint64 end = 0;
    const size_t frame = spool_frame_size(event->begun.size);
    bool good = spool_append(FrameType::Open, 0, event->begun.bytes, event->begun.size, &end,
                             event->in_slot ? live_closing() : nullptr);
    spool_release(frame);
    event->reserved -= frame;
    if (!good)
        return false;
    event->opened = true;
    event->opened_at = end - frame;
    if (event->in_slot)
        live_close();
    event->in_slot = false;
    return !durable || spool_flush(my_spool(), end);
}

static void begin_summary(const StatementEvent *event, bool durable)
{
    if (event->summary && durable && !live_flush(my_spool()))
        fail("The counts of the audit trail could not be flushed to disk.");
}

static void begin_unmask(RunningStatement *statement, const EventTemplate *plan, const Nesting &nesting)
{
    StatementEvent *event = &statement->unmask;
    const bool durable = statement->durability == Durability::Sync || RecoveryInProgress();
    event->begun = begin_bytes(plan->unmask, nesting, statement->query_desc);
    if (audit_spool_is_off()) {
        if (!audit_log_will_do())
            fail(audit_nowhere);
        event->wanted = true;
        return;
    }
    if (audit_detail() == Detail::Summary)
        event->summary = summary_begin(plan->unmask_summary);
    if (event->summary) {
        event->wanted = true;
        begin_summary(event, durable);
        return;
    }
    const bool opens = durable || !live_has_room(event->begun.size);
    reserve_unmask(event, opens);
    if (event->reserved == 0)
        return;
    event->in_slot = !opens && live_open(event->begun.bytes, event->begun.size);
    if (opens && !open_in_spool(event, durable) && !audit_log_will_do())
        fail("The audit spool could not be written to disk.");
}

static void begin_mask(StatementEvent *event, const EventTemplate *plan, const Nesting &nesting,
                       const QueryDesc *query_desc)
{
    event->wanted = true;
    if (audit_mask_detail() == Detail::Summary && !audit_to_log && !audit_spool_is_off())
        event->summary = summary_begin(plan->mask_summary);
    if (event->summary)
        return;
    event->begun = begin_bytes(plan->mask, nesting, query_desc);
    if (!audit_spool_is_off())
        reserve_now(event);
}

void statement_begin(RunningStatement *statement, const char *command, int64 query_id, const Nesting &nesting)
{
    statement->durability = audit_durability();
    const EventTemplate *plan = event_template(statement->query_desc->plannedstmt, query_id, command);
    statement->ran = true; // what is reserved from here on is given back by the close
    if (plan->mask.encoded.bytes && audit_wants(AUDIT_MASK) && audit_mask_detail() != Detail::Off)
        begin_mask(&statement->mask, plan, nesting, statement->query_desc);
    if (plan->unmask.encoded.bytes && audit_wants(AUDIT_UNMASK))
        begin_unmask(statement, plan, nesting);
}

// Makes room for an opening after the event has begun, and opens.
static bool open_later(StatementEvent *event)
{
    const char *why = nullptr;
    const size_t frame = spool_frame_size(event->begun.size);
    if (!spool_reserve(frame, &why))
        return false;
    event->reserved += frame;
    return open_in_spool(event, true);
}

void statement_pause(RunningStatement *statement)
{
    StatementEvent *event = &statement->unmask;
    if (statement->durability != Durability::Commit || event->opened)
        return;
    if (event->summary ? live_flush(my_spool()) : event->reserved == 0 || open_later(event))
        return;
    fail("The audit spool could not be written to disk.");
}

static EventBytes end_bytes(const RunningStatement *statement, const StatementEvent *event, const char *status,
                            const char *sqlstate)
{
    AuditRecord record;
    EventBytes ended = {};
    (void)core::decode(event->begun.bytes, event->begun.size, &record);
    record.set(Number::FinishedAt, GetCurrentTimestamp());
    record.set(Number::RowCount, static_cast<int64>(statement->rows));
    record.set(Text::Status, status);
    record.set(Text::SqlState, sqlstate);
    ended.size = core::encoded_size(record);
    ended.bytes = static_cast<unsigned char *>(palloc_extended(ended.size, MCXT_ALLOC_NO_OOM));
    if (ended.bytes)
        core::encode(record, ended.bytes);
    return ended;
}

static bool write_event(StatementEvent *event, const EventBytes &ended, bool durable)
{
    uint64 end = 0;
    if (!ended.bytes || event->reserved == 0)
        return false;
    FrameType type = event->opened ? FrameType::Close : FrameType::Event;
    return spool_append(type, event->opened_at, ended.bytes, ended.size, &end,
                        event->in_slot ? live_closing() : nullptr) &&
           (!durable || spool_flush(my_spool(), end));
}

static bool close_event(RunningStatement *statement, StatementEvent *event, const char *status, const char *sqlstate,
                        bool durable)
{
    if (event->summary) {
        summary_end(event->summary, statement->rows);
        return !durable || live_flush(my_spool());
    }
    EventBytes ended = end_bytes(statement, event, status, sqlstate);
    bool good = write_event(event, ended, durable);
    if (event->in_slot)
        live_close();
    if (event->reserved > 0)
        spool_release(event->reserved);
    if (!good && my_spool())
        live_lose(my_spool());

    AuditRecord record;
    const bool logged = event == &statement->unmask && (!good || RecoveryInProgress());
    if ((logged || audit_to_log) && ended.bytes && core::decode(ended.bytes, ended.size, &record))
        audit_log_line(record, logged);
    if (ended.bytes)
        pfree(ended.bytes);
    return good || audit_log_will_do();
}

bool statement_close(RunningStatement *statement, const char *status, const char *sqlstate, bool durable)
{
    statement->closed = true;
    if (statement->mask.wanted)
        (void)close_event(statement, &statement->mask, status, sqlstate, false);
    return !statement->unmask.wanted || close_event(statement, &statement->unmask, status, sqlstate, durable);
}

} // namespace ddm
