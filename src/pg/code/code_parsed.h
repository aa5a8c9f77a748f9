// What the statements of code over masked columns found by their names.
#pragma once

namespace ddm
{

void code_parsed_install();

} // namespace ddm
