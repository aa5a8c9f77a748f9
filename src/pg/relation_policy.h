// How the policy of a relation looks inside: for the files that load it, decide by it and show it.
#pragma once

#include "pg/pg.h"
#include "pg/mask_call.h"
#include "pg/policy.h"

extern "C" {
#include "nodes/bitmapset.h"
#include "utils/timestamp.h"
}

namespace ddm
{

struct TrustedMask; // see trusted_function.h

// Where a column's mask comes from, weakest first: a later one beats an earlier one, whatever it says.
enum class MaskSource : uint8 { None, Test, Generated, Rule, Label };
const char *mask_source_name(MaskSource source);

// One column with a mask in force (or explicitly without).
struct ColumnPolicy {
    AttrNumber attno;
    NameData name;
    MaskTarget target;
    MaskSource source;
    Oid origin;        // the relation of the tree on which the label stands or that the rule matched
    bool open;         // NOT MASKED: no mask, whatever the rules say
    bool is_value;     // MASKED WITH VALUE
    const char *value; // its text; nullptr for NULL
    const TrustedMask *trusted; // a user's own function
    Datum ref;         // else the bound mask of the catalogue
    int strictness;    // how little it shows, to compare masks of one source
    const char *text;  // canonical: "FUNCTION email()", "VALUE NULL"
    const char *label; // as it would be set on a column; of source Label
    const char *why;   // "label on public.customers.email"
};

// One reason for which a role may see stored values.
struct Clearance {
    Basis basis;
    AttrNumber attno; // 0: every column
    Oid role;         // whoever has the privileges of this role
    TimestampTz until;
    const char *why;
};

// What one role sees of the columns of a relation, worked out once.
struct DecisionMemo {
    Oid role; // InvalidOid: none yet
    uint64 membership;
    uint32 context;
    TimestampTz valid_until;
    Decision *decisions; // by attno; natts + 1
};

struct RelationPolicy {
    MemoryContext memory;
    Oid relation;
    Oid owner;
    int natts;
    Bitmapset *masked;
    ColumnPolicy **columns; // by attno, nullptr where no mask is in force; natts + 1
    int clearance_count;
    Clearance *clearances;
    mutable DecisionMemo memo;
};

// In generated_masks.cpp: default() for generated columns that are computed from masked ones.
void masks_for_generated(RelationPolicy *policy);

// Reads the policy of `relation` from the catalogs into `memory`; nullptr where nothing is masked.
RelationPolicy *policy_load(Oid relation, MemoryContext memory);

} // namespace ddm
