// Changes of policy that no other part of ddm sees as such: the end of masked columns and tables, and switches on
// tables with masks.
#pragma once

#include "pg/utility.h"

namespace ddm
{

// ALTER TABLE ... ENABLE / DISABLE TRIGGER, RULE, ROW LEVEL SECURITY on a table with masks.
void audit_alter_table(UtilityCall *call);

// A relation, or its column `attno`, is about to be dropped.
void audit_relation_dropped(Oid relation, int attno, bool internal);

// After COMMIT PREPARED: the transaction may have left policy events, whichever session it was.
void audit_transaction_statement(const TransactionStmt *statement);

} // namespace ddm
