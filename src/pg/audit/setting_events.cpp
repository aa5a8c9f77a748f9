// Changes of settings that are stored: in postgresql.auto.conf, and for roles and databases.
#include "pg/audit/setting_events.h"
#include "pg/audit/audit.h"
#include "pg/policy/roles.h"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_database.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_db_role_setting.h"
#include "catalog/pg_parameter_acl.h"
#include "commands/dbcommands.h"
#include "storage/fd.h"
#include "utils/acl.h"
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

// What is recorded of a role is for policy admins to say (CREATE EXTENSION grants them SET on these two), of whom the server
// asks CREATEROLE besides. Superusers are none of their business.
static bool is_for_policy_admin(const AlterRoleSetStmt *statement, Oid role)
{
    const char *name = statement->setstmt->name;
    return name && (pg_strcasecmp(name, "ddm.audit_detail") == 0 || pg_strcasecmp(name, "ddm.audit_durability") == 0) &&
           OidIsValid(role) && !superuser_arg(role) && is_policy_admin(GetUserId());
}

static void run_alter_role(UtilityCall *call, Oid role)
{
    auto *statement = reinterpret_cast<AlterRoleSetStmt *>(call->statement->utilityStmt);
    if (!is_for_policy_admin(statement, role)) {
        utility_run(call);
        return;
    }
    statement->role->roletype = ROLESPEC_CSTRING; // CURRENT_USER is somebody else below
    statement->role->rolename = GetUserNameFromId(role, false);
    utility_run_as(call, BOOTSTRAP_SUPERUSERID);
}

static void run_and_compare(UtilityCall *call, const char *where, Oid database, Oid role)
{
    List *before = stored_settings(database, role);
    if (OidIsValid(role))
        run_alter_role(call, role);
    else
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

struct ParameterRights {
    const char *name;
    const char *before;
};

// aclitem[] as text; nullptr where superusers alone may.
static const char *rights_on(const char *name)
{
    HeapTuple tuple = SearchSysCache1(PARAMETERACLNAME, CStringGetTextDatum(name));
    if (!HeapTupleIsValid(tuple))
        return nullptr;
    bool null = true;
    Datum rights = SysCacheGetAttr(PARAMETERACLNAME, tuple, Anum_pg_parameter_acl_paracl, &null);
    const char *text = null ? nullptr : OidOutputFunctionCall(F_ARRAY_OUT, rights);
    ReleaseSysCache(tuple);
    return text;
}

static List *rights_before(const GrantStmt *grant)
{
    List *found = NIL;
    ListCell *cell;
    foreach (cell, grant->objects) {
        const char *name = convert_GUC_name_for_parameter_acl(strVal(lfirst(cell)));
        if (strncmp(name, "ddm.", 4) != 0)
            continue;
        auto *rights = static_cast<ParameterRights *>(palloc(sizeof(ParameterRights)));
        *rights = {name, rights_on(name)};
        found = lappend(found, rights);
    }
    return found;
}

void setting_grant(UtilityCall *call)
{
    auto *grant = reinterpret_cast<GrantStmt *>(call->statement->utilityStmt);
    List *found = grant->objtype == OBJECT_PARAMETER_ACL ? rights_before(grant) : NIL;
    ListCell *cell;
    utility_run(call);
    if (found == NIL)
        return;
    CommandCounterIncrement();
    foreach (cell, found) {
        auto *rights = static_cast<ParameterRights *>(lfirst(cell));
        audit_cluster_event({EventKind::Policy, "setting", psprintf("right to set %s", rights->name), rights->before,
                             rights_on(rights->name), nullptr});
    }
}

} // namespace ddm
