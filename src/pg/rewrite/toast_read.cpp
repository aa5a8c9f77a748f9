#include "pg/rewrite/toast_read.h"
#include "pg/audit/audit.h"
#include "pg/debug_settings.h"
#include "pg/policy/masked_columns.h"
#include "pg/rewrite/plan_note.h"

extern "C" {
#include "catalog/dependency.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_statistic_ext_data.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

// The table whose values stand there: the TOAST table depends on it.
static Oid table_of(Oid toast)
{
    ScanKeyData key[2];
    Oid table = InvalidOid;
    HeapTuple tuple;

    ScanKeyInit(&key[0], Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RelationRelationId));
    ScanKeyInit(&key[1], Anum_pg_depend_objid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(toast));
    Relation depend = table_open(DependRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(depend, DependDependerIndexId, true, nullptr, 2, key);
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        auto *row = reinterpret_cast<Form_pg_depend>(GETSTRUCT(tuple));
        if (row->refclassid == RelationRelationId && row->deptype == DEPENDENCY_INTERNAL)
            table = row->refobjid;
    }
    systable_endscan(scan);
    table_close(depend, AccessShareLock);
    return table;
}

static Oid toast_of(Oid table)
{
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
    if (!HeapTupleIsValid(tuple))
        return InvalidOid;
    Oid toast = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->reltoastrelid;
    ReleaseSysCache(tuple);
    return toast;
}

static bool holds_hidden(Oid toast)
{
    MaskedColumns columns;

    if (debug_masks_everything())
        return false;
    if (toast == toast_of(StatisticRelationId) || toast == toast_of(StatisticExtDataRelationId))
        return policy_active(); // whose values they are can't be told: for nobody
    Oid table = table_of(toast);
    return OidIsValid(table) && masked_columns(table, GetUserId(), &columns) && !bms_is_empty(columns.masked);
}

static bool may_be_toasted(Oid table, AttrNumber attno)
{
    HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(table), Int16GetDatum(attno));
    if (!HeapTupleIsValid(tuple))
        return false;
    const auto *attribute = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple));
    const bool may_be = !attribute->attisdropped && attribute->attlen == -1;
    ReleaseSysCache(tuple);
    return may_be;
}

void note_toast_read(PlannedStmt *plan, Oid toast, Oid role)
{
    const Oid table = table_of(toast);
    const RelationPolicy *policy = OidIsValid(table) ? policy_of(table) : nullptr;
    const Bitmapset *in_force = policy ? policy_masked_columns(policy) : nullptr;
    int attno = -1;
    while ((attno = bms_next_member(in_force, attno)) >= 0)
        if (may_be_toasted(table, static_cast<AttrNumber>(attno)))
            plan_note_cleared(plan, policy, static_cast<AttrNumber>(attno), role);
}

void check_toast_read(Oid toast)
{
    if (!holds_hidden(toast))
        return;
    audit_denied_event(EventKind::Denied, "masked table", get_rel_name(toast), "read");
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("permission denied for TOAST table \"%s\"", get_rel_name(toast)),
            errdetail("It may hold stored values of masked columns."), errhint("Read the table that it belongs to."));
}

} // namespace ddm
