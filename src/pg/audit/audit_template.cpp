// The backend's cache of event templates. Callbacks set a flag; the next look-up drops what there is.
#include "pg/audit/audit_template.h"
#include "pg/audit/audit_event.h"
#include "pg/policy/policy.h"
#include "pg/rewrite/plan_note.h"

extern "C" {
#include "common/hashfn.h"
#include "utils/timestamp.h"
}
#include <initializer_list>

namespace ddm
{

using core::AuditRecord;
using core::Number;
using core::Text;

struct TemplateKey {
    uint64 generation;
    int64 query_id;
    const char *command; // one of the server's own constants
    Oid role;
    Oid caller;
    Oid session_user;
    uint32 context;
};

struct TemplateEntry {
    bool used;
    TemplateKey key;
    char application[NAMEDATALEN];
    PlanNote *notes;
    int note_count;
    TimestampTz until;
    MemoryContext memory;
    EventTemplate value;
};

constexpr int cache_size = 128; // by hash, a newer one takes an older one's place
static TemplateEntry cache[cache_size];
static bool names_changed = false;

static void drop(TemplateEntry *entry)
{
    if (entry->memory)
        MemoryContextDelete(entry->memory);
    *entry = {};
}

static EventBytes encoded(const AuditRecord &record)
{
    EventBytes event = {};
    event.bytes = audit_encode(record, &event.size);
    return event;
}

static EventBase base(const AuditRecord &record)
{
    EventBase event = {};
    event.encoded = encoded(record);
    (void)core::decode(event.encoded.bytes, event.encoded.size, &event.record);
    return event;
}

SummaryKey audit_summary_key(AuditRecord record)
{
    for (Text field : {Text::ApplicationName, Text::ClientAddr, Text::SessionId})
        record.set(field, static_cast<const char *>(nullptr));
    record.set(Text::Status, "summary");
    record.clear(Number::BackendPid);
    record.clear(Number::EventTime);
    SummaryKey key = {encoded(record), 0};
    key.hash = hash_bytes(key.encoded.bytes, static_cast<int>(key.encoded.size));
    return key;
}

static void build(TemplateEntry *entry, const PlannedStmt *plan)
{
    PlanEvents events = audit_plan_events(plan);
    AuditRecord record;
    audit_describe_session(&record);
    record.set(Text::Command, entry->key.command);
    record.set(Number::QueryId, entry->key.query_id);
    record.set(Text::Status, "interrupted");
    AuditRecord other = record;
    if (events.unmask) {
        record.set(Text::Kind, "unmask");
        record.set(Text::Columns, events.clear_columns);
        record.set(Text::ClearedBy, events.cleared_by);
        entry->value.unmask = base(record);
        entry->value.unmask_summary = audit_summary_key(record);
    }
    if (events.mask) {
        other.set(Text::Kind, "mask");
        other.set(Text::Columns, events.masked_columns);
        if (events.would)
            other.set(Number::Would, 1);
        entry->value.mask = base(other);
        entry->value.mask_summary = audit_summary_key(other);
    }
    entry->until = events.until;
}

static bool has_notes(const TemplateEntry *entry, const PlannedStmt *plan)
{
    PlanNote note;
    ListCell *cell;
    int count = 0;
    foreach (cell, plan->invalItems) {
        if (!plan_note_read(lfirst(cell), &note))
            continue;
        if (count == entry->note_count || note != entry->notes[count])
            return false;
        count++;
    }
    return count == entry->note_count;
}

static void keep_notes(TemplateEntry *entry, const PlannedStmt *plan)
{
    ListCell *cell;
    entry->notes = static_cast<PlanNote *>(palloc0(sizeof(PlanNote) * list_length(plan->invalItems)));
    foreach (cell, plan->invalItems)
        if (plan_note_read(lfirst(cell), &entry->notes[entry->note_count]))
            entry->note_count++;
}

static bool answers(const TemplateEntry *entry, const TemplateKey &key, const PlannedStmt *plan)
{
    return entry->used && memcmp(&entry->key, &key, sizeof key) == 0 &&
           strcmp(entry->application, application_name) == 0 && has_notes(entry, plan) &&
           (TIMESTAMP_IS_NOEND(entry->until) || GetCurrentTimestamp() < entry->until);
}

const EventTemplate *event_template(const PlannedStmt *plan, int64 query_id, const char *command)
{
    if (names_changed)
        for (TemplateEntry &entry : cache)
            drop(&entry);
    names_changed = false;

    TemplateKey key;
    memset(static_cast<void *>(&key), 0, sizeof key);
    key.generation = policy_generation();
    key.query_id = query_id;
    key.command = command;
    key.role = GetUserId();
    key.caller = InLocalUserIdChange() ? GetOuterUserId() : InvalidOid;
    key.session_user = GetSessionUserId();
    key.context = decision_context();
    TemplateEntry *entry = &cache[hash_combine(static_cast<uint32>(query_id), key.role) % cache_size];
    if (answers(entry, key, plan))
        return &entry->value;

    drop(entry);
    MemoryContext memory = AllocSetContextCreate(CurrentMemoryContext, "ddm event template", ALLOCSET_SMALL_SIZES);
    MemoryContext outer = MemoryContextSwitchTo(memory);
    TemplateEntry fresh = {};
    fresh.key = key;
    strlcpy(fresh.application, application_name, sizeof fresh.application);
    build(&fresh, plan);
    keep_notes(&fresh, plan);
    fresh.memory = memory;
    fresh.used = true;
    MemoryContextSwitchTo(outer);
    MemoryContextSetParent(memory, TopMemoryContext);
    *entry = fresh; // published whole
    return &entry->value;
}

static void names_change(Datum, int, uint32) { names_changed = true; }

void event_template_install()
{
    for (int id : {RELOID, ATTNUM, NAMESPACEOID, AUTHOID, DATABASEOID})
        CacheRegisterSyscacheCallback(id, names_change, 0);
}

} // namespace ddm
