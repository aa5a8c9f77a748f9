// A domain's NOT NULL and checks as they were written, of those below it too. The server keeps them as the planner left
// them: what can be computed beforehand was, with the rights of whoever came first, and of SQL functions only what they
// do is left.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

struct WrittenChecks {
    bool not_null;
    List *expressions; // in the order in which the server asks them
    List *owners;      // of the domains
};

// Allocates in CurrentMemoryContext. What is no domain has none.
void read_domain_checks(Oid type, WrittenChecks *checks);

bool domain_has_checks(Oid type);

// Is a field, an element or a bound of the type's values of a domain that has any? The type's input function asks them.
bool domain_checks_within(Oid type);

// Moves whenever what was read, or a function that it calls, may have become another.
uint64 domain_checks_stamp();

} // namespace ddm
