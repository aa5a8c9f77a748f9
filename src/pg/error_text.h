// What remains of an error's text when the values in it are withheld.
#pragma once

#include "pg/pg.h"

namespace ddm
{

// Could an error of this kind quote a stored value that nobody meant to show? Not the words of a RAISE.
bool error_may_quote_data(int sqlstate);
bool error_is_own_words(const ErrorData *error);

// Replaces what may quote data. Strings are allocated in CurrentMemoryContext.
void error_withhold_values(ErrorData *error);

} // namespace ddm
