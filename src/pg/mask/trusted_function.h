// User-written mask functions: which are trusted, and how a mask calls one.
//
// SECURITY LABEL FOR ddm ON FUNCTION f(text) IS 'TRUSTED MASK' is kept as 'TRUSTED MASK sha256:...', the digest
// of the function's catalog row at that time: what was replaced, altered or re-owned does not match any more.
#pragma once

#include "pg/base/pg.h"
#include "pg/mask/mask_call.h"
#include "core/status.h"

extern "C" {
#include "catalog/objectaddress.h"
}

namespace ddm
{

struct TrustedMask {
    Oid function;
    Oid value_type; // of its first argument
    Oid result_type;
    List *arguments; // the other arguments: Consts
};

// Finds the function that `call` names for the column, and binds its arguments. Ok with *mask = nullptr where it
// is there and not trusted (any more), if `quiet`; otherwise an error says what is missing.
core::Status trusted_bind(const core::MaskCall &call, const MaskTarget &target, bool quiet, const TrustedMask **mask);

// Is it trusted, as it is now?
bool function_is_trusted(Oid function);

// May the function's owner still be trusted? He may have lost his membership of ddm_admin since.
bool trusted_owner_holds(Oid function);

// The call, of the column's type and typmod.
Expr *trusted_expression(const TrustedMask *mask, Expr *value, const MaskTarget &target);

// The provider's check of a label on a function.
void trusted_check_label(const ObjectAddress *object, const char *label);

// What to write for the label that was asked for: with the digest. Gives the function a search_path of its own
// where it has none. `name` names it with its schema.
const char *trusted_label(Oid function, ObjectWithArgs *name, const char *label);

// Replaced, altered or re-owned: the label goes.
void trusted_function_touched(Oid function, int sub, bool internal);
void trusted_function_dropped(Oid function, int sub, bool internal);

} // namespace ddm
