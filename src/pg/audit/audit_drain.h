// From the spool into the table, exactly once: rows, the chain's head and the position in the stream move in one
// transaction.
#pragma once

#include "pg/audit/audit_spool.h"

namespace ddm
{

// Streams of earlier starts of this server (or, after promotion, of the standby): to their end. What is still
// open there was interrupted by the crash. Files that are done with are removed.
void audit_drain_old_streams(Spool *spool);

// One batch of the live stream and of committed policy events. Answers whether there is more.
bool audit_drain_live(Spool *spool);

// Between batches: what waits longer than ddm.audit_flush_interval for its batch goes to disk where it is.
void audit_drain_pause(Spool *spool);

} // namespace ddm
