// A call built from plain parts, for a caller that can't hold objects with destructors.
#pragma once

#include "core/mask_call.h"

#include <string_view>

namespace ddm::core
{

struct FlatArgument {
    Argument::Kind kind; // not Call
    std::string_view text;
};

// nullptr where memory ran out.
MaskCall *new_mask_call(std::string_view name, const FlatArgument *arguments, size_t count) noexcept;
void delete_mask_call(MaskCall *call) noexcept;

} // namespace ddm::core
