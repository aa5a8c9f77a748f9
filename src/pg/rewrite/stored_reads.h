// How often one role read stored values of masked columns while a statement ran: what functions answer may be made of
// them.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "executor/execdesc.h"
}

namespace ddm
{

// On the C stack of whoever counts, innermost first. Only statements that functions run count, not those whose rows go
// straight into the new relation; and only under `role`'s own name: a function with its definer's rights answers for
// what it gives out.
struct StoredReads {
    Oid role;
    uint64 count;
    StoredReads *outer;
};

void stored_reads_begin(StoredReads *reads, Oid role);
void stored_reads_end(const StoredReads *reads);

// In ExecutorStart, of a plan that is known to be good.
void stored_reads_count(const QueryDesc *query_desc, int eflags);

// Would workers call functions whose reads are counted? Nobody would see what these read there.
bool stored_reads_would_escape(const PlannedStmt *plan);

// The current role has read some otherwise.
void stored_reads_note();

} // namespace ddm
