// MASKED WITH VALUE: a constant in place of every stored value, nulls included.
#include "pg/value_mask.h"

namespace ddm
{

static Datum input_value(const char *text, Oid type, int32 typmod)
{
    Oid input, parameter;
    getTypeInputInfo(type, &input, &parameter);
    return OidInputFunctionCall(input, const_cast<char *>(text), parameter, typmod);
}

// Input functions of base types hold nothing that only the end of a transaction would free, so that an error of
// theirs can be swallowed. Nobody's context callbacks run for it.
static bool try_input_value(const char *text, Oid type, int32 typmod, Datum *value)
{
    volatile bool good = false;
    MemoryContext const here = CurrentMemoryContext;
    PG_TRY();
    {
        error_context_stack = nullptr;
        *value = input_value(text, type, typmod);
        good = true;
    }
    PG_CATCH();
    {
        MemoryContextSwitchTo(here);
        int category = ERRCODE_TO_CATEGORY(geterrcode());
        if (category != ERRCODE_DATA_EXCEPTION && category != ERRCODE_FEATURE_NOT_SUPPORTED)
            PG_RE_THROW();
        FlushErrorState();
    }
    PG_END_TRY();
    return good;
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
    if (text && !try_input_value(text, base, typmod, &value))
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
        input_value(text, target.type, target.typmod);
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
