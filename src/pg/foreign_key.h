// Foreign keys look at stored values, whoever's statement makes them look.
#pragma once

#include "pg/pg.h"

namespace ddm
{

void foreign_key_install();

// Is this a query by which the server checks or enforces a foreign key? Runs as the owner of the relation
// that it reads or changes.
bool is_foreign_key_query(const Query *query);

} // namespace ddm
