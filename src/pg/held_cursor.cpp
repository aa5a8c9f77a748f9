// Which held cursors the role that runs the next statement may fetch from.
//
// FETCH is one way to their rows; PL/pgSQL and cursor_to_xml() reach them through SPI, past every hook. What all
// of them ask for is a portal that is ready: one that is not gives "portal cannot be run".
#include "pg/held_cursor.h"
#include "pg/policy.h"
#include "pg/rewrite.h"

extern "C" {
#include "utils/portal.h"
}

namespace ddm
{

static List *held = NIL; // names of the session's holdable cursors, in TopMemoryContext

void held_cursor_statement(UtilityCall *call)
{
    const auto *declare = reinterpret_cast<DeclareCursorStmt *>(call->statement->utilityStmt);
    const bool holdable = (declare->options & CURSOR_OPT_HOLD) != 0;
    const char *name = declare->portalname;

    utility_run(call);
    if (!holdable)
        return;
    MemoryContext outer = MemoryContextSwitchTo(TopMemoryContext);
    held = lappend(held, pstrdup(name));
    MemoryContextSwitchTo(outer);
}

static bool shows_hidden(const Portal portal)
{
    ListCell *cell;

    foreach (cell, portal->stmts)
        if (plan_shows_hidden(lfirst_node(PlannedStmt, cell)))
            return true;
    return false;
}

void held_cursors_check()
{
    ListCell *cell;

    if (held == NIL || !IsTransactionState() || !policy_active())
        return;
    foreach (cell, held) {
        auto *name = static_cast<char *>(lfirst(cell));
        Portal portal = GetPortalByName(name);

        if (!PortalIsValid(portal) || (portal->cursorOptions & CURSOR_OPT_HOLD) == 0) {
            held = foreach_delete_current(held, cell);
            pfree(name);
        } else if (portal->holdStore && (portal->status == PORTAL_READY || portal->status == PORTAL_DONE)) {
            // A held portal is never done, however far it was read: here that state says that ddm has shut it.
            portal->status = shows_hidden(portal) ? PORTAL_DONE : PORTAL_READY;
        }
    }
}

// FETCH and MOVE: says what is the matter where the portal's own error would not.
void held_fetch_statement(UtilityCall *call)
{
    const auto *fetch = reinterpret_cast<FetchStmt *>(call->statement->utilityStmt);
    Portal portal = GetPortalByName(fetch->portalname);

    if (PortalIsValid(portal) && portal->holdStore && portal->status == PORTAL_DONE)
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                errmsg("cursor \"%s\" holds rows that role \"%s\" may not see unmasked", portal->name,
                       GetUserNameFromId(GetUserId(), true)),
                errhint("Declare the cursor again to see the masks."));
    utility_run(call);
}

} // namespace ddm
