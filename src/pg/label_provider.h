// The label provider `ddm`: who may set a label, on what, and what it has to say.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void label_provider_install();

// SECURITY LABEL: lets policy admins label tables that they do not own.
void label_statement(UtilityCall *call);

} // namespace ddm
