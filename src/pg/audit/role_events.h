// Changes of roles as events: who joins and leaves a role that reaches a clearance, what such a role and superusers
// may do, their names and their end. In every database: roles are the cluster's.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Memberships as they are now, to be compared with what they are after the statement.
struct WatchedMembership {
    Oid role;
    Oid member;
    int rank;           // 0: none; more where it allows more
    const char *before; // "member m with admin option"; nullptr where there is none
};
List *membership_watch(List *watched, Oid role, Oid member);
List *membership_of_new_role(List *watched, Oid role, Oid member); // there was none before
void membership_record(const List *watched);                       // after the statement, in the next command

// What a role may do: "SUPERUSER", "LOGIN", ... as bits, and its password.
struct RoleAttributes {
    Oid role;
    bool there;
    uint32 flags;
    const char *password;
    const char *valid_until;
};
RoleAttributes role_attributes(Oid role);

// Recorded where the role was or is a superuser, or `reaches` a clearance.
void role_record_attributes(const RoleAttributes &before, Oid role, bool reaches);
void role_record_rename(const char *before, const char *after);

// What ends with roles that are dropped: memberships both ways, and what they may do. Taken down while they are there,
// recorded once they are gone.
struct RoleEnds;
RoleEnds *role_ends();
void role_end_watch(RoleEnds *ends, Oid role, bool reaches, bool (*other_reaches)(Oid));
void role_ends_record(const RoleEnds *ends);

} // namespace ddm
