// What was looked into to find out which functions the server calls with stored values, and is now part of the answer.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

enum class Code : uint8 { Function, View, Domain };

// Policies are loaded anew, and functions looked for, once it changes, whoever changes it.
void watch_code(Code kind, Oid object);

} // namespace ddm
