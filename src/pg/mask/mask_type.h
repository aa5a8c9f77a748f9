// What the masks need to know of a column's type.
#pragma once

#include "pg/base/pg.h"
#include "pg/mask/mask_call.h"
#include "core/mask.h"

namespace ddm
{

struct MaskedType {
    Oid base;     // below any domain
    int32 typmod; // of the base type: the column's, or the domain's
    bool is_domain;
    int16 length;
    bool by_value;
    char align;
    core::Target target;
};

// Allocates only the type's name, in CurrentMemoryContext.
void mask_type_facts(const MaskTarget &column, MaskedType *type);

void money_install(); // when the server starts

// The default() of the column's type, or what stands in for it where the type or its domain does not admit it.
struct MaskConstant {
    Datum value;
    bool is_null;
    bool impossible; // neither a default nor NULL fits: reading the column is an error
};
void mask_type_default(const MaskTarget &column, const MaskedType &type, MaskConstant *constant);

// Does a value (already of the base type) satisfy the NOT NULL and checks of the type, if it is a domain that has any? The
// server would ask as whoever reads; here whoever wrote the checks asks (mask_domain.cpp).
bool mask_type_admits(Oid type, Datum value, bool is_null);
// The same for many values.
struct DomainChecks;
DomainChecks *mask_domain_checks(Oid domain, MemoryContext context);
bool mask_domain_admits(DomainChecks *checks, Datum value, bool is_null);
bool mask_domain_is_serial(Oid type); // a domain whose checks call a function that is not PARALLEL SAFE
// How often that was answered with no because nobody could be asked: the very domain's checks were being asked, or an
// error was being judged.
uint64 mask_domain_unasked();

} // namespace ddm
