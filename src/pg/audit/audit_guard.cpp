// The triggers that keep everybody's statements off the tables of the trail. The worker writes ddm.audit_log below
// triggers, and the others through them.
#include "pg/audit/audit.h"
#include "pg/audit/audit_store.h"

extern "C" {
#include "access/xlog.h"
#include "commands/trigger.h"
#include "executor/spi.h"
}

namespace ddm
{

// The chain that this database's worker extends; false where it has not begun.
static bool own_chain(int64 *chain)
{
    static Oid known_of = InvalidOid;
    static int64 known = 0;
    if (known_of != MyDatabaseId) {
        const Oid types[] = {INT8OID, OIDOID};
        const Datum values[] = {Int64GetDatum(static_cast<int64>(GetSystemIdentifier())),
                                ObjectIdGetDatum(MyDatabaseId)};
        SPI_connect();
        // Under whatever search_path the restore has.
        uint64 rows = audit_spi("SELECT chain FROM ddm.audit_chain WHERE system_identifier OPERATOR(pg_catalog.=) $1 "
                                "AND database_id OPERATOR(pg_catalog.=) $2 ORDER BY created DESC LIMIT 1",
                                SPI_OK_SELECT, 2, types, values);
        bool null = false;
        if (rows > 0) {
            known = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
            known_of = MyDatabaseId;
        }
        SPI_finish();
    }
    *chain = known;
    return known_of == MyDatabaseId;
}

static Datum column_of(const TriggerData *trigger, const char *name, bool *null)
{
    TupleDesc desc = RelationGetDescr(trigger->tg_relation);
    for (int i = 0; i < desc->natts; i++)
        if (strcmp(NameStr(TupleDescAttr(desc, i)->attname), name) == 0)
            return heap_getattr(trigger->tg_trigtuple, i + 1, desc, null);
    *null = true;
    return 0;
}

// A restore brings the events of another database's chain, which audit_verify() checks as well.
static bool is_restored(const TriggerData *trigger)
{
    if (!TRIGGER_FIRED_BY_INSERT(trigger->tg_event) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
        return false;
    bool null = false;
    int64 chain = DatumGetInt64(column_of(trigger, "chain", &null));
    int64 own = 0;
    return !null && !(own_chain(&own) && chain == own);
}

[[noreturn]] static void refuse()
{
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("the audit trail is written by ddm alone"),
            errhint("Old partitions are dropped by ddm.audit_retention."));
    pg_unreachable();
}

static const TriggerData *trigger_of(FunctionCallInfo fcinfo)
{
    if (!CALLED_AS_TRIGGER(fcinfo))
        ereport(ERROR, errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED), errmsg("not called as a trigger"));
    return reinterpret_cast<const TriggerData *>(fcinfo->context);
}

} // namespace ddm

// On ddm.audit_log.
DDM_FUNCTION(ddm_audit_refuse_write)
{
    const TriggerData *trigger = ddm::trigger_of(fcinfo);
    if (!ddm::is_restored(trigger))
        ddm::refuse();
    PG_RETURN_POINTER(trigger->tg_trigtuple);
}

// On what the worker keeps beside it.
DDM_FUNCTION(ddm_audit_refuse_all)
{
    const TriggerData *trigger = ddm::trigger_of(fcinfo);
    const bool update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
    if (!ddm::audit_is_worker())
        ddm::refuse();
    PG_RETURN_POINTER(update ? trigger->tg_newtuple : trigger->tg_trigtuple);
}
