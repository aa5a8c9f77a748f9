// Functions of indexes where they are built anew.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void index_code_statement(UtilityCall *call);

// A parallel worker may build one: it learns of its functions where the first is looked up.
void index_code_in_worker();

} // namespace ddm
