// Binding a mask to a column: core checks the call, the server makes the constants, one flat varlena holds both.
#include "pg/mask/mask_ref.h"
#include "pg/mask/mask_keys.h"
#include "pg/mask/mask_type.h"
#include "pg/mask/value_mask.h"

extern "C" {
#include "common/hashfn.h"
#include "utils/datum.h"
}

namespace ddm
{

const MaskRef *mask_ref_of(Datum datum)
{
    const MaskRef *ref = reinterpret_cast<const MaskRef *>(DatumGetPointer(datum));

    if (ref == nullptr || VARATT_IS_EXTENDED(ref) || VARSIZE(ref) < sizeof(MaskRef) || ref->version != mask_ref_version)
        ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED), errmsg("a ddm.mask_ref is damaged"));
    return ref;
}

// Datum bytes as they go into the ref: by-value datums as eight bytes, toasted ones flattened.
static Size constant_bytes(const MaskedType &type, MaskConstant *constant, const char **bytes)
{
    if (constant->is_null || constant->impossible)
        return 0;
    if (type.by_value) {
        *bytes = reinterpret_cast<const char *>(&constant->value);
        return sizeof(Datum);
    }
    if (type.length == -1)
        constant->value = PointerGetDatum(PG_DETOAST_DATUM(constant->value));
    *bytes = static_cast<const char *>(DatumGetPointer(constant->value));
    return datumGetSize(constant->value, false, type.length);
}

struct RefParts {
    core::BoundCall bound;
    const core::MaskCall *call; // nullptr: default()
    const MaskRef *element;     // of Effect::Each
    bool asks_domain;           // for each value that it shows
};

static Datum build_ref(const MaskTarget &column, const MaskedType &type, const RefParts &parts, MaskConstant *constant)
{
    const char *bytes = nullptr;
    Size constant_size = constant_bytes(type, constant, &bytes);
    Size wire_size = parts.element ? VARSIZE(parts.element) : parts.bound.wire_size;
    Size size = MAXALIGN(sizeof(MaskRef)) + MAXALIGN(parts.bound.text_size) + MAXALIGN(wire_size) + constant_size;
    MaskRef *ref = static_cast<MaskRef *>(palloc0(size));

    SET_VARSIZE(ref, size);
    ref->version = mask_ref_version;
    ref->type = column.type;
    ref->typmod = column.typmod;
    ref->collation = column.collation;
    ref->effect = parts.bound.effect;
    ref->keyed = parts.bound.keyed;
    ref->repeatable = parts.bound.repeatable;
    ref->serial = (parts.element && parts.element->serial) || (parts.asks_domain && mask_domain_is_serial(column.type));
    ref->asks_domain = parts.asks_domain;
    ref->constant_null = constant->is_null;
    ref->constant_impossible = constant->impossible;
    ref->text_size = static_cast<uint32>(parts.bound.text_size);
    ref->wire_size = static_cast<uint32>(wire_size);
    ref->constant_size = static_cast<uint32>(constant_size);
    if (parts.call) {
        core::write_mask_text(*parts.call, const_cast<char *>(mask_ref_text_at(ref)));
        if (!parts.element)
            core::write_mask_wire(*parts.call, const_cast<char *>(mask_ref_wire_at(ref)));
    } else {
        memcpy(const_cast<char *>(mask_ref_text_at(ref)), "default()", strlen("default()"));
    }
    if (parts.element)
        memcpy(const_cast<char *>(mask_ref_wire_at(ref)), parts.element, wire_size);
    if (constant_size > 0)
        memcpy(const_cast<char *>(mask_ref_constant_at(ref)), bytes, constant_size);
    ref->hash = hash_bytes(reinterpret_cast<const unsigned char *>(ref), static_cast<int>(size));
    return PointerGetDatum(ref);
}

// The literal of full(), read as the column's own type: length, precision and domain checks included. The refusal
// is a status: a column whose type has changed is to have default(), not to fail.
static core::Status read_constant(const MaskTarget &column, const MaskedType &type, const core::Argument &at,
                                  MaskConstant *constant)
{
    constant->is_null = false;
    constant->impossible = false;
    const char *refusal =
        try_input_value(pnstrdup(at.text.data(), at.text.size()), type.base, type.typmod, &constant->value);
    if (!refusal && !mask_type_admits(column.type, constant->value, false))
        refusal = psprintf("the domain %s does not admit the value", format_type_be(column.type));
    if (!refusal)
        return core::Status::ok();
    return core::Status::error(core::Code::Value, {refusal, strlen(refusal)}, at.position, at.length,
                               "Give a constant that the column's type and its constraints accept.");
}

// A null that the column's domain does not admit is not what nullify() can show.
static void read_null(const MaskTarget &column, const MaskedType &type, MaskConstant *constant)
{
    constant->value = 0;
    constant->is_null = true;
    constant->impossible = false;
    if (!mask_type_admits(column.type, 0, true))
        mask_type_default(column, type, constant);
}

core::Status mask_bind(const core::MaskCall &call, const MaskTarget &column, Datum *ref)
{
    MaskedType type;
    RefParts parts = {};

    mask_type_facts(column, &type);
    parts.call = &call;
    core::Output names;
    char buffer[1024];
    names.data = buffer;
    names.capacity = sizeof buffer;
    core::wanted_dictionaries(call, names);
    const char *problem = mask_prepare_keyed(buffer, Min(names.size, sizeof buffer));
    core::Status status = core::bind_mask(call, type.target, &parts.bound);
    if (!status && problem && parts.bound.keyed) {
        char *why = psprintf("the keys of %s are not usable: %s", mask_keys_origin(), problem);
        return core::Status::error(core::Code::Value, {why, strlen(why)}, call.position, call.length,
                                   "See \"Keys\" in doc/masks.md.");
    }
    if (!status)
        return status;

    if (parts.bound.effect == core::Effect::Each) {
        MaskTarget element = {get_element_type(type.base), type.typmod, column.collation};
        Datum inner;
        status = mask_bind(*parts.bound.element, element, &inner);
        if (!status)
            return status;
        parts.element = mask_ref_of(inner);
        parts.bound.keyed = parts.element->keyed;
        parts.bound.repeatable = parts.element->repeatable;
    }
    MaskConstant constant;
    if (parts.bound.effect == core::Effect::Constant)
        status = read_constant(column, type, call.arguments.front(), &constant);
    else if (parts.bound.effect == core::Effect::Null)
        read_null(column, type, &constant);
    else
        mask_type_default(column, type, &constant);
    parts.asks_domain = parts.bound.effect == core::Effect::Compute || parts.bound.effect == core::Effect::Each;
    bool shows_it = parts.bound.effect == core::Effect::Default || parts.bound.effect == core::Effect::Null;
    if (shows_it && constant.impossible)
        return core::Status::error(core::Code::Value,
                                   "neither the default of the type nor NULL satisfies the domain's checks",
                                   call.position, call.length, "Use full() with a value that does.");
    if (status)
        *ref = build_ref(column, type, parts, &constant);
    return status;
}

Datum mask_bind_default(const MaskTarget &column)
{
    MaskedType type;
    RefParts parts = {};
    MaskConstant constant;

    mask_type_facts(column, &type);
    parts.bound.effect = core::Effect::Default;
    parts.bound.text_size = strlen("default()");
    mask_type_default(column, type, &constant);
    return build_ref(column, type, parts, &constant);
}

Datum mask_bind_fit(const MaskTarget &column)
{
    MaskedType type;
    RefParts parts = {};
    MaskConstant constant;

    mask_type_facts(column, &type);
    parts.bound.effect = core::Effect::Identity;
    parts.bound.text_size = strlen("default()");
    parts.bound.repeatable = true;
    parts.asks_domain = true;
    mask_type_default(column, type, &constant);
    return build_ref(column, type, parts, &constant);
}

char *mask_ref_text(Datum datum)
{
    const MaskRef *ref = mask_ref_of(datum);

    return pnstrdup(mask_ref_text_at(ref), ref->text_size);
}

bool mask_is_identity(Datum datum)
{
    return mask_ref_of(datum)->effect == core::Effect::Identity && !mask_ref_of(datum)->asks_domain;
}

bool mask_is_constant(Datum datum)
{
    core::Effect effect = mask_ref_of(datum)->effect;

    return effect == core::Effect::Default || effect == core::Effect::Constant || effect == core::Effect::Null;
}

bool mask_is_null(Datum datum) { return mask_is_constant(datum) && mask_ref_of(datum)->constant_null; }

bool mask_is_repeatable(Datum datum) { return mask_ref_of(datum)->repeatable; }

bool mask_is_keyed(Datum datum) { return mask_ref_of(datum)->keyed; }

} // namespace ddm
