// Which portals that keep rows the role that runs the next statement may fetch from.
//
// FETCH is one way to their rows; PL/pgSQL and cursor_to_xml() reach them through SPI, past every hook. What all
// of them ask for is a portal that is ready: one that is not gives "portal cannot be run".
#include "pg/rewrite/held_cursor.h"
#include "pg/policy/policy.h"
#include "pg/rewrite/rewrite.h"

namespace ddm
{

enum class Kept : uint8 {
    Declared,  // WITH HOLD
    Filled,    // with the rows of RETURNING, EXECUTE and the like
    Fetched,   // from another portal, by a FETCH: nobody knows what that one read
    Functions, // rows that a function read through masks or not: nobody knows which came of what
};

struct HeldPortal {
    char *name;
    Kept kept;
    Oid filled_by;    // the role that ran a utility statement or a function
    ReadsSince since; // before the first of its rows was read
    TimestampTz created;
};

List *held_portals = NIL;

static void remember(const Portal portal, Kept kept, const ReadsSince &since)
{
    ListCell *cell;

    foreach (cell, held_portals) {
        auto *known = static_cast<HeldPortal *>(lfirst(cell));
        if (known->kept != kept || strcmp(known->name, portal->name) != 0)
            continue;
        if (known->created != portal->creation_time)
            known->since = since;
        known->filled_by = GetUserId();
        known->created = portal->creation_time;
        return;
    }
    MemoryContext outer = MemoryContextSwitchTo(TopMemoryContext);
    auto *entry = zeroed<HeldPortal>();
    *entry = {pstrdup(portal->name), kept, GetUserId(), since, portal->creation_time};
    held_portals = lappend(held_portals, entry);
    MemoryContextSwitchTo(outer);
}

void held_cursor_statement(UtilityCall *call)
{
    const auto *declare = reinterpret_cast<DeclareCursorStmt *>(call->statement->utilityStmt);
    const bool holdable = (declare->options & CURSOR_OPT_HOLD) != 0;
    const char *name = declare->portalname;

    utility_run(call);
    Portal portal = holdable ? GetPortalByName(name) : nullptr;
    if (PortalIsValid(portal))
        remember(portal, Kept::Declared, reads_since_now());
}

void held_by_portal(const QueryDesc *query_desc)
{
    const Portal portal = ActivePortal;
    const PlannedStmt *plan = query_desc->plannedstmt;

    // That of EXECUTE is a portal of its own, which pg_cursors does not show.
    if (!list_member_ptr(portal->stmts, plan) || !portal->visible) {
        held_reads_note(plan);
    } else if (portal->strategy == PORTAL_ONE_RETURNING || portal->strategy == PORTAL_ONE_MOD_WITH) {
        remember(portal, Kept::Filled, reads_since_now());
    }
}

void held_by_portal(const PlannedStmt *utility, const ReadsSince &since)
{
    const bool fetched = IsA(utility->utilityStmt, FetchStmt);

    if ((fetched || masked_executions() != since.executions) && in_named_portal() &&
        ActivePortal->strategy == PORTAL_UTIL_SELECT && list_member_ptr(ActivePortal->stmts, utility))
        remember(ActivePortal, fetched ? Kept::Fetched : Kept::Filled, since);
}

void held_by_functions(const QueryDesc *query_desc, const ReadsSince &since)
{
    if (in_named_portal() && ActivePortal->queryDesc == query_desc)
        remember(ActivePortal, Kept::Functions, since);
}

static bool is_gone(const HeldPortal *entry, const Portal portal)
{
    return !PortalIsValid(portal) || portal->creation_time != entry->created ||
           ((entry->kept == Kept::Filled || entry->kept == Kept::Fetched) && portal->holdStore == nullptr);
}

static bool shows_hidden(HeldPortal *entry, const Portal portal)
{
    ListCell *cell;

    if (portal->strategy == PORTAL_UTIL_SELECT || entry->kept == Kept::Functions) {
        const uint64 generation = policy_generation();

        if (entry->filled_by != GetUserId())
            return true;
        if (entry->kept == Kept::Fetched)
            return entry->since.generation != generation;
        if (entry->since.generation != generation && !held_reads_hold(entry->since))
            return true;
        entry->since.generation = generation;
        return false;
    }
    foreach (cell, portal->stmts)
        if (plan_shows_hidden(lfirst_node(PlannedStmt, cell)))
            return true;
    return false;
}

// A portal that keeps rows is never done, however far it was read: here that state says that ddm has shut it.
static bool can_be_set(const HeldPortal *entry, const Portal portal)
{
    return PortalIsValid(portal) && (portal->holdStore || entry->kept == Kept::Functions) &&
           (portal->status == PORTAL_READY || portal->status == PORTAL_DONE);
}

void held_cursors_look()
{
    ListCell *cell;

    if (!IsTransactionState() || !policy_active())
        return;
    foreach (cell, held_portals) {
        auto *entry = static_cast<HeldPortal *>(lfirst(cell));
        Portal portal = GetPortalByName(entry->name);

        if (is_gone(entry, portal)) {
            held_portals = foreach_delete_current(held_portals, cell);
            pfree(entry->name);
            pfree(entry);
        } else if (can_be_set(entry, portal)) {
            portal->status = PORTAL_READY;
        }
    }
    foreach (cell, held_portals) { // one portal may be kept for more than one reason
        auto *entry = static_cast<HeldPortal *>(lfirst(cell));
        Portal portal = GetPortalByName(entry->name);

        if (can_be_set(entry, portal) && shows_hidden(entry, portal))
            portal->status = PORTAL_DONE;
    }
}

void held_cursors_shut()
{
    ListCell *cell;

    foreach (cell, held_portals) {
        const auto *entry = static_cast<HeldPortal *>(lfirst(cell));
        Portal portal = GetPortalByName(entry->name);

        if (can_be_set(entry, portal))
            portal->status = PORTAL_DONE;
    }
}

static const HeldPortal *entry_of(const Portal portal)
{
    ListCell *cell;

    foreach (cell, held_portals)
        if (strcmp(static_cast<HeldPortal *>(lfirst(cell))->name, portal->name) == 0)
            return static_cast<HeldPortal *>(lfirst(cell));
    return nullptr;
}

static const HeldPortal *hidden_from_reader(const Portal portal)
{
    ListCell *cell;

    foreach (cell, held_portals) {
        auto *entry = static_cast<HeldPortal *>(lfirst(cell));

        if (strcmp(entry->name, portal->name) == 0 && !is_gone(entry, portal) && shows_hidden(entry, portal))
            return entry;
    }
    return nullptr;
}

[[noreturn]] static void raise_held(const HeldPortal *entry)
{
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("cursor \"%s\" holds rows that role \"%s\" may not see unmasked", entry->name,
                   GetUserNameFromId(GetUserId(), true)),
            entry->kept == Kept::Functions
                ? errdetail("A function read them for another role, or before masking policy changed.")
                : 0,
            errhint("Declare the cursor again to see the masks."));
    pg_unreachable();
}

void held_check_run()
{
    const HeldPortal *hidden = held_portals != NIL && in_named_portal() ? hidden_from_reader(ActivePortal) : nullptr;

    if (hidden)
        raise_held(hidden);
}

// FETCH and MOVE: says what is the matter where the portal's own error would not.
void held_fetch_statement(UtilityCall *call)
{
    const auto *fetch = reinterpret_cast<FetchStmt *>(call->statement->utilityStmt);
    Portal portal = GetPortalByName(fetch->portalname);

    const HeldPortal *shut = PortalIsValid(portal) && portal->status == PORTAL_DONE ? entry_of(portal) : nullptr;

    if (shut)
        raise_held(shut);
    utility_run(call);
}

} // namespace ddm
