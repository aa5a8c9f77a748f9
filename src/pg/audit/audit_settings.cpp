// The settings of the audit trail.
#include "pg/audit/audit_settings.h"
#include "pg/audit/setting_events.h"

extern "C" {
#include "access/xlog.h"
#include "utils/varlena.h"
}

namespace ddm
{

int audit_flush_interval = 200;
int audit_timeout = 5000;
int audit_spool_size = 256 * 1024;
int audit_summary_entries = 4096;
bool audit_query_text = false;
bool audit_to_log = false;
bool audit_standby_spool = true;
char *audit_retention = nullptr;

static char *kinds_text = nullptr;
static uint32 kinds = AUDIT_UNMASK | AUDIT_MASK | AUDIT_POLICY | AUDIT_DENIED;
static int durability = static_cast<int>(Durability::Async);
static int on_failure = static_cast<int>(OnFailure::Deny);
static int detail = static_cast<int>(Detail::Each);
static int mask_detail = static_cast<int>(Detail::Summary);
static int retention_days = 0;

static const config_enum_entry durability_options[] = {{"async", static_cast<int>(Durability::Async), false},
                                                       {"commit", static_cast<int>(Durability::Commit), false},
                                                       {"sync", static_cast<int>(Durability::Sync), false},
                                                       {nullptr, 0, false}};
static const config_enum_entry failure_options[] = {{"deny", static_cast<int>(OnFailure::Deny), false},
                                                    {"allow", static_cast<int>(OnFailure::Allow), false},
                                                    {nullptr, 0, false}};
static const config_enum_entry detail_options[] = {{"each", static_cast<int>(Detail::Each), false},
                                                   {"summary", static_cast<int>(Detail::Summary), false},
                                                   {nullptr, 0, false}};
static const config_enum_entry mask_detail_options[] = {{"each", static_cast<int>(Detail::Each), false},
                                                        {"summary", static_cast<int>(Detail::Summary), false},
                                                        {"off", static_cast<int>(Detail::Off), false},
                                                        {nullptr, 0, false}};

bool audit_spool_is_off() { return RecoveryInProgress() && !audit_standby_spool; }

bool audit_log_will_do() { return RecoveryInProgress() && audit_to_log; }

bool audit_wants(AuditKinds kind) { return (kinds & kind) != 0; }
Durability audit_durability() { return static_cast<Durability>(durability); }
OnFailure audit_on_failure() { return static_cast<OnFailure>(on_failure); }
Detail audit_detail() { return static_cast<Detail>(detail); }
Detail audit_mask_detail() { return static_cast<Detail>(mask_detail); }
int audit_retention_days() { return retention_days; }

struct KindName {
    const char *name;
    uint32 bit;
};

static const KindName kind_names[] = {
    {"unmask", AUDIT_UNMASK}, {"mask", AUDIT_MASK}, {"policy", AUDIT_POLICY}, {"denied", AUDIT_DENIED}};

static uint32 kind_bit(const char *name)
{
    for (const KindName &known : kind_names)
        if (strcmp(name, known.name) == 0)
            return known.bit;
    return 0;
}

static bool check_kinds(char **value, void **extra, GucSource)
{
    char *copy = pstrdup(*value);
    List *names = NIL;
    if (!SplitIdentifierString(copy, ',', &names)) {
        GUC_check_errdetail("The list of kinds is not well formed.");
        return false;
    }
    uint32 bits = 0;
    ListCell *cell;
    foreach (cell, names) {
        uint32 bit = kind_bit(static_cast<char *>(lfirst(cell)));
        if (!bit) {
            GUC_check_errdetail("Unknown kind of event \"%s\".", static_cast<char *>(lfirst(cell)));
            GUC_check_errhint("Kinds are unmask, mask, policy and denied.");
            return false;
        }
        bits |= bit;
    }
#if DDM_GUC_EXTRA_IS_GUC_MALLOC
    auto *kept = static_cast<uint32 *>(guc_malloc(LOG, sizeof(uint32)));
#else
    auto *kept = static_cast<uint32 *>(malloc(sizeof(uint32)));
#endif
    if (!kept)
        return false;
    *kept = bits;
    *extra = kept;
    return true;
}

static void assign_kinds(const char *, void *extra)
{
    kinds = *static_cast<uint32 *>(extra);
    setting_touched();
}

struct Unit {
    const char *name;
    int days;
};

static const Unit units[] = {{"", 1},      {"d", 1},      {"day", 1},     {"days", 1},   {"week", 7},
                             {"weeks", 7}, {"month", 31}, {"months", 31}, {"year", 366}, {"years", 366}};

// "90 days", "13 months", "7y"; -1 where it is none of these. Months and years count at their longest.
static int parse_days(const char *text)
{
    while (*text == ' ')
        text++;
    if (*text == '\0')
        return 0;
    char *rest = nullptr;
    errno = 0;
    long count = strtol(text, &rest, 10);
    if (rest == text || errno != 0 || count < 0 || count > 36600)
        return -1;
    while (*rest == ' ')
        rest++;
    for (const Unit &unit : units)
        if (pg_strcasecmp(rest, unit.name) == 0)
            return static_cast<int>(count) * unit.days;
    return -1;
}

static bool check_retention(char **value, void **, GucSource)
{
    if (parse_days(*value) >= 0)
        return true;
    GUC_check_errdetail("It is a number of days, weeks, months or years, such as \"90 days\".");
    return false;
}

static void assign_retention(const char *value, void *) { retention_days = parse_days(value); }

static void define_enum(const char *name, const char *description, int *value, int boot,
                        const config_enum_entry *options)
{
    DefineCustomEnumVariable(name, description, nullptr, value, boot, options, PGC_SUSET, 0, nullptr,
                             setting_touched_number, nullptr);
}

static void define_bool(const char *name, const char *description, bool *value, bool boot, GucContext context)
{
    DefineCustomBoolVariable(name, description, nullptr, value, boot, context, 0, nullptr, setting_touched_bool,
                             nullptr);
}

static void define_int(const char *name, const char *description, int *value, int boot, int least, int most,
                       GucContext context, int flags)
{
    DefineCustomIntVariable(name, description, nullptr, value, boot, least, most, context, flags, nullptr,
                            setting_touched_number, nullptr);
}

void audit_define_settings()
{
    DefineCustomStringVariable("ddm.audit", "Kinds of events that the audit trail records.", nullptr, &kinds_text,
                               "unmask, mask, policy, denied", PGC_SUSET, GUC_LIST_INPUT, check_kinds, assign_kinds,
                               nullptr);
    define_enum("ddm.audit_durability",
                "When an unmask event is on disk: before the first row leaves (sync), "
                "before the statement reports success (commit), or within ddm.audit_flush_interval (async).",
                &durability, durability, durability_options);
    define_enum("ddm.audit_on_failure", "What becomes of unmasked reads when the audit trail cannot be written.",
                &on_failure, on_failure, failure_options);
    define_enum("ddm.audit_detail", "One unmask event for each execution, or counts per interval.", &detail, detail,
                detail_options);
    define_enum("ddm.audit_mask_detail", "One mask event for each execution, counts per interval, or none.",
                &mask_detail, mask_detail, mask_detail_options);
    define_bool("ddm.audit_query_text", "Record the text of the query, with its literals replaced.", &audit_query_text,
                audit_query_text, PGC_SUSET);
    define_bool("ddm.audit_to_log", "Write each event as one line of JSON to the server log, too.", &audit_to_log,
                audit_to_log, PGC_SUSET);
    define_bool("ddm.audit_standby_spool", "On a hot standby, keep events in the spool until promotion.",
                &audit_standby_spool, audit_standby_spool, PGC_SIGHUP);
    define_int("ddm.audit_flush_interval", "Time after which events are in the table and on disk at the latest.",
               &audit_flush_interval, audit_flush_interval, 10, 60000, PGC_SIGHUP, GUC_UNIT_MS);
    define_int("ddm.audit_timeout", "How long a statement waits for room in the audit trail before it is denied.",
               &audit_timeout, audit_timeout, 0, 600000, PGC_SUSET, GUC_UNIT_MS);
    define_int("ddm.audit_spool_size", "Events of one database that may wait on disk for the audit table.",
               &audit_spool_size, audit_spool_size, 64, 1024 * 1024 * 1024, PGC_SIGHUP, GUC_UNIT_KB);
    define_int("ddm.audit_summary_entries", "Distinct summaries that one database counts at a time.",
               &audit_summary_entries, audit_summary_entries, 64, 1024 * 1024, PGC_POSTMASTER, 0);
    DefineCustomStringVariable("ddm.audit_retention",
                               "Age at which partitions of the audit trail are dropped; "
                               "empty keeps them for ever.",
                               nullptr, &audit_retention, "", PGC_SIGHUP, 0, check_retention, assign_retention,
                               nullptr);
}

} // namespace ddm
