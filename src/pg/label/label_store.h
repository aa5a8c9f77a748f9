// Labels as pg_seclabel holds them, and what a label says bound to its column.
#pragma once

#include "pg/base/pg.h"
#include "pg/policy/relation_policy.h"

namespace ddm
{

constexpr char label_provider[] = "ddm", tag_provider[] = "ddm_tag";

// The label of what must not show anything of its values.
constexpr char default_label[] = "MASKED WITH FUNCTION default()";

// One label of a relation's column.
struct StoredLabel {
    Oid relation;
    AttrNumber attno;
    char *text;
};

// Every label of the provider on a column of `relation`: a List of StoredLabel.
List *labels_of(Oid relation, const char *provider);

// The same, the label of the relation itself included (attno 0).
List *labels_of_all(Oid relation, const char *provider);

// Every label of the provider on a column of any relation.
List *labels_of_everything(const char *provider);

// What a column is, for binding a mask to it; false where it does not exist (any more).
bool column_target(Oid relation, AttrNumber attno, MaskTarget *target, NameData *name);

// Binds `text` to the column for use: what can't be bound (any more) gives default(), never the stored value.
// A label may say NOT MASKED; a rule's mask leaves out MASKED WITH. Conditions are bound to `relation`.
ColumnPolicy *label_bind(const char *text, MaskSource source, Oid relation, AttrNumber attno, const NameData *name,
                         const MaskTarget &target, const char *why);

// Binds `text` as somebody sets it: what is wrong with it is an error that says where.
void label_check(const char *text, Oid relation, AttrNumber attno);

// Checks the mask of a rule or a named policy as somebody makes it; column types are not known yet. What it means
// on a column of another type is default().
void label_check_mask(const char *text, const char *what, bool allow_policy);

// Of two masks for one column (its own and a parent's or child's), the one that shows less.
ColumnPolicy *stricter_mask(ColumnPolicy *a, ColumnPolicy *b);

} // namespace ddm
