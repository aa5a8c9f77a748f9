// Exemptions: roles that read stored values where a condition holds, until an end.
#include "pg/policy/exemptions.h"
#include "pg/audit/audit_event.h"
#include "pg/grant/grant_store.h"
#include "pg/policy/column_facts.h"
#include "pg/policy/exemption_store.h"
#include "pg/policy/policy_state.h"
#include "core/cel.h"

extern "C" {
#include "catalog/pg_authid.h"
#include "common/hashfn.h"
#include "mb/pg_wchar.h"
}

namespace ddm
{

struct RequestCondition {
    core::Condition *condition;
    core::ConditionInput facts; // of the column; the session's are filled in when it is asked
};

// Whether any exemption that this backend has read asks for the session.
bool session_matters = false;

static void free_compiled(void *condition) { core::free_condition(static_cast<core::Condition *>(condition)); }

static core::OptionalText session_text(const char *text)
{
    return text && text[0] ? core::OptionalText{text, strlen(text)} : core::OptionalText{};
}

static int64 unix_time(TimestampTz time)
{
    return time + static_cast<int64>(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;
}

bool request_condition_holds(const RequestCondition *request, TimestampTz now, TimestampTz *next)
{
    core::ConditionInput input = request->facts;
    int64_t moment;
    input.has_time = true;
    input.time = unix_time(now);
    input.application_name = session_text(application_name);
    input.client_addr = session_text(session_client_address());
    if (core::condition_next_time(request->condition, input.time, &moment))
        *next = now + (moment - input.time);
    return core::exemption_matches(core::evaluate_condition(request->condition, input));
}

bool request_condition_is_same(const RequestCondition *one, const RequestCondition *other)
{
    return core::condition_is_same_of(one->condition, one->facts, other->facts);
}

uint32 hash_of_session()
{
    if (!application_name)
        return 0;
    return hash_bytes(reinterpret_cast<const unsigned char *>(application_name),
                      static_cast<int>(strlen(application_name)))
           << 8;
}

static List *add_members(List *found, const Exemption *exemption, AttrNumber attno, RequestCondition *request)
{
    ListCell *cell;
    foreach (cell, exemption->members) {
        auto *clearance = zeroed<Clearance>();
        clearance->basis = Basis::Exemption;
        clearance->attno = attno;
        clearance->role = lfirst_oid(cell);
        clearance->until = exemption->until;
        clearance->why = psprintf("exemption %s", quote_identifier(exemption->name));
        clearance->request = request;
        found = lappend(found, clearance);
    }
    return found;
}

// Compiled into the policy's own memory: the policy may outlive the state of the table that it was read from.
static core::Condition *compile_into_policy(const char *text)
{
    core::Condition *condition = nullptr;
    auto *callback = zeroed<MemoryContextCallback>();
    if (!core::compile_condition(text, core::ConditionScope::Exemption, GetDatabaseEncoding() == PG_UTF8, &condition))
        return nullptr;
    callback->func = free_compiled;
    callback->arg = condition;
    MemoryContextRegisterResetCallback(CurrentMemoryContext, callback);
    return condition;
}

static List *add_exemption(const RelationPolicy *policy, List *found, const Exemption *exemption,
                           const core::ConditionInput *facts)
{
    core::Condition *condition = compile_into_policy(exemption->condition);
    if (!condition)
        return found;
    bool at_request = core::condition_needs_request(condition);
    for (int attno = -1; (attno = bms_next_member(policy->masked, attno)) >= 0;) {
        RequestCondition *request = nullptr;
        core::ConditionInput input = facts[attno];
        input.request_unknown = at_request;
        const core::Truth truth = core::evaluate_condition(condition, input);
        if (at_request && truth == core::Truth::Unknown) {
            request = zeroed<RequestCondition>();
            request->condition = condition;
            request->facts = facts[attno];
            session_matters = true;
        } else if (!core::exemption_matches(truth)) {
            continue;
        }
        found = add_members(found, exemption, static_cast<AttrNumber>(attno), request);
    }
    return found;
}

List *clearances_from_exemptions(const RelationPolicy *policy, List *found)
{
    List *exemptions = exemptions_all();
    if (exemptions == NIL)
        return found;
    int natts;
    const core::ConditionInput *facts = column_facts(policy->relation, &natts);
    ListCell *cell;
    foreach (cell, exemptions)
        found = add_exemption(policy, found, static_cast<Exemption *>(lfirst(cell)), facts);
    return found;
}

static List *add_tag_grant(const RelationPolicy *policy, List *found, const UnmaskGrant *grant)
{
    if (!SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(grant->grantee)) ||
        !SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(grant->grantor)))
        return found;
    for (int attno = -1; (attno = bms_next_member(policy->masked, attno)) >= 0;) {
        int level;
        const char *origin;
        bool tagged = false;
        ListCell *cell;
        foreach (cell, column_tags(policy->relation, static_cast<AttrNumber>(attno), &level, &origin))
            tagged |= strcmp(static_cast<char *>(lfirst(cell)), grant->tag) == 0;
        if (!tagged)
            continue;
        auto *clearance = zeroed<Clearance>();
        clearance->basis = Basis::Grant;
        clearance->attno = static_cast<AttrNumber>(attno);
        clearance->role = grant->grantee;
        clearance->until = grant->until;
        clearance->why = grant_text(grant);
        found = lappend(found, clearance);
    }
    return found;
}

List *clearances_from_tags(const RelationPolicy *policy, List *found)
{
    ListCell *cell;
    foreach (cell, grants_at(InvalidOid, "")) {
        auto *grant = static_cast<UnmaskGrant *>(lfirst(cell));
        if (grant->kind == GrantKind::Tag)
            found = add_tag_grant(policy, found, grant);
    }
    return found;
}

} // namespace ddm
