// Types of columns: which kind of value core sees, and what their default() is.
#include "pg/mask/mask_type.h"
#include "pg/mask/domain_checks.h"

extern "C" {
#include "catalog/pg_enum.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "parser/parse_coerce.h"
#include "tsearch/ts_type.h"
#include "utils/catcache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

// utils/pg_locale.h wants the headers of ICU from PostgreSQL 18 on.
extern char *locale_monetary;
}

#include <cfloat>
#include <clocale>

namespace ddm
{

static core::Kind kind_of(Oid base)
{
    switch (base) {
    case TEXTOID:
    case VARCHAROID:
    case BPCHAROID:
    case NAMEOID:
        return core::Kind::Text;
    case INT2OID:
    case INT4OID:
    case INT8OID:
        return core::Kind::Integer;
    case FLOAT4OID:
    case FLOAT8OID:
        return core::Kind::Float;
    case NUMERICOID:
    case MONEYOID:
        return core::Kind::Numeric;
    case BOOLOID:
        return core::Kind::Boolean;
    case DATEOID:
        return core::Kind::Date;
    case TIMESTAMPOID:
        return core::Kind::Timestamp;
    case TIMESTAMPTZOID:
        return core::Kind::TimestampTz;
    case TIMEOID:
    case TIMETZOID:
        return core::Kind::Time;
    case INTERVALOID:
        return core::Kind::Interval;
    case UUIDOID:
        return core::Kind::Uuid;
    case BYTEAOID:
        return core::Kind::Bytea;
    case JSONOID:
    case JSONBOID:
        return core::Kind::Json;
    case INETOID:
    case CIDROID:
        return core::Kind::Inet;
    }
    if (type_is_array(base) && base != INT2VECTOROID && base != OIDVECTOROID)
        return core::Kind::Array;
    switch (get_typtype(base)) {
    case TYPTYPE_ENUM:
        return core::Kind::Enum;
    case TYPTYPE_RANGE:
        return core::Kind::Range;
    default:
        // citext and its like
        return get_typlen(base) == -1 && IsBinaryCoercible(base, TEXTOID) ? core::Kind::Text : core::Kind::Other;
    }
}

static core::Encoding server_encoding()
{
    core::Encoding encoding;
    int id = GetDatabaseEncoding();

    encoding.longest = static_cast<unsigned char>(pg_encoding_max_length(id));
    encoding.length_of = pg_wchar_table[id].mblen;
    encoding.form = id == PG_UTF8           ? core::Encoding::Form::Utf8
                    : encoding.longest == 1 ? core::Encoding::Form::SingleByte
                                            : core::Encoding::Form::Other;
    return encoding;
}

static void set_bounds(Oid base, core::Target *target)
{
    switch (base) {
    case INT2OID:
        target->lowest = PG_INT16_MIN;
        target->highest = PG_INT16_MAX;
        break;
    case INT4OID:
        target->lowest = PG_INT32_MIN;
        target->highest = PG_INT32_MAX;
        break;
    case DATEOID:
        target->lowest = DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE;
        target->highest = DATE_END_JULIAN - POSTGRES_EPOCH_JDATE - 1;
        break;
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
        target->lowest = MIN_TIMESTAMP;
        target->highest = END_TIMESTAMP - 1;
        break;
    case TIMEOID:
    case TIMETZOID:
        target->lowest = 0;
        target->highest = USECS_PER_DAY;
        break;
    }
}

// The digits that money has under the configuration that the server started with. A client chooses others at will: each
// choice would show it another mask of a value.
static int digits_of_money = 2;

void money_install()
{
    const locale_t locale = newlocale(LC_MONETARY_MASK, locale_monetary, nullptr);

    if (!locale)
        return;
    const locale_t before = uselocale(locale);
    const int digits = localeconv()->frac_digits;
    uselocale(before);
    freelocale(locale);
    digits_of_money = digits < 0 || digits > 10 ? 2 : digits; // as cash.c has it
}

// Digits behind the point of a second, of a numeric, of the locale's money; those that a float keeps.
static void set_digits(Oid base, int32 typmod, core::Target *target)
{
    switch (base) {
    case TIMEOID:
    case TIMETZOID:
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
        target->scale = typmod >= 0 ? typmod : MAX_TIMESTAMP_PRECISION;
        break;
    case FLOAT4OID:
        target->precision = FLT_DIG;
        break;
    case FLOAT8OID:
        target->precision = DBL_DIG;
        break;
    case MONEYOID:
        target->precision = 18;
        target->scale = digits_of_money;
        break;
    case NUMERICOID:
        if (typmod >= static_cast<int32>(VARHDRSZ)) {
            target->precision = ((typmod - VARHDRSZ) >> 16) & 0xffff;
            target->scale = (((typmod - VARHDRSZ) & 0x7ff) ^ 1024) - 1024;
        }
        break;
    }
}

void mask_type_facts(const MaskTarget &column, MaskedType *type)
{
    type->typmod = column.typmod;
    type->base = getBaseTypeAndTypmod(column.type, &type->typmod);
    type->is_domain = type->base != column.type;
    get_typlenbyvalalign(type->base, &type->length, &type->by_value, &type->align);

    core::Target target;
    const char *name = format_type_be(column.type);
    target.type_name = std::string_view(name, strlen(name));
    target.kind = kind_of(type->base);
    target.takes_integers = target.kind == core::Kind::Numeric;
    target.encoding = server_encoding();
    set_bounds(type->base, &target);
    if ((type->base == VARCHAROID || type->base == BPCHAROID) && type->typmod >= static_cast<int32>(VARHDRSZ)) {
        target.limit = type->typmod - VARHDRSZ;
        target.blank_padded = type->base == BPCHAROID;
    }
    target.is_network = type->base == CIDROID;
    set_digits(type->base, type->typmod, &target);
    type->target = target;
}

// --- default() ------------------------------------------------------------------------------------------------

static Datum read_literal(const MaskedType &type, const char *literal)
{
    Oid input, param;

    getTypeInputInfo(type.base, &input, &param);
    return OidInputFunctionCall(input, const_cast<char *>(literal), param, type.typmod);
}

static const char *first_enum_label(Oid type)
{
    const char *label = nullptr;
    float4 lowest = 0;
    CatCList *list = SearchSysCacheList1(ENUMTYPOIDNAME, ObjectIdGetDatum(type));

    for (int i = 0; i < list->n_members; i++) {
        Form_pg_enum row = reinterpret_cast<Form_pg_enum>(GETSTRUCT(&list->members[i]->tuple));
        if (label == nullptr || row->enumsortorder < lowest) {
            lowest = row->enumsortorder;
            label = pstrdup(NameStr(row->enumlabel));
        }
    }
    ReleaseSysCacheList(list);
    return label;
}

static const char *zero_bits(int32 typmod)
{
    int bits = typmod > 0 ? typmod : 1;
    char *text = static_cast<char *>(palloc(bits + 1));

    memset(text, '0', bits);
    text[bits] = '\0';
    return text;
}

bool mask_type_admits(Oid type, Datum value, bool is_null)
{
    if (get_typtype(type) != TYPTYPE_DOMAIN || !domain_has_checks(type))
        return true;
    MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ddm domain of a mask", ALLOCSET_SMALL_SIZES);
    const bool admits = mask_domain_admits(mask_domain_checks(type, context), value, is_null);
    MemoryContextDelete(context);
    return admits;
}

// Fields all null; false where the domain of one does not admit that. The type's input function would ask the domains itself.
static bool empty_row(const MaskedType &type, Datum *value)
{
    TupleDesc desc = lookup_rowtype_tupdesc_copy(type.base, type.typmod);
    bool *nulls = static_cast<bool *>(palloc(desc->natts));

    memset(nulls, true, desc->natts);
    for (int i = 0; i < desc->natts; i++)
        if (!TupleDescAttr(desc, i)->attisdropped && !mask_type_admits(TupleDescAttr(desc, i)->atttypid, 0, true))
            return false;
    *value = HeapTupleGetDatum(heap_form_tuple(desc, zeroed<Datum>(desc->natts), nulls));
    return true;
}

// Literals of types that core knows nothing of; nullptr: none is known, the default is NULL.
static const char *other_literal(const MaskedType &type)
{
    static const struct {
        Oid type;
        const char *literal;
    } known[] = {
        {OIDOID, "0"},
        {CHAROID, "X"},
        {XIDOID, "0"},
        {MACADDROID, "00:00:00:00:00:00"},
        {MACADDR8OID, "00:00:00:00:00:00:00:00"},
        {POINTOID, "(0,0)"},
        {LSEGOID, "[(0,0),(0,0)]"},
        {BOXOID, "(0,0),(0,0)"},
        {PATHOID, "((0,0))"},
        {POLYGONOID, "((0,0))"},
        {CIRCLEOID, "<(0,0),0>"},
        {LINEOID, "{1,0,0}"},
        {TSVECTOROID, ""},
        {PG_LSNOID, "0/0"},
        {INT2VECTOROID, ""},
        {OIDVECTOROID, ""},
        {JSONPATHOID, "$"},
        {XID8OID, "0"},
    };

    for (const auto &entry : known)
        if (entry.type == type.base)
            return entry.literal;
    if (type.base == BITOID || type.base == VARBITOID)
        return zero_bits(type.base == BITOID ? type.typmod : 1);
    switch (get_typtype(type.base)) {
    case TYPTYPE_ENUM:
        return first_enum_label(type.base);
    case TYPTYPE_MULTIRANGE:
        return "{}";
    default:
        return nullptr;
    }
}

static Datum default_text(const MaskedType &type)
{
    char buffer[8];
    core::Output out;

    out.data = buffer;
    out.capacity = sizeof buffer;
    core::Target cut = type.target;
    cut.blank_padded = false; // the type's input function pads
    core::run_default_text(cut, out);
    return read_literal(type, pnstrdup(buffer, out.size));
}

// Its input function has something to say of it.
static Datum empty_query()
{
    auto *query = static_cast<TSQuery>(palloc0(HDRSIZETQ));

    SET_VARSIZE(query, HDRSIZETQ);
    return TSQueryGetDatum(query);
}

// char(n) and varchar(n) admit XXXX when cut; numeric(2,2) admits 0; every bound type its default.
static bool default_of_base(const MaskedType &type, Datum *value)
{
    if (type.base == TSQUERYOID) {
        *value = empty_query();
        return true;
    }
    if (type.target.kind == core::Kind::Text) {
        *value = default_text(type);
        return true;
    }
    if (get_typtype(type.base) == TYPTYPE_COMPOSITE)
        return empty_row(type, value);
    std::string_view literal = core::default_literal(type.target.kind);
    const char *text = literal.empty() ? other_literal(type) : pnstrdup(literal.data(), literal.size());
    if (type.base == CIDROID)
        text = "0.0.0.0/32";
    if (type.base == TIMETZOID)
        text = "00:00:00+00";
    if (text == nullptr)
        return false;
    *value = read_literal(type, text);
    return true;
}

void mask_type_default(const MaskTarget &column, const MaskedType &type, MaskConstant *constant)
{
    constant->impossible = false;
    constant->is_null = !default_of_base(type, &constant->value);
    if (constant->is_null)
        constant->value = 0;
    if (!constant->is_null && !mask_type_admits(column.type, constant->value, false)) {
        constant->is_null = true;
        constant->value = 0;
    }
    if (constant->is_null)
        constant->impossible = !mask_type_admits(column.type, 0, true);
}

} // namespace ddm
