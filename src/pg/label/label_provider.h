// The label provider `ddm`: who may set a label, on what, and what it has to say.
#pragma once

#include "pg/audit/audit.h"
#include "pg/utility.h"

namespace ddm
{

void label_provider_install();

// Records a policy event in the name of who asked for the label, also while his statement runs as the owner.
void record_as_asked(const PolicyEvent &event);

// SECURITY LABEL: lets policy admins label tables that they do not own.
void label_statement(UtilityCall *call);

} // namespace ddm
