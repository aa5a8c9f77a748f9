// The event of a read that no plan made: what an error quotes, what an object has its code see.
#pragma once

#include "pg/audit/audit.h"
#include "pg/errors/errors.h"

namespace ddm
{

// `notes` say which columns, by notes of kind Clear; columns that nobody is to know of make no event. `frame`: of the
// statement, nullptr outside of all. False where the event could not be recorded and reads are denied then; *why says
// what is wrong.
bool record_read(const ErrorFrame *frame, const PlannedStmt *notes, const char *status, int sqlstate, int64 rows,
                 const char **why);

// The same of values that a catalog keeps, one row: counted where the role's statements are.
bool record_values(const ErrorFrame *frame, const PlannedStmt *notes, const char **why);

} // namespace ddm
