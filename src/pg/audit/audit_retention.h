// ddm.audit_retention: whole partitions go, and the trail says so itself.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Drops the oldest partition that is past its time, in one transaction with the event that records it. Answers
// whether there may be more. Outside a transaction, in the worker.
bool audit_drop_one_partition();

} // namespace ddm
