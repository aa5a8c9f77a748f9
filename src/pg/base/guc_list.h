// The server's list of settings, as it keeps them.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "utils/guc_tables.h"
}

namespace ddm
{

// Every setting there is; the list is the server's own, or palloc'd.
inline config_generic **guc_list(int *count)
{
#if DDM_GUC_LIST_COUNTS
    return get_guc_variables(count);
#else
    *count = GetNumConfigOptions();
    return get_guc_variables();
#endif
}

} // namespace ddm
