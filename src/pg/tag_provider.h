// The label provider `ddm_tag`: what columns, tables, schemas and the database hold.
#pragma once

#include "pg/utility.h"

namespace ddm
{

extern const char *const tag_provider; // "ddm_tag"

void tag_provider_install();

// SECURITY LABEL FOR ddm_tag: as the object's owner, once it is clear that a policy admin asks.
void tag_statement(UtilityCall *call);

// The number of a level's name (ddm.classification_levels), folded to lower case; the highest there can be where
// nobody knows it.
int level_by_name(const char *name);

} // namespace ddm
