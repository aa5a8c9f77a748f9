// A statement under way that touches masked columns: from its first run to its event.
#pragma once

#include "pg/audit.h"
#include "core/audit_record.h"

namespace ddm
{

// The part of an event that follows from the plan: what is read in clear and why, what through masks. Texts are
// in CurrentMemoryContext.
struct PlanEvents {
    bool unmask;
    bool mask;
    std::string_view clear_columns;
    std::string_view masked_columns;
    const char *cleared_by;
    bool would; // the masked columns were shown: ddm.mode is observe
};
PlanEvents audit_plan_events(const PlannedStmt *plan);

void audit_state_install();

} // namespace ddm
