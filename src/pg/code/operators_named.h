// Which operators the source of a function may mean.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// By itself, or by a word such as LIKE that stands for it.
bool may_mean_operator(const char *source, const char *name);

// That somebody made in one of `schemas` over a function of somebody else: Form_pg_operator.
List *borrowing_operators_in(Oid function, const List *schemas);

} // namespace ddm
