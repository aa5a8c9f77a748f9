// Exemptions: roles that read stored values where a condition holds, until an end.
#include "pg/exemptions.h"
#include "pg/audit_event.h"
#include "pg/column_facts.h"
#include "pg/grant_store.h"
#include "pg/policy_state.h"
#include "core/cel.h"

extern "C" {
#include "catalog/pg_authid.h"
#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

// Columns of ddm.role_exemptions, as sql/install/25_policies.sql makes it.
enum Column { col_name = 1, col_members, col_condition, col_until, col_reason, column_count = col_reason };

struct RequestCondition {
    core::Condition *condition;
    core::ConditionInput facts; // of the column; the session's are filled in when it is asked
};

// Whether any exemption that this backend has read asks for the session.
static bool session_matters = false;

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

uint32 request_context()
{
    if (!session_matters || !application_name)
        return 0;
    return hash_bytes(reinterpret_cast<const unsigned char *>(application_name),
                      static_cast<int>(strlen(application_name)))
           << 8;
}

// One exemption as the table holds it.
struct Exemption {
    char *name;
    List *members; // oids
    char *condition;
    TimestampTz until;
};

static List *live_roles(Datum array)
{
    List *roles = NIL;
    Datum *elements;
    bool *nulls;
    int count;
    deconstruct_array(DatumGetArrayTypeP(array), REGROLEOID, sizeof(Oid), true, TYPALIGN_INT, &elements, &nulls,
                      &count);
    for (int i = 0; i < count; i++)
        if (!nulls[i] && SearchSysCacheExists1(AUTHOID, elements[i]))
            roles = lappend_oid(roles, DatumGetObjectId(elements[i]));
    return roles;
}

static Exemption *read_exemption(HeapTuple tuple, TupleDesc description)
{
    Datum values[column_count];
    bool nulls[column_count];
    auto *exemption = zeroed<Exemption>();
    heap_deform_tuple(tuple, description, values, nulls);
    exemption->name = pstrdup(NameStr(*DatumGetName(values[col_name - 1])));
    exemption->members = live_roles(values[col_members - 1]);
    exemption->condition = TextDatumGetCString(values[col_condition - 1]);
    exemption->until = DatumGetTimestampTz(values[col_until - 1]);
    return exemption;
}

static List *read_exemptions()
{
    List *found = NIL;
    Oid oid = ddm_relation("role_exemptions");
    if (!OidIsValid(oid))
        return NIL;
    InvalidateCatalogSnapshot();
    Relation table = table_open(oid, AccessShareLock);
    SysScanDesc scan = systable_beginscan(table, InvalidOid, false, nullptr, 0, nullptr);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan)))
        found = lappend(found, read_exemption(tuple, RelationGetDescr(table)));
    systable_endscan(scan);
    table_close(table, AccessShareLock);
    return found;
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
    session_matters |= at_request;
    for (int attno = -1; (attno = bms_next_member(policy->masked, attno)) >= 0;) {
        RequestCondition *request = nullptr;
        if (at_request) {
            request = zeroed<RequestCondition>();
            request->condition = condition;
            request->facts = facts[attno];
        } else if (!core::exemption_matches(core::evaluate_condition(condition, facts[attno]))) {
            continue;
        }
        found = add_members(found, exemption, static_cast<AttrNumber>(attno), request);
    }
    return found;
}

List *clearances_from_exemptions(const RelationPolicy *policy, List *found)
{
    List *exemptions = read_exemptions();
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
    if (!SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(grant->grantee)))
        return found;
    for (int attno = -1; (attno = bms_next_member(policy->masked, attno)) >= 0;) {
        int level;
        bool tagged = false;
        ListCell *cell;
        foreach (cell, column_tags(policy->relation, static_cast<AttrNumber>(attno), &level))
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
