// The SQL spellings of the masks: ddm.NAME(value, argument, ...), for generated views and by hand. One C function
// for all of them: the mask is the one that the SQL function is named after.
#include "pg/mask/mask_apply.h"
#include "pg/base/report.h"
#include "pg/mask/mask_call.h"
#include "core/mask_flat.h"

extern "C" {
#include "funcapi.h"
#include "pgtime.h"
#include "utils/array.h"
#include "utils/datum.h"
#include "utils/tuplestore.h"
}

namespace ddm
{

struct HandState {
    MaskRunner *runner; // where all arguments but the value are the same for all rows
};

struct HandArguments {
    core::FlatArgument *items;
    size_t count;
};

static void add_argument(HandArguments *arguments, core::Argument::Kind kind, const char *text)
{
    arguments->items[arguments->count++] = {kind, std::string_view(text, strlen(text))};
}

// VARIADIC text[]: an argument each.
static void add_array(HandArguments *arguments, Datum datum)
{
    Datum *values;
    bool *nulls;
    int count;

    deconstruct_array(DatumGetArrayTypeP(datum), TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &count);
    arguments->items = static_cast<core::FlatArgument *>(
        repalloc(arguments->items, sizeof(core::FlatArgument) * (FUNC_MAX_ARGS + count)));
    for (int i = 0; i < count; i++)
        if (nulls[i])
            add_argument(arguments, core::Argument::Kind::Null, "");
        else
            add_argument(arguments, core::Argument::Kind::String, TextDatumGetCString(values[i]));
}

// The value's text as labels write it: dates in ISO form, moments in UTC, whatever the session's settings.
static char *plain_output(Oid type, Datum value)
{
    Oid output;
    bool is_varlena;
    char *text = nullptr;
    int style = DateStyle;
    pg_tz *zone = session_timezone;

    getTypeOutputInfo(type, &output, &is_varlena);
    PG_TRY();
    {
        DateStyle = USE_ISO_DATES;
        session_timezone = pg_tzset("GMT");
        text = OidOutputFunctionCall(output, value);
    }
    PG_FINALLY();
    {
        DateStyle = style;
        session_timezone = zone;
    }
    PG_END_TRY();
    return text;
}

// Where no expression stands around the call (the protocol's function call) the declared type is the type.
static Oid argument_type(FunctionCallInfo fcinfo, int number)
{
    Oid type = get_fn_expr_argtype(fcinfo->flinfo, number);
    Oid *declared = nullptr;
    int count = 0;

    if (!OidIsValid(type)) {
        get_func_signature(fcinfo->flinfo->fn_oid, &declared, &count);
        type = number < count ? declared[number] : InvalidOid;
    }
    if (!OidIsValid(type) || IsPolymorphicType(type))
        ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("could not determine the type of a mask's argument"),
                errhint("Call the function in a statement."));
    return type;
}

static HandArguments read_arguments(FunctionCallInfo fcinfo)
{
    HandArguments arguments = {};

    arguments.items = static_cast<core::FlatArgument *>(palloc0(sizeof(core::FlatArgument) * FUNC_MAX_ARGS));
    for (int i = 1; i < PG_NARGS(); i++) {
        Oid type = argument_type(fcinfo, i);

        if (type == TEXTARRAYOID) {
            add_array(&arguments, PG_GETARG_DATUM(i));
            continue;
        }
        bool is_number = type == INT4OID || type == FLOAT8OID || type == NUMERICOID;
        add_argument(&arguments, is_number ? core::Argument::Kind::Number : core::Argument::Kind::String,
                     plain_output(type, PG_GETARG_DATUM(i)));
    }
    return arguments;
}

// There is no label in which to say where.
static void refuse(const core::Status &status)
{
    ereport(ERROR, errcode(sqlstate_of(status.code)), errmsg("%s", status.message),
            status.hint[0] ? errhint("%s", status.hint) : 0);
}

static MaskRunner *bind_by_hand(FunctionCallInfo fcinfo, MemoryContext context)
{
    const char *name = get_func_name(fcinfo->flinfo->fn_oid);
    MaskTarget target = {argument_type(fcinfo, 0), -1, PG_GET_COLLATION()};
    HandArguments arguments = read_arguments(fcinfo);
    core::MaskCall *call = nullptr;
    core::Status status = core::new_mask_call({name, strlen(name)}, arguments.items, arguments.count, &call);
    Datum ref = 0;

    if (!status)
        refuse(status);
    PG_TRY();
    {
        status = mask_bind(*call, target, &ref);
    }
    PG_FINALLY();
    {
        core::delete_mask_call(call);
    }
    PG_END_TRY();
    if (!status)
        refuse(status);
    if (mask_is_keyed(ref)) // json() and each() may hold one
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("a mask that needs a key cannot be called"),
                errdetail("Whoever could call it with a guess could find out what a token stands for."),
                errhint("Set it as the label of a column."));
    return mask_runner_make(mask_ref_of(ref), context);
}

static bool same_for_all_rows(FunctionCallInfo fcinfo)
{
    for (int i = 1; i < PG_NARGS(); i++)
        if (!get_fn_expr_arg_stable(fcinfo->flinfo, i))
            return false;
    return true;
}

static void put_row(ReturnSetInfo *rsinfo, size_t index)
{
    core::MaskInfo info = core::mask_info(index);
    Datum values[8];
    bool nulls[8] = {false};
    char buffer[1000];
    core::Output out;

    out.data = buffer;
    out.capacity = sizeof buffer;
    core::mask_arguments(index, out);
    values[2] = PointerGetDatum(cstring_to_text_with_len(buffer, static_cast<int>(Min(out.size, sizeof buffer))));
    out.size = 0;
    core::mask_kinds(index, out);
    values[3] = PointerGetDatum(cstring_to_text_with_len(buffer, static_cast<int>(Min(out.size, sizeof buffer))));
    values[0] = CStringGetTextDatum(info.name);
    values[1] = CStringGetTextDatum(info.family);
    values[4] = BoolGetDatum(info.keyed);
    values[5] = CStringGetTextDatum(info.description);
    values[6] = CStringGetTextDatum(info.source);
    values[7] = BoolGetDatum(info.repeatable);
    tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

} // namespace ddm

using namespace ddm;

DDM_FUNCTION(ddm_mask_by_hand)
{
    HandState *state = static_cast<HandState *>(fcinfo->flinfo->fn_extra);
    MaskRunner *runner = state ? state->runner : nullptr;
    MemoryContext scratch = nullptr;
    bool is_null = true;

    if (runner == nullptr && same_for_all_rows(fcinfo)) {
        state = static_cast<HandState *>(MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(HandState)));
        runner = state->runner = bind_by_hand(fcinfo, fcinfo->flinfo->fn_mcxt);
        fcinfo->flinfo->fn_extra = state;
    } else if (runner == nullptr) {
        scratch = AllocSetContextCreate(CurrentMemoryContext, "ddm mask by hand", ALLOCSET_SMALL_SIZES);
        runner = bind_by_hand(fcinfo, scratch);
    }
    Datum result = mask_runner_run(runner, PG_GETARG_DATUM(0), &is_null);
    if (scratch) {
        if (!is_null) {
            int16 length;
            bool by_value;
            get_typlenbyval(argument_type(fcinfo, 0), &length, &by_value);
            result = datumCopy(result, by_value, length);
        }
        MemoryContextDelete(scratch);
    }
    if (is_null)
        PG_RETURN_NULL();
    return result;
}

DDM_FUNCTION(ddm_list_functions)
{
    InitMaterializedSRF(fcinfo, 0);
    for (size_t i = 0; i < core::mask_count(); i++)
        put_row(reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo), i);
    return 0;
}
