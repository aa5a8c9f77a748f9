// A mask of the catalogue as an expression: a call of ddm.apply_mask(value, ddm.mask_ref).
//
// The constant of type ddm.mask_ref can be made only here: its input function always raises, it has no
// receive function and no cast, so that nobody calls a keyed mask by hand. EXPLAIN prints the mask's name.
#pragma once

#include "pg/base/pg.h"
#include "core/mask_call.h"
#include "core/status.h"

namespace ddm
{

// The column that a mask is for.
struct MaskTarget {
    Oid type; // as declared: may be a domain, an array
    int32 typmod;
    Oid collation;
};

// Checks `call` against the catalogue and the column: name, arity, literal types, that the result fits.
// On success *ref is the bound mask as a ddm.mask_ref datum (a varlena), allocated in CurrentMemoryContext;
// the status' positions are those of `call` in its label. Raises server errors for what the server finds.
core::Status mask_bind(const core::MaskCall &call, const MaskTarget &target, Datum *ref);

// default() for the target: binds for every type there is.
Datum mask_bind_default(const MaskTarget &target);

// What holds the result of a mask function of somebody's against the checks of the column's domain: it shows, or default().
Datum mask_bind_fit(const MaskTarget &target);

// The expression `mask(value)`; the plain value for identity().
Expr *mask_apply_expression(Datum ref, Expr *value, const MaskTarget &target);

// Nothing reads what it shows: a plan may be parallel that could not compute it.
void mask_is_unread(Expr *expression);

// The mask that a call of that kind applies; nullptr of every other call.
const struct MaskRef *mask_applied_by(const FuncExpr *call);

// A bound mask as a constant, and its type.
Const *mask_ref_constant(Datum ref);
Oid mask_ref_type();

// "partial(0, 'XXX-XX-', 4)": the canonical text of a bound mask. Never a key.
char *mask_ref_text(Datum ref);

bool mask_is_identity(Datum ref);   // shows the stored value
bool mask_is_constant(Datum ref);   // default(), nullify(), full(): all values alike
bool mask_is_null(Datum ref);       // nullify(), and default() of types that it does not know
bool mask_is_repeatable(Datum ref); // false of random(): what it showed can't be recognised again
bool mask_is_keyed(Datum ref);

// Does every mask in an expression of policy_mask_expression() show the same for the same value each time?
bool mask_expression_is_repeatable(const Expr *expression);

} // namespace ddm
