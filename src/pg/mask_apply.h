// A bound mask made ready to run.
#pragma once

#include "pg/pg.h"
#include "pg/mask_ref.h"
#include "pg/mask_type.h"

namespace ddm
{

struct MaskRunner;

// Allocates in `context`; what core holds on its heap goes when the context does.
MaskRunner *mask_runner_make(const MaskRef *ref, MemoryContext context);

// Masks a value that is not null. Never answers the value itself where the mask can't be run: the default of the
// type then, NULL where a domain forbids that, or an error.
Datum mask_runner_run(MaskRunner *runner, Datum value, bool *is_null);

} // namespace ddm
