// Settings of the policy: who is exempt, and whether masks are enforced. All of them weaken: superusers only.
#include "pg/policy/settings.h"
#include "pg/audit/setting_events.h"
#include "pg/policy/policy_state.h"
#include "pg/policy/rules.h"

namespace ddm
{

bool exempt_superuser = true;
bool exempt_owner = true;
bool exempt_in_definer = true;
int policy_mode = MODE_ENFORCE;
int grants_to_login_roles = LOGIN_GRANTS_WARN;
char *server_environment = nullptr;
char *server_instance = nullptr;
char *server_project = nullptr;

static const config_enum_entry modes[] = {
    {"enforce", MODE_ENFORCE, false},
    {"observe", MODE_OBSERVE, false},
    {"off", MODE_OFF, false},
    {nullptr, 0, false},
};

static const config_enum_entry login_grants[] = {
    {"allow", LOGIN_GRANTS_ALLOW, false},
    {"warn", LOGIN_GRANTS_WARN, false},
    {"deny", LOGIN_GRANTS_DENY, false},
    {nullptr, 0, false},
};

// A decision may come out otherwise from now on: what was planned before is planned again.
static void decisions_differ()
{
    policy_stale();
    setting_touched();
}

static void assign_bool(bool, void *) { decisions_differ(); }
static void assign_enum(int, void *) { decisions_differ(); }
static void assign_text(const char *, void *)
{
    rules_facts_changed();
    decisions_differ();
}

void settings_install()
{
    DefineCustomBoolVariable("ddm.exempt_superuser", "Superusers read stored values.",
                             "Each such read is an unmask event.", &exempt_superuser, true, PGC_SUSET, 0, nullptr,
                             assign_bool, nullptr);
    DefineCustomBoolVariable("ddm.exempt_owner", "A table's owner reads its stored values.",
                             "Each such read is an unmask event.", &exempt_owner, true, PGC_SUSET, 0, nullptr,
                             assign_bool, nullptr);
    DefineCustomBoolVariable(
        "ddm.exempt_in_definer", "Exemptions as owner or superuser count inside SECURITY DEFINER functions.",
        "If off, only UNMASK counts there.", &exempt_in_definer, true, PGC_SUSET, 0, nullptr, assign_bool, nullptr);
    DefineCustomEnumVariable("ddm.mode", "Whether masks are enforced, only observed, or off.",
                             "observe shows stored values and records the mask events that enforce would have.",
                             &policy_mode, MODE_ENFORCE, modes, PGC_SUSET, 0, nullptr, assign_enum, nullptr);
    DefineCustomEnumVariable("ddm.grants_to_login_roles", "Whether UNMASK may be granted to roles that can log in.",
                             nullptr, &grants_to_login_roles, LOGIN_GRANTS_WARN, login_grants, PGC_SUSET, 0, nullptr,
                             setting_touched_number, nullptr);
    DefineCustomStringVariable("ddm.environment", "What environment this server is, as masking rules see it.",
                               "resource.environment_id in conditions; null where it is empty.", &server_environment,
                               "", PGC_SUSET, 0, nullptr, assign_text, nullptr);
    DefineCustomStringVariable("ddm.instance", "Which instance this server is, as masking rules see it.",
                               "resource.instance_id in conditions; null where it is empty.", &server_instance, "",
                               PGC_SUSET, 0, nullptr, assign_text, nullptr);
    DefineCustomStringVariable("ddm.project", "What project this server belongs to, as masking rules see it.",
                               "resource.project_id in conditions; null where it is empty.", &server_project, "",
                               PGC_SUSET, 0, nullptr, assign_text, nullptr);
}

} // namespace ddm
