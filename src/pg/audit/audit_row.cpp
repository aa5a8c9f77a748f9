// An audit record as a row, and back.
#include "pg/audit/audit_row.h"

namespace ddm
{

using core::AuditRecord;
using core::Number;
using core::Text;

static AttrNumber column_of(TupleDesc desc, const char *name)
{
    for (int i = 0; i < desc->natts; i++) {
        Form_pg_attribute attribute = TupleDescAttr(desc, i);
        if (!attribute->attisdropped && strcmp(NameStr(attribute->attname), name) == 0)
            return attribute->attnum;
    }
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("column \"%s\" of the audit trail is missing", name),
            errhint("Run ALTER EXTENSION ddm UPDATE."));
}

void audit_row_shape(TupleDesc desc, AuditRowShape *shape)
{
    for (size_t i = 0; i < AuditRecord::numbers; i++)
        shape->number[i] = column_of(desc, core::field_name(static_cast<Number>(i)));
    for (size_t i = 0; i < AuditRecord::texts; i++)
        shape->text[i] = column_of(desc, core::field_name(static_cast<Text>(i)));
    shape->chain = column_of(desc, "chain");
    shape->event_id = column_of(desc, "event_id");
    shape->hash = column_of(desc, "hash");
}

ArrayType *audit_list_to_array(std::string_view list)
{
    int count = 0;
    for (char c : list)
        count += c == '\0';
    auto *elements = static_cast<Datum *>(palloc(sizeof(Datum) * (count + 1)));
    int n = 0;
    for (const char *at = list.data(); n < count; at += strlen(at) + 1)
        elements[n++] = CStringGetTextDatum(at);
    return construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT);
}

static Datum number_datum(Oid type, int64 value)
{
    switch (type) {
    case BOOLOID:
        return BoolGetDatum(value != 0);
    case INT4OID:
        return Int32GetDatum(static_cast<int32>(value));
    default: // bigint and timestamptz are 64 bits wide both
        return Int64GetDatum(value);
    }
}

void audit_row_form(const AuditRowShape &shape, TupleDesc desc, const AuditRecord &record, Datum *values, bool *nulls)
{
    memset(values, 0, sizeof(Datum) * desc->natts);
    memset(nulls, true, sizeof(bool) * desc->natts);
    for (size_t i = 0; i < AuditRecord::numbers; i++) {
        int at = shape.number[i] - 1;
        if (!record.has_number[i])
            continue;
        values[at] = number_datum(TupleDescAttr(desc, at)->atttypid, record.number[i]);
        nulls[at] = false;
    }
    for (size_t i = 0; i < AuditRecord::texts; i++) {
        int at = shape.text[i] - 1;
        if (!record.text[i].data)
            continue;
        std::string_view value(record.text[i].data, record.text[i].size);
        values[at] = static_cast<Text>(i) == Text::Columns
                         ? PointerGetDatum(audit_list_to_array(value))
                         : PointerGetDatum(cstring_to_text_with_len(value.data(), static_cast<int>(value.size())));
        nulls[at] = false;
    }
}

static std::string_view array_to_list(Datum datum)
{
    Datum *elements = nullptr;
    bool *nulls = nullptr;
    int count = 0;
    deconstruct_array(DatumGetArrayTypeP(datum), TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
    size_t size = 0;
    for (int i = 0; i < count; i++)
        size += nulls[i] ? 1 : VARSIZE_ANY_EXHDR(DatumGetPointer(elements[i])) + 1;
    char *list = static_cast<char *>(palloc(size + 1));
    char *out = list;
    for (int i = 0; i < count; i++) {
        size_t length = nulls[i] ? 0 : VARSIZE_ANY_EXHDR(DatumGetPointer(elements[i]));
        if (length > 0)
            memcpy(out, VARDATA_ANY(DatumGetPointer(elements[i])), length);
        out += length;
        *out++ = '\0';
    }
    return {list, size};
}

void audit_row_deform(const AuditRowShape &shape, const Datum *values, const bool *nulls, AuditRecord *record)
{
    *record = {};
    for (size_t i = 0; i < AuditRecord::numbers; i++) {
        int at = shape.number[i] - 1;
        if (nulls[at])
            continue;
        auto field = static_cast<Number>(i);
        int64 value = field == Number::BackendPid                         ? DatumGetInt32(values[at])
                      : field == Number::Nested || field == Number::Would ? DatumGetBool(values[at])
                                                                          : DatumGetInt64(values[at]);
        record->set(field, value);
    }
    for (size_t i = 0; i < AuditRecord::texts; i++) {
        int at = shape.text[i] - 1;
        if (nulls[at])
            continue;
        auto field = static_cast<Text>(i);
        if (field == Text::Columns) {
            record->set(field, array_to_list(values[at]));
        } else {
            text *value = DatumGetTextPP(values[at]);
            record->set(field, std::string_view(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)));
        }
    }
}

} // namespace ddm
