// Columns that whoever runs the statement sees masked, by name, and the expressions that name them.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

struct HiddenColumns {
    Oid relation;
    char *relation_name;
    List *names; // char *; of the relation and of its partitions and children
    List *clear; // of columns with masks, those that whoever runs it sees in clear
    Oid whole;   // whose masks these are, where they are not the relation's own
};

// Takes `lock`, once `callback` has nothing against it, and gives the name its schema, so that the server finds the same
// relation by it. Empty where there is none.
HiddenColumns hidden_columns(RangeVar *relation, LOCKMODE lock, RangeVarGetRelidCallback callback = nullptr);

// Those of the relation and of what inherits from it, but for what `is_exempt` says yes of.
HiddenColumns hidden_columns_of(Oid relation, bool (*is_exempt)(Oid relation) = nullptr);

bool is_hidden_name(const HiddenColumns *hidden, const char *name);
bool is_clear_name(const HiddenColumns *hidden, const char *name);

// The first hidden column that the expression, as the grammar gave it, names; also through the whole row.
// nullptr where there is none.
const char *hidden_in_expression(const HiddenColumns *hidden, Node *expression);

// The same of an expression as the catalog keeps it, over the relation as the first and only one.
const char *hidden_in_tree(const HiddenColumns *hidden, Node *expression);

// Records that something was denied on a masked column: what the role wanted to do with it.
void record_denied(Oid relation, const char *column, const char *what);

// Raises 42501: "permission denied to <what> masked column ...".
[[noreturn]] void refuse_hidden(const HiddenColumns *hidden, const char *what, const char *column);

} // namespace ddm
