// MASKED WITH VALUE: a constant in place of every stored value, nulls included.
#include "pg/value_mask.h"
#include "pg/fixed_settings.h"

namespace ddm
{

// What input functions say of a text that they don't take; regclass and its like say that there is no such thing.
static bool is_refusal(int sqlstate)
{
    int category = ERRCODE_TO_CATEGORY(sqlstate);
    return category == ERRCODE_DATA_EXCEPTION || category == ERRCODE_FEATURE_NOT_SUPPORTED ||
           category == ERRCODE_INVALID_SCHEMA_NAME || category == ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION;
}

// Input functions of base types hold nothing that only the end of a transaction would free, so that an error of
// theirs can be swallowed. Nobody's context callbacks run for it.
const char *try_input_value(const char *text, Oid type, int32 typmod, Datum *value)
{
    const char *volatile refusal = nullptr;
    MemoryContext const here = CurrentMemoryContext;
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

// The constant is of the type below the domains: their checks run where it is used.
Expr *value_mask_expression(const char *text, const MaskTarget &target)
{
    int32 typmod = target.typmod;
    Oid base = getBaseTypeAndTypmod(target.type, &typmod);
    int16 length;
    bool by_value;
    Datum value = (Datum)0;

    get_typlenbyval(base, &length, &by_value);
    if (text && try_input_value(text, base, typmod, &value))
        return nullptr;
    auto *constant =
        reinterpret_cast<Expr *>(makeConst(base, typmod, target.collation, length, value, text == nullptr, by_value));
    if (base == target.type)
        return constant;
    CoerceToDomain *domain = makeNode(CoerceToDomain);
    domain->arg = constant;
    domain->resulttype = target.type;
    domain->resulttypmod = target.typmod;
    domain->resultcollid = target.collation;
    domain->coercionformat = COERCE_IMPLICIT_CAST;
    domain->location = -1;
    return reinterpret_cast<Expr *>(domain);
}

void value_mask_check(const char *text, int position, const MaskTarget &target, const NameData *column)
{
    MemoryContext const here = CurrentMemoryContext;
    PG_TRY();
    {
        read_constant(text, target.type, target.typmod);
    }
    PG_CATCH();
    {
        MemoryContextSwitchTo(here);
        ErrorData *error = CopyErrorData();
        FlushErrorState();
        ereport(ERROR, errcode(error->sqlerrcode),
                errmsg("the value of the mask does not fit column \"%s\"", NameStr(*column)),
                errdetail("At character %d of the label: %s.", position, error->message),
                errhint("Give a constant that the column's type and its constraints accept."));
    }
    PG_END_TRY();
}

} // namespace ddm
