// MASKED WITH VALUE: a constant in place of every stored value, nulls included.
#include "pg/mask/value_mask.h"
#include "pg/mask/domain_checks.h"
#include "pg/mask/mask_type.h"
#include "pg/policy/fixed_settings.h"

namespace ddm
{

// What input functions say of a text that they don't take; regclass and its like say that there is no such thing.
static bool is_refusal(int sqlstate)
{
    int category = ERRCODE_TO_CATEGORY(sqlstate);
    return category == ERRCODE_DATA_EXCEPTION || category == ERRCODE_FEATURE_NOT_SUPPORTED ||
           category == ERRCODE_INVALID_SCHEMA_NAME || category == ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION;
}

// Reading it would run code of the domains' owners as whoever reads.
static const char *refusal_of_type(Oid type)
{
    return domain_checks_within(type)
               ? psprintf("parts of type %s are of domains, whose checks are code of their owners'",
                          format_type_be(type))
               : nullptr;
}

// Input functions of base types hold nothing that only the end of a transaction would free, so that an error of
// theirs can be swallowed. Nobody's context callbacks run for it.
const char *try_input_value(const char *text, Oid type, int32 typmod, Datum *value)
{
    const char *volatile refusal = refusal_of_type(type);
    MemoryContext const here = CurrentMemoryContext;
    if (refusal)
        return refusal;
    PG_TRY();
    {
        error_context_stack = nullptr;
        *value = read_constant(text, type, typmod);
    }
    PG_CATCH();
    {
        MemoryContextSwitchTo(here);
        if (!is_refusal(geterrcode()))
            PG_RE_THROW();
        ErrorData *error = CopyErrorData();
        FlushErrorState();
        refusal = error->message;
    }
    PG_END_TRY();
    return refusal;
}

// A domain's checks have been asked; who reads does not ask them again.
Expr *value_mask_expression(const char *text, const MaskTarget &target)
{
    int32 typmod = target.typmod;
    Oid base = getBaseTypeAndTypmod(target.type, &typmod);
    int16 length;
    bool by_value;
    Datum value = (Datum)0;

    get_typlenbyval(base, &length, &by_value);
    if ((text && try_input_value(text, base, typmod, &value)) || !mask_type_admits(target.type, value, text == nullptr))
        return nullptr;
    return reinterpret_cast<Expr *>(
        makeConst(target.type, target.typmod, target.collation, length, value, text == nullptr, by_value));
}

static void refuse_value(int code, int position, const char *why, const NameData *column)
{
    ereport(ERROR, errcode(code), errmsg("the value of the mask does not fit column \"%s\"", NameStr(*column)),
            errdetail("At character %d of the label: %s.", position, why),
            errhint("Give a constant that the column's type and its constraints accept."));
}

void value_mask_check(const char *text, int position, const MaskTarget &target, const NameData *column)
{
    MemoryContext const here = CurrentMemoryContext;
    int32 typmod = target.typmod;
    const Oid base = getBaseTypeAndTypmod(target.type, &typmod);
    volatile Datum value = 0;

    if (const char *why = refusal_of_type(base))
        refuse_value(ERRCODE_FEATURE_NOT_SUPPORTED, position, why, column);
    PG_TRY();
    {
        value = read_constant(text, base, typmod);
    }
    PG_CATCH();
    {
        MemoryContextSwitchTo(here);
        ErrorData *error = CopyErrorData();
        FlushErrorState();
        refuse_value(error->sqlerrcode, position, error->message, column);
    }
    PG_END_TRY();
    if (!mask_type_admits(target.type, value, text == nullptr))
        refuse_value(ERRCODE_CHECK_VIOLATION, position,
                     psprintf("the domain %s does not admit the value", format_type_be(target.type)), column);
}

} // namespace ddm
