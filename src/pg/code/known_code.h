// Which functions the server calls with stored values, as far as this session has come across the tables.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Said where a relation's policy was loaded: it has masks.
void stored_code_of(Oid relation);

// Said of a condition that sees its rows in a statement at hand.
void stored_code_in(Oid relation, Node *expression);

// And of a function of somebody's that is a mask.
void stored_code_mask(Oid relation, Oid function);

// Code may give stored values to any domain: what their checks call is known as well.
void look_at_domains();

bool is_known_code(Oid function);
uint64 known_code_changes(); // so far

// Over which relations with masks it is called.
List *tables_of_code(Oid function);

} // namespace ddm
