// Who may not have made what code over masked columns finds.
#pragma once

#include "pg/code/code_finding.h"

namespace ddm
{

bool sees_masks(Oid role, const List *relations);
bool is_stranger(Oid role, const CodeFinding *finding);
bool strangers_create(Oid schema, const CodeFinding *finding);

// Raises where the object's owner is one.
void check_found(const char *kind, const char *name, Oid owner, const CodeFinding *finding);

} // namespace ddm
