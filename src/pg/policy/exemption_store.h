// The stored exemptions and their members: rows of ddm.role_exemptions and ddm.exemption_members, read by table
// access alone.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "utils/timestamp.h"
}

namespace ddm
{

struct Exemption {
    char *name;
    List *members; // oids of roles that are there
    char *condition;
    TimestampTz until; // DT_NOEND where it does not end
};

List *exemptions_all();
bool exemption_exists(const char *name);

// "compliance, officer", in the order of the store; roles that are gone by their numbers.
char *exemption_member_names(const char *exemption);

// `role` goes: it is a member of nothing any more, and an exemption that was for it alone goes too. So do members
// that are gone already, dropped from another database.
void exemptions_forget_role(Oid role);

} // namespace ddm
