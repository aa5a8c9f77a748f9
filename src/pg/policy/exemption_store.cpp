// The stored exemptions and their members.
#include "pg/policy/exemption_store.h"
#include "pg/audit/audit.h"
#include "pg/policy/policy.h"
#include "pg/policy/policy_state.h"

extern "C" {
#include "access/heapam.h"
#include "access/htup_details.h"
#include "catalog/indexing.h"
#include "lib/stringinfo.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

// Columns, as sql/install/25_policies.sql makes the tables.
enum ExemptionColumn { exemption_name = 1, exemption_condition, exemption_until, exemption_columns = 4 };
enum MemberColumn { member_exemption = 1, member_role, member_columns = member_role };

struct Member {
    ItemPointerData tid;
    NameData exemption;
    Oid role;
};

// Of one exemption, or of all where `exemption` is nullptr.
static List *members_of(const char *exemption)
{
    List *found = NIL;
    Oid oid = ddm_relation("exemption_members");
    if (!OidIsValid(oid))
        return NIL;
    ScanKeyData key;
    NameData name = {};
    namestrcpy(&name, exemption ? exemption : "");
    ScanKeyInit(&key, member_exemption, BTEqualStrategyNumber, F_NAMEEQ, NameGetDatum(&name));
    InvalidateCatalogSnapshot();
    Relation table = table_open(oid, AccessShareLock);
    Oid index = get_relname_relid("exemption_members_pkey", RelationGetNamespace(table));
    SysScanDesc scan =
        systable_beginscan(table, index, exemption && OidIsValid(index), nullptr, exemption ? 1 : 0, &key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        Datum values[member_columns];
        bool nulls[member_columns];
        heap_deform_tuple(tuple, RelationGetDescr(table), values, nulls);
        auto *member = zeroed<Member>();
        member->tid = tuple->t_self;
        member->exemption = *DatumGetName(values[member_exemption - 1]);
        member->role = DatumGetObjectId(values[member_role - 1]);
        found = lappend(found, member);
    }
    systable_endscan(scan);
    table_close(table, AccessShareLock);
    return found;
}

static bool is_there(Oid role) { return SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(role)); }

static List *live_members(const List *members, const char *exemption)
{
    List *roles = NIL;
    ListCell *cell;
    foreach (cell, members) {
        auto *member = static_cast<Member *>(lfirst(cell));
        if (strcmp(NameStr(member->exemption), exemption) == 0 && is_there(member->role))
            roles = lappend_oid(roles, member->role);
    }
    return roles;
}

// Calls `take` for each exemption's row; its name alone where a name is given.
static void scan_exemptions(const char *wanted, LOCKMODE lock, void (*take)(Relation, HeapTuple, void *), void *context)
{
    Oid oid = ddm_relation("role_exemptions");
    if (!OidIsValid(oid))
        return;
    ScanKeyData key;
    NameData name = {};
    namestrcpy(&name, wanted ? wanted : "");
    ScanKeyInit(&key, exemption_name, BTEqualStrategyNumber, F_NAMEEQ, NameGetDatum(&name));
    InvalidateCatalogSnapshot();
    Relation table = table_open(oid, lock);
    SysScanDesc scan = systable_beginscan(table, InvalidOid, false, nullptr, wanted ? 1 : 0, &key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan)))
        take(table, tuple, context);
    systable_endscan(scan);
    table_close(table, lock == AccessShareLock ? lock : NoLock);
}

struct ReadContext {
    List *members;
    List *found;
};

static void read_exemption(Relation table, HeapTuple tuple, void *context)
{
    auto *read = static_cast<ReadContext *>(context);
    Datum values[exemption_columns];
    bool nulls[exemption_columns];
    heap_deform_tuple(tuple, RelationGetDescr(table), values, nulls);
    auto *exemption = zeroed<Exemption>();
    exemption->name = pstrdup(NameStr(*DatumGetName(values[exemption_name - 1])));
    exemption->members = live_members(read->members, exemption->name);
    exemption->condition = TextDatumGetCString(values[exemption_condition - 1]);
    exemption->until = DatumGetTimestampTz(values[exemption_until - 1]);
    read->found = lappend(read->found, exemption);
}

List *exemptions_all()
{
    ReadContext read = {members_of(nullptr), NIL};
    if (read.members != NIL)
        scan_exemptions(nullptr, AccessShareLock, read_exemption, &read);
    return read.found;
}

static void see_exemption(Relation, HeapTuple, void *context) { *static_cast<bool *>(context) = true; }

bool exemption_exists(const char *name)
{
    bool found = false;
    scan_exemptions(name, AccessShareLock, see_exemption, &found);
    return found;
}

char *exemption_member_names(const char *exemption)
{
    StringInfoData names;
    ListCell *cell;
    initStringInfo(&names);
    foreach (cell, members_of(exemption)) {
        Oid role = static_cast<Member *>(lfirst(cell))->role;
        const char *name = GetUserNameFromId(role, true);
        appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "",
                         name ? quote_identifier(name) : psprintf("%u", role));
    }
    return names.data;
}

static void delete_row(Relation table, HeapTuple tuple, void *)
{
    ItemPointerData tid = tuple->t_self;
    CatalogTupleDelete(table, &tid);
}

static void delete_member(const Member *member)
{
    Relation table = table_open(ddm_relation("exemption_members"), RowExclusiveLock);
    ItemPointerData tid = member->tid;
    CatalogTupleDelete(table, &tid);
    table_close(table, NoLock);
    CommandCounterIncrement();
}

void exemptions_forget_role(Oid role)
{
    ListCell *cell;
    foreach (cell, members_of(nullptr)) {
        auto *member = static_cast<Member *>(lfirst(cell));
        const char *name = NameStr(member->exemption);
        if (member->role != role && is_there(member->role))
            continue;
        char *before = exemption_member_names(name);
        delete_member(member);
        char *after = exemption_member_names(name);
        if (after[0] == '\0') {
            scan_exemptions(name, RowExclusiveLock, delete_row, nullptr);
            CommandCounterIncrement();
        }
        audit_policy_event({EventKind::Policy, "exemption", psprintf("exemption %s", quote_identifier(name)), before,
                            after[0] ? after : nullptr, "role dropped"});
        policy_changed();
    }
}

} // namespace ddm
