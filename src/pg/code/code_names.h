// What code over masked columns finds by its names, and that no stranger made it.
#pragma once

#include "pg/code/code_finding.h"

namespace ddm
{

// What the function may find besides functions and relations. Adds to the schemas in which strangers make objects those of
// paths that it sets itself.
void check_names_in(Oid function, CodeFinding *finding);

// And a relation that a statement of it did find.
void check_relation_found(Oid relation, const CodeFinding *finding);

// Or wrote to.
void check_relation_written(Oid relation, const CodeFinding *finding);

} // namespace ddm
