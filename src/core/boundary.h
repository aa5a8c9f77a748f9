// The error boundary put to the test: core is made to throw, and whoever calls gets a status.
#pragma once

#include "core/status.h"

namespace ddm::core
{

// `what` is "exception", "memory" or "other": throws std::runtime_error, std::bad_alloc or an int within core.
// Anything else is Code::Unknown.
Status throw_inside(std::string_view what) noexcept;

} // namespace ddm::core
