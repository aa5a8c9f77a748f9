// Masks at places of a JSON document.
#pragma once

#include "core/mask_row.h"

namespace ddm::core
{

Status make_json(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);

} // namespace ddm::core
