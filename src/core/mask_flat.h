// A call built from plain parts, for a caller that can't hold objects with destructors.
#pragma once

#include "core/mask_call.h"
#include "core/status.h"

#include <string_view>

namespace ddm::core
{

struct FlatArgument {
    Argument::Kind kind; // not Call: where the catalogue wants a mask, a text spells it
    std::string_view text;
};

// Makes *call, to be freed by delete_mask_call().
Status new_mask_call(std::string_view name, const FlatArgument *arguments, size_t count, MaskCall **call) noexcept;
void delete_mask_call(MaskCall *call) noexcept;

} // namespace ddm::core
