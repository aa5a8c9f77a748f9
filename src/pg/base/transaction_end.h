// What is done when a transaction has ended: one callback for all of ddm, since the server calls every callback at every
// event of every transaction.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

void transaction_end_install();

// Said by whoever has something to do at a commit: nearly no transaction has. At an abort everybody is asked.
extern bool transaction_end_awaited;
inline void await_transaction_end() { transaction_end_awaited = true; }

// In the order in which they run; each stands in the file that its name begins with. `event` is a commit, an abort or a
// prepared transaction's handing over.
void row_logging_transaction_ended(); // errors take frames off the stack without a word
void mask_upkeep_transaction_ended();
void errors_transaction_ended();
void audit_transaction_ended(XactEvent event);
void audit_policy_transaction_ended(XactEvent event); // wakes the worker when policy events were committed
void audit_state_transaction_aborted();               // of a parallel worker too
void policy_state_transaction_ended(XactEvent event);

} // namespace ddm
