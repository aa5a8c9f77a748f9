// Text as it may stand in an HTML page.
#pragma once

#include <cstddef>
#include <string_view>

namespace ddm::core
{

// Escapes what means something in HTML, within quoted attributes too. Characters that no page may hold (control
// characters) show as U+FFFD; those that make a name look like another one (marks of direction, zero-width characters,
// if `utf8`) show as their number, [U+202E]. `out` must have room for html_bound(); answers how many bytes were written.
constexpr size_t html_bound(size_t size) noexcept { return size * 8; }
size_t escape_html(std::string_view text, bool utf8, char *out) noexcept;

} // namespace ddm::core
