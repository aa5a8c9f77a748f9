// The server's configuration of ddm, as the trail last knew it.
#include "pg/audit/audit_configuration.h"
#include "pg/audit/audit.h"
#include "pg/audit/audit_spi.h"
#include "pg/base/guc_list.h"

extern "C" {
#include "executor/spi.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

// What ALTER DATABASE or ALTER ROLE ALL say hides the server's own value, and has an event of its own.
static bool is_servers(const config_generic *setting)
{
    return setting->source == PGC_S_DEFAULT || setting->source == PGC_S_ENV_VAR || setting->source == PGC_S_FILE ||
           setting->source == PGC_S_ARGV;
}

static const char *configured(const config_generic *setting)
{
    return setting->source == PGC_S_DEFAULT ? nullptr : GetConfigOptionByName(setting->name, nullptr, true);
}

static const char *where_from(const config_generic *setting)
{
    if (setting->source == PGC_S_DEFAULT) // the place where it stood is not forgotten
        return "no longer configured";
    if (setting->source == PGC_S_ARGV || setting->source == PGC_S_ENV_VAR)
        return "command line of the server";
    if (!setting->sourcefile)
        return "configuration of the server";
    const char *name = last_dir_separator(setting->sourcefile);
    return psprintf("%s line %d", name ? name + 1 : setting->sourcefile, setting->sourceline);
}

static const char *known_value(const char *name)
{
    const Oid types[] = {TEXTOID};
    const Datum values[] = {CStringGetTextDatum(name)};
    if (audit_spi("SELECT value FROM ddm.audit_configuration WHERE setting = $1", SPI_OK_SELECT, 1, types, values) == 0)
        return nullptr;
    return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
}

static void keep_value(const char *name, const char *value)
{
    const Oid types[] = {TEXTOID, TEXTOID};
    const Datum values[] = {CStringGetTextDatum(name), CStringGetTextDatum(value ? value : "")};
    if (value)
        audit_spi("INSERT INTO ddm.audit_configuration VALUES ($1, $2) ON CONFLICT (setting) DO UPDATE SET value = $2",
                  SPI_OK_INSERT, 2, types, values);
    else
        audit_spi("DELETE FROM ddm.audit_configuration WHERE setting = $1", SPI_OK_DELETE, 1, types, values);
}

static void compare(const config_generic *setting)
{
    const char *before = known_value(setting->name), *after = configured(setting);
    if (before == after || (before && after && strcmp(before, after) == 0))
        return;
    keep_value(setting->name, after);
    PolicyEvent event = {
        EventKind::Policy,  "setting", psprintf("setting %s of the running server", setting->name), before, after,
        where_from(setting)};
    event.by = PolicyEvent::Nobody;
    audit_policy_event(event);
}

void audit_record_configuration()
{
    worker_begin();
    int count = 0;
    config_generic **all = guc_list(&count);
    for (int i = 0; i < count; i++)
        if (pg_strncasecmp(all[i]->name, "ddm.", 4) == 0 && is_servers(all[i]))
            compare(all[i]);
    worker_commit();
}

} // namespace ddm
