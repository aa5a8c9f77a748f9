// Settings of the policy.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

enum Mode { MODE_ENFORCE, MODE_OBSERVE, MODE_OFF };
enum LoginGrants { LOGIN_GRANTS_ALLOW, LOGIN_GRANTS_WARN, LOGIN_GRANTS_DENY };

extern bool exempt_superuser;
extern bool exempt_owner;
extern bool exempt_in_definer;
extern int policy_mode;
extern int grants_to_login_roles;

// What this server is, for conditions of rules; empty where nobody said.
extern char *server_environment;
extern char *server_instance;
extern char *server_project;

void settings_install();

} // namespace ddm
