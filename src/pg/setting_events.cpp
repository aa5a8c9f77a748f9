// Changes of settings that are stored: in postgresql.auto.conf, and for roles and databases.
#include "pg/setting_events.h"
#include "pg/audit.h"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_database.h"
#include "catalog/pg_db_role_setting.h"
#include "commands/dbcommands.h"
#include "storage/fd.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

struct Setting {
    const char *name;
    const char *value;
};

static const Setting *find(const List *settings, const char *name)
{
    ListCell *cell;
    foreach (cell, settings)
        if (pg_strcasecmp(static_cast<Setting *>(lfirst(cell))->name, name) == 0)
            return static_cast<Setting *>(lfirst(cell));
    return nullptr;
}

static List *add(List *settings, const char *name, const char *value)
{
    if (pg_strncasecmp(name, "ddm.", 4) != 0)
        return settings;
    if (auto *known = const_cast<Setting *>(find(settings, name))) {
        known->value = value; // the later line counts
        return settings;
    }
    auto *setting = static_cast<Setting *>(palloc(sizeof(Setting)));
    *setting = {name, value};
    return lappend(settings, setting);
}

static void record_one(const char *where, const char *name, const Setting *before, const Setting *after)
{
    const char *old_value = before ? before->value : nullptr, *new_value = after ? after->value : nullptr;
    if (old_value && new_value && strcmp(old_value, new_value) == 0)
        return;
    audit_cluster_event(
        {EventKind::Policy, "setting", psprintf("setting %s of %s", name, where), old_value, new_value, nullptr});
}

static void record_differences(const char *where, const List *before, const List *after)
{
    ListCell *cell;
    foreach (cell, before) {
        auto *setting = static_cast<Setting *>(lfirst(cell));
        record_one(where, setting->name, setting, find(after, setting->name));
    }
    foreach (cell, after) {
        auto *setting = static_cast<Setting *>(lfirst(cell));
        if (!find(before, setting->name))
            record_one(where, setting->name, nullptr, setting);
    }
}

// What ALTER SYSTEM has written. It counts when the server reads it: an event of its own, see audit_configuration.h.
static List *system_settings()
{
    List *settings = NIL;
    FILE *file = AllocateFile(PG_AUTOCONF_FILENAME, "r");
    if (!file)
        return NIL;
    ConfigVariable *first = nullptr, *last = nullptr;
    (void)ParseConfigFp(file, PG_AUTOCONF_FILENAME, 0, LOG, &first, &last);
    FreeFile(file);
    for (const ConfigVariable *one = first; one; one = one->next)
        if (!one->ignore && one->name && one->value)
            settings = add(settings, one->name, one->value);
    return settings;
}

void setting_alter_system(UtilityCall *call)
{
    List *before = system_settings();
    utility_run(call);
    record_differences("the server", before, system_settings());
}

// setconfig of one row of pg_db_role_setting; 0 stands for every database, or every role.
static List *stored_settings(Oid database, Oid role)
{
    List *settings = NIL;
    ScanKeyData key[2];
    ScanKeyInit(&key[0], Anum_pg_db_role_setting_setdatabase, BTEqualStrategyNumber, F_OIDEQ,
                ObjectIdGetDatum(database));
    ScanKeyInit(&key[1], Anum_pg_db_role_setting_setrole, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(role));
    Relation relation = table_open(DbRoleSettingRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(relation, DbRoleSettingDatidRolidIndexId, true, nullptr, 2, key);
    HeapTuple tuple = systable_getnext(scan);
    bool null = true;
    Datum array = HeapTupleIsValid(tuple)
                      ? heap_getattr(tuple, Anum_pg_db_role_setting_setconfig, RelationGetDescr(relation), &null)
                      : 0;
    Datum *elements = nullptr;
    int count = 0;
    if (!null)
        deconstruct_array(DatumGetArrayTypePCopy(array), TEXTOID, -1, false, TYPALIGN_INT, &elements, nullptr, &count);
    systable_endscan(scan);
    table_close(relation, AccessShareLock);
    for (int i = 0; i < count; i++) {
        char *name = TextDatumGetCString(elements[i]);
        char *equals = strchr(name, '=');
        if (!equals)
            continue;
        *equals = '\0';
        settings = add(settings, name, equals + 1);
    }
    return settings;
}

static void run_and_compare(UtilityCall *call, const char *where, Oid database, Oid role)
{
    List *before = stored_settings(database, role);
    utility_run(call);
    CommandCounterIncrement();
    record_differences(where, before, stored_settings(database, role));
}

void setting_alter_database(UtilityCall *call)
{
    auto *statement = reinterpret_cast<AlterDatabaseSetStmt *>(call->statement->utilityStmt);
    Oid database = get_database_oid(statement->dbname, true);
    run_and_compare(call, psprintf("database %s", quote_identifier(statement->dbname)), database, InvalidOid);
}

void setting_alter_role(UtilityCall *call)
{
    auto *statement = reinterpret_cast<AlterRoleSetStmt *>(call->statement->utilityStmt);
    Oid role = statement->role ? get_rolespec_oid(statement->role, true) : InvalidOid;
    Oid database = statement->database ? get_database_oid(statement->database, true) : InvalidOid;
    if ((statement->role && !OidIsValid(role)) || (statement->database && !OidIsValid(database))) {
        utility_run(call); // an error says so
        return;
    }
    const char *who =
        OidIsValid(role) ? psprintf("role %s", quote_identifier(GetUserNameFromId(role, false))) : "every role";
    run_and_compare(
        call, OidIsValid(database) ? psprintf("%s in database %s", who, quote_identifier(statement->database)) : who,
        database, role);
}

} // namespace ddm
