// Generated columns over masked ones: what they are computed from is no less secret in them.
#include "pg/label/label_store.h"

extern "C" {
#include "catalog/pg_attrdef.h"
#include "catalog/pg_attribute.h"
#include "optimizer/optimizer.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

static char generated_how(Oid relation, AttrNumber attno)
{
    HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relation), Int16GetDatum(attno));
    if (!HeapTupleIsValid(tuple))
        return '\0';
    const char generated = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple))->attgenerated;
    ReleaseSysCache(tuple);
    return generated;
}

// Does the expression read a column with a mask, or the whole row?
static const ColumnPolicy *masked_input(const RelationPolicy *policy, Node *expression)
{
    Bitmapset *used = nullptr;
    pull_varattnos(expression, 1, &used);
    for (int member = -1; (member = bms_next_member(used, member)) >= 0;) {
        int attno = member + FirstLowInvalidHeapAttributeNumber;
        for (int column = Max(attno, 1); column <= (attno == 0 ? policy->natts : attno); column++)
            if (policy->columns[column] && !policy->columns[column]->open)
                return policy->columns[column];
    }
    return nullptr;
}

// default() asks whether there is a value; one that is computed when it is read could fail then, by what is stored.
static const char *mask_of(char how)
{
    return how == ATTRIBUTE_GENERATED_STORED ? default_label : "MASKED WITH VALUE NULL";
}

static void mask_generated(RelationPolicy *policy, AttrNumber attno, const ColumnPolicy *input)
{
    MaskTarget target;
    NameData name;
    if (!column_target(policy->relation, attno, &target, &name))
        return;
    const char *why =
        psprintf("generated from masked column %s (%s)", quote_identifier(NameStr(input->name)), input->why);
    ColumnPolicy *column = label_bind(mask_of(generated_how(policy->relation, attno)), MaskSource::Label,
                                      policy->relation, attno, &name, target, why);
    column->source = MaskSource::Generated;
    column->origin = policy->relation;
    policy->columns[attno] = column;
}

void masks_for_generated(RelationPolicy *policy)
{
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_attrdef_adrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(policy->relation));
    Relation defaults = table_open(AttrDefaultRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(defaults, AttrDefaultIndexId, true, nullptr, 1, &key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        bool null;
        AttrNumber attno = reinterpret_cast<FormData_pg_attrdef *>(GETSTRUCT(tuple))->adnum;
        if (attno > policy->natts || policy->columns[attno] || !generated_how(policy->relation, attno))
            continue; // a mask of its own, or NOT MASKED, is somebody's decision
        Datum stored = heap_getattr(tuple, Anum_pg_attrdef_adbin, RelationGetDescr(defaults), &null);
        auto *expression = static_cast<Node *>(stringToNode(TextDatumGetCString(stored)));
        const ColumnPolicy *input = masked_input(policy, expression);
        if (input)
            mask_generated(policy, attno, input);
    }
    systable_endscan(scan);
    table_close(defaults, AccessShareLock);
}

} // namespace ddm
