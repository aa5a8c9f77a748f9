// Labels as pg_seclabel holds them, and what a label says bound to its column.
#include "pg/label_store.h"
#include "pg/label_warn.h"
#include "pg/report.h"
#include "pg/trusted_function.h"
#include "pg/value_mask.h"
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

List *labels_of(Oid relation, const char *wanted)
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
        if (row->objsubid <= 0 || strcmp(TextDatumGetCString(provider), wanted) != 0)
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

// The text of the constant of MASKED WITH VALUE; nullptr for NULL.
static const char *value_text(const core::Literal &literal)
{
    return literal.kind == core::Literal::Kind::Null ? nullptr : pstrdup(literal.text.c_str());
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
    column->trusted = nullptr;
    column->strictness = 4;
    column->text = "FUNCTION default()";
    column->label = "MASKED WITH FUNCTION default()";
}

// A function of somebody's schema, not of the catalogue of masks.
static bool is_own_function(const core::MaskCall &call) { return !call.schema.empty() && call.schema != "ddm"; }

static bool bind_mask(ColumnPolicy *column, const core::Mask &mask)
{
    switch (mask.kind) {
    case core::Mask::Kind::Function:
        if (is_own_function(mask.function))
            return trusted_bind(mask.function, column->target, true, &column->trusted) && column->trusted;
        return static_cast<bool>(mask_bind(mask.function, column->target, &column->ref));
    case core::Mask::Kind::Value:
        column->is_value = true;
        column->value = value_text(mask.value);
        return true;
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
        column->label = text;
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

void label_check(const char *text, Oid relation, AttrNumber attno)
{
    MaskTarget target;
    NameData name;
    core::Status status;
    Datum ref = (Datum) 0;

    if (!column_target(relation, attno, &target, &name))
        elog(ERROR, "cache lookup failed for attribute %d of relation %u", attno, relation);
    Parsed *parsed = parse(text, &status);
    if (status && parsed->label.masked) {
        const core::Mask &mask = parsed->label.base.mask;
        const TrustedMask *trusted;
        if (mask.kind == core::Mask::Kind::Function)
            status = is_own_function(mask.function) ? trusted_bind(mask.function, target, false, &trusted)
                                                    : mask_bind(mask.function, target, &ref);
        else if (mask.kind == core::Mask::Kind::Value)
            value_mask_check(value_text(mask.value), static_cast<int>(mask.value.position) + 1, target, &name);
    }
    if (!status)
        report(status, "label", text);
    if (!parsed->label.masked)
        return;
    const core::Mask &mask = parsed->label.base.mask;
    bool value = mask.kind == core::Mask::Kind::Value;
    if (value || (ref != (Datum) 0 && mask_is_constant(ref)))
        label_warn_constant(relation, attno, value && mask.value.kind == core::Literal::Kind::Null);
}

} // namespace ddm
