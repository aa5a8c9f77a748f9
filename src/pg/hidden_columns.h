// Columns that the current role sees masked, by name, and the raw expressions that name them.
#pragma once

#include "pg/pg.h"

namespace ddm
{

struct HiddenColumns {
    Oid relation;
    char *relation_name;
    List *names; // char *; of the relation and of its partitions and children
};

// The relation stays locked against being renamed or dropped. Empty where there is no such relation.
HiddenColumns hidden_columns(const RangeVar *relation);
HiddenColumns hidden_columns_of(Oid relation);

bool is_hidden_name(const HiddenColumns *hidden, const char *name);

// The first hidden column that the expression, as the grammar gave it, names; also through the whole row.
// nullptr where there is none.
const char *hidden_in_expression(const HiddenColumns *hidden, Node *expression);

// Raises 42501: "permission denied to <what> masked column ...".
[[noreturn]] void refuse_hidden(const HiddenColumns *hidden, const char *what, const char *column);

} // namespace ddm
