// Changes of roles as events.
#include "pg/audit/role_events.h"
#include "pg/audit/audit.h"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_auth_members.h"
#include "catalog/pg_authid.h"
#include "lib/stringinfo.h"
#include "utils/catcache.h"
#include "utils/timestamp.h"
}

namespace ddm
{

static const char *role_object(Oid role)
{
    return psprintf("role %s", quote_identifier(GetUserNameFromId(role, false)));
}

// What the rows for the two, one per grantor since 16, come to.
struct Membership {
    bool there, admin, inherit, set;
};

static Membership membership_of(Oid role, Oid member)
{
    Membership found = {};
    CatCList *list = SearchSysCacheList1(AUTHMEMROLEMEM, ObjectIdGetDatum(role));
    for (int i = 0; i < list->n_members; i++) {
        auto *row = reinterpret_cast<Form_pg_auth_members>(GETSTRUCT(&list->members[i]->tuple));
        if (row->member != member)
            continue;
        found.there = true;
        found.admin = found.admin || row->admin_option;
#if DDM_MEMBERSHIP_HAS_OPTIONS
        found.inherit = found.inherit || row->inherit_option;
        found.set = found.set || row->set_option;
#else
        found.inherit = found.set = true;
#endif
    }
    ReleaseSysCacheList(list);
    return found;
}

static int rank_of(const Membership &one) { return one.there ? 1 + one.admin + one.inherit + one.set : 0; }

static const char *text_of(const Membership &one, Oid member)
{
    if (!one.there)
        return nullptr;
    return psprintf("member %s%s%s%s", quote_identifier(GetUserNameFromId(member, false)),
                    one.admin ? " with admin option" : "", one.inherit ? "" : " without inherit",
                    one.set ? "" : " without set");
}

static List *add_watch(List *watched, Oid role, Oid member, const Membership &before)
{
    auto *one = zeroed<WatchedMembership>();
    *one = {role, member, rank_of(before), text_of(before, member)};
    return lappend(watched, one);
}

List *membership_watch(List *watched, Oid role, Oid member)
{
    return add_watch(watched, role, member, membership_of(role, member));
}

List *membership_of_new_role(List *watched, Oid role, Oid member) { return add_watch(watched, role, member, {}); }

void membership_record(const List *watched)
{
    ListCell *cell;
    foreach (cell, watched) {
        auto *one = static_cast<WatchedMembership *>(lfirst(cell));
        Membership now = membership_of(one->role, one->member);
        const char *after = text_of(now, one->member);
        if (one->before == after || (one->before && after && strcmp(one->before, after) == 0))
            continue;
        audit_cluster_event({rank_of(now) > one->rank ? EventKind::Grant : EventKind::Revoke, "membership",
                             role_object(one->role), one->before, after, nullptr});
    }
}

constexpr uint32 role_superuser = 1, role_createrole = 2, role_createdb = 4, role_login = 8, role_replication = 16,
                 role_bypassrls = 32, role_inherit = 64;

static const struct {
    uint32 flag;
    const char *name;
} role_flags[] = {{role_superuser, "SUPERUSER"}, {role_createrole, "CREATEROLE"},   {role_createdb, "CREATEDB"},
                  {role_login, "LOGIN"},         {role_replication, "REPLICATION"}, {role_bypassrls, "BYPASSRLS"},
                  {role_inherit, "INHERIT"}};

RoleAttributes role_attributes(Oid role)
{
    RoleAttributes answer = {role, false, 0, "", ""};
    HeapTuple tuple = OidIsValid(role) ? SearchSysCache1(AUTHOID, ObjectIdGetDatum(role)) : nullptr;
    if (!HeapTupleIsValid(tuple))
        return answer;
    auto *row = reinterpret_cast<Form_pg_authid>(GETSTRUCT(tuple));
    answer.there = true;
    answer.flags = (row->rolsuper ? role_superuser : 0) | (row->rolcreaterole ? role_createrole : 0) |
                   (row->rolcreatedb ? role_createdb : 0) | (row->rolcanlogin ? role_login : 0) |
                   (row->rolreplication ? role_replication : 0) | (row->rolbypassrls ? role_bypassrls : 0) |
                   (row->rolinherit ? role_inherit : 0);
    bool null;
    Datum value = SysCacheGetAttr(AUTHOID, tuple, Anum_pg_authid_rolpassword, &null);
    answer.password = null ? "" : TextDatumGetCString(value);
    value = SysCacheGetAttr(AUTHOID, tuple, Anum_pg_authid_rolvaliduntil, &null);
    answer.valid_until = null ? "infinity" : pstrdup(timestamptz_to_str(DatumGetTimestampTz(value)));
    ReleaseSysCache(tuple);
    return answer;
}

// Those of `mask`, as ALTER ROLE would say them.
static void append_flags(StringInfo text, uint32 flags, uint32 mask)
{
    for (const auto &known : role_flags)
        if (mask & known.flag)
            appendStringInfo(text, "%s%s%s", text->len > 0 ? " " : "", (flags & known.flag) ? "" : "NO", known.name);
}

void role_record_attributes(const RoleAttributes &before, Oid role, bool reaches)
{
    RoleAttributes after = role_attributes(role);
    if (!after.there || !(reaches || ((before.flags | after.flags) & role_superuser)))
        return;
    StringInfoData was, is;
    initStringInfo(&was);
    initStringInfo(&is);
    // Of a new role what it is given, of an old one what changes. A password is never shown.
    uint32 differ = before.there ? before.flags ^ after.flags : after.flags & ~role_inherit;
    append_flags(&was, before.flags, differ);
    append_flags(&is, after.flags, differ);
    if (before.there && strcmp(before.password, after.password) != 0) {
        appendStringInfo(&was, "%s%s", was.len > 0 ? " " : "",
                         before.password[0] ? "PASSWORD (another)" : "PASSWORD NULL");
        appendStringInfo(&is, "%s%s", is.len > 0 ? " " : "", after.password[0] ? "PASSWORD" : "PASSWORD NULL");
    }
    if (before.there && strcmp(before.valid_until, after.valid_until) != 0) {
        appendStringInfo(&was, "%sVALID UNTIL %s", was.len > 0 ? " " : "", before.valid_until);
        appendStringInfo(&is, "%sVALID UNTIL %s", is.len > 0 ? " " : "", after.valid_until);
    }
    if (is.len > 0)
        audit_cluster_event(
            {EventKind::Policy, "role", role_object(role), before.there ? was.data : nullptr, is.data, nullptr});
}

void role_record_rename(const char *before, const char *after)
{
    audit_cluster_event(
        {EventKind::Policy, "rename", psprintf("role %s", quote_identifier(before)), before, after, nullptr});
}

struct RoleEnds {
    List *events; // of PolicyEvent
};

RoleEnds *role_ends() { return zeroed<RoleEnds>(); }

// A membership between two roles that both go is one event.
static void add_end(RoleEnds *ends, const PolicyEvent &event)
{
    ListCell *cell;
    foreach (cell, ends->events) {
        auto *known = static_cast<PolicyEvent *>(lfirst(cell));
        if (strcmp(known->object, event.object) == 0 && strcmp(known->before, event.before) == 0)
            return;
    }
    auto *kept = static_cast<PolicyEvent *>(palloc(sizeof(PolicyEvent)));
    *kept = event;
    ends->events = lappend(ends->events, kept);
}

static void add_lost_membership(RoleEnds *ends, Oid role, Oid member)
{
    add_end(ends, {EventKind::Revoke, "membership", role_object(role), text_of(membership_of(role, member), member),
                   nullptr, "role dropped"});
}

static List *related_roles(int cache, Oid role)
{
    List *found = NIL;
    CatCList *list = SearchSysCacheList1(cache, ObjectIdGetDatum(role));
    for (int i = 0; i < list->n_members; i++) {
        auto *row = reinterpret_cast<Form_pg_auth_members>(GETSTRUCT(&list->members[i]->tuple));
        found = list_append_unique_oid(found, cache == AUTHMEMROLEMEM ? row->member : row->roleid);
    }
    ReleaseSysCacheList(list);
    return found;
}

void role_end_watch(RoleEnds *ends, Oid role, bool reaches, bool (*other_reaches)(Oid))
{
    ListCell *cell;
    foreach (cell, related_roles(AUTHMEMMEMROLE, role))
        if (other_reaches(lfirst_oid(cell)))
            add_lost_membership(ends, lfirst_oid(cell), role);
    if (reaches)
        foreach (cell, related_roles(AUTHMEMROLEMEM, role))
            add_lost_membership(ends, role, lfirst_oid(cell));
    RoleAttributes was = role_attributes(role);
    if (was.there && (reaches || (was.flags & role_superuser))) {
        StringInfoData text;
        initStringInfo(&text);
        append_flags(&text, was.flags, (was.flags | role_login) & ~role_inherit);
        add_end(ends, {EventKind::Policy, "role", role_object(role), text.data, nullptr, "role dropped"});
    }
}

void role_ends_record(const RoleEnds *ends)
{
    ListCell *cell;
    foreach (cell, ends->events)
        audit_cluster_event(*static_cast<PolicyEvent *>(lfirst(cell)));
}

} // namespace ddm
