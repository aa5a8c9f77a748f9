// Who sees stored values, and why: the one place where precedence between reasons stands.
#include "pg/policy/relation_policy.h"
#include "pg/debug_settings.h"
#include "pg/errors/errors.h"
#include "pg/policy/exemptions.h"
#include "pg/policy/policy_state.h"
#include "pg/policy/roles.h"
#include "pg/policy/settings.h"

namespace ddm
{

static const uint32 context_definer_bare = 1; // inside SECURITY DEFINER, where exemptions do not count
static const uint32 context_no_superuser = 2;
static const uint32 context_no_owner = 4;
static const uint32 context_observe = 8;

const char *basis_name(Basis basis)
{
    static const char *const names[] = {"none",         "superuser", "owner",       "grant",
                                        "access grant", "exemption", "observe mode"};
    return names[static_cast<size_t>(basis)];
}

uint32 decision_context()
{
    uint32 context = 0;
    if (InLocalUserIdChange() && !exempt_in_definer)
        context |= context_definer_bare;
    if (!exempt_superuser)
        context |= context_no_superuser;
    if (!exempt_owner)
        context |= context_no_owner;
    if (policy_mode == MODE_OBSERVE)
        context |= context_observe;
    return context | request_context();
}

static bool superuser_exempt(Oid role, uint32 context)
{
    return !(context & (context_definer_bare | context_no_superuser)) && superuser_arg(role);
}

static bool owner_exempt(const RelationPolicy *policy, Oid role, uint32 context)
{
    return !(context & (context_definer_bare | context_no_owner)) && holds_role(role, policy->owner);
}

static Decision cleared(Basis basis, Oid held_by, TimestampTz until, const char *why)
{
    return Decision{Verdict::Cleared, basis, held_by, until, why};
}

// Fills the memo with what `role` sees of every column now.
static void decide_all(const RelationPolicy *policy, Oid role, uint32 context)
{
    DecisionMemo *memo = &policy->memo;
    uint64 membership = membership_stamp();
    TimestampTz now = GetCurrentTimestamp();
    TimestampTz valid_until = DT_NOEND;
    bool as_superuser = !debug_masks_everything() && superuser_exempt(role, context);
    bool as_owner = !debug_masks_everything() && !as_superuser && owner_exempt(policy, role, context);

    memo->role = InvalidOid;
    if (!memo->decisions)
        memo->decisions =
            static_cast<Decision *>(MemoryContextAllocZero(policy->memory, sizeof(Decision) * (policy->natts + 1)));
    for (int attno = 0; attno <= policy->natts; attno++) {
        Decision *decision = &memo->decisions[attno];
        if (!bms_is_member(attno, policy->masked))
            *decision = Decision{Verdict::Open, Basis::None, InvalidOid, DT_NOEND, nullptr};
        else if (as_superuser)
            *decision = cleared(Basis::Superuser, role, DT_NOEND, "superuser");
        else if (as_owner)
            *decision = cleared(Basis::Owner, policy->owner, DT_NOEND, "owner of the table");
        else
            *decision = Decision{Verdict::Masked, Basis::None, InvalidOid, DT_NOEND, policy->columns[attno]->why};
    }

    for (int i = 0; i < policy->clearance_count && !as_superuser && !as_owner; i++) {
        const Clearance *clearance = &policy->clearances[i];
        if (clearance->until <= now || !holds_role(role, clearance->role))
            continue;
        TimestampTz until = clearance->until;
        if (clearance->request) {
            TimestampTz next = DT_NOEND;
            bool holds = request_condition_holds(clearance->request, now, &next);
            valid_until = Min(valid_until, next);
            until = Min(until, next);
            if (!holds)
                continue;
        }
        int first = clearance->attno ? clearance->attno : 1;
        int last = clearance->attno ? clearance->attno : policy->natts;
        for (int attno = first; attno <= last; attno++) {
            Decision *decision = &memo->decisions[attno];
            if (decision->verdict == Verdict::Masked ||
                (decision->verdict == Verdict::Cleared && decision->until < until))
                *decision = cleared(clearance->basis, clearance->role, until, clearance->why);
        }
    }

    for (int attno = 1; attno <= policy->natts; attno++) {
        Decision *decision = &memo->decisions[attno];
        if (decision->verdict == Verdict::Masked && (context & context_observe))
            *decision = cleared(Basis::Observe, InvalidOid, DT_NOEND, decision->why);
        if (decision->verdict == Verdict::Cleared && decision->until < valid_until)
            valid_until = decision->until;
    }
    memo->membership = membership;
    memo->context = context;
    memo->valid_until = valid_until;
    memo->role = role;
}

// A trigger that a foreign key's action fires may be anybody's: run by the statement that set the action off, it would
// have no other rights than that one's role.
Oid deciding_role()
{
    const Oid role = GetUserId();
    const Oid cause = errors_cause_of_action();

    return !OidIsValid(cause) || superuser_arg(cause) || holds_role(cause, role) ? role : cause;
}

static const DecisionMemo *decided(const RelationPolicy *policy, Oid role)
{
    const DecisionMemo *memo = &policy->memo;
    uint32 context = decision_context();

    if (role == GetUserId())
        role = deciding_role();
    if (memo->role != role || memo->membership != membership_stamp() || memo->context != context ||
        (memo->valid_until != DT_NOEND && memo->valid_until <= GetCurrentTimestamp()))
        decide_all(policy, role, context);
    return memo;
}

Decision policy_decide(const RelationPolicy *policy, AttrNumber attno, Oid role)
{
    if (attno < 1 || attno > policy->natts)
        return Decision{Verdict::Open, Basis::None, InvalidOid, DT_NOEND, nullptr};
    return decided(policy, role)->decisions[attno];
}

static Bitmapset *masked_for(const RelationPolicy *policy, Oid role, bool observed_too)
{
    Bitmapset *masked = nullptr;
    int attno = -1;

    while (policy && (attno = bms_next_member(policy->masked, attno)) >= 0) {
        const Decision decision = policy_decide(policy, static_cast<AttrNumber>(attno), role);
        if (decision.verdict == Verdict::Masked || (observed_too && decision.basis == Basis::Observe))
            masked = bms_add_member(masked, attno);
    }
    return masked;
}

Bitmapset *policy_masked_for(const RelationPolicy *policy, Oid role) { return masked_for(policy, role, false); }

Bitmapset *policy_enforced_for(const RelationPolicy *policy, Oid role) { return masked_for(policy, role, true); }

bool clearance_is_covered(const Clearance *clearance, const RelationPolicy *policy, AttrNumber attno)
{
    for (int i = 0; i < policy->clearance_count; i++) {
        const Clearance *other = &policy->clearances[i];
        if (holds_role(clearance->role, other->role) && other->until >= clearance->until &&
            (other->attno == 0 || other->attno == attno) &&
            (!other->request || (clearance->request && strcmp(other->why, clearance->why) == 0 &&
                                 request_condition_is_same(clearance->request, other->request))))
            return true;
    }
    return false;
}

TimestampTz policy_decided_until(const RelationPolicy *policy, Oid role) { return decided(policy, role)->valid_until; }

} // namespace ddm
