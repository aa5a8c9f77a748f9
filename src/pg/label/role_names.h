// Roles that labels, named policies and rules name: FOR analyst, SEARCHABLE FOR support.
//
// A label is text, and so is what a dump carries. But who is meant is the role that had the name when the label was
// set, not a later one of that name: ddm.named_roles keeps which it was. Where there was none it keeps that: the name is
// nobody's until somebody who may change the policy gives it to a role in this database, or sets the text again. Texts
// follow a role that is renamed or dropped in this database at once; of what happens in another database the table alone
// knows, until the next change here.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// The role that is meant by the name; InvalidOid where it is not there (any more).
Oid named_role(const char *name);

Oid named_role_kept(const char *name); // not where the name was never seen in a text

// Keeps who is meant by the roles that the text names, its conditions too. `is_label`: of a column, else of a named policy or a rule.
void role_names_keep(const char *text, bool is_label);

// Brings the texts up to date with roles that were renamed or dropped since.
void role_names_follow();

// For ALTER ROLE ... RENAME, before it runs: whoever is meant by this name is meant under the new one too.
void role_names_keep_one(const char *name);

// For CREATE ROLE and ALTER ROLE ... RENAME by a policy admin, after it ran: a name that was nobody's is this role's.
void role_names_given(const char *name);

// For DROP ROLE, before the role is gone.
void role_names_drop(Oid role);

} // namespace ddm
