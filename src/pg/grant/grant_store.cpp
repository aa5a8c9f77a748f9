// The stored holders of the privilege UNMASK: rows of ddm.unmask_grant, read and written by table access alone.
#include "pg/grant/grant_store.h"
#include "pg/policy/policy_state.h"

extern "C" {
#include "access/heapam.h"
#include "access/htup_details.h"
#include "catalog/indexing.h"
#include "commands/dbcommands.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

// Columns of ddm.unmask_grant, as sql/install/20_unmask.sql makes it.
enum GrantColumn {
    col_relation = 1,
    col_schema,
    col_column,
    col_tag,
    col_creator,
    col_kind,
    col_grantee,
    col_grantor,
    col_grant_option,
    col_granted_at,
    col_until,
    col_reason,
    column_count = col_reason
};

static const char *const kind_names[] = {"column", "table", "schema", "database", "default", "tag"};

static GrantKind kind_of(const char *name)
{
    for (size_t i = 0; i < lengthof(kind_names); i++)
        if (strcmp(kind_names[i], name) == 0)
            return static_cast<GrantKind>(i);
    elog(ERROR, "unknown kind of UNMASK grant \"%s\"", name);
    pg_unreachable();
}

UnmaskGrant *grant_read(HeapTuple tuple, TupleDesc description)
{
    Datum values[column_count];
    bool nulls[column_count];
    auto *grant = static_cast<UnmaskGrant *>(palloc0(sizeof(UnmaskGrant)));

    heap_deform_tuple(tuple, description, values, nulls);
    auto value = [&](GrantColumn column) { return values[column - 1]; };
    grant->tid = tuple->t_self;
    grant->relation = DatumGetObjectId(value(col_relation));
    grant->schema = *DatumGetName(value(col_schema));
    grant->column = *DatumGetName(value(col_column));
    grant->tag = TextDatumGetCString(value(col_tag));
    grant->creator = DatumGetObjectId(value(col_creator));
    grant->kind = kind_of(TextDatumGetCString(value(col_kind)));
    grant->grantee = DatumGetObjectId(value(col_grantee));
    grant->grantor = DatumGetObjectId(value(col_grantor));
    grant->grant_option = DatumGetBool(value(col_grant_option));
    grant->granted_at = DatumGetTimestampTz(value(col_granted_at));
    grant->until = DatumGetTimestampTz(value(col_until));
    grant->reason = TextDatumGetCString(value(col_reason));
    return grant;
}

static HeapTuple form_row(const UnmaskGrant *grant, TupleDesc description)
{
    Datum values[column_count];
    bool nulls[column_count] = {};
    auto value = [&](GrantColumn column) -> Datum & { return values[column - 1]; };

    value(col_relation) = ObjectIdGetDatum(grant->relation);
    value(col_schema) = NameGetDatum(&grant->schema);
    value(col_column) = NameGetDatum(&grant->column);
    value(col_tag) = CStringGetTextDatum(grant->tag ? grant->tag : "");
    value(col_creator) = ObjectIdGetDatum(grant->creator);
    value(col_kind) = CStringGetTextDatum(kind_names[static_cast<int>(grant->kind)]);
    value(col_grantee) = ObjectIdGetDatum(grant->grantee);
    value(col_grantor) = ObjectIdGetDatum(grant->grantor);
    value(col_grant_option) = BoolGetDatum(grant->grant_option);
    value(col_granted_at) = TimestampTzGetDatum(grant->granted_at);
    value(col_until) = TimestampTzGetDatum(grant->until);
    value(col_reason) = CStringGetTextDatum(grant->reason ? grant->reason : "");
    return heap_form_tuple(description, values, nulls);
}

static Relation open_store(LOCKMODE lock)
{
    Oid oid = ddm_relation("unmask_grant");
    return OidIsValid(oid) ? table_open(oid, lock) : nullptr;
}

// Rows by the leading columns of the key; all rows where `keys` is 0. The snapshot is the catalogs': the newest.
static List *scan(int keys, ScanKey key)
{
    List *found = NIL;
    Relation store = open_store(AccessShareLock);
    if (!store)
        return NIL;
    InvalidateCatalogSnapshot();
    Oid index = get_relname_relid("unmask_grant_key", RelationGetNamespace(store));
    SysScanDesc rows = systable_beginscan(store, index, keys > 0 && OidIsValid(index), nullptr, keys, key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(rows)))
        found = lappend(found, grant_read(tuple, RelationGetDescr(store)));
    systable_endscan(rows);
    table_close(store, AccessShareLock);
    return found;
}

List *grants_at(Oid relation, const char *schema)
{
    ScanKeyData key[2];
    NameData name = {};
    namestrcpy(&name, schema);
    ScanKeyInit(&key[0], col_relation, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    ScanKeyInit(&key[1], col_schema, BTEqualStrategyNumber, F_NAMEEQ, NameGetDatum(&name));
    return scan(2, key);
}

List *grants_all() { return scan(0, nullptr); }

void grants_lock()
{
    // One writer at a time, so that what is read here is what is changed; kept until the transaction ends.
    Relation store = open_store(ShareRowExclusiveLock);
    if (store)
        table_close(store, NoLock);
}

bool grant_same_object(const UnmaskGrant *a, const UnmaskGrant *b)
{
    return a->kind == b->kind && a->relation == b->relation && a->creator == b->creator &&
           strcmp(NameStr(a->schema), NameStr(b->schema)) == 0 && strcmp(NameStr(a->column), NameStr(b->column)) == 0 &&
           strcmp(a->tag ? a->tag : "", b->tag ? b->tag : "") == 0;
}

void grant_rewrite(const UnmaskGrant *grant)
{
    Relation store = open_store(RowExclusiveLock);
    HeapTuple tuple = form_row(grant, RelationGetDescr(store));
    ItemPointerData tid = grant->tid;
    CatalogTupleUpdate(store, &tid, tuple);
    table_close(store, NoLock);
    CommandCounterIncrement();
    policy_changed();
}

void grant_delete(const UnmaskGrant *grant)
{
    Relation store = open_store(RowExclusiveLock);
    ItemPointerData tid = grant->tid;
    CatalogTupleDelete(store, &tid);
    table_close(store, NoLock);
    CommandCounterIncrement();
    policy_changed();
}

void grant_put(const UnmaskGrant *grant)
{
    ListCell *cell;
    foreach (cell, grants_at(grant->relation, NameStr(grant->schema))) {
        auto *there = static_cast<UnmaskGrant *>(lfirst(cell));
        if (!grant_same_object(there, grant) || there->grantee != grant->grantee || there->grantor != grant->grantor)
            continue;
        UnmaskGrant changed = *grant;
        changed.tid = there->tid;
        changed.grant_option = grant->grant_option || there->grant_option;
        grant_rewrite(&changed);
        return;
    }
    Relation store = open_store(RowExclusiveLock);
    CatalogTupleInsert(store, form_row(grant, RelationGetDescr(store)));
    table_close(store, NoLock);
    CommandCounterIncrement();
    policy_changed();
}

static char *role_text(Oid role)
{
    char *name = GetUserNameFromId(role, true);
    return name ? pstrdup(quote_identifier(name)) : psprintf("role %u", role);
}

char *grant_object_text(const UnmaskGrant *grant)
{
    switch (grant->kind) {
    case GrantKind::Column:
    case GrantKind::Table: {
        char *relation = get_rel_name(grant->relation);
        if (!relation)
            return psprintf("table %u", grant->relation);
        return psprintf("table %s",
                        quote_qualified_identifier(get_namespace_name(get_rel_namespace(grant->relation)), relation));
    }
    case GrantKind::Schema:
        return psprintf("schema %s", quote_identifier(NameStr(grant->schema)));
    case GrantKind::Database:
        return psprintf("database %s", quote_identifier(get_database_name(MyDatabaseId)));
    case GrantKind::Default:
        return NameStr(grant->schema)[0] ? psprintf("new tables of %s in schema %s", role_text(grant->creator),
                                                    quote_identifier(NameStr(grant->schema)))
                                         : psprintf("new tables of %s", role_text(grant->creator));
    case GrantKind::Tag:
        return psprintf("columns tagged %s", quote_identifier(grant->tag));
    }
    pg_unreachable();
}

char *grant_text(const UnmaskGrant *grant)
{
    const char *columns =
        grant->kind == GrantKind::Column ? psprintf(" (%s)", quote_identifier(NameStr(grant->column))) : "";
    return psprintf("UNMASK%s on %s to %s", columns, grant_object_text(grant), role_text(grant->grantee));
}

static List *add_clearance(const RelationPolicy *policy, List *found, const UnmaskGrant *grant)
{
    AttrNumber attno = 0;
    if (grant->kind == GrantKind::Default || grant->kind == GrantKind::Tag)
        return found;
    if (grant->kind == GrantKind::Column) {
        attno = get_attnum(policy->relation, NameStr(grant->column));
        if (attno < 1 || attno > policy->natts)
            return found;
    }
    // A role that was dropped from another database left its rows here.
    if (!SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(grant->grantee)) ||
        !SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(grant->grantor)))
        return found;
    auto *clearance = static_cast<Clearance *>(palloc0(sizeof(Clearance)));
    clearance->basis = Basis::Grant;
    clearance->attno = attno;
    clearance->role = grant->grantee;
    clearance->until = grant->until;
    clearance->why = grant_text(grant);
    return lappend(found, clearance);
}

List *clearances_from_grants(const RelationPolicy *policy, List *found)
{
    List *grants = grants_at(policy->relation, "");
    char *schema = get_namespace_name(get_rel_namespace(policy->relation));
    if (schema)
        grants = list_concat(grants, grants_at(InvalidOid, schema));
    grants = list_concat(grants, grants_at(InvalidOid, ""));

    ListCell *cell;
    foreach (cell, grants)
        found = add_clearance(policy, found, static_cast<UnmaskGrant *>(lfirst(cell)));
    return found;
}

} // namespace ddm
