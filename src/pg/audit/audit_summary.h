// Counts per role, columns and query instead of an event per execution, kept in the live file.
#pragma once

#include "pg/audit/audit_live.h"
#include "pg/audit/audit_store.h"
#include "pg/audit/audit_template.h"

namespace ddm
{

// Counts one execution that begins now of what `key` describes.
// nullptr where there is no room: then the execution is an event of its own. Never raises.
LiveEntry *summary_begin(const SummaryKey &key);

// The execution ended, with so many rows.
void summary_end(LiveEntry *entry, uint64 rows);

// Takes what was counted since the last harvest and adds it to the trail; the numbers of harvests that are in the
// table already come from `done`. Answers the number of this one, 0 where there was nothing to take.
uint64 summary_harvest(AuditStore *store, uint64 done);

// The same for the file of a stream whose server is gone: all that is not in the table.
void summary_recover(AuditStore *store, const LiveFile &file, const char *stream, uint64 done);

} // namespace ddm
