// Arguments that a mask leaves out of a trusted function's call.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "access/htup.h"
#include "nodes/pg_list.h"
}

namespace ddm
{

// The defaults of the last `left_out` parameters of the function, folded; ends before the first that is no constant.
// What a user's function answers is none: it runs as who reads, who may have a say in it.
List *default_arguments(HeapTuple function, int left_out);

} // namespace ddm
