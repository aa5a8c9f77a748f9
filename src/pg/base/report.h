// Turns a core Status into an ordinary server error, once no C++ frame with a destructor is left.
#pragma once

#include "pg/base/pg.h"
#include "core/status.h"

namespace ddm
{

// Raises `status` as an ERROR about `what` ("label", "condition", ...), whose text is `input`; the detail
// says where in the input the mistake stands. Never returns.
[[noreturn]] void report(const core::Status &status, const char *what, const char *input);

// The SQLSTATE that answers a core code.
int sqlstate_of(core::Code code);

} // namespace ddm
