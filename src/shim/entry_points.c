/* Every function that SQL can call, each written in src/pg as DDM_FUNCTION(name). One line each, sorted. */
#include "postgres.h"
#include "fmgr.h"

