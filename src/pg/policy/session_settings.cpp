// What a session sets for itself, by whatever way. It is on record before anything runs under it, and stays on record
// where the transaction is rolled back: what was read under it has left.
#include "pg/audit/setting_events.h"
#include "pg/audit/audit.h"
#include "pg/base/guc_list.h"
#include "pg/errors/errors.h"
#include "pg/policy/policy.h"

extern "C" {
#include "access/parallel.h"
}

namespace ddm
{

struct Watched {
    const config_generic *setting;
    bool by_session; // its value came with the connection, or later
    char *value;     // as it was last seen
};

bool settings_to_look_at = true;
static Watched *watched = nullptr;
static int watched_count = 0;

void setting_touched() { settings_to_look_at = true; }
void setting_touched_bool(bool, void *) { setting_touched(); }
void setting_touched_number(int, void *) { setting_touched(); }
void setting_touched_text(const char *, void *) { setting_touched(); }

static const char *value_of(const config_generic *setting)
{
    const char *value = GetConfigOptionByName(setting->name, nullptr, true);
    return value ? value : "";
}

// Between statements, it was none of them that set it: the connection did, or the end of a transaction set it back.
static void record(const Watched *one, const char *after)
{
    if (!policy_active())
        return;
    PolicyEvent event = {EventKind::Policy, "setting", psprintf("setting %s of this session", one->setting->name),
                         one->value,        after,     nullptr};
    if (!errors_innermost_frame()) {
        event.by = PolicyEvent::Session;
        event.reason = one->value ? "set back" : "connection options";
    }
    audit_policy_event_now(event);
}

static void look_at(Watched *one)
{
    const bool by_session = one->setting->source >= PGC_S_CLIENT;
    const char *after = value_of(one->setting);
    const bool same = one->value && strcmp(one->value, after) == 0;
    if (same && one->by_session == by_session)
        return;
    char *kept = MemoryContextStrdup(TopMemoryContext, after);
    if (!same && (by_session || one->by_session))
        record(one, after);
    if (one->value)
        pfree(one->value);
    one->value = kept;
    one->by_session = by_session;
}

static void list_settings()
{
    int count = 0;
    config_generic **all = guc_list(&count);
    watched = static_cast<Watched *>(MemoryContextAllocZero(TopMemoryContext, sizeof(Watched) * count));
    for (int i = 0; i < count; i++)
        if (pg_strncasecmp(all[i]->name, "ddm.", 4) == 0 && all[i]->context == PGC_SUSET)
            watched[watched_count++].setting = all[i];
}

void settings_record_session()
{
    if (!IsUnderPostmaster)
        settings_to_look_at = false;
    if (!IsTransactionState() || IsParallelWorker() || !IsUnderPostmaster || !OidIsValid(MyDatabaseId))
        return;
    if (!watched)
        list_settings();
    for (int i = 0; i < watched_count; i++)
        look_at(&watched[i]);
    settings_to_look_at = false;
}

} // namespace ddm
