// Dates and times as labels write them.
#pragma once

#include "core/mask_value.h"

#include <optional>
#include <string_view>

namespace ddm::core
{

// 'YYYY-MM-DD', 'YYYY-MM-DD HH:MM[:SS[.ffffff]]' or, of a time, 'HH:MM[:SS[.ffffff]]', to the end of the text, in the
// unit of the kind and in UTC, which +00 may say. Empty for anything else.
std::optional<int64_t> parse_moment(std::string_view text, Kind kind);

} // namespace ddm::core
