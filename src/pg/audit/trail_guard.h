// What is done to the trail itself by whoever may: it is on record at once, past a rollback, and past whoever takes the
// rows of policy events back before they are chained.
#pragma once

#include "pg/audit/audit.h"
#include "pg/object_access.h"
#include "pg/utility.h"

namespace ddm
{

// A table or view of the extension's, touched by neither its scripts nor its worker.
bool is_own_relation(Oid relation);

// Goes by the spool; where that can't be written, with the transaction.
void audit_trail_event(const PolicyEvent &event);

// On tables and views of the extension's, and functions of its schema.
void trail_trigger_touched(Oid trigger, int sub, bool internal);
void trail_rule_touched(Oid rule, int sub, bool internal); // CREATE OR REPLACE VIEW, too
void trail_policy_touched(Oid policy, int sub, bool internal);
void trail_function_touched(Oid function, int sub, bool internal);

// GRANT, REVOKE; ALTER ... RENAME, SET SCHEMA.
void trail_grant_statement(UtilityCall *call);
void trail_rename_statement(UtilityCall *call);

} // namespace ddm
