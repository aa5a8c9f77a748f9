// Utility statements that ddm takes part in, by node tag. Each concept registers its own handler in the table
// in utility.cpp; a handler does its work and says whether the statement still has to run.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "tcop/utility.h"
}

namespace ddm
{

struct UtilityCall {
    PlannedStmt *statement; // already a copy that may be scribbled on
    const char *query_string;
    ProcessUtilityContext context;
    ParamListInfo params;
    QueryEnvironment *environment;
    DestReceiver *destination;
    QueryCompletion *completion;
};

// Runs the statement through the next hook or the server itself.
void utility_run(UtilityCall *call);

// The same with another role's rights, for who has shown that he may do this.
void utility_run_as(UtilityCall *call, Oid role);

// A handler runs instead of the statement and calls utility_run() where (and as whom) it sees fit.
using UtilityHandler = void (*)(UtilityCall *call);

// Handlers of one tag nest: the first in the table is the outermost and reaches the next by utility_run().
void utility_install();

} // namespace ddm
