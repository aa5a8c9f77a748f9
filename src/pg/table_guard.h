// Statements about tables that would have the server read masked columns for whoever runs them: their triggers,
// constraints, index and policy expressions, conversions. Refused to a role that sees the columns masked, be it the
// owner or the holder of TRIGGER or REFERENCES.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void guard_create_trigger(UtilityCall *call);
void guard_create_table(UtilityCall *call); // foreign keys that point at masked columns
void guard_alter_table(UtilityCall *call);
void guard_create_index(UtilityCall *call);
void guard_create_policy(UtilityCall *call);
void guard_alter_policy(UtilityCall *call);
void guard_create_statistics(UtilityCall *call);
void guard_create_publication(UtilityCall *call);
void guard_alter_publication(UtilityCall *call);

} // namespace ddm
