// The text of a statement without what it holds of values: for the audit trail, which holds none.
#pragma once

#include <cstddef>
#include <string_view>

namespace ddm::core
{

// Replaces every literal (strings of all kinds, dollar-quoted ones, bit strings, numbers) by `?`, drops comments,
// and folds white space to one blank. Quoted identifiers and parameters ($1) stay. Where quotes do not end, the
// rest is left out. `out` must have room for `sql.size() + 1` bytes; answers how many were written. The rules of
// lexing are those of the PostgreSQL manual, "Lexical Structure". `standard_strings` is
// standard_conforming_strings: without it every string knows backslashes.
size_t replace_literals(std::string_view sql, bool standard_strings, char *out) noexcept;

} // namespace ddm::core
