// The label provider `ddm_tag`: what columns, tables, schemas and the database hold.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void tag_provider_install();

// SECURITY LABEL FOR ddm_tag: as the object's owner, once it is clear that a policy admin asks.
void tag_statement(UtilityCall *call);

} // namespace ddm
