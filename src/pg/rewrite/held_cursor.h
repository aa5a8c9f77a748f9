// Portals that keep rows: cursors WITH HOLD, whose rows were read when the transaction ended, and what was opened over
// RETURNING, EXECUTE and the like, whose rows were when the first was fetched. No executor stands between those rows and
// whoever fetches them. So such a portal is shut while a role may not see what it holds, and opened for one who may.
#pragma once

#include "pg/rewrite/held_reads.h"
#include "pg/utility.h"

extern "C" {
#include "executor/execdesc.h"
#include "tcop/pquery.h"
#include "utils/portal.h"
}

namespace ddm
{

// DECLARE CURSOR: remembers the holdable ones.
void held_cursor_statement(UtilityCall *call);

// A named portal (a cursor, PL/pgSQL's too) may be fetched from at any time; the unnamed one is gone before anybody else
// could ask for the rest of it.
inline bool in_named_portal() { return ActivePortal && ActivePortal->name[0] != '\0'; }

// Remember the portal at work if it has a name and keeps the rows of what starts, or of the utility statement that has run
// since and in which masked columns were read. What else starts within it is noted: the portal may keep what it returns.
void held_by_portal(const QueryDesc *query_desc); // asked in a named portal alone
void held_by_portal(const PlannedStmt *utility, const ReadsSince &since);

// The same where the query that has run called functions in which masked columns were read: an executor keeps their rows.
void held_by_functions(const QueryDesc *query_desc, const ReadsSince &since);

// Before a portal at work gives more rows: an error where a function has read them for another role, or policy.
void held_check_run();

// FETCH, MOVE: an error that says why the cursor is shut.
void held_fetch_statement(UtilityCall *call);

// Before and after every statement, and after functions with their definer's rights: shuts or opens the portals that
// keep rows, for the role of the moment. Where the session has none it costs one look.
extern List *held_portals; // of HeldPortal *, in TopMemoryContext
void held_cursors_look();
inline void held_cursors_check()
{
    if (unlikely(held_portals != NIL))
        held_cursors_look();
}

// Shuts them all until then.
void held_cursors_shut();

} // namespace ddm
