// Granting and revoking UNMASK: what the statements and the functions both come down to.
#pragma once

#include "pg/grant/grant_store.h"

namespace ddm
{

// One GRANT or REVOKE of UNMASK, its objects and roles resolved.
struct UnmaskRequest {
    bool is_grant;
    bool option; // WITH GRANT OPTION, or GRANT OPTION FOR
    bool cascade;
    bool whatever_there_is; // of REVOKE ALL: nothing to revoke and no right to is no error
    List *objects;          // of UnmaskGrant: kind and object are set, the rest is empty
    List *grantees;         // oids
    Oid granted_by;         // InvalidOid where not said
    TimestampTz until;
    const char *reason;
};

void unmask_execute(const UnmaskRequest *request);

// Takes away what `role` holds or gave (DROP ROLE, DROP OWNED), and what others hold through it.
void unmask_forget_role(Oid role, bool dropped);

// Deletes a row whose object goes, and records why.
void unmask_drop(const UnmaskGrant *row, const char *reason);

// Writes a row that nobody asked for by name (default privileges), and records why.
void unmask_put(const UnmaskGrant *row, const char *reason);

// Of a row that was written past all this: by a restore, logical replication, or a superuser's own statement.
void unmask_row_written(const UnmaskGrant *before, const UnmaskGrant *after);

// A new, empty row for an object.
UnmaskGrant *unmask_object(GrantKind kind);

// The role that is on record as grantor for what policy admins grant: it outlives each of them.
Oid unmask_admin_grantor();

} // namespace ddm
