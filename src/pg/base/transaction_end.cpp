#include "pg/base/transaction_end.h"

namespace ddm
{

bool transaction_end_awaited = false;

static void end_parts(XactEvent event)
{
    transaction_end_awaited = false;
    row_logging_transaction_ended();
    mask_upkeep_transaction_ended();
    errors_transaction_ended();
    audit_transaction_ended(event);
    audit_policy_transaction_ended(event);
    if (event == XACT_EVENT_ABORT)
        audit_state_transaction_aborted();
    policy_state_transaction_ended(event);
}

static void transaction_ended(XactEvent event, void *)
{
    switch (event) {
    case XACT_EVENT_COMMIT:
        // Without a bottom (errors.cpp) to the server's error context stack, the next transaction's COMMIT has none either.
        if (transaction_end_awaited || !error_context_stack)
            end_parts(event);
        break;
    case XACT_EVENT_ABORT:
    case XACT_EVENT_PREPARE:
        end_parts(event);
        break;
    case XACT_EVENT_PARALLEL_ABORT:
        audit_state_transaction_aborted();
        break;
    default:
        break;
    }
}

void transaction_end_install() { RegisterXactCallback(transaction_ended, nullptr); }

} // namespace ddm
