/* Every function that SQL can call, each written in src/pg as DDM_FUNCTION(name). One line each, sorted. */
#include "postgres.h"
#include "fmgr.h"

PG_FUNCTION_INFO_V1(ddm_require_preload);
PG_FUNCTION_INFO_V1(ddm_test_error_boundary);
