// Granting and revoking UNMASK: who may, who depends on whom, and the record of it.
//
// Policy admins grant in the name of ddm_admin. Who holds UNMASK WITH GRANT OPTION on the object, or on what
// contains it, grants in the name of the role through which he holds it. A grant is supported while its
// grantor is ddm_admin or holds a supported grant option that covers it; what loses its support goes.
#include "pg/grant/grant_unmask.h"
#include "pg/audit/audit.h"
#include "pg/policy/roles.h"
#include "pg/policy/settings.h"

extern "C" {
#include "catalog/pg_authid.h"
#include "utils/timestamp.h"
}

namespace ddm
{

UnmaskGrant *unmask_object(GrantKind kind)
{
    auto *grant = static_cast<UnmaskGrant *>(palloc0(sizeof(UnmaskGrant)));
    grant->kind = kind;
    grant->tag = "";
    grant->reason = "";
    grant->until = DT_NOEND;
    return grant;
}

Oid unmask_admin_grantor() { return get_role_oid(role_admin, false); }

static bool is_gone(Oid role) { return OidIsValid(role) && !SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(role)); }

// Does a right on `wide` cover `narrow`?
static bool covers(const UnmaskGrant *wide, const UnmaskGrant *narrow)
{
    switch (wide->kind) {
    case GrantKind::Database:
        return narrow->kind != GrantKind::Default;
    case GrantKind::Schema:
        if (narrow->kind == GrantKind::Schema)
            return strcmp(NameStr(wide->schema), NameStr(narrow->schema)) == 0;
        if (narrow->kind != GrantKind::Table && narrow->kind != GrantKind::Column)
            return false;
        return get_rel_namespace(narrow->relation) == get_namespace_oid(NameStr(wide->schema), true);
    case GrantKind::Table:
        return (narrow->kind == GrantKind::Table || narrow->kind == GrantKind::Column) &&
               wide->relation == narrow->relation;
    default:
        return grant_same_object(wide, narrow);
    }
}

// The right by which `role` may grant the object: its own or an inherited grant option, the longest-lived one.
static const UnmaskGrant *option_over(const UnmaskGrant *object, Oid role)
{
    const UnmaskGrant *best = nullptr;
    TimestampTz now = GetCurrentTimestamp();
    ListCell *cell;
    foreach (cell, grants_all()) {
        auto *held = static_cast<UnmaskGrant *>(lfirst(cell));
        if (held->grant_option && held->until > now && covers(held, object) && holds_role(role, held->grantee) &&
            (!best || best->until < held->until))
            best = held;
    }
    return best;
}

struct Authority {
    Oid grantor;
    TimestampTz until; // what is granted by it ends by then
    bool admin;
};

// Fails with 42501, or where `quiet` answers an authority without grantor.
static Authority authority_over(const UnmaskGrant *object, Oid granted_by, bool quiet)
{
    Oid role = OidIsValid(granted_by) ? granted_by : GetUserId();
    if (OidIsValid(granted_by) && !superuser() && !holds_role(GetUserId(), granted_by))
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                errmsg("permission denied to grant or revoke UNMASK as \"%s\"", GetUserNameFromId(granted_by, false)),
                errdetail("The current role does not have the privileges of that role."),
                errhint("Leave GRANTED BY out."));
    if (is_policy_admin(role))
        return {unmask_admin_grantor(), DT_NOEND, true};
    const UnmaskGrant *option = option_over(object, role);
    if (option)
        return {option->grantee, option->until, false};
    if (!quiet) {
        audit_denied_event(EventKind::Denied, "grant", grant_object_text(object), "grant or revoke UNMASK");
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied to grant or revoke UNMASK"),
                errdetail("It takes membership in %s, or UNMASK WITH GRANT OPTION; owning the table is not enough.",
                          role_admin),
                errhint("Ask a member of %s.", role_admin));
    }
    return {InvalidOid, DT_NOEND, false};
}

static const char *state_text(const UnmaskGrant *grant)
{
    const char *until = grant->until == DT_NOEND ? "" : psprintf(" until %s", timestamptz_to_str(grant->until));
    return psprintf("%s%s%s", grant_text(grant), grant->grant_option ? " with grant option" : "", until);
}

static void record(EventKind kind, const UnmaskGrant *before, const UnmaskGrant *after, const char *reason)
{
    const UnmaskGrant *one = after ? after : before;
    PolicyEvent event = {kind,
                         kind == EventKind::Grant ? "grant" : "revoke",
                         grant_text(one),
                         before ? state_text(before) : nullptr,
                         after ? state_text(after) : nullptr,
                         reason && reason[0] ? reason : nullptr};
    audit_policy_event(event);
}

static void check_grantee(Oid grantee)
{
    HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(grantee));
    if (!HeapTupleIsValid(tuple))
        elog(ERROR, "cache lookup failed for role %u", grantee);
    bool login = reinterpret_cast<Form_pg_authid>(GETSTRUCT(tuple))->rolcanlogin;
    ReleaseSysCache(tuple);
    if (!login || grants_to_login_roles == LOGIN_GRANTS_ALLOW)
        return;
    ereport(grants_to_login_roles == LOGIN_GRANTS_DENY ? ERROR : WARNING, errcode(ERRCODE_INVALID_GRANT_OPERATION),
            errmsg("UNMASK is granted to \"%s\", a role that can log in", GetUserNameFromId(grantee, false)),
            errdetail("Clearance of single users is hard to review; grant it to a group role."),
            errhint("See the setting ddm.grants_to_login_roles."));
}

static const UnmaskGrant *find_row(const UnmaskGrant *object, Oid grantee, Oid grantor)
{
    ListCell *cell;
    foreach (cell, grants_at(object->relation, NameStr(object->schema))) {
        auto *row = static_cast<UnmaskGrant *>(lfirst(cell));
        if (grant_same_object(row, object) && row->grantee == grantee && row->grantor == grantor)
            return row;
    }
    return nullptr;
}

static void grant_one(const UnmaskRequest *request, const UnmaskGrant *object, Oid grantee)
{
    Authority authority = authority_over(object, request->granted_by, false);
    if (object->kind == GrantKind::Default && !authority.admin)
        require_policy_admin("alter default privileges of UNMASK", "grant", grant_object_text(object));
    if (grantee == authority.grantor && !authority.admin)
        ereport(
            ERROR, errcode(ERRCODE_INVALID_GRANT_OPERATION), errmsg("UNMASK cannot be granted back to its grantor"),
            errdetail("\"%s\" is the role through which the grant option is held.", GetUserNameFromId(grantee, false)),
            errhint("Grant it to another role."));
    UnmaskGrant grant = *object;
    grant.grantee = grantee;
    grant.grantor = authority.grantor;
    grant.grant_option = request->option;
    grant.granted_at = GetCurrentTimestamp();
    grant.until = Min(request->until, authority.until);
    grant.reason = request->reason ? request->reason : "";
    const UnmaskGrant *before = find_row(object, grantee, grant.grantor);
    grant_put(&grant);
    role_guard(grantee);
    record(EventKind::Grant, before, find_row(object, grantee, grant.grantor), request->reason);
}

// Is `row` what this REVOKE speaks of? Revoking from a table takes its columns along, as for SELECT.
static bool revokes(const UnmaskGrant *object, const UnmaskGrant *row)
{
    if (object->kind == GrantKind::Table && row->kind == GrantKind::Column)
        return object->relation == row->relation;
    return grant_same_object(object, row);
}

static void take_away(const UnmaskRequest *request, const UnmaskGrant *row)
{
    if (request->option) {
        UnmaskGrant less = *row;
        less.grant_option = false;
        grant_rewrite(&less);
        record(EventKind::Revoke, row, &less, request->reason);
        return;
    }
    grant_delete(row);
    record(EventKind::Revoke, row, nullptr, request->reason);
}

static void revoke_one(const UnmaskRequest *request, const UnmaskGrant *object, Oid grantee)
{
    Authority authority = authority_over(object, request->granted_by, request->whatever_there_is);
    bool any_grantor = authority.admin && !OidIsValid(request->granted_by);
    // A table's owner who revokes ALL takes UNMASK away too: less clearance takes no clearance.
    bool owner =
        request->whatever_there_is && OidIsValid(object->relation) && owns_relation(GetUserId(), object->relation);

    ListCell *cell;
    foreach (cell, grants_at(object->relation, NameStr(object->schema))) {
        auto *row = static_cast<UnmaskGrant *>(lfirst(cell));
        if (!revokes(object, row) || row->grantee != grantee || (request->option && !row->grant_option))
            continue;
        if (any_grantor || owner || row->grantor == authority.grantor)
            take_away(request, row);
    }
}

// What is revoked on one object may be held through another, or another role.
static void tell_what_remains(const UnmaskGrant *object, Oid grantee)
{
    const TimestampTz now = GetCurrentTimestamp();
    ListCell *cell;

    foreach (cell, grants_all()) {
        auto *row = static_cast<UnmaskGrant *>(lfirst(cell));
        if (row->until <= now || !covers(row, object) || is_gone(row->grantee) || !holds_role(grantee, row->grantee))
            continue;
        ereport(NOTICE,
                errmsg("role \"%s\" still holds UNMASK on %s", GetUserNameFromId(grantee, false),
                       grant_object_text(object)),
                errdetail("There is a grant of %s.", grant_text(row)),
                errhint("Revoke that one as well if it is not meant."));
        return;
    }
}

void unmask_put(const UnmaskGrant *row, const char *reason)
{
    const UnmaskGrant *before = find_row(row, row->grantee, row->grantor);
    grant_put(row);
    record(EventKind::Grant, before, find_row(row, row->grantee, row->grantor), reason);
}

void unmask_row_written(const UnmaskGrant *before, const UnmaskGrant *after)
{
    record(after ? EventKind::Grant : EventKind::Revoke, before, after, "row written directly");
}

void unmask_drop(const UnmaskGrant *row, const char *reason)
{
    record(EventKind::Revoke, row, nullptr, reason); // while the object has a name
    grant_delete(row);
}

static bool supports(const UnmaskGrant *option, const UnmaskGrant *row)
{
    return option->grant_option && option->grantee == row->grantor && covers(option, row);
}

// Every row whose grantor does not hold the right to it (any more), however long the chain.
static List *unsupported_rows(List *open)
{
    Oid admin = unmask_admin_grantor();
    List *good = NIL;
    bool moved = true;
    while (moved) {
        List *still_open = NIL;
        ListCell *cell, *other;
        moved = false;
        foreach (cell, open) {
            auto *row = static_cast<UnmaskGrant *>(lfirst(cell));
            bool supported = row->grantor == admin;
            for (other = list_head(good); other && !supported; other = lnext(good, other))
                supported = supports(static_cast<UnmaskGrant *>(lfirst(other)), row);
            if (supported) {
                moved = true;
                if (row->grant_option)
                    good = lappend(good, row);
            } else {
                still_open = lappend(still_open, row);
            }
        }
        open = still_open;
    }
    return open;
}

// Roles that were dropped from another database left their rows here, and those that they granted.
static List *sweep_dropped_roles(List *rows)
{
    bool swept = false;
    ListCell *cell;
    foreach (cell, rows) {
        auto *row = static_cast<UnmaskGrant *>(lfirst(cell));
        if (!is_gone(row->grantee) && !is_gone(row->grantor) && !is_gone(row->creator))
            continue;
        unmask_drop(row, "role dropped");
        swept = true;
    }
    return swept ? grants_all() : rows;
}

static void settle_dependents(bool cascade)
{
    ListCell *cell;
    foreach (cell, unsupported_rows(sweep_dropped_roles(grants_all()))) {
        auto *row = static_cast<UnmaskGrant *>(lfirst(cell));
        if (!cascade)
            ereport(ERROR, errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST), errmsg("dependent UNMASK grants exist"),
                    errdetail("%s was granted by \"%s\".", grant_text(row), GetUserNameFromId(row->grantor, false)),
                    errhint("Use CASCADE to revoke them too."));
        unmask_drop(row, "cascade");
    }
}

void unmask_execute(const UnmaskRequest *request)
{
    ListCell *object, *grantee;
    grants_lock();
    if (request->is_grant) {
        foreach (grantee, request->grantees)
            check_grantee(lfirst_oid(grantee));
    }
    foreach (object, request->objects) {
        foreach (grantee, request->grantees) {
            auto *one = static_cast<UnmaskGrant *>(lfirst(object));
            if (request->is_grant)
                grant_one(request, one, lfirst_oid(grantee));
            else
                revoke_one(request, one, lfirst_oid(grantee));
        }
    }
    if (request->is_grant)
        return;
    settle_dependents(request->cascade);
    if (request->option)
        return;
    foreach (object, request->objects)
        foreach (grantee, request->grantees)
            tell_what_remains(static_cast<UnmaskGrant *>(lfirst(object)), lfirst_oid(grantee));
}

void unmask_forget_role(Oid role, bool dropped)
{
    bool any = false;
    ListCell *cell;
    List *rows = grants_all();
    foreach (cell, rows) {
        auto *row = static_cast<UnmaskGrant *>(lfirst(cell));
        if (row->grantee == role || (dropped && (row->grantor == role || row->creator == role)))
            any = true;
    }
    if (!any)
        return;
    grants_lock();
    foreach (cell, grants_all()) {
        auto *row = static_cast<UnmaskGrant *>(lfirst(cell));
        if (row->grantee != role && !(dropped && (row->grantor == role || row->creator == role)))
            continue;
        unmask_drop(row, dropped ? "role dropped" : "drop owned");
    }
    settle_dependents(true);
}

} // namespace ddm
