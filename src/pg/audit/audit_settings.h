// The settings of the audit trail. All may be set by superusers alone (or who was granted SET ON PARAMETER):
// each of them can weaken what is recorded.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

enum AuditKinds : uint32 { AUDIT_UNMASK = 1, AUDIT_MASK = 2, AUDIT_POLICY = 4, AUDIT_DENIED = 8 };
enum class Durability : int { Async, Commit, Sync };
enum class OnFailure : int { Deny, Allow };
enum class Detail : int { Each, Summary, Off };

extern int audit_flush_interval;  // ms
extern int audit_timeout;         // ms
extern int audit_spool_size;      // kB, per database
extern int audit_summary_entries; // per database
extern bool audit_query_text;
extern bool audit_to_log;
extern bool audit_standby_spool;
extern char *audit_retention;

bool audit_wants(AuditKinds kind);
Durability audit_durability();
OnFailure audit_on_failure();
Detail audit_detail();      // of unmask events
Detail audit_mask_detail(); // of mask events

// A hot standby that keeps no events in the spool. And one where the log alone will do: nobody empties a standby's spool.
bool audit_spool_is_off();
bool audit_log_will_do();
constexpr char audit_nowhere[] =
    "This is a hot standby, and both ddm.audit_standby_spool and ddm.audit_to_log are off.";

// Days that ddm.audit_retention keeps; 0 for ever.
int audit_retention_days();

void audit_define_settings();

} // namespace ddm
