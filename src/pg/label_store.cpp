// Labels as pg_seclabel holds them, and what a label says bound to its column.
#include "pg/label_store.h"
#include "pg/report.h"
#include "core/label.h"

#include <new>
#include <string>

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_seclabel.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

// Core's objects have destructors, and server calls may jump: so they live in a memory context that runs the
// destructor when it goes, not in a frame.
struct Parsed {
    core::Label label;
    std::string text;
    MemoryContextCallback callback;
};

static void destroy_parsed(void *argument) { static_cast<Parsed *>(argument)->~Parsed(); }

static Parsed *parse(const char *text, core::Status *status)
{
    auto *parsed = new (palloc(sizeof(Parsed))) Parsed();
    parsed->callback = {destroy_parsed, parsed, nullptr};
    MemoryContextRegisterResetCallback(CurrentMemoryContext, &parsed->callback);
    *status = core::parse_label(text, parsed->label);
    if (*status && parsed->label.masked)
        *status = core::print_mask(parsed->label.base.mask, parsed->text);
    return parsed;
}

List *labels_of(Oid relation)
{
    List *found = NIL;
    ScanKeyData key[2];
    ScanKeyInit(&key[0], Anum_pg_seclabel_objoid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    ScanKeyInit(&key[1], Anum_pg_seclabel_classoid, BTEqualStrategyNumber, F_OIDEQ,
                ObjectIdGetDatum(RelationRelationId));
    Relation labels = table_open(SecLabelRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(labels, SecLabelObjectIndexId, true, nullptr, 2, key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        bool null;
        auto *row = reinterpret_cast<FormData_pg_seclabel *>(GETSTRUCT(tuple));
        Datum provider = heap_getattr(tuple, Anum_pg_seclabel_provider, RelationGetDescr(labels), &null);
        if (row->objsubid <= 0 || strcmp(TextDatumGetCString(provider), label_provider) != 0)
            continue;
        Datum stored = heap_getattr(tuple, Anum_pg_seclabel_label, RelationGetDescr(labels), &null);
        auto *label = static_cast<StoredLabel *>(palloc(sizeof(StoredLabel)));
        label->attno = static_cast<AttrNumber>(row->objsubid);
        label->text = TextDatumGetCString(stored);
        found = lappend(found, label);
    }
    systable_endscan(scan);
    table_close(labels, AccessShareLock);
    return found;
}

bool column_target(Oid relation, AttrNumber attno, MaskTarget *target, NameData *name)
{
    HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relation), Int16GetDatum(attno));
    if (!HeapTupleIsValid(tuple))
        return false;
    auto *row = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple));
    bool there = !row->attisdropped;
    target->type = row->atttypid;
    target->typmod = row->atttypmod;
    target->collation = row->attcollation;
    *name = row->attname;
    ReleaseSysCache(tuple);
    return there;
}

// The constant of MASKED WITH VALUE through the type's input function; of the base type where `base` is set.
static Datum input_value(const core::Literal &literal, const MaskTarget &target, bool base)
{
    Oid input, parameter;
    int32 typmod = target.typmod;
    Oid type = base ? getBaseTypeAndTypmod(target.type, &typmod) : target.type;
    char *text = literal.kind == core::Literal::Kind::Null ? nullptr : pstrdup(literal.text.c_str());

    getTypeInputInfo(type, &input, &parameter);
    return OidInputFunctionCall(input, text, parameter, typmod);
}

// After ALTER TYPE the value may not be one of the column's type any more. The input functions of base types
// hold nothing that the end of a transaction would have to free, so that their error can be swallowed here.
static bool try_input_value(const core::Literal &literal, const MaskTarget &target, Datum *value)
{
    volatile bool good = false;
    MemoryContext const here = CurrentMemoryContext;
    PG_TRY();
    {
        *value = input_value(literal, target, true);
        good = true;
    }
    PG_CATCH();
    {
        MemoryContextSwitchTo(here);
        int code = geterrcode();
        if (ERRCODE_TO_CATEGORY(code) != ERRCODE_DATA_EXCEPTION && ERRCODE_TO_CATEGORY(code) != ERRCODE_SYNTAX_ERROR)
            PG_RE_THROW();
        FlushErrorState();
    }
    PG_END_TRY();
    return good;
}

static bool named(const core::MaskCall &call, const char *name)
{
    return call.schema.empty() && call.name == name;
}

static int strictness_of(const core::Mask &mask)
{
    if (mask.kind == core::Mask::Kind::Value)
        return 4;
    if (mask.kind == core::Mask::Kind::Policy)
        return 3;
    if (named(mask.function, "identity"))
        return 0;
    for (const char *whole : {"default", "nullify", "full"})
        if (named(mask.function, whole))
            return 4;
    for (const char *keyed : {"hash", "token", "md5", "pseudonym", "random"})
        if (named(mask.function, keyed))
            return 3;
    return 2;
}

static void bind_default(ColumnPolicy *column)
{
    column->ref = mask_bind_default(column->target);
    column->is_value = false;
    column->strictness = 4;
    column->text = "FUNCTION default()";
}

static bool bind_mask(ColumnPolicy *column, const core::Mask &mask)
{
    switch (mask.kind) {
    case core::Mask::Kind::Function:
        return static_cast<bool>(mask_bind(mask.function, column->target, &column->ref));
    case core::Mask::Kind::Value:
        column->is_value = true;
        column->value_is_null = mask.value.kind == core::Literal::Kind::Null;
        return column->value_is_null || try_input_value(mask.value, column->target, &column->value);
    case core::Mask::Kind::Policy:
        return false;
    }
    return false;
}

ColumnPolicy *label_bind(const char *text, AttrNumber attno, const NameData *name, const MaskTarget &target,
                         const char *why)
{
    auto *column = static_cast<ColumnPolicy *>(palloc0(sizeof(ColumnPolicy)));
    core::Status status;
    Parsed *parsed = parse(text, &status);

    column->attno = attno;
    column->name = *name;
    column->target = target;
    column->source = MaskSource::Label;
    column->why = why;
    if (status && !parsed->label.masked) {
        column->open = true;
        column->strictness = -1;
        column->text = "NOT MASKED";
        return column;
    }
    if (status && bind_mask(column, parsed->label.base.mask)) {
        column->text = pstrdup(parsed->text.c_str());
        column->strictness = strictness_of(parsed->label.base.mask);
    } else {
        bind_default(column);
    }
    return column;
}

ColumnPolicy *stricter_mask(ColumnPolicy *a, ColumnPolicy *b)
{
    if (a->strictness != b->strictness)
        return a->strictness > b->strictness ? a : b;
    if (strcmp(a->text, b->text) != 0 && !a->open)
        bind_default(a); // neither can be said to show less than the other
    return a;
}

static void refuse_value(const core::Literal &literal, const NameData *name, ErrorData *error)
{
    int position = static_cast<int>(literal.position) + 1;
    ereport(ERROR, errcode(error->sqlerrcode),
            errmsg("the value of the mask does not fit column \"%s\"", NameStr(*name)),
            errdetail("At character %d of the label: %s.", position, error->message),
            errhint("Give a constant that the column's type and its constraints accept."));
}

static void check_value(const core::Literal &literal, const MaskTarget &target,
                        const NameData *name)
{
    MemoryContext const here = CurrentMemoryContext;
    PG_TRY();
    {
        input_value(literal, target, false);
    }
    PG_CATCH();
    {
        MemoryContextSwitchTo(here);
        ErrorData *error = CopyErrorData();
        FlushErrorState();
        refuse_value(literal, name, error);
    }
    PG_END_TRY();
}

void label_check(const char *text, Oid relation, AttrNumber attno)
{
    MaskTarget target;
    NameData name;
    core::Status status;
    Datum ref;

    if (!column_target(relation, attno, &target, &name))
        elog(ERROR, "cache lookup failed for attribute %d of relation %u", attno, relation);
    Parsed *parsed = parse(text, &status);
    if (status && parsed->label.masked) {
        const core::Mask &mask = parsed->label.base.mask;
        if (mask.kind == core::Mask::Kind::Function)
            status = mask_bind(mask.function, target, &ref);
        else if (mask.kind == core::Mask::Kind::Value)
            check_value(mask.value, target, &name);
    }
    if (!status)
        report(status, "label", text);
}

} // namespace ddm
