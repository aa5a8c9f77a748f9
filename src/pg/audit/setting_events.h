// A change of a setting of ddm's is a change of policy: of the server, of a database, of a role, of a session.
#pragma once

#include "pg/utility.h"

namespace ddm
{

// ALTER SYSTEM, ALTER DATABASE, ALTER ROLE: what is stored before and after is compared, RESET ALL included.
void setting_alter_system(UtilityCall *call);
void setting_alter_database(UtilityCall *call);
void setting_alter_role(UtilityCall *call);

// GRANT, REVOKE ... ON PARAMETER: who may change one besides superusers.
void setting_grant(UtilityCall *call);

// For every setting of ddm's that a session may change: the assign hook, or a call in it. By whatever way the value
// came (SET, set_config(), a function's SET clause, connection options, a rollback), the next look finds it.
void setting_touched();
void setting_touched_bool(bool, void *);
void setting_touched_number(int, void *); // enums, too
void setting_touched_text(const char *, void *);

extern bool settings_to_look_at;
void settings_record_session();

// Before and after whatever runs: what was set is on record before anything is read under it.
inline void settings_look()
{
    if (unlikely(settings_to_look_at))
        settings_record_session();
}

} // namespace ddm
