// Changes of policy that no other part of ddm sees as such: of masked tables and columns (end, name, owner, type),
// switches on them, and what is done to the extension's own tables.
#pragma once

#include "pg/utility.h"

namespace ddm
{

// ALTER TABLE ... ENABLE / DISABLE TRIGGER, RULE, ROW LEVEL SECURITY on a table with masks; anything at all on a table
// of the extension's.
void audit_alter_table(UtilityCall *call);

// DROP EXTENSION ddm, ALTER EXTENSION ddm.
void audit_drop_statement(UtilityCall *call);
void audit_alter_extension(UtilityCall *call);
void audit_alter_extension_contents(UtilityCall *call);

// A relation, or its column `attno`, is about to be dropped.
void audit_relation_dropped(Oid relation, int attno, bool internal);

// After COMMIT PREPARED: the transaction may have left policy events, whichever session it was.
void audit_transaction_statement(const TransactionStmt *statement);

// It has another name, schema or owner; its column `attno` another name or type.
void audit_relation_altered(Oid relation, int attno, bool internal);
void audit_schema_altered(Oid schema, int, bool internal);

} // namespace ddm
