// What is masked, for whom, and why: the one place that the rewriter, the audit trail and the views ask.
//
// A backend loads the policy of one relation when it first plans it, into a context of its own, built in a
// temporary one and published by one pointer. Invalidation callbacks only set flags; an entry that was
// published stays readable until the end of the statement that looked it up.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "port/atomics.h"
}

namespace ddm
{

// Is it a kind of relation whose columns can be masked (a pg_class.relkind): one that holds rows?
bool can_be_masked(char relkind);

// What every statement asks, whether it touches masks or not, and so stands here for the compiler to see.
struct PolicyState {
    pg_atomic_uint64 *shared; // changes of policy in this cluster; nullptr without shared memory
    uint64 changes;           // of policy, that this backend made or was told of
    uint64 resets;            // whole caches thrown away: what was read may be old, but is not known to be
    uint64 memberships;       // changes of roles and memberships
    uint64 active_stamp;      // the stamp under which `active` was found out; 0, which no stamp is: find out again
    bool active;
};
extern PolicyState policy_state;

inline uint64 policy_shared_changes()
{
    return likely(policy_state.shared != nullptr) ? pg_atomic_read_u64(policy_state.shared) : 0;
}

// The state of everything that policy_of() answers from: labels, rules, grants, relations' trees. Entries
// made under another stamp are stale. Moves with other sessions' commits and with this transaction's own changes.
inline uint64 policy_stamp() { return policy_shared_changes() + policy_state.changes + policy_state.resets; }

// Counts every change of policy in this cluster, as seen in shared memory: labels, rules, grants, settings,
// memberships. A plan made under another generation must not run (plan_check.h). Resets are left out: they happen all
// the time under debug_discard_caches, and the server itself throws away every cached plan over a relation then.
inline uint64 policy_generation() { return policy_shared_changes() + policy_state.changes + policy_state.memberships; }

// Is the extension installed in this database (and its catalog of the version that this library expects)?
// Takes nothing in from other sessions by itself, and costs next to nothing.
bool policy_look_for_extension();
inline bool policy_active()
{
    return likely(policy_state.active_stamp == policy_stamp()) ? policy_state.active : policy_look_for_extension();
}

// The same, once what other sessions have committed is taken in. Asked where a statement is planned, starts,
// runs on or is a utility's; what runs within it asks policy_active().
bool policy_catch_up();

// For the planner: what the message at hand plans first, in a transaction that began with it, need not take in again what
// was taken in then.
bool policy_catch_up_first();

// Called by whatever changes policy, inside the transaction that does: advances the shared generation at
// once and again when the transaction ends, and invalidates plans everywhere.
void policy_changed();

enum class Verdict : uint8 {
    Open,    // no mask in force on this column
    Cleared, // a mask is in force; this role reads the stored value, and that is an unmask event
    Masked,  // this role reads the mask, and that is a mask event
};

// Why a role is cleared.
enum class Basis : uint8 { None, Superuser, Owner, Grant, AccessGrant, Exemption, Observe };

const char *basis_name(Basis basis);

struct Decision {
    Verdict verdict;
    Basis basis;
    Oid held_by;       // the role through which the clearance is held; InvalidOid where none
    TimestampTz until; // when the clearance ends; DT_NOEND where it does not
    const char *why;   // names the label, rule, policy, grant or exemption; lives as long as the policy entry
};

// The policy of one relation, own labels and those inherited from its partition or inheritance tree, rules
// included. attnums run from 1 to natts.
struct RelationPolicy;

// The last answer: a statement asks for the same relation again and again.
struct LastPolicy {
    Oid relation;
    uint64 stamp;
    const RelationPolicy *policy;
};
extern LastPolicy last_policy;

// nullptr where no column of the relation has a mask in force for anyone. One hash look-up when cached.
// Raises an error (and so fails closed) where the policy can't be read.
const RelationPolicy *policy_look_up(Oid relation);
inline const RelationPolicy *policy_of(Oid relation)
{
    return likely(last_policy.relation == relation && last_policy.stamp == policy_stamp()) ? last_policy.policy
                                                                                           : policy_look_up(relation);
}

// Was nothing found to be masked when it was last asked for, just now? "No" says nothing.
inline bool policy_known_open(Oid relation)
{
    return last_policy.relation == relation && !last_policy.policy && last_policy.stamp == policy_stamp();
}

// Columns with a mask in force, as a Bitmapset of attribute numbers (not offset).
const Bitmapset *policy_masked_columns(const RelationPolicy *policy);

// For `role` (usually GetUserId()) now: does it see the column, and why?
Decision policy_decide(const RelationPolicy *policy, AttrNumber attno, Oid role);

// Every column that it sees masked, as attribute numbers.
Bitmapset *policy_masked_for(const RelationPolicy *policy, Oid role);

// Until when those decisions hold, if the policy, the role and its memberships stay what they are; DT_NOEND.
TimestampTz policy_decided_until(const RelationPolicy *policy, Oid role);

// The current role, as a rule: whose rights count for what its statements see. A plan is made for it.
Oid deciding_role();

// What beside the role the decisions of this moment depend on (inside SECURITY DEFINER, ddm.mode, ...), as
// bits for NoteKind::Context: a plan runs only under the context for which it was made.
uint32 decision_context();

// The expression that `role` sees in place of column `attno` of the relation at `varno`: the mask, a CASE
// over WHEN branches, a constant. Of the column's own type, typmod and collation. Contains Vars of `varno`
// at level 0 only, and no sub-select. identity() answers the plain Var.
Expr *policy_mask_expression(const RelationPolicy *policy, AttrNumber attno, Oid role, Index varno);

} // namespace ddm
