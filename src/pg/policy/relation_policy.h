// How the policy of a relation looks inside: for the files that load it, decide by it and show it.
#pragma once

#include "pg/base/pg.h"
#include "pg/mask/mask_call.h"
#include "pg/policy/policy.h"

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

struct ColumnPolicy;
struct SearchRight; // see searchable.h

// FOR roles WITH mask WHEN (condition), bound.
struct MaskBranch {
    List *roles; // oids; roles that are not there (any more) are left out
    ColumnPolicy *mask;
    Node *when; // of varno 1, or nullptr
    List *when_names;
};

// What a mask says beyond one function or value. See mask_choice.h.
struct MaskChoice {
    int branch_count;
    MaskBranch *branches;
    ColumnPolicy *named; // of MASKED WITH POLICY: what the policy says
    const char *policy_name;
    Node *when; // of the base mask: where it is false the value is shown
    List *when_names;
};

// One column with a mask in force (or explicitly without).
struct ColumnPolicy {
    AttrNumber attno;
    NameData name;
    MaskTarget target;
    MaskSource source;
    Oid origin;                 // the relation of the tree on which the label stands or that the rule matched
    bool open;                  // NOT MASKED: no mask, whatever the rules say
    bool is_value;              // MASKED WITH VALUE
    const char *value;          // its text; nullptr for NULL
    const TrustedMask *trusted; // a user's own function
    Datum ref;                  // else the bound mask of the catalogue
    const SearchRight *search;  // SEARCHABLE, or nullptr
    MaskChoice *choice;         // nullptr: the mask is the same for every role and row
    int strictness;             // how little it shows, to compare masks of one source
    const char *text;           // canonical: "FUNCTION email()", "VALUE NULL"
    const char *label;          // as it would be set on a column, canonical, branches and conditions included
    const char *why;            // "label on public.customers.email"
};

// An exemption whose condition asks for the moment and the session, so that it is asked at each decision.
struct RequestCondition; // see exemptions.h

// One reason for which a role may see stored values.
struct Clearance {
    Basis basis;
    AttrNumber attno; // 0: every column
    Oid role;         // whoever has the privileges of this role
    TimestampTz until;
    const char *why;
    RequestCondition *request; // nullptr: it holds until it ends
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

// Has whoever `clearance` is for one on column `attno` of `policy` too, whenever and from wherever he asks? False where it
// is not known.
bool clearance_is_covered(const Clearance *clearance, const RelationPolicy *policy, AttrNumber attno);

// The columns that the role sees masked while masks are enforced, whatever the mode.
Bitmapset *policy_enforced_for(const RelationPolicy *policy, Oid role);

// In generated_masks.cpp: default() for generated columns that are computed from masked ones.
void masks_for_generated(RelationPolicy *policy);

// policy_of(), also where ddm.mode is off: for what has to be kept while nothing is masked.
const RelationPolicy *policy_whatever_mode(Oid relation);

// The same for who looks at many relations and comes back to none: what is not in the cache is read into `memory`.
const RelationPolicy *policy_once(Oid relation, MemoryContext memory);

// Reads the policy of `relation` from the catalogs into `memory`; nullptr where nothing is masked.
RelationPolicy *policy_load(Oid relation, MemoryContext memory);

} // namespace ddm
