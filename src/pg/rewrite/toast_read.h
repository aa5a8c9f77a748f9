// Reads of TOAST tables by name: a masked value that is stored out of line stands there as it is.
//
// The server lets few read them: superusers, and through pg_read_all_data who sees everything else masked.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "catalog/pg_class.h"
}

namespace ddm
{

inline bool is_toast_table(const RangeTblEntry *rte)
{
    return rte->rtekind == RTE_RELATION && rte->relkind == RELKIND_TOASTVALUE;
}

// Notes what the role may see there in clear: any column that can be stored out of line, for rows are in pieces.
void note_toast_read(PlannedStmt *plan, Oid toast, Oid role);

// Raises 42501 where the TOAST table may hold what is hidden from the current role.
void check_toast_read(Oid toast);

} // namespace ddm
