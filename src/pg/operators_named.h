// Which operators the source of a function may mean.
#pragma once

#include "pg/pg.h"

namespace ddm
{

// That somebody made in one of `schemas` over a function of somebody else: Form_pg_operator.
List *borrowing_operators_in(Oid function, const List *schemas);

} // namespace ddm
