#include "pg/label/name_lock.h"

extern "C" {
#include "catalog/pg_extension.h"
#include "commands/extension.h"
#include "storage/lmgr.h"
}

namespace ddm
{

static const uint16 names_of_policy = 1; // beside what the server locks of an extension: 0

static void lock_names(LOCKMODE mode)
{
    Oid extension = get_extension_oid("ddm", true);
    if (OidIsValid(extension))
        LockDatabaseObject(ExtensionRelationId, extension, names_of_policy, mode);
}

void names_stay() { lock_names(RowExclusiveLock); }

void names_change() { lock_names(ShareLock); }

} // namespace ddm
