// The server's headers as C++ may see them, and nothing of core: every file of src/pg starts with this one.
#pragma once

extern "C" {
#include "postgres.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"
}

// gettext's and the port's macros that would rewrite the C++ library's own names.
#undef snprintf
#undef vsnprintf
#undef sprintf
#undef vsprintf
#undef printf
#undef fprintf
#undef strerror

#include "pg/base/compat.h"

// A function that SQL calls. Its PG_FUNCTION_INFO_V1 stands in src/shim/entry_points.c.
#define DDM_FUNCTION(name) extern "C" __attribute__((visibility("default"))) Datum name(PG_FUNCTION_ARGS)

namespace ddm
{

// `count` zeroed objects in CurrentMemoryContext, for types without constructors.
template <typename T> T *zeroed(size_t count = 1) { return static_cast<T *>(palloc0(count * sizeof(T))); }

} // namespace ddm
