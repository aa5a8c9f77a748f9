// Running masks: what ddm.apply_mask() does for each row.
#include "pg/mask/mask_apply.h"
#include "pg/mask/domain_checks.h"
#include "pg/mask/mask_datum.h"
#include "pg/mask/mask_keys.h"

extern "C" {
#include "utils/array.h"
#include "utils/datum.h"
}

namespace ddm
{

struct MaskRunner {
    core::Effect effect;
    core::Masker *mask; // Effect::Compute, unless it could not be made: then nullptr, and the fallback shows
    MaskedType type;
    MaskTarget column;
    MaskConstant constant; // the answer, or the fallback
    DomainChecks *checks;  // of a domain that has any
    bool plain_text;       // text or varchar, no domain: the short way
    MaskRunner *element;   // Effect::Each
    MemoryContextCallback release;
};

static void release_core(void *argument) { core::release_mask(static_cast<core::Masker *>(argument)); }

static void load_constant(const MaskRef *ref, MaskRunner *runner)
{
    const char *bytes = mask_ref_constant_at(ref);

    runner->constant.is_null = ref->constant_null;
    runner->constant.impossible = ref->constant_impossible;
    runner->constant.value = 0;
    if (ref->constant_null || ref->constant_impossible)
        return;
    if (runner->type.by_value)
        memcpy(&runner->constant.value, bytes, sizeof(Datum));
    else
        runner->constant.value = PointerGetDatum(memcpy(palloc(ref->constant_size), bytes, ref->constant_size));
}

// A mask that can't be made any more (its key is gone, its dictionary is empty) shows the fallback.
static void make_core_mask(const MaskRef *ref, MaskRunner *runner, MemoryContext context)
{
    if (ref->keyed) {
        core::Output names;
        char buffer[1024];
        names.data = buffer;
        names.capacity = sizeof buffer;
        core::wanted_dictionaries({mask_ref_wire_at(ref), ref->wire_size}, names);
        mask_prepare_keyed(buffer, Min(names.size, sizeof buffer));
    }
    core::Status status = core::make_mask({mask_ref_wire_at(ref), ref->wire_size}, runner->type.target, &runner->mask);

    if (!status) {
        runner->mask = nullptr;
        return;
    }
    runner->release.func = release_core;
    runner->release.arg = runner->mask;
    MemoryContextRegisterResetCallback(context, &runner->release);
}

MaskRunner *mask_runner_make(const MaskRef *ref, MemoryContext context)
{
    MemoryContext old = MemoryContextSwitchTo(context);
    MaskRunner *runner = static_cast<MaskRunner *>(palloc0(sizeof(MaskRunner)));

    runner->effect = ref->effect;
    runner->column = {ref->type, ref->typmod, ref->collation};
    mask_type_facts(runner->column, &runner->type);
    load_constant(ref, runner);
    if (ref->effect == core::Effect::Compute)
        make_core_mask(ref, runner, context);
    if (ref->effect == core::Effect::Each)
        runner->element = mask_runner_make(mask_ref_of(PointerGetDatum(mask_ref_wire_at(ref))), context);
    if (ref->asks_domain && runner->type.is_domain && domain_has_checks(ref->type))
        runner->checks = mask_domain_checks(ref->type, context);
    runner->plain_text = runner->mask != nullptr && (runner->type.base == TEXTOID || runner->type.base == VARCHAROID) &&
                         runner->checks == nullptr;
    MemoryContextSwitchTo(old);
    return runner;
}

// A text mask that takes no key, on a column whose type can't change, is what it is for good: a session keeps it, and
// the next execution does not read its arguments again. Who comes first to a place stays there, for expressions that are
// being run point at it.
static MaskRunner *kept_runner(const MaskRef *ref)
{
    static struct {
        const MaskRef *ref;
        MaskRunner *runner;
    } kept[256];
    const size_t size = VARSIZE(ref);

    if (ref->effect != core::Effect::Compute || ref->keyed || (ref->type != TEXTOID && ref->type != VARCHAROID))
        return nullptr;
    auto *place = &kept[ref->hash % lengthof(kept)];
    if (place->ref)
        return VARSIZE(place->ref) == size && memcmp(place->ref, ref, size) == 0 ? place->runner : nullptr;
    MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ddm mask", ALLOCSET_SMALL_SIZES);
    MaskRunner *runner = mask_runner_make(ref, context);
    auto *copy = static_cast<MaskRef *>(MemoryContextAlloc(context, size));
    memcpy(static_cast<void *>(copy), ref, size);
    MemoryContextSetParent(context, TopMemoryContext);
    *place = {copy, runner};
    return runner;
}

static Datum show_constant(const MaskRunner *runner, bool *is_null)
{
    if (runner->constant.impossible)
        ereport(ERROR, errcode(ERRCODE_CHECK_VIOLATION),
                errmsg("no mask fits domain %s", format_type_be(runner->column.type)),
                errdetail("Neither the mask, nor its default, nor NULL satisfies the domain's checks."));
    *is_null = runner->constant.is_null;
    return runner->constant.value;
}

static char *room_for(core::Output *out, size_t capacity)
{
    capacity = Min(capacity, MaxAllocSize - VARHDRSZ);
    char *block = static_cast<char *>(palloc(VARHDRSZ + capacity));

    out->data = block + VARHDRSZ;
    out->capacity = capacity;
    return block;
}

// One pass into a buffer that is nearly always large enough; where it was not, a second pass into one that is.
static char *run_core(const MaskRunner *runner, const core::Value &value, core::Output *out)
{
    char *block = nullptr;

    if (!mask_answers_bytes(runner->type.target.kind)) {
        core::run_mask(*runner->mask, value, *out);
        return nullptr;
    }
    block = room_for(out, core::mask_capacity(*runner->mask, value.bytes.size()));
    core::run_mask(*runner->mask, value, *out);
    if (!out->fits()) {
        size_t needed = out->size;
        *out = core::Output();
        block = room_for(out, needed);
        core::run_mask(*runner->mask, value, *out);
        if (!out->fits())
            out->outcome = core::Output::Outcome::Default;
    }
    return block;
}

static Datum run_compute(MaskRunner *runner, Datum datum, bool *is_null)
{
    core::Value value;
    core::Output out;
    Datum result;

    if (runner->mask == nullptr || !mask_value_of(runner->type, datum, &value))
        return show_constant(runner, is_null);
    char *block = run_core(runner, value, &out);
    if (out.outcome == core::Output::Outcome::Null) {
        if (runner->checks && !mask_domain_admits(runner->checks, 0, true))
            return show_constant(runner, is_null);
        *is_null = true;
        return 0;
    }
    if (out.outcome != core::Output::Outcome::Value || !mask_datum_of(runner->type, out, block, &result) ||
        (runner->checks && !mask_domain_admits(runner->checks, result, false)))
        return show_constant(runner, is_null);
    *is_null = false;
    return result;
}

// The same dimensions, each element through its own mask.
static Datum run_each(MaskRunner *runner, Datum datum, bool *is_null)
{
    ArrayType *array = DatumGetArrayTypeP(datum);
    const MaskRunner *element = runner->element;
    int16 length;
    bool by_value;
    char align;
    Datum *values;
    bool *nulls;
    int count;

    get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &align);
    deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, align, &values, &nulls, &count);
    for (int i = 0; i < count; i++)
        if (!nulls[i])
            values[i] = mask_runner_run(runner->element, values[i], &nulls[i]);
    Datum result =
        PointerGetDatum(construct_md_array(values, nulls, ARR_NDIM(array), ARR_DIMS(array), ARR_LBOUND(array),
                                           element->column.type, length, by_value, align));
    if (runner->checks && !mask_domain_admits(runner->checks, result, false))
        return show_constant(runner, is_null);
    *is_null = false;
    return result;
}

Datum mask_runner_run(MaskRunner *runner, Datum value, bool *is_null)
{
    switch (runner->effect) {
    case core::Effect::Compute:
        return run_compute(runner, value, is_null);
    case core::Effect::Each:
        return run_each(runner, value, is_null);
    case core::Effect::Identity: // what somebody's mask function gave, where there are checks
        if (runner->checks && !mask_domain_admits(runner->checks, value, false))
            break;
        *is_null = false;
        return value;
    case core::Effect::Default:
    case core::Effect::Constant:
    case core::Effect::Null:
        break;
    }
    return show_constant(runner, is_null);
}

MaskSite *mask_site_make(const MaskRef *ref, MemoryContext context)
{
    MaskRunner *runner = kept_runner(ref);
    if (!runner)
        runner = mask_runner_make(ref, context);
    const size_t room = runner->plain_text ? VARHDRSZ + MaskSite::room : 0;
    auto *site = static_cast<MaskSite *>(MemoryContextAlloc(context, offsetof(MaskSite, buffer) + room));
    site->runner = runner;
    site->mask = runner->mask;
    site->run = runner->plain_text ? core::mask_function(*runner->mask) : nullptr;
    site->value = core::Value();
    site->out = core::Output();
    site->out.data = site->buffer + VARHDRSZ;
    site->out.capacity = MaskSite::room;
    return site;
}

} // namespace ddm

using namespace ddm;

static MaskSite *make_call_site(FunctionCallInfo fcinfo)
{
    const MaskRef *ref = mask_ref_of(PG_GETARG_DATUM(1));

    if (get_fn_expr_argtype(fcinfo->flinfo, 0) != ref->type || !get_fn_expr_arg_stable(fcinfo->flinfo, 1))
        ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("a mask is applied to what it was not bound to"));
    fcinfo->flinfo->fn_extra = mask_site_make(ref, fcinfo->flinfo->fn_mcxt);
    return static_cast<MaskSite *>(fcinfo->flinfo->fn_extra);
}

// ddm.apply_mask(anyelement, ddm.mask_ref): strict, for NULL stays NULL under every mask of the catalogue, and the
// planner may then push conditions through outer joins.
DDM_FUNCTION(ddm_apply_mask)
{
    auto *site = static_cast<MaskSite *>(fcinfo->flinfo->fn_extra);

    if (site == nullptr)
        site = make_call_site(fcinfo);
    bool is_null = false;
    Datum result = mask_site_run(site, PG_GETARG_DATUM(0), &is_null);
    if (is_null)
        PG_RETURN_NULL();
    return result;
}
