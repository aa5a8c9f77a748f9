// Whether ddm works in this database, and which state of the policy this backend has seen.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Shared memory, settings, callbacks, label providers, hooks of the policy. Called by install().
void policy_install();

// The state of roles and memberships, on which decisions depend beside.
uint64 membership_stamp();

// Everything this backend has read of the policy is old: this transaction's doing, or another's.
void policy_stale();
// Tells every other backend that a visible change was made.
void policy_publish();

// Objects of the extension, by name in its own schema; InvalidOid where there is none.
Oid ddm_schema();
Oid ddm_relation(const char *name);

// In policy_cache.cpp, for the callbacks: one relation's entry is old; entries replaced in this transaction go.
void policy_forget(Oid relation);
void policy_forget_retired();

// Set by the load, so that an invalidation that arrives while it reads is not lost.
void policy_watch(Oid relation);
bool policy_watch_hit();

} // namespace ddm
