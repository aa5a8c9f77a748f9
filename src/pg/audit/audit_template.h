// The part of an event that is the same for every execution of a plan by a role: built once, kept in the backend.
#pragma once

#include "pg/audit/audit.h"
#include "core/audit_record.h"

namespace ddm
{

struct EventBytes {
    unsigned char *bytes; // nullptr: no such event
    size_t size;
};

// The bytes taken apart: most events add a few numbers to them.
struct EventBase {
    EventBytes encoded;
    core::AuditRecord record; // points into them
};

// What executions are counted by: the bytes of an event without time and session.
struct SummaryKey {
    EventBytes encoded;
    uint32 hash;
};

struct EventTemplate {
    EventBase unmask; // lacks the time, what it is nested in, and how it ended
    EventBase mask;
    SummaryKey unmask_summary;
    SummaryKey mask_summary;
};

// For GetUserId() now. Valid until the next call.
const EventTemplate *event_template(const PlannedStmt *plan, int64 query_id, const char *command);

// What the plan's notes say, written into the two records. Texts are in CurrentMemoryContext. Answers until when.
struct PlanEvents {
    bool unmask;
    bool mask;
    bool would; // the masked columns were shown: ddm.mode is observe
    std::string_view clear_columns;
    std::string_view masked_columns;
    const char *cleared_by;
    TimestampTz until; // when a clearance among them ends
};
PlanEvents audit_plan_events(const PlannedStmt *plan);

// What the event is counted by, instead of being one of its own. In CurrentMemoryContext.
SummaryKey audit_summary_key(core::AuditRecord record);

void event_template_install();

} // namespace ddm
