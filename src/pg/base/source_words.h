// The names that the source of a function may hold.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

const char *function_source(Oid function);

// Every word of it, as the server would fold it, and all that stands in quotation marks: char *.
List *source_words(Oid function);
List *words_of(const char *source);

} // namespace ddm
