// The type ddm.mask_ref and the call of ddm.apply_mask() that stands in a plan for a masked column.
#include "pg/mask/mask_ref.h"
#include "pg/base/own_function.h"
#include "pg/base/tree.h"
#include "pg/mask/mask_call.h"

extern "C" {
#include "catalog/dependency.h"
}

namespace ddm
{

// Oids of the extension's own objects; looked up again after anything happened to functions or types.
static struct {
    bool valid;
    bool watched;
    Oid apply;
    Oid apply_serially;
    Oid ref_type;
} objects;

static void forget_objects(Datum, int, uint32) { objects.valid = false; }

// Somebody else's function or type of that name must never be handed a stored value.
static void find_objects()
{
    if (objects.valid)
        return;
    if (!objects.watched) {
        CacheRegisterSyscacheCallback(PROCOID, forget_objects, 0);
        CacheRegisterSyscacheCallback(TYPEOID, forget_objects, 0);
        objects.watched = true;
    }
    const Oid schema = get_namespace_oid("ddm", false);
    const Oid type =
        GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("mask_ref"), ObjectIdGetDatum(schema));
    const Oid arguments[2] = {ANYELEMENTOID, type};

    if (!OidIsValid(type) || getExtensionOfObject(TypeRelationId, type) != get_extension_oid("ddm", false))
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("type ddm.mask_ref is missing"),
                errhint("The extension ddm is damaged: drop and create it again."));
    objects.apply = own_function("apply_mask", 2, arguments);
    objects.apply_serially = own_function("apply_mask_serially", 2, arguments);
    objects.ref_type = type;
    objects.valid = true;
}

Oid mask_ref_type()
{
    find_objects();
    return objects.ref_type;
}

Const *mask_ref_constant(Datum ref) { return makeConst(mask_ref_type(), -1, InvalidOid, -1, ref, false, false); }

Expr *mask_apply_expression(Datum ref, Expr *value, const MaskTarget &column)
{
    if (mask_is_identity(ref))
        return value;
    Const *mask = mask_ref_constant(ref);
    FuncExpr *call = makeFuncExpr(mask_ref_of(ref)->serial ? objects.apply_serially : objects.apply, column.type,
                                  list_make2(value, mask), column.collation, column.collation, COERCE_EXPLICIT_CALL);
    if (column.typmod == -1)
        return reinterpret_cast<Expr *>(call);
    return reinterpret_cast<Expr *>(makeRelabelType(reinterpret_cast<Expr *>(call), column.type, column.typmod,
                                                    column.collation, COERCE_IMPLICIT_CAST));
}

const MaskRef *mask_applied_by(const FuncExpr *call)
{
    if (list_length(call->args) != 2 || !IsA(lsecond(call->args), Const))
        return nullptr;
    const auto *mask = lsecond_node(Const, call->args);
    find_objects();
    return (call->funcid == objects.apply || call->funcid == objects.apply_serially) &&
                   mask->consttype == objects.ref_type && !mask->constisnull
               ? mask_ref_of(mask->constvalue)
               : nullptr;
}

static bool let_run_anywhere(Node *node, void *)
{
    if (!node)
        return false;
    if (IsA(node, FuncExpr) && reinterpret_cast<FuncExpr *>(node)->funcid == objects.apply_serially)
        reinterpret_cast<FuncExpr *>(node)->funcid = objects.apply;
    return walk_expression(node, let_run_anywhere, nullptr);
}

void mask_is_unread(Expr *expression)
{
    find_objects();
    let_run_anywhere(reinterpret_cast<Node *>(expression), nullptr);
}

static bool finds_unrepeatable(Node *node, void *)
{
    if (!node)
        return false;
    if (IsA(node, Const)) {
        auto *constant = reinterpret_cast<Const *>(node);
        return constant->consttype == objects.ref_type && !mask_is_repeatable(constant->constvalue);
    }
    return walk_expression(node, finds_unrepeatable, nullptr);
}

bool mask_expression_is_repeatable(const Expr *expression)
{
    find_objects();
    return !finds_unrepeatable(reinterpret_cast<Node *>(const_cast<Expr *>(expression)), nullptr);
}

} // namespace ddm

using namespace ddm;

DDM_FUNCTION(ddm_mask_ref_in)
{
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("a value of type ddm.mask_ref cannot be written"),
            errdetail("Only the extension makes them, for the masks in its labels."));
    PG_RETURN_NULL();
}

DDM_FUNCTION(ddm_mask_ref_out) { PG_RETURN_CSTRING(mask_ref_text(PG_GETARG_DATUM(0))); }
