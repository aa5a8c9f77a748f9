// Statements about tables that would have the server read masked columns for whoever runs them and that leave no object to
// show it (object_guard.h sees to those): conversions, new partitions, sorting, statistics, publications. Refused to a role that
// sees the columns masked, be it the owner.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void guard_create_table(UtilityCall *call);
void guard_alter_table(UtilityCall *call);
void guard_cluster(UtilityCall *call);
void guard_create_statistics(UtilityCall *call);
void guard_create_publication(UtilityCall *call);
void guard_alter_publication(UtilityCall *call);

} // namespace ddm
