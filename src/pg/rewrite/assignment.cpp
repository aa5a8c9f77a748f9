// What a statement assigns to a column that its role reads through a mask: the mask that the role was shown,
// written back, keeps the stored value.
#include "pg/rewrite/assignment.h"
#include "pg/audit/setting_events.h"
#include "pg/base/own_function.h"
#include "pg/base/tree.h"
#include "pg/debug_settings.h"
#include "pg/mask/mask_call.h"
#include "pg/policy/hidden_columns.h"
#include "pg/policy/policy_state.h"
#include "pg/rewrite/writeback.h"

extern "C" {
#include "parser/parse_relation.h"
#include "parser/parsetree.h"
#include "utils/datetime.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/typcache.h"
}

#include <cstdlib>

namespace ddm
{

enum MaskedWrites { MASKED_WRITES_KEEP, MASKED_WRITES_DENY, MASKED_WRITES_ALLOW };

static int masked_writes = MASKED_WRITES_KEEP;

static const config_enum_entry masked_writes_options[] = {
    {"keep", MASKED_WRITES_KEEP, false},
    {"deny", MASKED_WRITES_DENY, false},
    {"allow", MASKED_WRITES_ALLOW, false},
    {nullptr, 0, false},
};

static void assign_masked_writes(int, void *)
{
    policy_stale();
    setting_touched();
}

void writeback_install()
{
    DefineCustomEnumVariable("ddm.masked_writes", "What becomes of a masked value that is written back.",
                             "keep leaves the stored value in place, deny refuses to assign to masked columns, "
                             "allow stores what is assigned.",
                             &masked_writes, MASKED_WRITES_KEEP, masked_writes_options, PGC_SUSET, 0, nullptr,
                             assign_masked_writes, nullptr);
}

[[noreturn]] static void refuse(const Assignment &assignment, const char *detail, const char *hint)
{
    record_denied(assignment.columns->relation, get_attname(assignment.columns->relation, assignment.attno, false),
                  "assign");
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("column \"%s\" of relation \"%s\" is masked for role \"%s\" and cannot be assigned to",
                   get_attname(assignment.columns->relation, assignment.attno, false),
                   get_rel_name(assignment.columns->relation), GetUserNameFromId(assignment.columns->role, true)),
            errdetail("%s", detail), errhint("%s", hint));
    pg_unreachable();
}

static bool looked_at = false;

bool assignments_looked_at()
{
    const bool result = looked_at;
    looked_at = false;
    return result;
}

static void check_allowed(const Assignment &assignment)
{
    looked_at = true;
    if (masked_writes == MASKED_WRITES_DENY)
        refuse(assignment, "The setting ddm.masked_writes is \"deny\".", "Leave the column out of the statement.");
    if (masked_writes == MASKED_WRITES_KEEP && !mask_expression_is_repeatable(assignment.mask))
        refuse(assignment, "Its mask shows another value each time, so that one written back can't be recognized.",
               "Leave the column out of the statement.");
}

// Was the role shown the column? Not where it may not even SELECT it: then a kept value would tell it the mask.
// Through a view the view's owner is asked instead, and what the view shows can't be told from here.
static bool may_have_read(const Assignment &assignment)
{
    Oid relation = assignment.columns->relation;
    RangeTblEntry *rte = rt_fetch(assignment.varno, assignment.query->rtable);

    return OidIsValid(DDM_CHECK_AS_USER(assignment.query, rte)) ||
           pg_class_aclcheck(relation, assignment.columns->role, ACL_SELECT) == ACLCHECK_OK ||
           pg_attribute_aclcheck(relation, assignment.attno, assignment.columns->role, ACL_SELECT) == ACLCHECK_OK;
}

// identity(): what was shown is what is stored
static bool shows_stored(const Assignment &assignment)
{
    return debug_masks_everything() || equal(assignment.mask, assignment.stored);
}

static bool is_kept(const Assignment &assignment)
{
    return masked_writes != MASKED_WRITES_ALLOW && may_have_read(assignment);
}

static Expr *keep_masked(Expr *source, Expr *mask, Expr *stored)
{
    const Oid arguments[3] = {ANYELEMENTOID, ANYELEMENTOID, ANYELEMENTOID};
    Oid collation = exprCollation(reinterpret_cast<Node *>(stored));

    return reinterpret_cast<Expr *>(
        makeFuncExpr(own_function("keep_masked", 3, arguments), exprType(reinterpret_cast<Node *>(stored)),
                     list_make3(source, mask, stored), collation, collation, COERCE_EXPLICIT_CALL));
}

Expr *guard_assignment(const Assignment &assignment)
{
    if (shows_stored(assignment))
        return assignment.source;
    check_allowed(assignment);
    return is_kept(assignment) ? keep_masked(assignment.source, assignment.mask, assignment.stored) : assignment.source;
}

// `SET document['a']['b'] = ...` fails where 'a' is no object, `SET list[1] = ...` where the list has two dimensions, and
// `SET list[:] = ...` where it is longer than what it is given: that tells what is stored.
static bool assigns_element(Node *node, void *)
{
    if (!node)
        return false;
    return (IsA(node, SubscriptingRef) && reinterpret_cast<SubscriptingRef *>(node)->refassgnexpr) ||
           walk_expression(node, assigns_element, nullptr);
}

bool is_part_assignment(const Expr *expression)
{
    if (IsA(expression, CoerceToDomain))
        return is_part_assignment(reinterpret_cast<const CoerceToDomain *>(expression)->arg);
    return IsA(expression, FieldStore) ||
           (IsA(expression, SubscriptingRef) &&
            reinterpret_cast<const SubscriptingRef *>(expression)->refassgnexpr != nullptr);
}

static Expr *field_of(Expr *row, AttrNumber number)
{
    auto *node = reinterpret_cast<Node *>(row);
    TupleDesc descriptor = lookup_rowtype_tupdesc_domain(exprType(node), exprTypmod(node), false);
    Form_pg_attribute attribute = TupleDescAttr(descriptor, number - 1);
    FieldSelect *field = makeNode(FieldSelect);

    field->arg = static_cast<Expr *>(copyObjectImpl(row));
    field->fieldnum = number;
    field->resulttype = attribute->atttypid;
    field->resulttypmod = attribute->atttypmod;
    field->resultcollid = attribute->attcollation;
    ReleaseTupleDesc(descriptor);
    return reinterpret_cast<Expr *>(field);
}

// `SET address.street = ...`: each field that is written back as it was shown.
static void keep_fields(Expr *expression, Expr *mask, Expr *stored)
{
    if (IsA(expression, CoerceToDomain))
        return keep_fields(reinterpret_cast<CoerceToDomain *>(expression)->arg, mask, stored);
    if (!IsA(expression, FieldStore))
        return;
    auto *parts = reinterpret_cast<FieldStore *>(expression);
    ListCell *value, *number;

    forboth(value, parts->newvals, number, parts->fieldnums)
    {
        auto *assigned = static_cast<Expr *>(lfirst(value));
        Expr *shown = field_of(mask, lfirst_int(number));
        Expr *kept = field_of(stored, lfirst_int(number));

        if (is_part_assignment(assigned))
            keep_fields(assigned, shown, kept);
        else
            lfirst(value) = keep_masked(assigned, shown, kept);
    }
    keep_fields(parts->arg, mask, stored);
}

void guard_part_assignment(const Assignment &assignment)
{
    if (shows_stored(assignment))
        return;
    check_allowed(assignment);
    if (assigns_element(reinterpret_cast<Node *>(assignment.source), nullptr))
        refuse(assignment, "Whether a part can be assigned depends on what is stored.", "Assign the whole value.");
    if (is_kept(assignment))
        keep_fields(assignment.source, assignment.mask, assignment.stored);
}

void writeback_notice(uint64 kept_values)
{
    ereport(NOTICE, errmsg_plural("%llu masked value was written back: the stored value is kept",
                                  "%llu masked values were written back: the stored values are kept", kept_values,
                                  static_cast<unsigned long long>(kept_values)));
}

// How two values of the column's type are compared: by the type's own default equality, found by OID, never by
// an operator's name; bit by bit where the type has none. Of json, which has none, by what the documents say: whoever
// parsed one and wrote it again spaced it otherwise. Whoever parsed a document that is null has none left: most languages
// have one null, and write it as NULL.
struct Equality {
    bool by_operator;
    bool by_document;
    bool by_value;
    int16 length;
    FmgrInfo function;
    PGFunction document_kind; // nullptr where the type is no document
    bool is_moment;
};

static Equality *equality_of(FunctionCallInfo fcinfo)
{
    auto *cached = static_cast<Equality *>(fcinfo->flinfo->fn_extra);
    if (cached)
        return cached;

    Oid type = get_fn_expr_argtype(fcinfo->flinfo, 2);
    if (!OidIsValid(type))
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("could not determine the type of the column"));
    TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_EQ_OPR_FINFO);
    cached = static_cast<Equality *>(MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(Equality)));
    cached->by_operator = OidIsValid(entry->eq_opr_finfo.fn_oid);
    if (cached->by_operator)
        fmgr_info_copy(&cached->function, &entry->eq_opr_finfo, fcinfo->flinfo->fn_mcxt);
    type = getBaseType(type);
    cached->by_document = type == JSONOID;
    cached->document_kind = type == JSONOID ? json_typeof : type == JSONBOID ? jsonb_typeof : nullptr;
    cached->is_moment = type == TIMESTAMPTZOID;
    get_typlenbyval(type, &cached->length, &cached->by_value);
    fcinfo->flinfo->fn_extra = cached;
    return cached;
}

// What jsonb cannot hold is left to be compared as text.
static bool is_document(const char *json) { return strstr(json, "\\u0000") == nullptr; }

static bool same_document(Datum a, Datum b)
{
    char *left = TextDatumGetCString(a);
    char *right = TextDatumGetCString(b);

    if (!is_document(left) || !is_document(right))
        return strcmp(left, right) == 0;
    return DatumGetBool(DirectFunctionCall2(jsonb_eq, DirectFunctionCall1(jsonb_in, CStringGetDatum(left)),
                                            DirectFunctionCall1(jsonb_in, CStringGetDatum(right))));
}

// default() of a moment is the first of 1900 by the clock of the session that reads it: whoever is in another time zone
// writes back another moment.
static bool is_first_of_1900(Datum moment)
{
    const TimestampTz in_utc = (date2j(1900, 1, 1) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;

    return std::abs(DatumGetTimestampTz(moment) - in_utc) < TZDISP_LIMIT * USECS_PER_SEC;
}

static bool same_value(Equality *equality, Oid collation, Datum a, Datum b)
{
    if (equality->is_moment && is_first_of_1900(a) && is_first_of_1900(b))
        return true;
    if (equality->by_document)
        return same_document(a, b);
    return equality->by_operator ? DatumGetBool(FunctionCall2Coll(&equality->function, collation, a, b))
                                 : datum_image_eq(a, b, equality->by_value, equality->length);
}

static bool is_null_document(const Equality *equality, Datum value)
{
    return equality->document_kind &&
           strcmp(TextDatumGetCString(DirectFunctionCall1(equality->document_kind, value)), "null") == 0;
}

static bool is_mask(FunctionCallInfo fcinfo)
{
    if (PG_ARGISNULL(1))
        return PG_ARGISNULL(0);
    Equality *equality = equality_of(fcinfo);
    if (PG_ARGISNULL(0))
        return is_null_document(equality, PG_GETARG_DATUM(1));
    return same_value(equality, PG_GET_COLLATION(), PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
}

} // namespace ddm

using namespace ddm;

// keep_masked(assigned, mask, stored): the stored value where the mask is what was assigned.
DDM_FUNCTION(ddm_keep_masked)
{
    const bool same = is_mask(fcinfo);

    if (same) {
        if (ErrorFrame *frame = errors_innermost_frame())
            frame->kept_values++;
    }
    int chosen = same ? 2 : 0;
    if (PG_ARGISNULL(chosen))
        PG_RETURN_NULL();
    PG_RETURN_DATUM(PG_GETARG_DATUM(chosen));
}
