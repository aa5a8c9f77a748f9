// What remains of an error's text when the values in it are withheld.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Could an error of this kind quote a stored value that nobody meant to show? Not the words of a RAISE.
bool error_may_quote_data(int sqlstate);
bool error_is_own_words(const ErrorData *error);

// No value was put into it on purpose, or it is no message of a statement.
bool error_is_silent(int sqlstate);

// No error: does it tell of a statement, as extensions do that log all of them?
bool error_tells_of_statement(const ErrorData *message);

// No error: what does it quote that nobody meant to show? Names and the like of a statement, into which whoever wrote the code
// may have pasted values; the statement itself, while it is parsed; or, few messages do, values.
enum class Quoted : uint8 { Nothing, Statement, Values, Parsed };
Quoted quoted_in_message(const ErrorData *message);

// Gives the message that is being raised other words, or only takes the statement out that was being parsed.
void message_withhold(ErrorData *message, Quoted quoted);

// Of an error that leaves no room for a look at it.
bool is_of_exhaustion(int sqlstate);

// Raised by a utility statement: does it speak of the objects that the statement names, and not out of an expression?
bool error_speaks_of_objects(const ErrorData *error);

// An error of any kind: does its context quote a statement, into which a function may have pasted values?
bool error_context_may_quote_data(const ErrorData *error);

// Replaces what may quote data: everywhere, or in the context alone. Strings are allocated in CurrentMemoryContext.
void error_withhold_values(ErrorData *error);
void error_withhold_context(ErrorData *error);

} // namespace ddm
