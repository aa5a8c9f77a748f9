// COPY relation TO reads the relation without a plan: with masks in force it becomes COPY (SELECT ...) TO.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void copy_statement(UtilityCall *call);

} // namespace ddm
