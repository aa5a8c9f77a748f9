// ddm's own roles, and what it means to hold one.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Has `member` the privileges of `role`, itself or by inheriting membership? Being a superuser gives nothing
// here: superusers are exempt or not by a setting of its own.
bool holds_role(Oid member, Oid role);

// May `role` change the policy: a superuser, or who holds ddm_admin.
bool is_policy_admin(Oid role);
bool is_policy_auditor(Oid role); // reads everything of ddm's: ddm_auditor or ddm_admin

// Raises 42501 unless the current role is a policy admin. `doing` completes "permission denied to ..."; the event of it
// has the action that it would have had, and the object, which may be nullptr.
void require_policy_admin(const char *doing, const char *action, const char *object);

Oid relation_owner(Oid relation);
Oid function_owner(Oid function);

// Has `role` the rights of the relation's owner, as the server sees it?
bool owns_relation(Oid role, Oid relation);

extern const char *const role_admin;
extern const char *const role_approver;
extern const char *const role_auditor;

// Guarded roles are those through which stored values or the policy can be reached. The mark is a shared
// security label ('GUARDED', provider ddm), because roles are the cluster's and grants a database's: a role
// that holds UNMASK here must not be had for the asking from the database next door.
bool role_is_guarded(Oid role);
void role_guard(Oid role);
bool guarded_roles_exist();

// Is the role guarded, or a member of a guarded one, at any distance? While there are guarded roles, the
// server's own roles that read or run anything on its machine count too.
bool role_reaches_clearance(Oid role);

// Is this one of the three names?
bool is_ddm_role_name(const char *name);

} // namespace ddm
