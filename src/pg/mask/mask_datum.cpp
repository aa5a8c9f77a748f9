// Datums of every type as core's values, and back.
#include "pg/mask/mask_datum.h"

extern "C" {
#include "catalog/pg_enum.h"
#include "mb/pg_wchar.h"
#include "utils/date.h"
#include "utils/inet.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"
}

#include <cmath>

namespace ddm
{

static std::string_view payload(Datum datum)
{
    const void *packed = PG_DETOAST_DATUM_PACKED(datum);

    return {VARDATA_ANY(packed), static_cast<size_t>(VARSIZE_ANY_EXHDR(packed))};
}

static std::string_view c_text(const char *text) { return {text, strlen(text)}; }

static std::string_view text_of(const MaskedType &type, Datum datum)
{
    if (type.base == NAMEOID)
        return c_text(NameStr(*DatumGetName(datum)));
    std::string_view text = payload(datum);
    if (type.base == BPCHAROID)
        while (!text.empty() && text.back() == ' ')
            text.remove_suffix(1);
    return text;
}

static std::string_view enum_label(Datum datum)
{
    HeapTuple tuple = SearchSysCache1(ENUMOID, datum);

    if (!HeapTupleIsValid(tuple))
        return {};
    const char *label = pstrdup(NameStr(reinterpret_cast<Form_pg_enum>(GETSTRUCT(tuple))->enumlabel));
    ReleaseSysCache(tuple);
    return c_text(label);
}

static int64 integer_of(Oid base, Datum datum)
{
    return base == INT2OID ? DatumGetInt16(datum) : base == INT4OID ? DatumGetInt32(datum) : DatumGetInt64(datum);
}

// numeric_out() would make a copy with a long header itself, in memory of its own.
static std::string_view digits_of(Datum datum)
{
    alignas(MAXIMUM_ALIGNOF) char room[64];
    const void *stored = DatumGetPointer(datum);

    if (VARATT_IS_SHORT(stored) && !VARATT_IS_EXTERNAL(stored) && VARSIZE_SHORT(stored) < sizeof room - VARHDRSZ) {
        const size_t size = VARSIZE_SHORT(stored) - VARHDRSZ_SHORT;
        SET_VARSIZE(room, VARHDRSZ + size);
        memcpy(VARDATA(room), VARDATA_SHORT(stored), size);
        datum = PointerGetDatum(room);
    }
    return c_text(DatumGetCString(DirectFunctionCall1(numeric_out, datum)));
}

bool mask_value_of(const MaskedType &type, Datum datum, core::Value *value)
{
    switch (type.target.kind) {
    case core::Kind::Text:
        value->bytes = text_of(type, datum);
        return true;
    case core::Kind::Integer:
        value->integer = integer_of(type.base, datum);
        return true;
    case core::Kind::Float:
        value->real = type.base == FLOAT4OID ? DatumGetFloat4(datum) : DatumGetFloat8(datum);
        return std::isfinite(value->real);
    case core::Kind::Numeric:
        if (type.base == MONEYOID)
            datum = NumericGetDatum(int64_div_fast_to_numeric(DatumGetInt64(datum), type.target.scale));
        value->bytes = digits_of(datum);
        return true;
    case core::Kind::Boolean:
        value->integer = DatumGetBool(datum);
        return true;
    case core::Kind::Date:
        value->integer = DatumGetDateADT(datum);
        return !DATE_NOT_FINITE(value->integer);
    case core::Kind::Timestamp:
    case core::Kind::TimestampTz:
        value->integer = DatumGetTimestamp(datum);
        return !TIMESTAMP_NOT_FINITE(value->integer);
    case core::Kind::Time:
        value->integer = type.base == TIMETZOID ? DatumGetTimeTzADTP(datum)->time : DatumGetTimeADT(datum);
        return true;
    case core::Kind::Interval: {
        const Interval *interval = DatumGetIntervalP(datum);
        value->integer = interval->time;
        value->days = interval->day;
        value->months = interval->month;
        return true;
    }
    case core::Kind::Uuid:
        value->bytes = {reinterpret_cast<const char *>(DatumGetUUIDP(datum)->data), UUID_LEN};
        return true;
    case core::Kind::Bytea:
        value->bytes = payload(datum);
        return true;
    case core::Kind::Json:
        value->bytes =
            type.base == JSONBOID ? c_text(DatumGetCString(DirectFunctionCall1(jsonb_out, datum))) : payload(datum);
        return true;
    case core::Kind::Inet:
        value->bytes = c_text(DatumGetCString(type.base == CIDROID ? DirectFunctionCall1(cidr_out, datum)
                                                                   : DirectFunctionCall1(inet_out, datum)));
        return true;
    case core::Kind::Enum:
        value->bytes = enum_label(datum);
        return true;
    case core::Kind::Range:
    case core::Kind::Array:
    case core::Kind::Other:
        return false;
    }
    return false;
}

static Datum name_of(const core::Output &out)
{
    Name name = static_cast<Name>(palloc0(NAMEDATALEN));
    int size = pg_mbcliplen(out.data, static_cast<int>(out.size), NAMEDATALEN - 1);

    memcpy(NameStr(*name), out.data, size);
    return NameGetDatum(name);
}

static bool enum_of(Oid type, const core::Output &out, Datum *datum)
{
    if (out.size >= NAMEDATALEN)
        return false;
    HeapTuple tuple =
        SearchSysCache2(ENUMTYPOIDNAME, ObjectIdGetDatum(type), CStringGetDatum(pnstrdup(out.data, out.size)));

    if (!HeapTupleIsValid(tuple))
        return false;
    *datum = ObjectIdGetDatum(reinterpret_cast<Form_pg_enum>(GETSTRUCT(tuple))->oid);
    ReleaseSysCache(tuple);
    return true;
}

static Datum varlena_of(const core::Output &out, char *block)
{
    SET_VARSIZE(block, VARHDRSZ + out.size);
    return PointerGetDatum(block);
}

// By the digits that the mask was bound with: those of the session may be others by now.
static Datum money_of(Datum numeric, int scale)
{
    int64 units = 1;

    for (int i = 0; i < scale; i++)
        units *= 10;
    return DirectFunctionCall1(numeric_int8,
                               DirectFunctionCall2(numeric_mul, numeric, NumericGetDatum(int64_to_numeric(units))));
}

// Rounded and checked against numeric(p, s) already.
static Datum numeric_of(const MaskedType &type, const core::Output &out)
{
    const bool money = type.base == MONEYOID;
    const Datum numeric =
        out.scale >= 0 ? NumericGetDatum(int64_div_fast_to_numeric(out.integer, out.scale))
                       : DirectFunctionCall3(numeric_in, CStringGetDatum(pnstrdup(out.data, out.size)),
                                             ObjectIdGetDatum(InvalidOid), Int32GetDatum(money ? -1 : type.typmod));
    return money ? money_of(numeric, type.target.scale) : numeric;
}

// The zone is part of the value: it goes.
static Datum timetz_of(const core::Output &out)
{
    TimeTzADT *time = static_cast<TimeTzADT *>(palloc(sizeof(TimeTzADT)));

    time->time = out.integer;
    time->zone = 0;
    return TimeTzADTPGetDatum(time);
}

static Datum inet_of(const MaskedType &type, const core::Output &out)
{
    Datum text = CStringGetDatum(pnstrdup(out.data, out.size));

    return type.base == CIDROID ? DirectFunctionCall1(cidr_in, text) : DirectFunctionCall1(inet_in, text);
}

static Datum interval_of(const MaskedType &, const core::Output &out)
{
    Interval *interval = static_cast<Interval *>(palloc(sizeof(Interval)));

    interval->time = out.integer;
    interval->day = out.days;
    interval->month = out.months;
    return IntervalPGetDatum(interval);
}

static Datum integer_datum(Oid base, int64 integer)
{
    return base == INT2OID   ? Int16GetDatum(static_cast<int16>(integer))
           : base == INT4OID ? Int32GetDatum(static_cast<int32>(integer))
                             : Int64GetDatum(integer);
}

bool mask_datum_of(const MaskedType &type, const core::Output &out, char *block, Datum *datum)
{
    switch (type.target.kind) {
    case core::Kind::Text:
        *datum = type.base == NAMEOID ? name_of(out) : varlena_of(out, block);
        return true;
    case core::Kind::Bytea:
        *datum = varlena_of(out, block);
        return true;
    case core::Kind::Integer:
        *datum = integer_datum(type.base, out.integer);
        return true;
    case core::Kind::Float:
        *datum = type.base == FLOAT4OID ? Float4GetDatum(static_cast<float4>(out.real)) : Float8GetDatum(out.real);
        return type.base != FLOAT4OID || std::isfinite(static_cast<float4>(out.real));
    case core::Kind::Numeric:
        *datum = numeric_of(type, out);
        return true;
    case core::Kind::Boolean:
        *datum = BoolGetDatum(out.integer != 0);
        return true;
    case core::Kind::Date:
        *datum = DateADTGetDatum(static_cast<DateADT>(out.integer));
        return true;
    case core::Kind::Timestamp:
    case core::Kind::TimestampTz:
        *datum = TimestampGetDatum(out.integer);
        return true;
    case core::Kind::Time:
        *datum = type.base == TIMETZOID ? timetz_of(out) : TimeADTGetDatum(out.integer);
        return true;
    case core::Kind::Interval:
        *datum = interval_of(type, out);
        return true;
    case core::Kind::Uuid:
        if (out.size != UUID_LEN)
            return false;
        *datum = PointerGetDatum(memcpy(palloc(UUID_LEN), out.data, UUID_LEN));
        return true;
    case core::Kind::Json:
        *datum = type.base == JSONBOID ? DirectFunctionCall1(jsonb_in, CStringGetDatum(pnstrdup(out.data, out.size)))
                                       : varlena_of(out, block);
        return true;
    case core::Kind::Inet:
        *datum = inet_of(type, out);
        return true;
    case core::Kind::Enum:
        return enum_of(type.base, out, datum);
    case core::Kind::Range:
    case core::Kind::Array:
    case core::Kind::Other:
        return false;
    }
    return false;
}

} // namespace ddm
