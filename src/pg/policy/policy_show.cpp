// The policy as users ask for it: ddm.preview(), ddm.masked_columns, ddm.status().
#include "pg/policy/relation_policy.h"
#include "pg/base/ground.h"
#include "pg/base/relation_tree.h"
#include "pg/policy/mask_choice.h"
#include "pg/policy/policy_state.h"
#include "pg/policy/roles.h"
#include "pg/policy/settings.h"

extern "C" {
#include "access/transam.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "funcapi.h"
#include "utils/fmgroids.h"
#include "utils/tuplestore.h"
}

namespace ddm
{

static ReturnSetInfo *result_set(FunctionCallInfo fcinfo)
{
    InitMaterializedSRF(fcinfo, 0);
    return reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
}

static Datum text_or_null(const char *string, bool *null)
{
    *null = string == nullptr;
    return string ? CStringGetTextDatum(string) : (Datum)0;
}

static const char *verdict_text(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Open:
        return "open";
    case Verdict::Cleared:
        return "cleared";
    case Verdict::Masked:
        return "masked";
    }
    return "masked";
}

// Clearance is a role's secret as far as membership is: ask for yourself, your roles, or as an auditor.
static Oid role_to_preview(const char *name)
{
    Oid role = get_role_oid(name, true);
    if (!OidIsValid(role))
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role \"%s\" does not exist", name),
                errdetail("There is nobody to preview the policy for."), errhint("Check the name."));
    if (!is_policy_auditor(GetUserId()) && !is_member_of_role(GetUserId(), role))
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                errmsg("permission denied to preview the policy for role \"%s\"", name),
                errdetail("Only members of the role, of %s and of %s may.", role_auditor, role_admin),
                errhint("Ask for a role that you are a member of."));
    return role;
}

static void check_preview_relation(Oid relation)
{
    if (can_be_masked(get_rel_relkind(relation)))
        return;
    ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
            errmsg("\"%s\" holds no rows of its own", get_rel_name(relation)),
            errdetail("Masks stand on tables, partitioned and foreign tables and materialized views."),
            errhint("For a view ask ddm.explain() about a query over it."));
}

// Columns of the answer: column_name, verdict, mask, why, until.
static void preview_column(ReturnSetInfo *result, const RelationPolicy *policy, const FormData_pg_attribute *column,
                           Oid role)
{
    Datum values[5];
    bool nulls[5] = {};
    Decision decision = {Verdict::Open, Basis::None, InvalidOid, DT_NOEND, nullptr};
    const ColumnPolicy *mask = nullptr;
    if (policy && bms_is_member(column->attnum, policy->masked)) {
        mask = policy->columns[column->attnum];
        decision = policy_decide(policy, column->attnum, role);
    }
    NameData name = column->attname;
    values[0] = NameGetDatum(&name);
    values[1] = CStringGetTextDatum(verdict_text(decision.verdict));
    values[2] = text_or_null(decision.verdict == Verdict::Masked ? mask_choice_text(mask, role) : nullptr, &nulls[2]);
    values[3] = text_or_null(decision.why, &nulls[3]);
    values[4] = TimestampTzGetDatum(decision.until);
    nulls[4] = decision.until == DT_NOEND;
    tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

// Columns of the answer: relation, column_name, mask, source, why.
static void list_masks(ReturnSetInfo *result, const RelationPolicy *policy)
{
    for (int attno = -1; (attno = bms_next_member(policy->masked, attno)) >= 0;) {
        ColumnPolicy *column = policy->columns[attno];
        Datum values[5];
        bool nulls[5] = {};
        values[0] = ObjectIdGetDatum(policy->relation);
        values[1] = NameGetDatum(&column->name);
        values[2] = CStringGetTextDatum(column->text);
        values[3] = CStringGetTextDatum(mask_source_name(column->source));
        values[4] = CStringGetTextDatum(column->why);
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
}

// The version of the catalog objects: pg_extension.extversion.
static char *catalog_version()
{
    char *version = nullptr;
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ, CStringGetDatum("ddm"));
    Relation extensions = table_open(ExtensionRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(extensions, ExtensionNameIndexId, true, nullptr, 1, &key);
    HeapTuple tuple = systable_getnext(scan);
    if (HeapTupleIsValid(tuple)) {
        bool null;
        Datum stored = heap_getattr(tuple, Anum_pg_extension_extversion, RelationGetDescr(extensions), &null);
        if (!null)
            version = TextDatumGetCString(stored);
    }
    systable_endscan(scan);
    table_close(extensions, AccessShareLock);
    return version;
}

} // namespace ddm

using namespace ddm;

DDM_FUNCTION(ddm_preview)
{
    ReturnSetInfo *result = result_set(fcinfo);
    Oid role = role_to_preview(NameStr(*PG_GETARG_NAME(0)));
    Oid relation_oid = PG_GETARG_OID(1);
    check_preview_relation(relation_oid);
    Relation relation = table_open(relation_oid, AccessShareLock);
    const RelationPolicy *policy = policy_active() ? policy_of(relation_oid) : nullptr;
    TupleDesc columns = RelationGetDescr(relation);
    for (int i = 0; i < columns->natts; i++)
        if (!TupleDescAttr(columns, i)->attisdropped)
            preview_column(result, policy, TupleDescAttr(columns, i), role);
    table_close(relation, AccessShareLock);
    return (Datum)0;
}

DDM_FUNCTION(ddm_masked_columns)
{
    ReturnSetInfo *result = result_set(fcinfo);
    if (!policy_active())
        return (Datum)0;
    MemoryContext memory = AllocSetContextCreate(CurrentMemoryContext, "ddm policy shown", ALLOCSET_SMALL_SIZES);
    ListCell *cell;
    foreach (cell, relations_of_users()) {
        const RelationPolicy *policy = policy_once(lfirst_oid(cell), memory);
        if (policy)
            list_masks(result, policy);
        MemoryContextReset(memory);
    }
    MemoryContextDelete(memory);
    return (Datum)0;
}

DDM_FUNCTION(ddm_library_status)
{
    TupleDesc description;
    Datum values[5];
    bool nulls[5] = {};
    if (get_call_result_type(fcinfo, nullptr, &description) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "return type must be a row type");
    char *version = catalog_version();
    bool agrees = version && strcmp(version, DDM_VERSION) == 0;
    values[0] = CStringGetTextDatum(DDM_VERSION);
    values[1] = text_or_null(version, &nulls[1]);
    values[2] = BoolGetDatum(agrees);
    values[3] = BoolGetDatum(is_preloaded());
    values[4] = BoolGetDatum(is_preloaded() && policy_active() && policy_mode == MODE_ENFORCE);
    return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(description), values, nulls));
}
