// What a client sent, without its literals: events hold no values.
#pragma once

#include "pg/base/pg.h"

#include <string_view>

namespace ddm
{

// The statement at `location` of `source` (its whole, where the server does not say), every literal a `?`, comments
// left out, cut to a bound. In CurrentMemoryContext.
std::string_view text_without_literals(const char *source, int location, int length);

// What is being run: the innermost utility statement, or else what the client sent.
struct CurrentStatement {
    std::string_view text;
    const char *command; // its tag; nullptr outside of any statement
};
CurrentStatement current_statement();

} // namespace ddm
